"""The SQLite files of a home that survive every build.

An entry that is written is complete (one transaction each batch); a crash loses the last batch.
"""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from index.encoder import Vectors
from index.store.tables import Part, article_from, to_json


class _Cache:
    """A SQLite file opened for writing; a context manager that closes it."""

    _schema: str

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, timeout=30)
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.executescript(self._schema)
        except sqlite3.Error:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._db.close()


class ArticleCache(_Cache):
    """Articles by the file they were read from, with their passages: ``articles.sqlite``.

    An entry serves while the file's bytes and the reader's version are the same, and when the file
    is gone.
    """

    _schema = """
        CREATE TABLE IF NOT EXISTS articles (
            path TEXT PRIMARY KEY, raw_sha256 TEXT NOT NULL, reader TEXT NOT NULL,
            record TEXT NOT NULL
        )"""

    def get(self, path: str, *, raw_sha256: str, reader: str) -> Part | None:
        """Return the article as read from these bytes by this reader, or None."""
        query = "SELECT record FROM articles WHERE path = ? AND raw_sha256 = ? AND reader = ?"
        row = self._db.execute(query, (path, raw_sha256, reader)).fetchone()
        return _part(row[0]) if row else None

    def holds(self, root: str) -> bool:
        """Whether there is an entry under a file or folder."""
        return next(self.under(root), None) is not None

    def under(self, root: str) -> Iterator[tuple[str, Part]]:
        """Yield path and article of every entry read from this file or from below this folder.

        Also what another version read and cut; an old one kept no passages.
        """
        rows = self._db.execute(
            "SELECT path, record FROM articles WHERE path = ?1 OR substr(path, 1, ?2) = ?3"
            " ORDER BY path",
            (root, len(root) + 1, f"{root}/"),
        )
        return ((path, _part(record)) for path, record in rows)

    def put(self, path: str, part: Part, *, raw_sha256: str, reader: str) -> None:
        """Keep an article under the path it was read from."""
        with self._db:
            values = (path, raw_sha256, reader, zlib.compress(to_json(part.record()).encode()))
            self._db.execute("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?)", values)

    def take(self, path: Path, *, replacing: bool) -> None:
        """Add the entries of another file, in place of those here or but for those here."""
        take_rows(self._db, path, ("articles",), replacing=replacing)

    def keep_only(self, paths: Collection[str]) -> None:
        """Drop every article but those read from these files."""
        with self._db:
            self._db.execute(
                "DELETE FROM articles WHERE path NOT IN (SELECT value FROM json_each(?))",
                (to_json(list(paths)),),
            )


class VectorCache(_Cache):
    """What a build has encoded and not yet written: ``vectors.sqlite``.

    Vectors by encoder fingerprint and the SHA-256 of the exact string. Builds up to schema 3 kept all.
    """

    _schema = """
        CREATE TABLE IF NOT EXISTS vectors (
            encoder TEXT NOT NULL, text_sha256 BLOB NOT NULL, vector BLOB NOT NULL,
            PRIMARY KEY (encoder, text_sha256)
        ) WITHOUT ROWID"""

    def get(self, encoder: str, texts: Iterable[str]) -> dict[str, Vectors]:
        """Return the vectors, ``(d,)`` each, of those texts that have one."""
        query = "SELECT vector FROM vectors WHERE encoder = ? AND text_sha256 = ?"
        found = ((t, self._db.execute(query, (encoder, _digest(t))).fetchone()) for t in texts)
        return {text: np.frombuffer(row[0], np.float32) for text, row in found if row}

    def put(self, encoder: str, texts: Sequence[str], vectors: Vectors) -> None:
        """Keep the vectors of these texts, ``(n, d)``, in one transaction."""
        rows = [
            (encoder, _digest(text), vector.astype(np.float32).tobytes())
            for text, vector in zip(texts, vectors, strict=True)
        ]
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def drop(self, encoder: str, texts: Iterable[str]) -> None:
        """Forget the vectors of these texts."""
        with self._db:
            rows = ((encoder, _digest(text)) for text in texts)
            query = "DELETE FROM vectors WHERE encoder = ? AND text_sha256 = ?"
            self._db.executemany(query, rows)


class NoteCache(_Cache):
    """What is derived of each article, by the key of its part: ``derived.sqlite``."""

    _schema = """
        CREATE TABLE IF NOT EXISTS notes (
            key BLOB PRIMARY KEY, version TEXT NOT NULL, note BLOB NOT NULL, lines BLOB NOT NULL
        )"""

    def keys(self, version: str) -> set[bytes]:
        """Return the keys of articles of which there is a note of this version."""
        query = "SELECT key FROM notes WHERE version = ? AND length(key) = 32"
        return {key for (key,) in self._db.execute(query, (version,))}

    def note(self, key: bytes) -> str:
        """Return what was noted under a key; empty where nothing was."""
        row = self._db.execute("SELECT note FROM notes WHERE key = ?", (key,)).fetchone()
        return zlib.decompress(row[0]).decode() if row else ""

    def lines(self, key: bytes) -> str:
        """Return what else was noted under a key."""
        [(lines,)] = self._db.execute("SELECT lines FROM notes WHERE key = ?", (key,))
        return zlib.decompress(lines).decode()

    def put(
        self, version: str, noted: Iterable[tuple[bytes, str, str]], drop: Iterable[bytes] = ()
    ) -> None:
        """Keep notes, each with its key and the lines that are read apart, and drop others."""
        with self._db:
            self._db.executemany("DELETE FROM notes WHERE key = ?", ((key,) for key in drop))
            rows = (
                (key, version, *(zlib.compress(text.encode(), 1) for text in told))
                for key, *told in noted
            )
            self._db.executemany("INSERT OR REPLACE INTO notes VALUES (?, ?, ?, ?)", rows)


def take_rows(
    db: sqlite3.Connection, path: Path, tables: Iterable[str], *, replacing: bool = False
) -> None:
    """Add the rows of tables of another file of this version, in one transaction."""
    db.execute("ATTACH ? AS other", (str(path),))
    db.execute("BEGIN IMMEDIATE")
    with db:
        for table in tables:
            rows = db.execute(f"SELECT name FROM pragma_table_info('{table}')")
            names = ", ".join(name for (name,) in rows)
            verb = "REPLACE" if replacing else "IGNORE"
            db.execute(f"INSERT OR {verb} INTO {table} ({names}) SELECT {names} FROM other.{table}")
    db.execute("DETACH other")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _part(record: str | bytes) -> Part:
    """Read an entry of the cache; builds up to schema 3 did not deflate it."""
    values = json.loads(record if isinstance(record, str) else zlib.decompress(record))
    places = values.pop("passages", ())
    return Part.at(article_from(values), places)
