"""A generation of an archive on Milvus, to be asked: Milvus stores, filters and proposes; the scores are ours."""

import contextlib
import json
import threading
import zlib
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from index.encoder import Vectors
from index.errors import DamagedError, OutdatedError
from index.records import Article, Filter
from index.store.archive import Archive, no_article
from index.store.files import broken
from index.store.manifest import NAMES, OVERVIEW, TIMELINE, read_names
from index.store.milvus import MOST, Milvus
from index.store.postings import key
from index.store.proposals import Candidates
from index.store.rows import (
    KINDS,
    SCHEMA,
    Directory,
    Stem,
    day_of,
    digest,
    from_blob,
    outlet_of,
    sparse,
)
from index.store.searching import SPARE, Frequencies, Searching
from index.store.tables import Part, StoredPassage, is_unchanged, part_from
from index.store.vectors import Codes, Rows

KEPT = 256
"""Articles and their codes that are kept at hand."""


class Stored:
    """A generation on a server, as far as it tells of itself.

    Raises a DamagedError where it is not as it was written, an OutdatedError where it is of another version.

    Attributes:
        stem: What the names of its collections begin with.
        facts: What holds of all of it; ``writing`` tells what that is.
    """

    def __init__(self, server: Milvus, stem: Stem) -> None:
        self.stem = stem
        self._server = server
        self._blobs: dict[str, list[Any]] = from_blob(self._pages(0, 1))
        self.facts: Mapping[str, Any] = from_blob(self.blob("facts"))
        if self.facts["schema"] != SCHEMA:
            raise OutdatedError(
                f"保存先の形式が違います（{self.facts['schema']!r}、このプログラムは {SCHEMA}）。"
                "`tenkyo build` で書き直してください。"
            )

    def blob(self, name: str) -> bytes:
        """Return what is stored under a name. Raises DamagedError: it is not what was written."""
        first, many, sha256 = self._blobs[name]
        content = self._pages(first, many)
        if digest(content) != sha256:
            raise broken(f"{self.stem.name}/{name}")
        return content

    def _pages(self, first: int, many: int) -> bytes:
        rows = np.arange(first, first + many)
        return b"".join(self._server.contents(self.stem.name, rows, fresh=True).values())


class RemoteArchive(Stored, Archive):
    """A generation on Milvus. Raises a StoreError where it cannot be read."""

    def __init__(self, server: Milvus, stem: Stem) -> None:
        super().__init__(server, stem)
        facts, self.number = self.facts, stem.number
        self.encoder, self.analyser = facts["encoder"], facts["analyser"]
        self.names = read_names(self.blob(NAMES))
        self.overview = json.loads(self.blob(OVERVIEW)) if OVERVIEW in self._blobs else {}
        counts = self.counts
        self.terms = Frequencies(self.blob("terms"), counts["sentences"])
        self.bigrams = Frequencies(self.blob("bigrams"), counts["passages"])
        self.directory = Directory(from_blob(self.blob("directory")))
        self._searching = Searching(server, facts["base"], self.directory, facts["dimensions"])
        self.close = lambda: None
        self._there = f"born <= {self.number} and died > {self.number}"
        self._parts: OrderedDict[str, Part] = OrderedDict()
        self._codes: OrderedDict[str, tuple[Codes, Codes]] = OrderedDict()
        self._lock = threading.Lock()
        self._miscounted = self._count()  # also waits for all that was written

    def _collection(self, kind: str) -> str:
        return f"{self.facts['base']}_{kind}"

    @property
    def counts(self) -> dict[str, int]:
        """How many articles, passages and sentences are there."""
        return dict(self.facts["counts"])

    @cached_property
    def published(self) -> Counter[tuple[str | None, str | None]]:
        """How many articles there are of each publisher and day, in ISO 8601."""
        return Counter({(p, day): many for p, day, many in self.facts["published"]})

    @cached_property
    def writers(self) -> frozenset[str]:
        """The names of all authors and publishers."""
        return frozenset(self.facts["writers"])

    def ids(self) -> set[str]:
        """Return the ids of all articles."""
        return {*self.directory.ids}

    def sizes(self) -> dict[str, int]:
        """Return how many passages each article has."""
        return dict(zip(self.directory.ids, self.directory.many("passages"), strict=True))

    def article(self, article_id: str) -> Article:
        """Return one article. Raises StoreError: this generation holds no such article."""
        return self.part(article_id).article

    def articles(self) -> list[Article]:
        """Return all articles, in the order of their sources."""
        found = [part.article for part in self._read(self.directory.ids)]
        return sorted(found, key=lambda article: (article.source, article.id))

    def part(self, article_id: str) -> Part:
        """Return one article with all its passages. Raises as ``article``."""
        return self._parts_of([article_id])[article_id]

    def codes(self, article_id: str) -> tuple[Codes, Codes]:
        """Return the codes of an article's passages and those of its sentences. Raises as ``article``."""
        with self._lock:
            known = self._codes.get(article_id)
        if known is None:
            kinds = ("passages", "sentences")
            found = [self._searching.packed(k, self._rows(k, article_id)) for k in kinds]
            known = (np.stack([c for c, *_ in found[0]]), np.stack([c for c, *_ in found[1]]))
            self._keep(self._codes, {article_id: known})
        return known

    def passages(self, rows: Sequence[int]) -> list[StoredPassage]:
        """Return the passages of these rows, in this order."""
        places = [self.directory.place(row) for row in rows]
        parts = self._parts_of(dict.fromkeys(one for one, _ in places))
        return [StoredPassage(*parts[one].passages[at]) for one, at in places]

    def passages_at(self, article_id: str, start: int, end: int) -> list[StoredPassage]:
        """Return the passages of an article that hold characters from ``start`` up to ``end``, in order."""
        own = self.part(article_id).passages
        return [StoredPassage(p, told) for p, told in own if p.start < end and p.end > start]

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
            asked = {"terms": (self.terms, terms), "bigrams": (self.bigrams, bigrams)}
            return self._searching.propose(vector, asked, most, self._where(filter or Filter()))

    def stands_together(self, bigrams: Iterable[str]) -> bool:
        """Whether all of these pairs of characters stand in one passage, of the 16,384 that say most of the rarest."""
        wanted = {*bigrams}
        if not wanted:
            return True
        rarest = min(wanted, key=self.bigrams.of)
        if rarest not in self.bigrams:
            return False
        most = min(self.bigrams.of(rarest), MOST - SPARE)
        query, keys = sparse([key(rarest)], [1.0]), {*map(key, wanted)}
        rows = self._searching.proposed("bigrams", query, most, self._there)
        held = self._searching.packed("passages", rows)
        return any(keys <= {*own.tolist()} for _, own, _ in held)

    def undated(self, filter: Filter | None) -> int:
        """Return how many articles a filter leaves out for want of a date alone."""
        if filter is None or filter.undated or filter.since is filter.until is None:
            return 0
        return self.directory.undated(filter.publishers, filter.article_ids)

    def timeline(self) -> str:
        """Return the timeline as HTML; empty where nothing has a date."""
        return self.blob(TIMELINE).decode()

    def verify(self) -> list[str]:
        """Read all that belongs to the generation, and count its rows; return the names of what differs."""
        damaged = []
        for name in self._blobs:
            try:
                self.blob(name)
            except DamagedError:
                damaged.append(f"{self.stem.name}/{name}")
        return damaged + self._count()

    def check(self) -> list[str]:
        """Return what was amiss when it was opened."""
        return self._miscounted

    def _count(self) -> list[str]:
        """The collections that have not so many rows as they should."""
        many = {kind: sum(self.directory.many(kind)) for kind in KINDS}
        names = {kind: self._collection(kind) for kind in KINDS}
        return [
            names[kind]
            for kind, own in many.items()
            if self._server.count(names[kind], self._there) != own
        ]

    @contextlib.contextmanager
    def naming_damage(self) -> Iterator[None]:
        """Turn what the client raises into a StoreError that names the server."""
        with self._server.telling():
            yield

    def _where(self, filter: Filter) -> str:
        """A filter as a condition on rows."""
        parts = [self._there]
        days = [(">=", filter.since), ("<=", filter.until)]
        bounds = [f"day {sign} {day_of(day)}" for sign, day in days if day]
        if bounds:
            dated = " and ".join(["day > 0", *bounds])
            parts.append(f"(day == 0 or {dated})" if filter.undated else dated)
        if filter.publishers:
            parts.append(f"outlet in {[*map(outlet_of, filter.publishers)]}")
        if filter.article_ids:
            parts.append(f"article in {self.directory.numbers(filter.article_ids) or [-1]}")
        return " and ".join(parts)

    def _parts_of(self, article_ids: Iterable[str]) -> dict[str, Part]:
        with self._lock:
            known = {one: self._parts.get(one) for one in article_ids}
        new = {p.article.id: p for p in self._read([one for one, p in known.items() if p is None])}
        self._keep(self._parts, new)
        return {one: part or new[one] for one, part in known.items()}

    def _read(self, article_ids: Sequence[str]) -> Iterator[Part]:
        """Read articles from the server, some at a time."""
        for start in range(0, len(article_ids), KEPT):
            own = article_ids[start : start + KEPT]
            rows = np.concatenate([self._rows("articles", one) for one in own])
            content = self._server.contents(self._collection("articles"), rows)
            for one, told in zip(own, content.values(), strict=True):
                yield self._checked(one, told)

    def _checked(self, article_id: str, content: bytes) -> Part:
        """Read an article, or raise a DamagedError."""
        with contextlib.suppress(ValueError, KeyError, TypeError, zlib.error):
            part = part_from(content)
            if part.article.id == article_id and is_unchanged(part.article):
                return part
        raise broken(f"{self._collection('articles')}/{article_id}")

    def _rows(self, kind: str, article_id: str) -> Rows:
        try:
            return self.directory.rows(kind, article_id)
        except KeyError:
            raise no_article(article_id) from None

    def _keep(self, kept: OrderedDict[str, Any], new: Mapping[str, Any]) -> None:
        with self._lock:
            kept |= new
            while len(kept) > KEPT:
                kept.popitem(last=False)
