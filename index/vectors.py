"""Nearest vectors, exactly: a Protocol, and its form on FAISS.

The index is flat with eight bits a dimension; what it finds is scored again with the exact vectors,
which stay on disk and are mapped, not read. Filters are exact at any size (an IDSelector).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.records import Filter

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]

OVERSAMPLING = 4
"""Candidates per result wanted; the top 100 of eight bits hold the exact top 10 (measured)."""


class VectorIndex(Protocol):
    """Searches the rows of an ``(n, d)`` array of L2-normalised vectors."""

    def search(self, vectors: Vectors, filter: Filter, top_k: int) -> list[tuple[Rows, Vectors]]:
        """Return for each query vector its ``top_k`` nearest rows and their cosines, best first.

        Fewer than ``top_k`` come back when fewer rows pass the filter.
        """
        ...


class FaissIndex:
    """A flat scalar-quantised FAISS index beside the exact vectors it was made from."""

    def __init__(
        self, index: object, exact: Vectors, rows_of: Callable[[Filter], Rows | None]
    ) -> None:
        self._index = index
        self._exact = exact
        self._rows_of = rows_of

    @classmethod
    def load(
        cls, path: Path, exact: Vectors, rows_of: Callable[[Filter], Rows | None]
    ) -> "FaissIndex":
        """Open a written index.

        Args:
            path: A file written by ``write_faiss``.
            exact: The same vectors in float32, ``(n, d)``; may be memory-mapped.
            rows_of: Resolves a filter to the rows it admits; None for all.
        """
        import faiss

        return cls(faiss.read_index(str(path)), exact, rows_of)

    def search(self, vectors: Vectors, filter: Filter, top_k: int) -> list[tuple[Rows, Vectors]]:
        """See ``VectorIndex.search``."""
        import faiss

        rows = self._rows_of(filter)
        available = len(self._exact) if rows is None else len(rows)
        wanted = min(max(OVERSAMPLING * top_k, 100), available)
        if wanted == 0:
            return [(np.empty(0, np.int64), np.empty(0, np.float32))] * len(vectors)
        selector = None if rows is None else faiss.IDSelectorBatch(rows)
        chosen = selector and faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        _, found = self._index.search(vectors, wanted, params=chosen)  # type: ignore[attr-defined]
        return [self._rescore(v, f, top_k) for v, f in zip(vectors, found, strict=True)]

    def _rescore(self, vector: Vectors, found: Rows, top_k: int) -> tuple[Rows, Vectors]:
        rows = np.sort(found[found >= 0])
        scores = self._exact[rows] @ vector
        best = np.argsort(-scores, kind="stable")[:top_k]
        return rows[best], scores[best]


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
