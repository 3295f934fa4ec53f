"""One immutable piece of an index: articles with all that they are searched by.

A folder of files, written whole, then only read; ``segment.json`` names every other one with its size and
SHA-256. Rows are in the order of (article id, start), so that of equal passages the same one comes first
whatever segments they stand in.
"""

import contextlib
import secrets
import shutil
import sqlite3
import threading
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import StoreError
from index.store import postings
from index.store.files import broken, check_sizes, differing, held, read_sealed, seal, sync
from index.store.postings import Postings
from index.store.tables import Part, copy_article, open_library, write_library
from index.store.vectors import Codes, FaissIndex, Rows, write_faiss

FACTS = "segment.json"
FIELDS = {"terms": 16.0, "bigrams": 230.0}
"""The fields of BM25, words of sentences and pairs of characters of passages, and the mean length it takes
a document of each to have."""


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """What a segment is written from: parts in the order of their ids, the rest in the order of rows."""

    parts: Sequence[Part]
    encoder: str  # fingerprint of the encoder of the vectors
    analyser: str  # names how terms and names were made
    passages: Codes  # (passages, d)
    sentences: Codes  # (sentences, d)
    terms: Iterable[Sequence[str]]  # of each sentence, once
    bigrams: Iterable[Sequence[str]]  # of each passage, once


def write_segment(folder: Path, content: Content) -> None:
    """Write a segment into an empty folder, and sync it."""
    write_library(folder / "library.sqlite", content.parts)
    write_faiss(content.passages, folder / "passages.faiss")
    np.save(folder / "sentences.npy", content.sentences, allow_pickle=False)
    rows: list[tuple[int, int, int]] = []
    sentences = 0
    for number, part in enumerate(content.parts):
        for passage, own in part.passages:
            rows.append((sentences, number, passage.start))
            sentences += len(own)
    np.save(folder / "rows.npy", np.array(rows, np.uint32), allow_pickle=False)
    for field, length in FIELDS.items():
        postings.write(folder / field, getattr(content, field), length)
    seal(folder, FACTS, {"encoder": content.encoder, "analyser": content.analyser})


def merge_segments(folder: Path, sources: Sequence[tuple["Segment", Rows]]) -> None:
    """Write some articles of several segments, by their rows, as one segment; nothing is encoded anew."""
    order = sorted(
        (s.ids[row], at, int(row)) for at, (s, rows) in enumerate(sources) for row in rows
    )
    segments = [segment for segment, _ in sources]
    passages, sentences = ([np.full(n, -1) for n in counts] for counts in _sizes(segments))
    rows: list[tuple[int, int, int]] = []
    held = 0
    with contextlib.closing(open_library(folder / "library.sqlite")) as db, db:
        for number, (_, at, row) in enumerate(order):
            segment = segments[at]
            copy_article(segment.all, row, db, number, len(rows))
            there = segment.passages_of(row)
            passages[at][there] = np.arange(len(rows), len(rows) + len(there))
            own, begins = segment.sentences_of(there)
            sentences[at][own] = np.arange(held, held + len(own))
            starts = segment.starts[there]
            rows += [(held + b, number, s) for b, s in zip(begins, starts, strict=True)]
            held += len(own)
    np.save(folder / "rows.npy", np.array(rows, np.uint32), allow_pickle=False)
    dimensions = segments[0].sentences.shape[1]
    codes = np.empty((len(rows), dimensions), np.int8)
    merged = np.lib.format.open_memmap(folder / "sentences.npy", "w+", np.int8, (held, dimensions))
    for segment, of_passages, of_sentences in zip(segments, passages, sentences, strict=True):
        kept = np.flatnonzero(of_passages >= 0)
        codes[of_passages[kept]] = segment.passages.codes(kept)
        kept = np.flatnonzero(of_sentences >= 0)
        merged[of_sentences[kept]] = segment.sentences[kept]
    merged.flush()
    del merged
    write_faiss(codes, folder / "passages.faiss")
    for field, numbers in (("terms", sentences), ("bigrams", passages)):
        of_field = [segment.fields[field] for segment in segments]
        postings.merge(folder / field, list(zip(of_field, numbers, strict=True)))
    told = ("encoder", "analyser")
    seal(folder, FACTS, {name: segments[0].facts[name] for name in told})


def _sizes(segments: Sequence["Segment"]) -> tuple[list[int], list[int]]:
    """How many passages and how many sentences each segment has."""
    return [len(s.starts) for s in segments], [len(s.sentences) for s in segments]


class Segment:
    """An open segment. Safe to use from several threads.

    Opening it raises a DamagedError where a file is missing or is not as it was written. What it holds is let
    go when nobody holds it.

    Attributes:
        is_whole: Whether all files were found to be as they were written.
    """

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.folder = folder
        self.is_whole = False
        self._lock = threading.Lock()
        self.facts = read_sealed(folder / FACTS)
        try:
            check_sizes(folder, self.facts["parts"])
            uri = f"{(folder / 'library.sqlite').absolute().as_uri()}?mode=ro&immutable=1"
            with contextlib.ExitStack() as held:
                self._db = held.enter_context(
                    contextlib.closing(sqlite3.connect(uri, uri=True, check_same_thread=False))
                )
                self._load()
                self.close = weakref.finalize(self, held.pop_all().close)
        except Exception as exc:  # a damaged file makes its library raise anything
            if damaged := self.verify():
                raise broken(*(f"{self.name}/{name}" for name in damaged)) from exc
            raise StoreError(f"索引を開けません（{exc}）。", at=folder) from exc

    def _load(self) -> None:
        self.ids = [identity for (identity,) in self.all("SELECT id FROM articles ORDER BY row")]
        self.row_of = {one: row for row, one in enumerate(self.ids)}
        self.passages = FaissIndex(self.folder / "passages.faiss")
        self.sentences: Codes = _map(self.folder / "sentences.npy")
        rows = np.load(self.folder / "rows.npy", allow_pickle=False).astype(np.int64)
        self.first_sentences, self.article_of, self.starts = (
            np.ascontiguousarray(column) for column in rows.T
        )
        if (self.article_of >= len(self.ids)).any():
            raise IndexError("an article that is not there")
        self.ends = np.append(self.first_sentences[1:], len(self.sentences))
        self.fields = {field: Postings(self.folder / field) for field in FIELDS}

    def passages_of(self, article: int) -> Rows:
        """Return the rows of the passages of an article, by its row."""
        return np.arange(*np.searchsorted(self.article_of, [article, article + 1]))

    def sentences_of(self, passages: Rows) -> tuple[Rows, Rows]:
        """Return the rows of the sentences of some passages, and where those of each begin among them."""
        counts = self.ends[passages] - self.first_sentences[passages]
        begins = np.cumsum(counts) - counts
        own = np.arange(counts.sum()) - np.repeat(begins, counts)
        return np.repeat(self.first_sentences[passages], counts) + own, begins

    def key(self, article_id: str) -> bytes | None:
        """Return the digest of the part of an article; None where it does not stand here."""
        row = self.row_of.get(article_id)
        if row is None:
            return None
        [(key,)] = self.all("SELECT key FROM articles WHERE row = ?", row)
        return bytes(key)

    def with_text(self, sha256: str) -> list[tuple[Any, ...]]:
        """Return id, source and publisher of every article with a text."""
        record = "json_extract(record, '$.source'), publisher"
        return self.all(f"SELECT id, {record} FROM articles WHERE sha256 = ?", sha256)

    def verify(self) -> list[str]:
        """Compare every file with its checksum; return the names of those that differ."""
        parts = self.facts.get("parts")
        damaged = differing(self.folder, parts) if isinstance(parts, dict) else [FACTS]
        self.is_whole = not damaged
        return damaged

    def all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the library."""
        with self._lock:
            return self._db.execute(query, values).fetchall()


class Segments:
    """All segments of a home. Safe to use from several threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: weakref.WeakValueDictionary[str, Segment] = weakref.WeakValueDictionary()
        self._damaged: dict[str, list[str]] = {}

    def open(self, name: str) -> Segment:
        """Open a segment, or return it where it is open already.

        Raises:
            DamagedError: It is missing or damaged, or was found so before.
        """
        opened = self._open.get(name)
        if opened is None:
            opened = self._open[name] = Segment(self._folder / name)
        if name in self._damaged:
            raise broken(*self._damaged[name])
        return opened

    def check(self, segment: Segment) -> list[str]:
        """Compare a segment's files with their checksums, once; return the names of those that differ."""
        if not segment.is_whole and segment.name not in self._damaged:
            found = [f"{segment.name}/{name}" for name in segment.verify()]
            self._damaged |= {segment.name: found} if found else {}
        return self._damaged.get(segment.name, [])

    def of(self, encoder: str, analyser: str) -> list[Segment]:
        """Return all segments of a make, also what a build that was broken off has left."""
        found = []
        for path in sorted(self._folder.glob(f"[!.]*/{FACTS}")):
            with contextlib.suppress(StoreError):
                segment = self.open(path.parent.name)
                if (segment.facts["encoder"], segment.facts["analyser"]) == (encoder, analyser):
                    found.append(segment)
        return found

    @contextlib.contextmanager
    def writing(self, write: Callable[[Path], None]) -> Iterator[str]:
        """Write a segment whole or not at all; its name is given, and it is not swept inside."""
        name = secrets.token_hex(8)
        draft = self._folder / f".{name}.draft"
        draft.mkdir(parents=True)
        with held(draft):
            try:
                write(draft)
                draft.rename(self._folder / name)
            except BaseException:
                shutil.rmtree(draft, ignore_errors=True)
                raise
            sync(self._folder)
            yield name

    def sweep(self, needed: Collection[str]) -> None:
        """Delete all but these, and what a crash left, but nothing that is being written."""
        for path in self._folder.iterdir():
            if path.name not in needed:
                with contextlib.suppress(OSError), held(path):
                    shutil.rmtree(path)


def _map(path: Path) -> NDArray[Any]:
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))  # slices of it cost less
