"""What a generation's segments put forward for a question, scored so that their number does not matter.

Every view is a whole number: a product of codes, or a sum of weights times rarity, where the rarity of a
term is that among all documents that are there. Equals stand in the order of (article id, start).
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.records import Filter
from index.store import postings
from index.store.postings import Wanted
from index.store.segment import Segment
from index.store.vectors import OVERSAMPLING, Rows, coarse, products

_WITHIN = """
    SELECT row FROM articles
    WHERE (published IS NULL AND ?5
        OR (?1 IS NULL OR published >= ?1) AND (?2 IS NULL OR published <= ?2))
    AND (?3 = '[]' OR publisher IN (SELECT value FROM json_each(?3)))
    AND (?4 = '[]' OR id IN (SELECT value FROM json_each(?4)))"""
Mask = NDArray[np.bool_]
Views = Mapping[str, NDArray[np.float64]]


class Candidates(NamedTuple):
    """Passages by row, in the order of (article id, start), and how each view scores them."""

    rows: Rows
    views: Views


class Holding:
    """A segment in a generation: its place among the rows, and what of it is there."""

    def __init__(self, segment: Segment, gone: frozenset[str], first: int) -> None:
        """Take a segment, the ids of its articles that are gone, and the number of its first row."""
        self.segment, self.gone, self.first = segment, gone, first
        self.articles: Mask = np.array([one not in gone for one in segment.ids], np.bool_)
        self.passages: Mask = self.articles[segment.article_of]

    def ids(self) -> list[str]:
        """Return the ids of the articles that are there."""
        return [one for one in self.segment.ids if one not in self.gone]

    @cached_property
    def sentences(self) -> Mask:
        """Which sentences are there."""
        return np.repeat(self.passages, self.segment.ends - self.segment.first_sentences)

    def documents(self, field: str) -> Mask:
        """Which documents of a field of BM25 are there."""
        return self.sentences if field == "terms" else self.passages

    def within(self, filter: Filter) -> Mask:
        """Which articles a filter admits."""
        days = (day and day.isoformat() for day in (filter.since, filter.until))
        chosen = (json.dumps(names) for names in (filter.publishers, filter.article_ids))
        rows = self.segment.all(_WITHIN, *days, *chosen, filter.undated)
        admitted = np.zeros(len(self.articles), np.bool_)
        admitted[[row for (row,) in rows]] = True
        return admitted & self.articles

    def admitted(self, filter: Filter) -> Mask:
        """Which passages a filter admits."""
        if filter == Filter():
            return self.passages
        passages: Mask = self.within(filter)[self.segment.article_of]
        return passages


def by_holding(holdings: Sequence[Holding], rows: Rows) -> Iterator[tuple[Holding, Rows]]:
    """Yield each holding with those of some rows, ascending, that are its own, counted from its first."""
    bounds = np.searchsorted(rows, [h.first for h in holdings] + [np.iinfo(np.int64).max])
    for holding, start, end in zip(holdings, bounds, bounds[1:], strict=False):
        if start < end:
            yield holding, rows[start:end] - holding.first


def rarity(documents: int, frequency: int) -> float:
    """Return the inverse document frequency of a term that stands in so many of some documents."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


def weights_of(terms: Sequence[str], rarity: Callable[[str], float]) -> dict[str, int]:
    """Return what each term of a question weighs, in whole steps: its rarity as often as it stands there."""
    counts = Counter(terms)
    return {term: round(postings.SCALE * many * rarity(term)) for term, many in counts.items()}


class Field:
    """A field of BM25 over all segments of a generation."""

    def __init__(self, name: str, holdings: Sequence[Holding]) -> None:
        """Take its name, as in ``segment.FIELDS``."""
        self.name = name
        self._holdings = holdings

    @cached_property
    def _there(self) -> list[Mask]:
        return [holding.documents(self.name) for holding in self._holdings]

    @cached_property
    def _documents(self) -> int:
        return sum(int(there.sum()) for there in self._there)

    def __contains__(self, term: str) -> bool:
        """Whether any document holds the term."""
        [entries] = self._entries(term)
        return self._frequency(entries) > 0

    def rarity(self, term: str) -> float:
        """Return a term's inverse document frequency, highest for one that stands nowhere."""
        [entries] = self._entries(term)
        return self._rarity(entries)

    def holding(self, term: str) -> Rows:
        """Return the documents that hold a term, ascending; of the bigrams they are rows."""
        found, first = [np.empty(0, np.int64)], 0
        [entries] = self._entries(term)
        for there, own in zip(self._there, entries, strict=True):
            found += [first + entry.rows[there[entry.rows]] for entry in own]
            first += len(there)
        return np.concatenate(found)

    def wanted(self, terms: Sequence[str]) -> list[Wanted]:
        """Return what the terms of a question weigh, and where they stand in each segment."""
        entries = dict(zip(of := [*Counter(terms)], self._entries(*of), strict=True))
        weights = weights_of(terms, lambda term: self._rarity(entries[term]))
        return [
            [(weights[term], own[at]) for term, own in entries.items()]
            for at in range(len(self._holdings))
        ]

    def _entries(self, *terms: str) -> list[tuple[Sequence[postings.Entry], ...]]:
        """Where each term stands in each segment."""
        of_segments = [h.segment.fields[self.name].entries(*terms) for h in self._holdings]
        return list(zip(*of_segments, strict=True))

    def _rarity(self, entries: Sequence[Sequence[postings.Entry]]) -> float:
        return rarity(self._documents, self._frequency(entries))

    def _frequency(self, entries: Sequence[Sequence[postings.Entry]]) -> int:
        """How many of the documents that are there hold a term."""
        total = 0
        for holding, there, own in zip(self._holdings, self._there, entries, strict=True):
            for entry in own:
                held = there[entry.rows].sum() if holding.gone else len(entry.documents)
                total += int(held)
        return total


def propose(
    holdings: Sequence[Holding],
    of_fields: Mapping[Field, Sequence[str]],
    vector: Vectors,
    admitted: Sequence[Mask],
    most: int,
) -> Candidates:
    """Return what each view puts forward, scored by all of them.

    Args:
        holdings: The segments.
        of_fields: What the question asks of each field.
        vector: Of the question, ``(d,)``, L2-normalised.
        admitted: Which passages of each segment may be found.
        most: Passages a view may put forward.
    """
    wanted = {field.name: field.wanted(terms) for field, terms in of_fields.items()}
    found = [_best(holdings, name, own, admitted, most) for name, own in wanted.items()]
    rows = np.unique(np.concatenate([_nearest(holdings, vector, admitted, most), *found]))
    of_segment = dict(
        zip(holdings, zip(wanted["terms"], wanted["bigrams"], strict=True), strict=True)
    )
    views = {name: [np.empty(0)] for name in ("passage", "sentence", "terms", "bigrams")}
    for holding, own in by_holding(holdings, rows):
        segment, (terms, bigrams) = holding.segment, of_segment[holding]
        sentences, begins = segment.sentences_of(own)
        of_sentences = postings.scores(terms, sentences)
        cosines = products(segment.sentences[sentences], vector)
        views["passage"].append(products(segment.passages.codes(own), vector))
        views["sentence"].append(np.maximum.reduceat(cosines, begins))
        views["terms"].append(np.maximum.reduceat(of_sentences, begins).astype(np.float64))
        views["bigrams"].append(postings.scores(bigrams, own).astype(np.float64))
    order = _order(holdings, rows)
    return Candidates(rows[order], {n: np.concatenate(own)[order] for n, own in views.items()})


def _nearest(
    holdings: Sequence[Holding], vector: Vectors, admitted: Sequence[Mask], most: int
) -> Rows:
    """The rows nearest to a vector: found in eight bits, chosen by the finer product."""
    query, wanted = coarse(vector), OVERSAMPLING * most
    rows, scores = [], []
    for holding, mask in zip(holdings, admitted, strict=True):
        own = None if mask.all() else np.flatnonzero(mask)
        found, reached = holding.segment.passages.nearest(query, own, wanted)
        rows.append(found + holding.first)
        scores.append(reached)
    found, reached = np.concatenate(rows), np.concatenate(scores)
    if len(found) > wanted:
        kept = reached >= np.partition(reached, -wanted)[-wanted]
        found = found[kept]
    fine = [
        products(holding.segment.passages.codes(own), vector)
        for holding, own in by_holding(holdings, found)
    ]
    return _cut(holdings, found, np.concatenate([np.empty(0), *fine]), most)


def _best(
    holdings: Sequence[Holding],
    name: str,
    wanted: Sequence[Wanted],
    admitted: Sequence[Mask],
    most: int,
) -> Rows:
    """The rows that hold the rarest of what is asked for."""
    found, reached = np.empty(0, np.int64), np.empty(0, np.int64)
    least = 1
    for holding, own, mask in zip(holdings, wanted, admitted, strict=True):
        groups = holding.segment.first_sentences if name == "terms" else None
        rows, scores = postings.best(own, most, groups=groups, admitted=mask, least=least)
        found = np.concatenate([found, rows + holding.first])
        reached = np.concatenate([reached, scores])
        if len(found) > most:
            least = int(np.partition(reached, -most)[-most])
            found, reached = found[reached >= least], reached[reached >= least]
    return _cut(holdings, found, reached, most)


def _cut(
    holdings: Sequence[Holding], rows: Rows, scores: NDArray[np.float64 | np.int64], most: int
) -> Rows:
    """The rows of the best scores, of rows ascending; of equals the first in order."""
    if len(rows) <= most:
        return rows
    last = np.partition(scores, -most)[-most]
    above, equal = rows[scores > last], rows[scores == last]
    wanted = most - len(above)
    # In a segment rows are in order: what comes after the first so many of them is not among these.
    first = [own[:wanted] + holding.first for holding, own in by_holding(holdings, equal)]
    equal = np.concatenate(first)
    return np.concatenate([above, equal[_order(holdings, equal)[:wanted]]])


def _order(holdings: Sequence[Holding], rows: Rows) -> NDArray[np.int64]:
    """Where the rows, ascending, stand in the order of (article id, start)."""
    keys = []
    for holding, own in by_holding(holdings, rows):
        segment = holding.segment
        articles, starts = segment.article_of[own].tolist(), segment.starts[own].tolist()
        keys += [(segment.ids[a], start) for a, start in zip(articles, starts, strict=True)]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)
