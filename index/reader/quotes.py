"""How much to quote: a sentence, and in its paragraph those it cannot stand without."""

import re

from index.records import Sentence
from index.retriever import Evidence

_POINTS_BACK = re.compile(
    r"(?:同(?:日|氏|年|月|国|時|様)|彼(?:ら|女)?[はがのをも、]|これ|それ|この|その|こう|そう|両(?:国|者|氏|首脳)|当時)"
)
_LISTS = re.compile(r"(?:その(?:中|内|うち|内訳)|具体的|例えば|たとえば|第一に|一つ目|ひとつ目)")


def quoted(e: Evidence, at: int) -> tuple[Sentence, ...]:
    """Return the sentence with the neighbours in its paragraph that it cannot stand without."""
    start = at - 1 if _leads_on(e, at - 1, _POINTS_BACK) else at
    end = at + 1 if _leads_on(e, at, _LISTS) else at
    return e.sentences[start : end + 1]


def _leads_on(e: Evidence, at: int, opening: re.Pattern[str]) -> bool:
    """Whether the sentence after this one, in the same paragraph, opens so."""
    if not 0 <= at < len(e.sentences) - 1 or not opening.match(e.sentences[at + 1].text):
        return False
    offset = e.hit.passage.start
    between = e.hit.passage.text[e.sentences[at].end - offset : e.sentences[at + 1].start - offset]
    return "\n" not in between
