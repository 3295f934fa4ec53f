"""What is in use at one time: some segments, less the articles that are gone from them.

A folder with ``manifest.json`` and what is derived from all articles together, written whole, then only
read. No pickle anywhere.
"""

import contextlib
import fcntl
import json
import weakref
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache, reduce
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.errors import StoreError, TenkyoError
from index.records import Article, Filter
from index.store import tables
from index.store.archive import Archive, no_article
from index.store.files import broken, check_sizes, differing
from index.store.manifest import MANIFEST, NAMES, TIMELINE, read_manifest, read_names, read_overview
from index.store.proposals import Candidates, Field, Holding, by_holding, propose
from index.store.segment import Segments
from index.store.tables import Part, StoredPassage
from index.store.vectors import Codes

KEPT = 32
"""Articles whose text is kept at hand."""

_PASSAGES = (
    "SELECT row, article, heading, start, end, sentences FROM passages WHERE {} ORDER BY row"
)


class Generation(Archive):
    """An open generation. Holds every file, and a shared lock that keeps it from being swept.

    Opening it, and reading from it, raises a StoreError where a file is missing, damaged or of another
    schema. Safe to use from several threads. A row is the number of a passage, from 0.
    """

    terms: Field
    bigrams: Field

    def __init__(self, folder: Path, segments: Segments) -> None:
        self.number = int(folder.name)
        self.manifest = read_manifest(folder)
        try:
            with contextlib.ExitStack() as held:
                shared = held.enter_context((folder / MANIFEST).open("rb"))
                fcntl.flock(shared, fcntl.LOCK_SH)
                check_sizes(folder, self.manifest["parts"])
                self._hold(folder, self.manifest, segments)
                self.names: Mapping[str, NDArray[Any]] = read_names((folder / NAMES).read_bytes())
                self.overview = read_overview(folder, self.manifest["parts"])
                # Nobody needs to call it: one that nobody holds lets go by itself.
                self.close = weakref.finalize(self, held.pop_all().close)
        except StoreError:
            raise
        except Exception as exc:  # a damaged file makes its library raise anything
            damaged = differing(folder, self.manifest["parts"]) or [f"{folder.name}/{MANIFEST}"]
            raise broken(*damaged) from exc

    @classmethod
    def planned(cls, folder: Path, facts: Mapping[str, Any], segments: Segments) -> Self:
        """Return a generation that is not written yet, to derive from it what it is written with."""
        made = cls.__new__(cls)
        made._hold(folder, facts, segments)
        return made

    def _hold(self, folder: Path, facts: Mapping[str, Any], segments: Segments) -> None:
        self.folder = folder
        self.overview = {}
        self._segments = segments
        self.encoder: str = facts["encoder"]
        self.analyser: str = facts["analyser"]
        self.holdings: list[Holding] = []
        first = 0
        for told in facts["segments"]:
            segment = segments.open(told["name"])
            if segment.facts["encoder"] != self.encoder:
                raise broken(f"{folder.name}/{MANIFEST}")  # where it was written, they agreed
            self.holdings.append(Holding(segment, frozenset(told["gone"]), first))
            first += len(segment.starts)
        self.terms, self.bigrams = (Field(name, self.holdings) for name in ("terms", "bigrams"))
        self._read = lru_cache(KEPT)(_read_article)  # of no method, which would keep this one alive

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many articles, passages and sentences are there."""
        kinds = ("articles", "passages", "sentences")
        return {k: sum(int(getattr(h, k).sum()) for h in self.holdings) for k in kinds}

    def segment_of(self, article_id: str) -> str | None:
        """Return the name of the segment of an article; None where it is not there."""
        found = self._find(article_id)
        return found[0].segment.name if found else None

    def ids(self) -> set[str]:
        """Return the ids of all articles."""
        return {one for holding in self.holdings for one in holding.ids()}

    def keys(self) -> dict[bytes, str]:
        """Return the ids of all articles, by the digests of their parts."""
        return dict(self._each("SELECT row, key, id FROM articles"))

    def sizes(self) -> dict[str, int]:
        """Return how many passages each article has."""
        found: dict[str, int] = {}
        for holding in self.holdings:
            ids, there = holding.segment.ids, holding.articles.nonzero()[0].tolist()
            own = np.bincount(holding.segment.article_of, minlength=len(ids)).tolist()
            found |= {ids[n]: own[n] for n in there}
        return found

    def articles(self) -> list[Article]:
        """Return all articles, in the order of their sources."""
        found = [
            tables.article_of(*told)
            for told in self._each("SELECT row, record, text FROM articles")
        ]
        return sorted(found, key=lambda article: (article.source, article.id))

    @cached_property
    def writers(self) -> frozenset[str]:
        """The names of all authors and publishers."""
        query = "SELECT row, publisher, json_extract(record, '$.authors') FROM articles"
        told = {*self._each(query)}
        return frozenset(n for p, authors in told for n in (p, *json.loads(authors)) if n)

    def article(self, article_id: str) -> Article:
        """Return one article. Raises StoreError: this generation holds no such article."""
        return self._article(*self._place(article_id))

    def part(self, article_id: str) -> Part:
        """Return one article with all its passages. Raises as ``article``."""
        holding, row = self._place(article_id)
        with self.naming_damage():
            return tables.read_part(holding.segment.all, row)

    def codes(self, article_id: str) -> tuple[Codes, Codes]:
        """Return the codes of an article's passages and those of its sentences. Raises as ``article``."""
        holding, row = self._place(article_id)
        segment = holding.segment
        passages = segment.passages_of(row)
        sentences, _ = segment.sentences_of(passages)
        return segment.passages.codes(passages), segment.sentences[sentences]

    def passages(self, rows: Sequence[int]) -> list[StoredPassage]:
        """Return the passages of these rows, in this order."""
        found: dict[int, StoredPassage] = {}
        for holding, own in by_holding(self.holdings, np.unique(np.array(rows, np.int64))):
            where = "row IN (SELECT value FROM json_each(?))"
            stored = self._passages(holding, where, json.dumps(own.tolist()))
            found |= {holding.first + row: passage for row, passage in stored.items()}
        return [found[int(row)] for row in rows]

    def passages_at(self, article_id: str, start: int, end: int) -> list[StoredPassage]:
        """Return the passages of an article that hold characters from ``start`` up to ``end``, in order."""
        holding, row = self._place(article_id)
        where = "article = ? AND start < ? AND end > ?"
        return [*self._passages(holding, where, row, end, start).values()]

    def candidates(
        self,
        vector: Vectors,
        terms: Sequence[str],
        bigrams: Sequence[str],
        *,
        most: int,
        filter: Filter | None = None,
    ) -> Candidates:
        """Return what each view puts forward, as ``Archive`` tells."""
        with self.naming_damage():
            admitted = [holding.admitted(filter or Filter()) for holding in self.holdings]
            of_fields = {self.terms: terms, self.bigrams: bigrams}
            return propose(self.holdings, of_fields, vector, admitted, most)

    def count(self, filter: Filter) -> int:
        """Return how many passages a filter admits."""
        return sum(int(holding.admitted(filter).sum()) for holding in self.holdings)

    def stands_together(self, bigrams: Iterable[str]) -> bool:
        """Whether all of these pairs of characters stand in one passage."""
        with self.naming_damage():
            rows = [self.bigrams.holding(pair) for pair in bigrams]
            return not rows or len(reduce(np.intersect1d, rows)) > 0

    def undated(self, filter: Filter | None) -> int:
        """Return how many articles a filter leaves out for want of a date alone."""
        if filter is None or filter.undated or filter.since is filter.until is None:
            return 0
        with self.naming_damage():
            wider = replace(filter, undated=True)
            both = ((h.within(wider), h.within(filter)) for h in self.holdings)
            return sum(int((wide & ~narrow).sum()) for wide, narrow in both)

    def timeline(self) -> str:
        """Return the timeline as HTML; empty where nothing has a date."""
        with self.naming_damage():
            path = self.folder / TIMELINE
            return path.read_text("utf-8")

    @cached_property
    def published(self) -> Counter[tuple[str | None, str | None]]:
        """How many articles there are of each publisher and day, in ISO 8601."""
        return Counter(self._each("SELECT row, publisher, published FROM articles"))

    def verify(self) -> list[str]:
        """Compare every file with its checksum; return the names of those that differ."""
        of_segments = [f"{h.segment.name}/{n}" for h in self.holdings for n in h.segment.verify()]
        return differing(self.folder, self.manifest["parts"]) + of_segments

    def check(self, known: Collection[str] = ()) -> list[str]:
        """Do as ``verify``, but for known segments and those compared since they were opened."""
        damaged = differing(self.folder, self.manifest["parts"])
        others = (h.segment for h in self.holdings if h.segment.name not in known)
        return damaged + [name for segment in others for name in self._segments.check(segment)]

    @contextlib.contextmanager
    def naming_damage(self) -> Iterator[None]:
        """Turn what a library raises over a damaged file into a DamagedError that names the file."""
        try:
            yield
        except TenkyoError:
            raise
        except Exception as exc:
            if damaged := self.verify():
                raise broken(*damaged) from exc
            raise

    def _place(self, article_id: str) -> tuple[Holding, int]:
        """Where an article is, or a StoreError."""
        if found := self._find(article_id):
            return found
        raise no_article(article_id)

    def _find(self, article_id: str) -> tuple[Holding, int] | None:
        for holding in self.holdings:
            row = holding.segment.row_of.get(article_id)
            if row is not None and holding.articles[row]:
                return holding, row
        return None

    def _article(self, holding: Holding, row: int) -> Article:
        with self.naming_damage():
            return self._read(holding, row)

    def _passages(self, holding: Holding, where: str, *values: Any) -> dict[int, StoredPassage]:
        """The passages that fulfil a condition by row in the segment, in the order of rows."""
        found = {}
        with self.naming_damage():
            for row, of, heading, start, end, spans in holding.segment.all(
                _PASSAGES.format(where), *values
            ):
                article, places = self._article(holding, of), tables.spans_of(spans, start)
                text = article.text[start:end]
                found[row] = tables.stored_passage(article.id, heading, text, start, places)
        return found

    def _each(self, query: str) -> Iterator[tuple[Any, ...]]:
        """Ask all libraries; yield the rows of what is there, without their first value, the row."""
        with self.naming_damage():
            for holding in self.holdings:
                for row, *values in holding.segment.all(query):
                    if holding.articles[row]:
                        yield tuple(values)


def _read_article(holding: Holding, row: int) -> Article:
    [told] = holding.segment.all("SELECT record, text FROM articles WHERE row = ?", row)
    article = tables.article_of(*told)
    if not tables.is_unchanged(article):
        raise ValueError(article.id)
    return article
