"""What makes a question fit to be offered: words that a reader would use, and an answer that fits."""

import logging
import re

from index.engine import Engine
from index.errors import TenkyoError
from index.records import Filter
from index.web.chat.turns import INNER_QUOTES

logger = logging.getLogger(__name__)

FITTING = 0.25
"""Least confidence of an answer to what is offered, a little above the bar."""

_NUMBERED = re.compile(
    r"^(?:第?[0-9０-９一二三四五六七八九十]{1,3}[章節部話回編]?[、．.)）:：\s](?![0-9０-９])"
    r"|[■□◆◇●○▼▽▶▷◎※・])\s*"
)
_BRACKETED = re.compile(
    r"^(?:<([^<>]+)>|＜([^＜＞]+)＞|〈([^〈〉]+)〉|【([^【】]+)】|［([^［］]+)］)$"
)


def as_question(heading: str, wording: str) -> str:
    """Make a heading a question, without the number and the brackets it stands in.

    Args:
        heading: Of an article.
        wording: What is asked of it; a heading that asks by itself needs none.
    """
    bare = _NUMBERED.sub("", heading.strip())
    if found := _BRACKETED.fullmatch(bare):
        bare = next(filter(None, found.groups()))
    if bare.endswith(("か", "?", "？")):
        return bare
    return wording.format(bare.translate(INNER_QUOTES))


def has_answer(engine: Engine, question: str, *, filter: Filter | None = None) -> bool:
    """Ask a question, and tell whether the answer fits it."""
    try:
        answer = engine.ask(question, filter=filter)
    except TenkyoError as exc:  # a heading may be too long for a question
        logger.info("not offered, %s: %s", question, exc)
        return False
    return answer.answered and answer.confidence >= FITTING
