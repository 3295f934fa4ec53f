"""The chosen sentences as an answer's statements, each with its citations."""

from collections.abc import Sequence

from index.citations import cite
from index.reader.signals import Scored
from index.records import Citation, Statement
from index.store import Generation


def state(
    chosen: Sequence[Scored], generation: Generation
) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """Turn sentences in reading order into statements and the citations they rest on.

    Returns:
        The statements, and the citations numbered 1, 2, 3 in order of appearance.
    """
    citations = tuple(_cite(generation, s, number) for number, s in enumerate(chosen, 1))
    return tuple(Statement(c.quote, (c.number,)) for c in citations), citations


def _cite(generation: Generation, scored: Scored, number: int) -> Citation:
    article = generation.article(scored.hit.passage.article_id)
    start, end = scored.quoted[0].start, scored.quoted[-1].end
    return cite(article, start, end, number=number, score=scored.score)
