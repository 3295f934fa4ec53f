"""The best passages once more, by the trained reader, which reads them with the question."""

from collections.abc import Sequence
from dataclasses import replace

from index.crossreader import CrossReader, Reading
from index.retriever import Evidence
from index.store import Generation

DEPTH = 3
"""Passages read: as many as 60 ms a question allow on two cores."""
WEIGHT = 0.3
"""What a log-odd of the reader weighs beside a deviation of the retriever's views."""


def rerank(
    question: str, evidence: Sequence[Evidence], generation: Generation, reader: CrossReader | None
) -> list[Evidence]:
    """Return the passages in the order of retriever and reader together, the best read closely.

    Those that were not read follow in their order, as if as unlikely as the least likely one read.

    Args:
        question: As understood.
        evidence: Passages, best first.
        generation: Where they stand.
        reader: None for nothing to be changed.
    """
    if reader is None or not evidence:
        return list(evidence)
    near, far = evidence[:DEPTH], evidence[DEPTH:]
    texts = [
        (
            generation.article(e.hit.passage.article_id).title,
            "".join(s.text for s in e.sentences),
        )
        for e in near
    ]
    readings = reader.read(question, texts)
    surest = max(reading.odds for reading in readings)
    least = min(reading.odds for reading in readings)
    read = [_with(e, r.odds - surest, r) for e, r in zip(near, readings, strict=True)]
    both = sorted(read, key=lambda e: -e.hit.score) + [_with(e, least - surest) for e in far]
    return [replace(e, hit=replace(e.hit, rank=rank)) for rank, e in enumerate(both, 1)]


def _with(e: Evidence, odds: float, reading: Reading | None = None) -> Evidence:
    """Add to a passage's score what the reader says."""
    added = WEIGHT * odds
    hit = replace(e.hit, score=e.hit.score + added)
    return replace(e, hit=hit, views=e.views | {"reading": added}, reading=reading)
