"""The best passages once more, by the trained reader, which reads them with the question."""

from collections.abc import Sequence
from dataclasses import replace

from index.crossreader import CrossReader
from index.questions import read_question, wants_explanation
from index.retriever import Evidence
from index.store import Generation

DEPTH = 2
"""Passages read, one a core of the smallest machine meant. Three of 160 characters answer and refuse
as well, and take longer."""
WINDOW = 200
"""Characters read of a passage, around the sentence nearest to the question; about as many as it was
trained on. With 250 it refuses less (JSQuAD, tuning half, passage withheld: .71 for .82 at 95 %
answered), with 150 as much."""
WEIGHT = 0.3
"""What a log-odd of the reader weighs beside a deviation of the retriever's views."""


def rerank(
    question: str, evidence: Sequence[Evidence], generation: Generation, reader: CrossReader | None
) -> list[Evidence]:
    """Return the passages in the order of retriever and reader together, the best read closely.

    Those that were not read follow in their order, as if as unlikely as the least likely one read.
    Nothing changes for a question that the reader has not learnt to read.

    Args:
        question: As understood.
        evidence: Passages, best first.
        generation: Where they stand.
        reader: None for nothing to be changed.
    """
    if reader is None or not evidence or _asks_beyond(question):
        return list(evidence)
    near, far = evidence[:DEPTH], evidence[DEPTH:]
    windows = [_window(e) for e in near]
    texts = [
        (
            generation.article(e.hit.passage.article_id).title,
            "".join(e.sentences[at].text for at in window),
        )
        for e, window in zip(near, windows, strict=True)
    ]
    readings = reader.read(question, texts)
    surest = max(reading.odds for reading in readings)
    least = min(reading.odds for reading in readings)
    read = [
        replace(_with(e, reading.odds - surest), reading=reading, read=window)
        for e, reading, window in zip(near, readings, windows, strict=True)
    ]
    both = sorted(read, key=lambda e: -e.hit.score) + [_with(e, least - surest) for e in far]
    return [replace(e, hit=replace(e.hit, rank=rank)) for rank, e in enumerate(both, 1)]


def _asks_beyond(question: str) -> bool:
    """Whether a question in Japanese asks for what the reader has not learnt: for an explanation.

    It takes too many of these for unanswered. Of twelve that have an answer, asked of our articles as
    scraped and as bundled, 16 of 24 are answered rightly without it and 13 with it. In English and
    Chinese, where it sees more than the rules, it reads them.
    """
    asked = read_question(question)
    return asked.language == "ja" and wants_explanation(asked)


def _window(e: Evidence) -> range:
    """The sentences to read: the one nearest to the question, and those around it while they fit."""
    first = int(e.cosines.argmax())
    end, size = first + 1, len(e.sentences[first].text)
    while True:
        around = [at for at in (end, first - 1) if 0 <= at < len(e.sentences)]
        fits = [at for at in around if size + len(e.sentences[at].text) <= WINDOW]
        if not fits:
            return range(first, end)
        size += len(e.sentences[fits[0]].text)
        first, end = min(first, fits[0]), max(end, fits[0] + 1)


def _with(e: Evidence, odds: float) -> Evidence:
    """Add to a passage's score what the reader says."""
    added = WEIGHT * odds
    hit = replace(e.hit, score=e.hit.score + added)
    return replace(e, hit=hit, views=e.views | {"reading": added})
