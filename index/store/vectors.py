"""Vectors in eight bits at one fixed scale, and the nearest of them (FAISS).

A component of a vector of ``d`` becomes a whole number of steps, ``REACH / sqrt(d) / 127`` each,
whatever else the index holds; so the code of a text is the same in every segment. Products of codes
are whole numbers that float32 and float64 hold exactly, so no sum depends on its order, on how many
rows are multiplied at once, or on the processor.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors

Codes = NDArray[np.int8]
Rows = NDArray[np.int64]

REACH = 5.0
"""Times ``1 / sqrt(d)``: the largest component that is kept; those of the default model reach 3.4."""
FINE = 32767
"""Steps of a component of a query, for the exact product."""
OVERSAMPLING = 4
"""Candidates per result wanted, by a query in eight bits; the top 100 hold the exact top 10."""


def quantise(vectors: Vectors) -> Codes:
    """Return the codes of L2-normalised vectors, ``(n, d)`` each; cosines move by .0006 (deviation)."""
    steps = vectors * np.float32(_steps(vectors.shape[-1]))
    codes: Codes = np.clip(np.rint(steps), -127, 127).astype(np.int8)
    return codes


def products(codes: Codes, query: Vectors) -> NDArray[np.float64]:
    """Return the products of codes ``(n, d)`` and a normalised query ``(d,)``: cosines, but for a factor."""
    fine = np.rint(query.astype(np.float64) * FINE)
    return codes.astype(np.float64) @ fine  # sums of whole numbers below 2**53: exact


def cosines(found: NDArray[np.float64], dimensions: int) -> NDArray[np.float64]:
    """Return what ``products`` returns of vectors of so many dimensions as cosines."""
    return np.asarray(found / (FINE * _steps(dimensions)))


def _steps(dimensions: int) -> float:
    """Steps of a code in a component of 1."""
    return float(127 * dimensions**0.5 / REACH)


class FaissIndex:
    """A flat FAISS index whose codes are those of ``quantise``."""

    def __init__(self, path: Path) -> None:
        """Open what ``write_faiss`` wrote."""
        import faiss

        faiss.omp_set_num_threads(1)  # one question at a time gains nothing from more
        index: Any = faiss.read_index(str(path))
        if index.codes.size() != index.ntotal * index.d:
            raise ValueError(path.name)
        stored = faiss.rev_swig_ptr(index.codes.data(), index.codes.size())
        # FAISS holds them moved by 128; the sign of the last bit turned over moves them back.
        self._stored = stored.reshape(index.ntotal, index.d)
        self._index = index

    def codes(self, rows: Rows) -> Codes:
        """Return the codes of some rows, ``(rows, d)``."""
        return (self._stored[rows] ^ 128).view(np.int8)

    def nearest(self, query: Vectors, rows: Rows | None, top_k: int) -> tuple[Rows, Vectors]:
        """Return the ``top_k`` nearest rows to a query in eight bits, and all that are as near as the last.

        Args:
            query: ``(d,)``, as ``coarse`` gives it.
            rows: Those that may be found; None for all.
            top_k: Fewer come back when fewer rows may be found.

        Returns:
            Rows ascending, and the product of each: whole numbers.
        """
        import faiss

        many = self._index.ntotal if rows is None else len(rows)
        selector = None if rows is None else faiss.IDSelectorBatch(rows)
        chosen = selector and faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        found, scores = np.empty(0, np.int64), np.empty(0, np.float32)
        asked = top_k
        # Which of equals come is up to FAISS: more are asked for until all have come.
        while len(found) < many and (len(found) < top_k or scores[-1] == scores[top_k - 1]):
            asked = min(2 * asked, many)
            [scores], [found] = self._index.search(query[None], asked, params=chosen)
        kept = scores >= scores[min(top_k, many) - 1] if many else scores > 0
        found, scores = found[kept], scores[kept]
        order = np.argsort(found)
        return found[order], scores[order]


def coarse(query: Vectors) -> Vectors:
    """Return a query ``(d,)`` in whole numbers of eight bits, at its own scale."""
    most = float(np.abs(query).max()) or 1.0
    steps: Vectors = np.rint(query * np.float32(127 / most))
    return steps


def write_faiss(codes: Codes, path: Path) -> None:
    """Write a flat index of codes ``(n, d)``, n at least 1."""
    import faiss

    kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
    index = faiss.IndexScalarQuantizer(codes.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    index.add(codes.astype(np.float32))
    # Not faiss.write_index, which tells of a full disk only by a line on stderr.
    path.write_bytes(faiss.serialize_index(index).data)
