"""The SQLite files of a home that survive every build.

An entry that is written is complete (one transaction each batch); a crash loses the last batch. Each bears
a checksum of its own, and one that is not as it was written is as if it were not there. A file that cannot
be used is set aside and begun anew.
"""

import hashlib
import logging
import os
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from index.encoder import Vectors
from index.store.files import check_database, database_files, open_database, set_aside
from index.store.tables import Part, deflated, is_unchanged, part_bytes, part_from

logger = logging.getLogger(__name__)

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS entries (
        key BLOB PRIMARY KEY, version BLOB NOT NULL, value BLOB NOT NULL, digest BLOB NOT NULL
    ) WITHOUT ROWID"""
_ENTRIES = "SELECT key, version, value, digest FROM entries"
_PUT = "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)"


class Entry(NamedTuple):
    """What is kept under a key, and a name for how it was made."""

    key: bytes
    version: bytes
    value: bytes


class _Cache:
    """A SQLite file opened for writing; a context manager that closes it.

    Attributes:
        lost: Whether it may hold less than was put into it.
    """

    before = ""
    """The table of the version before, whose entries had no checksums."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self.lost = False
        for file in database_files(path):
            if file.is_dir():
                set_aside(file)
        self._db = open_database(path, self._prepare)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._db.close()

    def _prepare(self, db: sqlite3.Connection) -> None:
        db.text_factory = bytes
        db.execute("PRAGMA journal_mode=WAL")
        check_database(db)
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
        self.lost |= tables.isdisjoint((b"entries", self.before.encode()))
        db.execute(_SCHEMA)
        db.execute(f"{_ENTRIES} LIMIT 1")
        if self.before.encode() in tables:
            self._take_over(db)

    def _take_over(self, db: sqlite3.Connection) -> None:
        """Bring into the table what can be used of the version before."""
        with db:
            db.execute("BEGIN")
            rows = db.execute(f"SELECT * FROM {self.before}")
            db.executemany(_PUT, map(_sealed, filter(None, map(self._taken, rows))))
            db.execute(f"DROP TABLE {self.before}")

    def _taken(self, row: tuple[Any, ...]) -> Entry | None:  # noqa: ARG002
        """Make an entry of one of the version before, where it can be used."""
        return None

    def _get(self, key: bytes) -> Entry | None:
        return next(self._read("WHERE key = ?", key), None)

    def _read(self, where: str, *values: object) -> Iterator[Entry]:
        for *told, digest in self._db.execute(f"{_ENTRIES} {where} ORDER BY key", values):
            if all(isinstance(part, bytes) for part in told) and _digest(*told) == digest:
                yield Entry(*told)
            else:
                self.lost = True
                logger.warning("%s の記録が一つ壊れていたので、作り直します。", self._name)

    def clear(self) -> None:
        """Drop all."""
        with self._db:
            self._db.execute("DELETE FROM entries")

    def _put(self, entries: Iterable[Entry], drop: Iterable[bytes] = ()) -> None:
        """Keep some entries and drop others, in one transaction."""
        with self._db:
            self._db.executemany("DELETE FROM entries WHERE key = ?", ((key,) for key in drop))
            self._db.executemany(_PUT, map(_sealed, entries))


class ArticleCache(_Cache):
    """Articles by the file they were read from, with their passages: ``articles.sqlite``.

    An entry serves while the file's bytes and the reader's version are the same, and when the file
    is gone.
    """

    before = "articles"

    def _taken(self, row: tuple[Any, ...]) -> Entry | None:
        path, _, _, record = row
        try:
            part = part_from(record)
        except (ValueError, KeyError, TypeError, zlib.error):
            part = None
        if part and is_unchanged(part.article):
            return Entry(path, b"", part_bytes(part))
        self.lost = True
        return None

    def get(self, path: str, *, raw_sha256: str, reader: str) -> Part | None:
        """Return the article as read from these bytes by this reader, or None."""
        entry = self._get(os.fsencode(path))
        same = entry and entry.version == f"{reader} {raw_sha256}".encode()
        return part_from(entry.value) if entry and same else None

    def under(self, root: str) -> Iterator[tuple[str, Part]]:
        """Yield path and article of every entry read from this file or from below this folder.

        Also what another version read and cut; an old one kept no passages.
        """
        path, below = os.fsencode(root), os.fsencode(f"{root}/")
        found = self._read("WHERE key = ? OR substr(key, 1, ?) = ?", path, len(below), below)
        return ((os.fsdecode(entry.key), part_from(entry.value)) for entry in found)

    def put(self, path: str, part: Part, *, raw_sha256: str, reader: str) -> None:
        """Keep an article under the path it was read from."""
        version = f"{reader} {raw_sha256}".encode()
        self._put([Entry(os.fsencode(path), version, part_bytes(part))])

    def take(self, other: Self, *, replacing: bool) -> None:
        """Add the entries of another cache, in place of those here or but for those here."""
        found = other._read("")
        self._put(entry for entry in found if replacing or not self._get(entry.key))

    def keep_only(self, paths: Collection[str]) -> None:
        """Drop every article but those read from these files."""
        known = {key for (key,) in self._db.execute("SELECT key FROM entries")}
        self._put((), drop=known.difference(os.fsencode(path) for path in paths))

    def check(self) -> bool:
        """Return whether no entry was lost; all are looked through unless one is known to be."""
        for _ in () if self.lost else self._read(""):
            pass
        return not self.lost


class VectorCache(_Cache):
    """What a build has encoded and not yet written: ``vectors.sqlite``.

    Vectors by encoder fingerprint and the SHA-256 of the exact string. Builds up to schema 3 kept all.
    """

    before = "vectors"

    def _taken(self, row: tuple[Any, ...]) -> Entry | None:
        encoder, text, vector = row
        values = np.frombuffer(vector, np.float32)
        return Entry(encoder + text, b"", vector) if abs(values @ values - 1) < 0.001 else None

    def get(self, encoder: str, texts: Iterable[str]) -> dict[str, Vectors]:
        """Return the vectors, ``(d,)`` each, of those texts that have one."""
        found = ((text, self._get(_key(encoder, text))) for text in texts)
        return {text: np.frombuffer(entry.value, np.float32) for text, entry in found if entry}

    def put(self, encoder: str, texts: Sequence[str], vectors: Vectors) -> None:
        """Keep the vectors of these texts, ``(n, d)``, in one transaction."""
        self._put(
            Entry(_key(encoder, text), b"", vector.astype(np.float32).tobytes())
            for text, vector in zip(texts, vectors, strict=True)
        )

    def drop(self, encoder: str, texts: Iterable[str]) -> None:
        """Forget the vectors of these texts."""
        self._put((), drop=(_key(encoder, text) for text in texts))


class NoteCache(_Cache):
    """What is derived of each article, by the key of its part: ``derived.sqlite``.

    What is noted comes in two parts, which are read apart.
    """

    before = "notes"

    def keys(self, version: str) -> set[bytes]:
        """Return the keys of articles of which there is a note of this version."""
        query = "SELECT key FROM entries WHERE version = ? AND length(key) = 32"
        return {key for (key,) in self._db.execute(query, (version.encode(),))}

    def note(self, key: bytes) -> str:
        """Return what was noted under a key; empty where nothing was, or it is damaged."""
        entry = self._get(key)
        return zlib.decompress(entry.value).decode() if entry else ""

    def lines(self, key: bytes) -> str:
        """Return what else was noted under a key."""
        return self.note(key + LINES)

    def put(
        self, version: str, noted: Iterable[tuple[bytes, str, str]], drop: Iterable[bytes] = ()
    ) -> None:
        """Keep notes, each with its key and the lines that are read apart, and drop others."""
        made = version.encode()
        self._put(
            (
                Entry(at, made, deflated(text))
                for key, note, lines in noted
                for at, text in ((key, note), (key + LINES, lines))
            ),
            drop=(at for key in drop for at in (key, key + LINES)),
        )


LINES = b" lines"
"""What follows the key of an article in that of its lines."""


def _key(encoder: str, text: str) -> bytes:
    return encoder.encode() + hashlib.sha256(text.encode()).digest()


def _digest(*parts: bytes) -> bytes:
    """A checksum of an entry, and of where one part of it ends and another begins."""
    lengths = " ".join(str(len(part)) for part in parts).encode()
    return hashlib.blake2b(b"".join((lengths, *parts)), digest_size=16).digest()


def _sealed(entry: Entry) -> tuple[bytes, ...]:
    return *entry, _digest(*entry)
