"""Which documents hold a term, and how much it says of each: BM25 in whole numbers.

The documents of a segment are its sentences (words) or its passages (pairs of characters). They stand
in blocks of 65,536. A term is kept by 63 bits of its BLAKE2b hash (that two of ten million share one:
once in 200,000 indexes); an entry is a term in a block:

    keys      uint64   the terms' hashes, ascending, one for each entry
    blocks    uint16   the block of each entry, ascending within a term
    starts    uint32   where its postings begin
    most      uint8    the highest weight among them
    documents uint16   of each posting, its place in the block, ascending within an entry
    weights   uint8    of each posting, the saturated frequency of the term times 255

The weight needs no other document: the mean length in BM25 is a constant of the field. So a segment can
be written alone and merged with others, and the sums, whole numbers all, are the same in any order.

Source: Robertson and Zaragoza 2009, https://doi.org/10.1561/1500000019; the blocks: Ding and Suel 2011,
https://doi.org/10.1145/2009916.2010048.
"""

import hashlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.store.vectors import Rows

BLOCK = 1 << 16
K1, B = 1.5, 0.75
"""Of BM25."""
SCALE = 256
"""Steps of an inverse document frequency."""
CHUNK = 4_000_000
"""Postings sorted at once when segments are merged."""

_TYPES = {
    "keys": np.uint64, "blocks": np.uint16, "starts": np.uint32, "most": np.uint8,
    "documents": np.uint16, "weights": np.uint8,
}  # fmt: skip
Scores = NDArray[np.int64]
Piece = tuple[NDArray[Any], Rows, NDArray[np.uint8]]
"""Keys, documents and weights of postings."""


def key(term: str) -> int:
    """Return the key of a term."""
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "little") >> 1


class Entry(NamedTuple):
    """The postings of a term in a block: the documents' places in it, and their weights."""

    block: int
    most: int
    documents: NDArray[np.uint16]
    weights: NDArray[np.uint8]

    @property
    def rows(self) -> Rows:
        """The documents' numbers in the segment."""
        return self.block * BLOCK + self.documents.astype(np.int64)


class Postings:
    """The postings of one field of a segment, memory-mapped."""

    def __init__(self, folder: Path) -> None:
        """Open what ``write`` wrote."""
        self.arrays = {name: _map(folder / name, kind) for name, kind in _TYPES.items()}
        self._keys = self.arrays["keys"]

    def entries(self, *terms: str) -> list[list[Entry]]:
        """Return of each term its entries, block after block."""
        numbers = np.array([key(term) for term in terms], np.uint64)
        firsts, lasts = (self._keys.searchsorted(numbers, side) for side in ("left", "right"))
        bounds = zip(firsts.tolist(), lasts.tolist(), strict=True)
        return [[self._entry(at) for at in range(*own)] for own in bounds]

    def _entry(self, at: int) -> Entry:
        a, own = self.arrays, slice(int(self.arrays["starts"][at]), self._end(at))
        told = int(a["blocks"][at]), int(a["most"][at])
        return Entry(*told, a["documents"][own], a["weights"][own])

    def between(self, low: int, high: int) -> Piece:
        """Return every posting whose key is in a range."""
        a = self.arrays
        first, last = (int(np.searchsorted(self._keys, np.uint64(k))) for k in (low, high))
        starts = np.append(a["starts"][first:last], self._end(last - 1) if last > first else 0)
        counts = starts[1:] - starts[:-1]
        own = slice(int(starts[0]), int(starts[-1])) if last > first else slice(0, 0)
        blocks = np.repeat(a["blocks"][first:last].astype(np.int64), counts)
        documents = blocks * BLOCK + a["documents"][own]
        return np.repeat(self._keys[first:last], counts), documents, a["weights"][own]

    def pieces(self, many: int) -> Iterator[Piece]:
        """Yield what ``between`` returns of all keys, in pieces that fit into memory."""
        bounds = [(1 << 63) * n // many for n in range(many + 1)]
        return (self.between(low, high) for low, high in pairwise(bounds))

    @property
    def size(self) -> int:
        """How many postings there are."""
        return len(self.arrays["documents"])

    def _end(self, at: int) -> int:
        starts = self.arrays["starts"]
        return int(starts[at + 1]) if at + 1 < len(starts) else self.size


Wanted = Sequence[tuple[int, Sequence[Entry]]]
"""Of each term of a question what it weighs, and where it stands in a segment."""


def scores(wanted: Wanted, documents: Rows) -> Scores:
    """Return the score of each of some documents, ascending."""
    found = np.zeros(len(documents), np.int64)
    if not len(documents):
        return found
    blocks = documents // BLOCK
    firsts = np.searchsorted(blocks, np.arange(int(blocks[-1]) + 2))
    for weight, entries in wanted:
        for entry in entries:
            if entry.block + 1 >= len(firsts):
                break
            own = slice(int(firsts[entry.block]), int(firsts[entry.block + 1]))
            sought = (documents[own] % BLOCK).astype(np.uint16)
            found[own] += weight * _weights_at(entry, sought)
    return found


def best(
    wanted: Wanted,
    top_k: int,
    *,
    groups: Rows | None = None,
    admitted: NDArray[np.bool_] | None = None,
    least: int = 1,
) -> tuple[Rows, Scores]:
    """Return the groups of documents with the best scores, and all that equal the last of them.

    A block whose terms cannot reach what ``top_k`` groups have is passed over.

    Args:
        wanted: What the question asks for.
        top_k: Groups wanted.
        groups: The first document of each, ascending; None where each document stands alone.
        admitted: Which groups may be found; None for all.
        least: What a score must reach, at least 1.

    Returns:
        Groups ascending, and the score of the best document of each.
    """
    of_block: dict[int, list[tuple[int, int, Entry]]] = {}
    for weight, entries in wanted:
        for entry in entries:
            of_block.setdefault(entry.block, []).append((entry.most * weight, weight, entry))
    found, reached = np.empty(0, np.int64), np.empty(0, np.int64)
    ordered = sorted((-sum(e[0] for e in own), b) for b, own in of_block.items())
    # A group that two blocks share stands there twice until the end.
    for enough, (most, block) in enumerate(ordered, top_k):
        if -most < least:
            break
        documents, those = _best_of_block(of_block[block], least)
        documents += block * BLOCK
        if groups is not None:
            documents, those = _grouped(documents, those, groups)
        if admitted is not None:
            documents, those = documents[admitted[documents]], those[admitted[documents]]
        found, reached = np.concatenate([found, documents]), np.concatenate([reached, those])
        if len(found) > enough:
            least = int(np.partition(reached, -enough)[-enough])
            found, reached = found[reached >= least], reached[reached >= least]
    order = np.lexsort((reached, found))
    found, reached = found[order], reached[order]
    last = np.append(found[1:] != found[:-1], np.ones(min(len(found), 1), bool))
    return found[last], reached[last]


def _best_of_block(entries: Sequence[tuple[int, int, Entry]], least: int) -> tuple[Rows, Scores]:
    """The documents of a block that reach a score, ascending.

    Once the terms that are left cannot reach it together, only documents that still can are looked up.
    """
    own = sorted(entries, key=lambda e: -e[0])
    rests = np.cumsum([0] + [most for most, *_ in reversed(own)])[::-1].tolist()
    read = sum(rest >= least for rest in rests[:-1])
    sums = np.zeros(1 + max(int(entry.documents[-1]) for *_, entry in own), np.int64)
    for _, weight, entry in own[:read]:
        sums[entry.documents] += entry.weights * np.int64(weight)
    documents = np.flatnonzero(sums >= max(least - rests[read], 1))
    scores = sums[documents]
    for rest, (_, weight, entry) in zip(rests[read + 1 :], own[read:], strict=True):
        if not len(documents):
            break
        scores = scores + weight * _weights_at(entry, documents.astype(np.uint16))
        kept = scores + rest >= least
        documents, scores = documents[kept], scores[kept]
    return documents, scores


def _grouped(documents: Rows, scores: Scores, groups: Rows) -> tuple[Rows, Scores]:
    """The groups of documents, ascending, each with the best score among its own."""
    if not len(documents):
        return documents, scores
    of = np.searchsorted(groups, documents, "right") - 1
    begins = np.flatnonzero(np.append(True, of[1:] != of[:-1]))
    return of[begins], np.maximum.reduceat(scores, begins)


def _weights_at(entry: Entry, documents: NDArray[np.uint16]) -> Scores:
    """What a term weighs in some documents of a block; 0 where it does not stand."""
    places = entry.documents.searchsorted(documents)
    there = entry.documents.take(places, mode="clip") == documents
    weights: Scores = entry.weights.take(places, mode="clip") * there.astype(np.int64)
    return weights


def write(folder: Path, documents: Iterable[Sequence[str]], length: float) -> None:
    """Write the postings of these documents' terms into a new folder.

    ``length`` is the mean number of terms that BM25 takes a document to have; repeats count.
    """
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__  # a new term has the next number
    terms, lengths = array("q"), array("q")
    for own in documents:
        terms.extend(map(numbers.__getitem__, own))
        lengths.append(len(own))
    of = np.repeat(np.arange(len(lengths)), lengths)
    pairs, counts = np.unique(of * len(numbers) + np.array(terms, np.int64), return_counts=True)
    places, own_terms = np.divmod(pairs, max(len(numbers), 1))
    norms = K1 * (1 - B + B * np.array(lengths, np.int64) / length)
    weights = np.maximum(1, np.rint(255 * counts / (counts + norms[places])))
    keys = np.fromiter(map(key, numbers), np.uint64, len(numbers))
    _write(folder, [(keys[own_terms], places, weights.astype(np.uint8))])


def merge(folder: Path, sources: Sequence[tuple[Postings, Rows]]) -> None:
    """Write the postings of several segments, each with the new numbers of its documents, as one.

    A number is negative where a document is left out. It is done in pieces that fit into memory.
    """
    pieces = 1 + sum(postings.size for postings, _ in sources) // CHUNK

    def sorted_pieces() -> Iterator[Piece]:
        of_sources = [postings.pieces(pieces) for postings, _ in sources]
        for own in zip(*of_sources, strict=True):
            found = []
            for (_, numbers), (keys, documents, weights) in zip(sources, own, strict=True):
                documents = numbers[documents]
                kept = documents >= 0
                found.append((keys[kept], documents[kept], weights[kept]))
            keys, documents, weights = (np.concatenate(part) for part in zip(*found, strict=True))
            yield keys, documents, weights

    _write(folder, sorted_pieces())


def _write(folder: Path, pieces: Iterable[Piece]) -> None:
    """Write postings, given in pieces whose keys ascend."""
    folder.mkdir()
    files = {name: (folder / name).open("wb") for name in _TYPES}
    written = 0
    try:
        for keys, documents, weights in pieces:
            if not len(keys):
                continue
            order = np.lexsort((documents, keys))
            keys, documents, weights = keys[order], documents[order], weights[order]
            blocks = documents // BLOCK
            begins = np.append(True, (keys[1:] != keys[:-1]) | (blocks[1:] != blocks[:-1]))
            starts = np.flatnonzero(begins)
            arrays = {
                "keys": keys[starts],
                "blocks": blocks[starts],
                "starts": starts + written,
                "most": np.maximum.reduceat(weights, starts),
                "documents": documents % BLOCK,
                "weights": weights,
            }
            written += len(keys)
            if written > np.iinfo(np.uint32).max:
                raise OverflowError(f"{folder.name}: more than {np.iinfo(np.uint32).max} postings")
            for name, values in arrays.items():
                files[name].write(values.astype(_TYPES[name]).tobytes())
    finally:
        for file in files.values():
            file.close()


def _map(path: Path, kind: Any) -> NDArray[Any]:
    return np.asarray(np.memmap(path, kind, "r")) if path.stat().st_size else np.empty(0, kind)
