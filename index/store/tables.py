"""The SQLite files: the records of a segment, and the caches of a home that survive every build.

A passage's row is its row among the vectors and the pairs of characters, a sentence's row its row among
the sentence vectors and the terms. An entry of a cache that is written is complete (one transaction each
batch); a crash loses the last batch.
"""

import contextlib
import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from index.encoder import Vectors
from index.records import Article, Passage, Sentence

_LIBRARY = """
    CREATE TABLE articles (
        row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, key BLOB NOT NULL, sha256 TEXT NOT NULL,
        publisher TEXT, published TEXT, record TEXT NOT NULL, text BLOB NOT NULL
    );
    CREATE TABLE passages (
        row INTEGER PRIMARY KEY, article INTEGER NOT NULL REFERENCES articles, heading TEXT,
        start INTEGER NOT NULL, end INTEGER NOT NULL, sentences TEXT NOT NULL
    );
    CREATE INDEX articles_by_text ON articles (sha256);
    CREATE INDEX passages_of_article ON passages (article, start);
"""
"""``text`` is deflated. ``sentences`` is a JSON list: where each begins and ends, from the passage's start."""


_ARTICLE = "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_PASSAGE = "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)"
Ask = Callable[..., list[tuple[Any, ...]]]


class StoredPassage(NamedTuple):
    """A passage with its sentences."""

    passage: Passage
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Part:
    """An article with its passages, each with its sentences, in the order of the text."""

    article: Article
    passages: tuple[tuple[Passage, tuple[Sentence, ...]], ...]

    @classmethod
    def at(cls, article: Article, places: Iterable[Sequence[Any]]) -> Self:
        """Return an article with its passages, of what ``passages.cut`` told of its text."""
        passages = (
            stored_passage(article.id, heading, article.text[start:end], start, spans)
            for heading, start, end, spans in places
        )
        return cls(article, tuple(passages))

    @cached_property
    def key(self) -> bytes:
        """A digest of all that is kept: the article, its record and how it is cut."""
        return hashlib.sha256(_json(self.record()).encode("utf-8", "surrogatepass")).digest()

    def record(self) -> dict[str, Any]:
        """Return all values of the article, and the places of its passages and sentences."""
        values = {name: getattr(self.article, name) for name in Article.__slots__}
        published = self.article.published and self.article.published.isoformat()
        places = [
            (p.heading, p.start, p.end, [(s.start, s.end) for s in own]) for p, own in self.passages
        ]
        return values | {"published": published, "passages": places}


def open_library(path: Path) -> sqlite3.Connection:
    """Make an empty library."""
    db = sqlite3.connect(path)
    db.executescript(_LIBRARY)
    return db


def write_library(path: Path, parts: Sequence[Part]) -> None:
    """Write the articles with their passages and sentences, numbered in this order."""
    with contextlib.closing(open_library(path)) as db, db:
        passages = 0
        for row, part in enumerate(parts):
            article, record = part.article, part.record()
            text = zlib.compress(record.pop("text").encode())
            del record["passages"]
            told = article.id, part.key, article.sha256, article.publisher, record["published"]
            db.execute(_ARTICLE, (row, *told, _json(record), text))
            for number, (p, own) in enumerate(part.passages, passages):
                spans = _json([place - p.start for s in own for place in (s.start, s.end)])
                db.execute(_PASSAGE, (number, row, p.heading, p.start, p.end, spans))
            passages += len(part.passages)


def copy_article(ask: Ask, row: int, db: sqlite3.Connection, number: int, passages: int) -> None:
    """Copy an article with its passages from one library into another.

    Args:
        ask: Asks the library it comes from.
        row: Its number there.
        db: The library it goes to.
        number: Its number there.
        passages: How many passages are there already.
    """
    [told] = ask("SELECT * FROM articles WHERE row = ?", row)
    db.execute(_ARTICLE, (number, *told[1:]))
    found = ask("SELECT * FROM passages WHERE article = ? ORDER BY row", row)
    rows = ((n, number, *values[2:]) for n, values in enumerate(found, passages))
    db.executemany(_PASSAGE, rows)


def stored_passage(
    article_id: str, heading: str | None, text: str, start: int, spans: Iterable[Sequence[int]]
) -> StoredPassage:
    """Return a passage, of its text and the places of its sentences in the article."""
    end = start + len(text)
    passage = Passage(f"{article_id}:{start}-{end}", article_id, heading, text, start, end)
    sentences = tuple(Sentence(text[a - start : b - start], a, b) for a, b in spans)
    return StoredPassage(passage, sentences)


def spans_of(stored: str, start: int) -> list[tuple[int, int]]:
    """Read the places of the sentences of a passage that begins at ``start``."""
    places = json.loads(stored)
    return [(start + a, start + b) for a, b in zip(places[::2], places[1::2], strict=True)]


def article_of(record: str, text: bytes) -> Article:
    """Read an article."""
    return _article(json.loads(record) | {"text": zlib.decompress(text).decode()})


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
            values = (path, raw_sha256, reader, zlib.compress(_json(part.record()).encode()))
            self._db.execute("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?)", values)

    def keep_only(self, paths: Collection[str]) -> None:
        """Drop every article but those read from these files."""
        with self._db:
            self._db.execute(
                "DELETE FROM articles WHERE path NOT IN (SELECT value FROM json_each(?))",
                (_json(list(paths)),),
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

    def drop(self, texts: Iterable[str]) -> None:
        """Forget the vectors of these texts."""
        with self._db:
            rows = ((_digest(text),) for text in texts)
            self._db.executemany("DELETE FROM vectors WHERE text_sha256 = ?", rows)


class NoteCache(_Cache):
    """What is derived of each article, by the key of its part: ``derived.sqlite``."""

    _schema = """
        CREATE TABLE IF NOT EXISTS notes (
            key BLOB PRIMARY KEY, version TEXT NOT NULL, note TEXT NOT NULL, lines TEXT NOT NULL
        )"""

    def keys(self, version: str) -> set[bytes]:
        """Return the keys of which there is a note of this version."""
        return {
            key
            for (key,) in self._db.execute("SELECT key FROM notes WHERE version = ?", (version,))
        }

    def notes(self, version: str) -> Iterator[tuple[bytes, str]]:
        """Yield the notes of a version by key."""
        yield from self._db.execute("SELECT key, note FROM notes WHERE version = ?", (version,))

    def lines(self, version: str, key: bytes) -> str:
        """Return what else was noted under a key."""
        query = "SELECT lines FROM notes WHERE version = ? AND key = ?"
        return str(self._db.execute(query, (version, key)).fetchone()[0])

    def put(self, version: str, noted: Iterable[tuple[bytes, str, str]]) -> None:
        """Keep notes, each with its key and the lines that are read apart."""
        with self._db:
            rows = ((key, version, note, lines) for key, note, lines in noted)
            self._db.executemany("INSERT OR REPLACE INTO notes VALUES (?, ?, ?, ?)", rows)

    def drop(self, keys: Iterable[bytes]) -> None:
        """Forget the notes under some keys."""
        with self._db:
            self._db.executemany("DELETE FROM notes WHERE key = ?", ((key,) for key in keys))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _article(values: dict[str, Any]) -> Article:
    published = values["published"] and date.fromisoformat(values["published"])
    return Article(**values | {"authors": tuple(values["authors"]), "published": published})


def _part(record: str | bytes) -> Part:
    """Read an entry of the cache; builds up to schema 3 did not deflate it."""
    values = json.loads(record if isinstance(record, str) else zlib.decompress(record))
    places = values.pop("passages", ())
    return Part.at(_article(values), places)
