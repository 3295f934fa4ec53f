"""Short follow-ups (それはいつ？, What about Iran?, 那俄罗斯呢？) made to stand alone.

Three forms are filled in from the question before, in this order; all else is left as it is.

- Another of its kind (ではロシアは？): the name or year takes the place of one of the same kind.
  Sudachi tells people from places, in English too; in Chinese it is what the question begins with.
  Where nothing fits, it goes in front (NATO：…), if the words can mean nothing else (については, 呢).
- Another question word (なぜ？, いつ完成した？): it takes the place of the one before, or is put to
  the topic, which is the question before without what it asked. もっと詳しく asks the same again.
- A word that points back (彼は…, その…, When did he…?): the name or the topic takes its place.

What it does not know: answers (who その人 turned out to be), questions before the last, and whether
one plain noun (費用は？) opens a new subject: it is taken to ask on. 冷戦とは？, NATO and all that
has a name or two terms of its own and points nowhere are new questions.
"""

from index.followups.understanding import understand

__all__ = ["understand"]
