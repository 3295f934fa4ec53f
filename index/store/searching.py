"""What Milvus puts forward for a question, scored again so that it does not matter who put it forward.

A float of 32 bits in a sum of Milvus may be off by a little, and two terms may share a dimension of a sparse
vector. So more is asked for than is wanted, scored in whole numbers from what stands in the rows, and cut where
``proposals`` cuts: where the search of Milvus is exact (FLAT), the same passages come in the same order.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.store.milvus import MOST, Milvus
from index.store.postings import key
from index.store.proposals import Candidates, rarity, weights_of
from index.store.rows import Directory, Packed, sparse, unpack
from index.store.vectors import Rows, products

SPARE = 32
"""More results than are wanted, for those that are as good as the last."""
ROUNDING = 1e-5
"""Times the best score: what sums of 32 bits may be off (whole numbers up to 2**24 are exact)."""
_OF = {"vector": "passages", "bigrams": "passages", "terms": "sentences"}
_CORPUS = ("passage", "terms", "bigrams")
"""The views that look at the whole corpus."""


class Frequencies:
    """In how many documents each term of a field stands."""

    def __init__(self, content: bytes, documents: int) -> None:
        """Take keys, ascending, and counts, as ``writing`` wrote them, and how many documents there are."""
        self._documents = documents
        many = len(content) // 12
        self._keys = np.frombuffer(content, np.uint64, many)
        self._counts = np.frombuffer(content, np.uint32, many, 8 * many)

    def __contains__(self, term: str) -> bool:
        """Whether any document holds the term."""
        return self.of(term) > 0

    def of(self, term: str) -> int:
        """Return how many documents hold a term."""
        wanted = np.uint64(key(term))
        at = int(self._keys.searchsorted(wanted))
        return int(self._counts[at]) if at < len(self._keys) and self._keys[at] == wanted else 0

    def rarity(self, term: str) -> float:
        """Return a term's inverse document frequency, highest for one that stands nowhere."""
        return rarity(self._documents, self.of(term))

    def query(self, terms: Sequence[str]) -> "Query":
        """Return what the terms of a question weigh."""
        weights = {key(term): own for term, own in weights_of(terms, self.rarity).items()}
        keys = sorted(weights)
        return Query(np.array(keys, np.uint64), np.array([weights[k] for k in keys], np.int64))


class Query(NamedTuple):
    """What a question asks of a field: its terms' keys, ascending, and what each weighs."""

    keys: NDArray[np.uint64]
    weights: NDArray[np.int64]

    def sparse(self) -> dict[int, float]:
        """Return it as Milvus takes it."""
        return sparse(self.keys.tolist(), self.weights.astype(float).tolist())

    def scores(self, documents: Sequence[Packed]) -> NDArray[np.float64]:
        """Return the score of each document: a whole number."""
        sizes = [len(keys) for _, keys, _ in documents]
        if not len(self.keys) or not sum(sizes):
            return np.zeros(len(documents))
        keys = np.concatenate([own for _, own, _ in documents])
        weights = np.concatenate([own for *_, own in documents])
        at = np.minimum(self.keys.searchsorted(keys), len(self.keys) - 1)
        found = np.where(self.keys[at] == keys, self.weights[at], 0) * weights
        of = np.repeat(np.arange(len(documents)), sizes)
        return np.bincount(of, found, len(documents)).astype(np.float64)


class Searching:
    """Searches the collections of an archive."""

    def __init__(self, server: Milvus, base: str, directory: Directory, dimensions: int) -> None:
        self._server, self._base, self._directory = server, base, directory
        self._dimensions = dimensions

    def propose(
        self,
        vector: Vectors,
        asked: Mapping[str, tuple[Frequencies, Sequence[str]]],
        most: int,
        where: str,
    ) -> Candidates:
        """Return what each view puts forward, scored by all of them.

        Args:
            vector: Of the question, ``(d,)``, L2-normalised.
            asked: Of each field its frequencies, and what the question asks of it.
            most: Passages a view may put forward.
            where: What may be found, as a condition on rows.
        """
        queries = {name: field.query(terms) for name, (field, terms) in asked.items()}
        found = [self.proposed("vector", vector.tolist(), most, where)]
        for name, query in queries.items():
            if len(query.keys):
                found.append(self.proposed(name, query.sparse(), most, where))
        rows = np.unique(np.concatenate(found))
        rows = np.array(sorted(rows.tolist(), key=self._directory.place), np.int64)
        views = self._views(rows, vector, queries)
        kept = np.zeros(len(rows), np.bool_)
        for name in _CORPUS:
            best = np.argsort(-views[name], kind="stable")[:most]
            kept[best[views[name][best] > 0] if name in queries else best] = True
        return Candidates(rows[kept], {name: scores[kept] for name, scores in views.items()})

    def proposed(self, field: str, query: Any, most: int, where: str) -> Rows:
        """Return the rows of the passages that a field puts forward, and of all that may be as good as the last."""
        kind, asked = _OF[field], most + SPARE
        told = {"where": where, "output": "passage" if kind == "sentences" else "row"}
        while True:
            hits = self._server.search(self._of(kind), field, query, most=asked, **told)
            best: dict[int, float] = {}
            for row, score in hits:
                best.setdefault(row, score)
            if len(hits) < asked or asked == MOST or _is_enough([*best.values()], most):
                return np.array([*best], np.int64)
            asked = min(2 * asked, MOST)

    def packed(self, kind: str, rows: Rows) -> list[Packed]:
        """Return codes, keys and weights of some rows."""
        told = self._server.rows(self._of(kind), rows, "content")
        return [unpack(told[row], self._dimensions) for row in rows.tolist()]

    def _of(self, kind: str) -> str:
        return f"{self._base}_{kind}"

    def _views(
        self, rows: Rows, vector: Vectors, queries: Mapping[str, Query]
    ) -> dict[str, NDArray[np.float64]]:
        """Every view of some passages."""
        if not len(rows):
            return {name: np.empty(0) for name in ("passage", "sentence", "terms", "bigrams")}
        told = self._server.rows(self._of("passages"), rows, "content", "first", "many")
        own = [told[row] for row in rows.tolist()]
        passages = [unpack(row, self._dimensions) for row in own]
        of = [np.arange(row["first"], row["first"] + row["many"]) for row in own]
        sentences = self.packed("sentences", np.concatenate(of))
        begins = np.cumsum([0, *map(len, of[:-1])])
        cosines = products(np.stack([code for code, *_ in sentences]), vector)
        return {
            "passage": products(np.stack([code for code, *_ in passages]), vector),
            "sentence": np.maximum.reduceat(cosines, begins),
            "terms": np.maximum.reduceat(queries["terms"].scores(sentences), begins),
            "bigrams": queries["bigrams"].scores(passages),
        }


def _is_enough(scores: Sequence[float], most: int) -> bool:
    """Whether the last of these passages, best first, can be none of so many that are wanted."""
    return len(scores) > most and scores[-1] < scores[most - 1] - ROUNDING * abs(scores[0])
