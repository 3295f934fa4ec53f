"""What a generation is searched by: nearest vectors (FAISS), and BM25 over terms (bm25s)."""

import logging
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors

Rows = NDArray[np.int64]

OVERSAMPLING = 4
"""Candidates per result wanted; the top 100 of eight bits hold the exact top 10 (measured)."""


class FaissIndex:
    """A flat FAISS index with eight bits a dimension, beside the exact vectors it was made from.

    What it finds is scored again with the exact vectors, which may be memory-mapped.
    """

    def __init__(self, path: Path, exact: Vectors) -> None:
        """Open what ``write_faiss`` wrote of the vectors ``exact``, ``(n, d)``."""
        import faiss

        self._index: Any = faiss.read_index(str(path))
        self._exact = exact

    def search(self, vector: Vectors, rows: Rows | None, top_k: int) -> tuple[Rows, Vectors]:
        """Return the ``top_k`` nearest rows to a vector ``(d,)`` and their cosines, best first.

        Args:
            vector: L2-normalised, as the rows are.
            rows: Those that may be found; None for all.
            top_k: Fewer come back when fewer rows may be found.
        """
        import faiss

        wanted = max(OVERSAMPLING * top_k, 100)
        wanted = min(wanted, len(self._exact) if rows is None else len(rows))
        if wanted == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        selector = None if rows is None else faiss.IDSelectorBatch(rows)
        chosen = selector and faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        _, [found] = self._index.search(vector[None], wanted, params=chosen)
        near = np.sort(found[found >= 0])
        cosines = self._exact[near] @ vector
        best = np.argsort(-cosines, kind="stable")[:top_k]
        return near[best], cosines[best]


def write_faiss(vectors: Vectors, path: Path) -> None:
    """Write a flat index of ``(n, d)`` vectors, n at least 1, with eight bits a dimension."""
    import faiss

    index = faiss.IndexScalarQuantizer(
        vectors.shape[1], faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    index.train(vectors)
    index.add(vectors)
    # Not faiss.write_index, which tells of a full disk only by a line on stderr.
    path.write_bytes(faiss.serialize_index(index).data)


class TermIndex:
    """An opened BM25 index (Lucene's variant, k1 = 1.5, b = 0.75).

    Source: Lù 2024, BM25S, https://arxiv.org/abs/2407.03618.
    """

    def __init__(self, folder: Path) -> None:
        self._index = _bm25s().BM25.load(str(folder))
        self._documents = int(self._index.scores["num_docs"])

    def scores(self, terms: Sequence[str]) -> Vectors:
        """Return the BM25 score of every document, ``(documents,)``."""
        known = self._index.get_tokens_ids(list(terms))
        if not known:
            return np.zeros(self._documents, np.float32)
        scores: Vectors = self._index.get_scores_from_ids(known)
        return scores

    def holding(self, term: str) -> Rows:
        """Return the documents that hold a term, ascending."""
        if term not in self:
            return np.zeros(0, np.int64)
        number = self._index.vocab_dict[term]
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
