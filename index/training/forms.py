"""Other forms of a question that ask the same: people do not type questions as testers write them."""

import re
from random import Random

from index import lexicon

VARIED = 0.3
"""The share of questions that are put in another form."""

_ENDING = re.compile(r"(?:なの|の)?(?:でしょうか|でしたか|だったか|ですか|かな|か)?[?？。]*$")
_SPOKEN = ("なの？", "だっけ", "なんですか", "だったっけ？", "か教えて", "か知りたい")
_TO_HIRAGANA = {ord("ァ") + n: ord("ぁ") + n for n in range(83)}


def vary(question: str, chance: Random) -> str:
    """Return the question as it is, or in a small share of cases in another form."""
    if chance.random() >= VARIED:
        return question
    made = chance.choice((without_ending, keywords, spoken, in_kana))(question, chance)
    return made or question


def without_ending(question: str, _: Random) -> str:
    """Leave out the words that make it a question: 首都はどこですか？ becomes 首都はどこ."""
    return _ENDING.sub("", question, count=1)


def keywords(question: str, _: Random) -> str:
    """Keep the content words, as in a search box: 首都の人口は何人か becomes 首都 人口 人."""
    return " ".join(written for _, written in lexicon.words(question))


def spoken(question: str, chance: Random) -> str:
    """End it as people speak: 首都はどこですか？ becomes 首都はどこだっけ."""
    return without_ending(question, chance) + chance.choice(_SPOKEN)


def in_kana(question: str, chance: Random) -> str:
    """Write some of its words by their sound: 首都の人口は becomes しゅとの人口は."""
    return "".join(
        m.reading_form().translate(_TO_HIRAGANA)
        if m.part_of_speech()[0] in ("名詞", "動詞") and chance.random() < 0.4
        else m.surface()
        for m in lexicon.morphemes(question)
    )
