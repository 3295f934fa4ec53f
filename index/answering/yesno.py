"""Yes or no: what the articles say to a question that wants one of both, with the sentences behind it, newest first.

The cross-encoder reads the question as it was asked. Each sentence shown says yes or no where its piece does so
surely enough; where they do not agree, the articles differ. A state has changed where the newest sentence tells of a
change. Where nothing is sure the sentences stand without a verdict.
"""

import re
from datetime import date

from index.answering.composing import Made, Section, quote_of
from index.answering.reading import ANSWER_FROM, Found, Scored, choose

MOST = 4
"""Sentences shown."""
BELONGS = 0.8
"""Probability from which a sentence is shown beside the best one, though its piece may answer less surely: a
passage that says otherwise is as good as the best."""
YES, NO = 0.4, -1.8
"""Log-odds from which a sentence says yes, and no. Of 288 held out, in three languages, a fifth is told apart by
these, .82 of them rightly; without bars .63 of all would be."""

_VERDICTS = {
    "ja": ("記事によれば：", "はい", "いいえ", "記事によって違います", "途中で変わりました"),
    "en": ("According to the articles: ", "yes", "no", "they differ", "it has changed"),
    "zh": ("据文章：", "是", "否", "各文章说法不一", "中途有变化"),
}
_NAMES = ("", "yes", "no", "differs", "changed")
_STATE = re.compile(
    r"今も|いまも|現在も|まだ|なお|まま|続[けい]|て(?:い)?(?:る|ます|ない)|\b(?:still|yet|anymore|continu\w*|as .+ as)\b|还|仍|继续",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"停止|中止|中断|終了|終え|終わっ|や[めま]|打ち切|凍結|廃止|撤退|解除|休止|再開|復帰|(?:代|替|変)わっ|一転|転じ|もはや|弱まっ"
)


def yesno(found: Found) -> Made | None:
    """Answer with what says yes or no; None where the question is not answered."""
    if found.confidence < ANSWER_FROM:
        return None
    shown = choose(found.sentences, most=MOST, belongs=BELONGS)
    article = found.generation.article
    days = {s: article(s.hit.passage.article_id).published or date.min for s in shown}
    verdict = _verdict(found, shown, days)
    ordered = sorted(shown, key=lambda s: (-days[s].toordinal(), -s.score))
    opening, *names = _VERDICTS[found.asked.language]
    said = opening + names[_NAMES.index(verdict) - 1] if verdict else ""
    quotes = tuple(quote_of(s, found) for s in ordered)
    return Made((Section("", quotes),), lead=said, verdict=verdict)


def _verdict(found: Found, shown: list[Scored], days: dict[Scored, date]) -> str | None:
    """What the sentences say together; of a state that the newest says has changed nothing else is said."""
    newest = max(shown, key=lambda s: days[s])
    turn = _CHANGE.search(newest.sentence.text)
    if _STATE.search(found.question) and turn and turn[0] not in found.question:
        return "changed"
    told = {s: s.polarity >= YES for s in shown if s.polarity and not NO < s.polarity < YES}
    if shown[0] not in told or newest not in told:  # what is newer may have changed it
        return None
    if len({*told.values()}) == 1:
        return "yes" if told[newest] else "no"
    articles = (s.hit.passage.article_id for s in told)
    sources = {found.generation.stories.get(one, [one])[0] for one in articles}
    return "differs" if len(sources) > 1 else None
