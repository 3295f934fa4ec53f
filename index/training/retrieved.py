"""Negatives from retrieval: windows that look like the answer's, and hold no answer string.

Ranked by two of the retriever's views, the cosine of the whole passage and BM25; all four of them
over every sentence of 14,000 windows would take as long as a good part of the training.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from index import lexicon
from index.encoder import Encoder
from index.evaluate.kinds import holds
from index.ingest import titled
from index.records import OnProgress, Progress
from index.store.terms import TermIndex, write_terms
from index.training.jaquad import Asked, Window
from index.training.once import once
from index.vectors import Vectors

DEPTH = 50
"""Windows ranked a question."""
KEPT = 4
"""Negatives kept of them: those of the same article first, then by rank."""
BATCH = 64
TERMS = 0.25
"""The weight of BM25 beside the cosine, both standardised over the corpus, where the best BM25 is
some 20 deviations off and the best cosine 5."""


def find_negatives(
    questions: Sequence[Asked],
    windows: dict[str, Window],
    encoder: Encoder,
    cache: Path,
    report: OnProgress,
) -> dict[str, list[str]]:
    """Return for each question the windows to refuse it on, nearest first; found only once.

    Args:
        questions: What is trained on.
        windows: Where to search.
        encoder: What to search with.
        cache: A file to keep what was found in.
        report: Told how far the work has come.
    """
    every = list(windows.values())
    kept: dict[str, list[str]] = once(
        cache, lambda: dict(_search(questions, every, encoder, report))
    )
    return kept


def _search(
    questions: Sequence[Asked], windows: list[Window], encoder: Encoder, report: OnProgress
) -> Iterator[tuple[str, list[str]]]:
    vectors, terms = _index(windows, encoder, report)
    titles = {window.id: window.title for window in windows}
    for done in range(0, len(questions), BATCH):
        report(Progress("search", done, len(questions)))
        some = questions[done : done + BATCH]
        cosines = encoder.encode_queries([asked.text for asked in some]) @ vectors.T
        for asked, near in zip(some, cosines, strict=True):
            matching = terms.scores(lexicon.terms(asked.text))
            best = np.argsort(-_standardise(near) - TERMS * _standardise(matching))[:DEPTH]
            yield asked.id, _refused(asked, titles[asked.window], [windows[at] for at in best])


def _index(
    windows: list[Window], encoder: Encoder, report: OnProgress
) -> tuple[Vectors, TermIndex]:
    texts = [titled(window.title, window.text) for window in windows]
    rows = []
    for done in range(0, len(texts), BATCH):
        report(Progress("encode", done, len(texts)))
        rows.append(encoder.encode_documents(texts[done : done + BATCH]))
    with tempfile.TemporaryDirectory(prefix="tenkyo-") as path:
        write_terms(Path(path) / "terms", [lexicon.terms(text) for text in texts])
        return np.concatenate(rows), TermIndex(Path(path) / "terms")


def _standardise(scores: Vectors) -> Vectors:
    even: Vectors = (scores - scores.mean()) / max(float(scores.std()), 1e-9)
    return even


def _refused(asked: Asked, title: str | None, ranked: Sequence[Window]) -> list[str]:
    left = [w for w in ranked if w.id != asked.window and not holds(w.text, asked.answers)]
    return [w.id for w in sorted(left, key=lambda w: w.title != title)][:KEPT]
