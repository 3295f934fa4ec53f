"""Questions offered on the empty page: only such as the articles at hand do answer."""

import logging
from collections.abc import Iterable, Iterator

from index.engine import Engine
from index.errors import TenkyoError
from index.records import Hit

logger = logging.getLogger(__name__)

SHIPPED = (
    "米国はロシアと中国を引き離せるのか",
    "北朝鮮はロシアに何を送っているのか",
    "ニクソン大統領が中国を訪れたのはいつか",
    "「中露離間」を妨げるものは何か",
    "ウクライナでの停戦が急がれる理由は何か",
    "What does North Korea supply to Russia?",
    "美国和中国什么时候建交？",
)
"""About the corpus that travels with the program."""

ANY_ARTICLE = "どんな出来事があったのか"
"""Leads to some passages of whatever articles there are; their headings become questions."""


def choose_examples(engine: Engine, *, most: int = 7) -> tuple[str, ...]:
    """Return up to ``most`` questions that the engine answers, each asked once to be sure."""
    shipped = [question for question in SHIPPED if _answers(engine, question)]
    if len(shipped) >= 2:
        return tuple(shipped[:most])
    made = _questions(engine.search(ANY_ARTICLE, top_k=20))
    asked = [*shipped, *(question for question in made if _answers(engine, question))]
    return tuple(asked[:3])


def _questions(hits: Iterable[Hit]) -> Iterator[str]:
    headings = dict.fromkeys(hit.passage.heading for hit in hits)
    return (f"「{heading}」とはどういうことか" for heading in headings if heading)


def _answers(engine: Engine, question: str) -> bool:
    try:
        return engine.ask(question).answered
    except TenkyoError as exc:
        logger.info("example left out, %s: %s", question, exc)
        return False
