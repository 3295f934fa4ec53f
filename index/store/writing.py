"""Writes a generation of a home to Milvus: the rows of what is new, then what the generation says of itself."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import StoreError
from index.reports import OnProgress, Progress
from index.store.files import broken
from index.store.generation import Generation
from index.store.milvus import Milvus
from index.store.postings import BLOCK, CHUNK, Postings
from index.store.proposals import Holding
from index.store.remote import RemoteArchive, Stored
from index.store.rows import (
    FOREVER,
    KINDS,
    NONE,
    SCHEMA,
    Directory,
    Entry,
    Row,
    Stem,
    day_of,
    digest,
    outlet_of,
    pack,
    pages,
    sparse,
    to_blob,
)
from index.store.segment import FIELDS
from index.store.tables import Part, part_bytes
from index.store.vectors import Codes, Rows

TOGETHER = 500
"""Passages whose rows are made at once."""
KEY = 16
"""Hexadecimal digits by which the part of an article is known."""


class Writing:
    """A generation in the making, beside the one in use."""

    def __init__(
        self,
        server: Milvus,
        generation: Generation,
        writer: str,
        now: RemoteArchive | None,
        report: OnProgress,
    ) -> None:
        """Take what is to be in use, whose it is, and what is in use and whole."""
        make = (generation.encoder, generation.analyser, writer)
        if now and (now.encoder, now.analyser, now.stem.writer) != make:
            now = None
        self._server, self._generation, self._report = server, generation, report
        last = max((stem.number for stem in server.collections().values()), default=0)
        self._stem, self._now = Stem.of(writer, last + 1), now
        self._base: str = now.facts["base"] if now else self._stem.name
        self._next: dict[str, int] = dict(now.facts["next"] if now else dict.fromkeys(KINDS, 0))
        self._dimensions = generation.holdings[0].segment.sentences.shape[1]
        self._done = self._total = 0

    def put(self, state: str) -> int:
        """Write it, verify it and put it in use; return its number. ``state`` tells it from every other."""
        before = self._server.current()
        in_use = before.number if before else 0
        there = self._server.collections()  # what comes after was broken off, or rolled back
        self._server.sweep(lambda name: there[name].number <= in_use)
        if self._now:
            self._undo(in_use)
        else:
            for kind in KINDS:
                self._server.create(self._collection(kind), kind, self._dimensions)
        first = self._next["passages"]
        self._write_facts(self._write_articles(), state)
        if self._next["passages"] - first >= TOGETHER:  # few rows are as soon looked through
            for kind in KINDS:
                self._server.seal(self._collection(kind))
        made = RemoteArchive(self._server, self._stem)
        if damaged := made.verify():
            raise broken(*damaged)
        self._server.switch(self._stem, before)
        self._clear(before)
        return self._stem.number

    def _clear(self, before: Stem | None) -> None:
        """Drop what neither this generation nor the one before it needs."""
        needed = {self._stem.name, *map(self._collection, KINDS)}
        if before:
            needed.add(before.name)
            with suppress(StoreError):  # it may be damaged
                base = Stored(self._server, before).facts["base"]
                needed |= {f"{base}_{kind}" for kind in KINDS}
        self._server.sweep(needed.__contains__)
        if self._now:  # what died in it, questions that began before it may still read
            for kind in KINDS:
                self._server.delete(self._collection(kind), f"died < {self._now.number}")

    def _collection(self, kind: str) -> str:
        return f"{self._base}_{kind}"

    def _undo(self, number: int) -> None:
        """Clear away what a write that was broken off, or rolled back, has left after a generation."""
        for kind in KINDS:
            collection = self._collection(kind)
            self._server.delete(collection, f"born > {number}")
            there = f"died > {number} and died < {FOREVER}"
            self._mark(collection, self._server.numbers_where(collection, there), FOREVER)

    def _mark(self, collection: str, rows: Sequence[int], died: int) -> None:
        told = [{"row": row, "died": died} for row in rows]
        self._server.write(collection, told, partial=True)

    def _write_articles(self) -> list[Entry]:
        """Write the rows of what is new, and mark those of what is gone; return what is there."""
        wanted = {one: key.hex()[:KEY] for key, one in self._generation.keys().items()}
        known = self._now.directory.entries() if self._now else []
        kept = [entry for entry in known if wanted.get(entry.id) == entry.key]
        gone = [entry for entry in known if wanted.get(entry.id) != entry.key]
        new = {*wanted} - {entry.id for entry in kept}
        self._total = len(new)
        for holding in self._generation.holdings:
            ids = holding.segment.ids
            there = [row for row in np.flatnonzero(holding.articles).tolist() if ids[row] in new]
            fields = {name: _Forward(own) for name, own in holding.segment.fields.items()}
            for group in _grouped(holding, there):
                kept += self._write_group(holding, group, fields, wanted)
        for at, kind in enumerate(KINDS):
            rows = [e.first[at] + n for e in gone for n in range(e.many[at])]
            self._mark(self._collection(kind), rows, self._stem.number)
        return kept

    def _write_group(
        self,
        holding: Holding,
        group: Sequence[int],
        fields: Mapping[str, "_Forward"],
        keys: Mapping[str, str],
    ) -> list[Entry]:
        """Write the rows of some articles of a segment, by their rows in it."""
        segment, entries = holding.segment, []
        rows: dict[str, list[Row]] = {kind: [] for kind in KINDS}
        for at in group:
            part = self._generation.part(segment.ids[at])
            entries.append(self._entry(part, keys[part.article.id]))
            for kind, own in _rows_of(entries[-1], part).items():
                rows[kind] += own
        passages = np.concatenate([segment.passages_of(at) for at in group])
        sentences, _ = segment.sentences_of(passages)
        codes = segment.passages.codes(passages)
        _describe(rows["passages"], "bigrams", codes, fields["bigrams"].documents(passages))
        for row, code in zip(rows["passages"], codes, strict=True):
            row["vector"] = code.astype(np.float32)
        told = fields["terms"].documents(sentences)
        _describe(rows["sentences"], "terms", segment.sentences[sentences], told)
        for kind, own in rows.items():
            lives = {"born": self._stem.number, "died": FOREVER}
            self._server.write(self._collection(kind), [row | lives for row in own])
        self._done += len(group)
        self._report(Progress("store", self._done, self._total))
        return entries

    def _entry(self, part: Part, key: str) -> Entry:
        """Give an article its rows."""
        many = len(part.passages), sum(len(own) for _, own in part.passages), 1
        first = tuple(self._next[kind] for kind in KINDS)
        for kind, number in zip(KINDS, many, strict=True):
            self._next[kind] += number
        day, outlet = day_of(part.article.published), outlet_of(part.article.publisher)
        return Entry(part.article.id, key, day, outlet, first, many)

    def _write_facts(self, entries: Sequence[Entry], state: str) -> None:
        """Write what the generation says of itself, each piece with its place and checksum in the first row."""
        generation = self._generation
        facts = {
            "schema": SCHEMA,
            "state": state,
            "base": self._base,
            "next": self._next,
            "encoder": generation.encoder,
            "analyser": generation.analyser,
            "counts": generation.counts,
            "dimensions": self._dimensions,
            "published": [(*one, many) for one, many in generation.published.items()],
            "writers": sorted(generation.writers),
        }
        blobs = {"facts": to_blob(facts), "directory": to_blob(Directory.columns(entries))}
        blobs |= {
            name: (generation.folder / name).read_bytes() for name in generation.manifest["parts"]
        }
        blobs |= {name: _frequencies(generation.holdings, name) for name in FIELDS}
        contents: list[str] = []
        places = {}
        for name, blob in blobs.items():
            places[name] = (1 + len(contents), len(own := pages(blob)), digest(blob))
            contents += own
        [first] = pages(to_blob(places))
        told = enumerate([first, *contents])
        self._server.create(self._stem.name, "pages", 0)
        self._server.write(
            self._stem.name, [{"row": n, "content": [page], "none": NONE} for n, page in told]
        )


class _Forward:
    """The terms of each document of a field, of which the postings tell the documents of each term."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings
        self._block = -1

    def documents(self, rows: Rows) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.uint8]]]:
        """Yield the keys and weights of the terms of some documents, ascending."""
        for row in rows.tolist():
            block, at = divmod(row, BLOCK)
            if block != self._block:
                self._turn(block)
            own = slice(*self._documents.searchsorted([at, at + 1]))
            yield self._keys[own], self._weights[own]

    def _turn(self, block: int) -> None:
        """Read a block, and turn it over."""
        a, self._block = self._postings.arrays, block
        entries = np.flatnonzero(a["blocks"] == block)
        counts = _counts(self._postings)[entries]
        begins = a["starts"][entries] - (np.cumsum(counts) - counts)
        places = np.arange(counts.sum()) + np.repeat(begins, counts)
        documents = a["documents"][places]
        order = np.argsort(documents, kind="stable")
        self._documents = documents[order]
        self._keys = np.repeat(a["keys"][entries], counts)[order]
        self._weights = a["weights"][places][order]


def _frequencies(holdings: Sequence[Holding], name: str) -> bytes:
    """In how many documents each term of a field stands: all keys, ascending, then how many."""
    keys, counts = [], []
    for holding in holdings:
        postings = holding.segment.fields[name]
        if not holding.gone:
            keys.append(postings.arrays["keys"])
            counts.append(_counts(postings))
            continue
        there = holding.documents(name)
        for own, documents, _ in postings.pieces(1 + postings.size // CHUNK):
            found, many = np.unique(own[there[documents]], return_counts=True)
            keys.append(found)
            counts.append(many)
    every, of = np.unique(np.concatenate(keys), return_inverse=True)
    many = np.bincount(of, np.concatenate(counts), len(every)).astype(np.uint32)
    return bytes(every.tobytes() + many.tobytes())


def _counts(postings: Postings) -> Rows:
    """How many documents each entry has."""
    starts: Rows = np.append(postings.arrays["starts"].astype(np.int64), postings.size)
    return starts[1:] - starts[:-1]


def _grouped(holding: Holding, articles: Sequence[int]) -> Iterator[list[int]]:
    """Yield articles of a segment by their rows, so many passages together, or one long article."""
    group: list[int] = []
    passages = 0
    for at in articles:
        group.append(at)
        passages += len(holding.segment.passages_of(at))
        if passages >= TOGETHER:
            yield group
            group, passages = [], 0
    if group:
        yield group


def _rows_of(entry: Entry, part: Part) -> dict[str, list[Row]]:
    """The rows of an article, by their kinds, but for what they are searched by."""
    passage, sentence, number = entry.first
    base = {"article": number, "day": entry.day, "outlet": entry.outlet}
    rows: dict[str, list[Row]] = {kind: [] for kind in KINDS}
    for n, (_, own) in enumerate(part.passages, passage):
        rows["passages"].append(base | {"row": n, "first": sentence, "many": len(own)})
        rows["sentences"] += [
            base | {"row": m, "passage": n} for m in range(sentence, sentence + len(own))
        ]
        sentence += len(own)
    rows["articles"] = [base | {"row": number, "content": pages(part_bytes(part)), "none": NONE}]
    return rows


def _describe(rows: Sequence[Row], field: str, codes: Codes, documents: Iterable[Any]) -> None:
    """Add to rows what they are searched and scored by."""
    for row, code, (keys, weights) in zip(rows, codes, documents, strict=True):
        row["content"] = pack(code, keys, weights)
        row[field] = sparse(keys.tolist(), weights.tolist())
