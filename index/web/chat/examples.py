"""Questions offered on the empty page: only such as the articles at hand do answer."""

from collections.abc import Iterable, Iterator

from index.engine import Engine
from index.records import Hit
from index.web.chat.offered import as_question, has_answer
from index.web.chat.texts import JA

SHIPPED = (
    "米国はロシアと中国を引き離せるのか",
    "北朝鮮はロシアに何を送っているのか",
    "ニクソン大統領が中国を訪れたのはいつか",
    "「三割の成果」とは何か",
    "ロシア産の石油を大量に買っている国はどこか",
    "When did Nixon visit China?",
    "谁撰写了《美国的太平洋世纪》？",
)
"""About the corpus that travels with the program."""

ANY_ARTICLE = "どんな出来事があったのか"
"""Leads to some passages of whatever articles there are; their headings become questions."""


def choose_examples(engine: Engine, *, most: int = 7) -> tuple[str, ...]:
    """Return up to ``most`` questions that the engine answers, each asked once to be sure."""
    shipped = [question for question in SHIPPED if has_answer(engine, question)]
    if len(shipped) >= 2:
        return tuple(shipped[:most])
    made = _questions(engine.search(ANY_ARTICLE, top_k=20))
    asked = [*shipped, *(question for question in made if has_answer(engine, question))]
    return tuple(asked[:3])


def _questions(hits: Iterable[Hit]) -> Iterator[str]:
    headings = dict.fromkeys(hit.passage.heading for hit in hits)
    return (as_question(heading, JA.suggestion) for heading in headings if heading)
