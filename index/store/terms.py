"""BM25 over lists of terms: bm25s, written without pickle."""

import logging
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.vectors import Rows, Vectors


class TermIndex:
    """An opened BM25 index (Lucene's variant, k1 = 1.5, b = 0.75).

    Source: Lù 2024, BM25S, https://arxiv.org/abs/2407.03618.
    """

    def __init__(self, folder: Path) -> None:
        self._index: Any = _bm25s().BM25.load(str(folder))
        self._documents = int(self._index.scores["num_docs"])

    def scores(self, terms: Sequence[str]) -> Vectors:
        """Return the BM25 score of every document, ``(documents,)``."""
        known: list[int] = self._index.get_tokens_ids(list(terms))
        if not known:
            return np.zeros(self._documents, np.float32)
        scores: Vectors = self._index.get_scores_from_ids(known)
        return scores

    def holding(self, term: str) -> Rows:
        """Return the documents that hold a term, ascending."""
        number = self._index.vocab_dict.get(term)
        if number is None:
            return np.zeros(0, np.int64)
        start, end = self._index.scores["indptr"][number : number + 2]
        rows: Rows = self._index.scores["indices"][start:end].astype(np.int64)
        return rows

    def rarity(self, term: str) -> float:
        """Return a term's inverse document frequency, highest for one that stands nowhere."""
        holding = len(self.holding(term))
        return math.log(1 + (self._documents - holding + 0.5) / (holding + 0.5))

    def __contains__(self, term: str) -> bool:
        """Whether any document holds the term."""
        return term in self._index.vocab_dict


def write_terms(folder: Path, documents: Sequence[Sequence[str]]) -> None:
    """Write the BM25 index of these documents' terms into a new folder."""
    # bm25s cannot index a corpus without a single term; a blank one stands in for none.
    corpus = [list(terms) or [""] for terms in documents]
    index = _bm25s().BM25(method="lucene", k1=1.5, b=0.75)
    index.index(corpus, show_progress=False)
    index.save(str(folder))


def _bm25s() -> Any:
    import bm25s

    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to DEBUG when imported
    return bm25s
