"""The SQLite files: the records of a generation, and two caches that survive every build.

A passage's row is its row in the vector index and the bigram index, a sentence's row its row in
``sentences.npy`` and the term index. An entry of a cache that is written is complete (one
transaction each batch); a crash loses the last batch.
"""

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from index.encoder import Vectors
from index.records import Article, Passage, Sentence

_LIBRARY = """
    CREATE TABLE articles (
        row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, publisher TEXT, published TEXT,
        record TEXT NOT NULL
    );
    CREATE TABLE passages (
        row INTEGER PRIMARY KEY, article INTEGER NOT NULL REFERENCES articles, heading TEXT,
        text TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
        first_sentence INTEGER NOT NULL, sentences TEXT NOT NULL
    );
    CREATE INDEX passages_of_article ON passages (article);
"""
"""``sentences`` is a JSON list of the start and end of each, in characters of the article."""


class StoredPassage(NamedTuple):
    """A passage with its sentences."""

    passage: Passage
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
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


def write_library(path: Path, parts: Sequence[Part]) -> None:
    """Write the articles with their passages and sentences, numbered in this order."""
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.executescript(_LIBRARY)
        passages = sentences = 0
        for row, part in enumerate(parts):
            article, record = part.article, _article_values(part.article)
            values = (row, article.id, article.publisher, record["published"], _json(record))
            db.execute("INSERT INTO articles VALUES (?, ?, ?, ?, ?)", values)
            for p, own in part.passages:
                spans = _json([(s.start, s.end) for s in own])
                cut = (passages, row, p.heading, p.text, p.start, p.end, sentences, spans)
                db.execute("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?)", cut)
                passages += 1
                sentences += len(own)


def stored_passage(
    article_id: str, heading: str | None, text: str, start: int, spans: Iterable[Sequence[int]]
) -> StoredPassage:
    """Return a passage, of its text and the places of its sentences in the article."""
    end = start + len(text)
    passage = Passage(f"{article_id}:{start}-{end}", article_id, heading, text, start, end)
    sentences = tuple(Sentence(text[a - start : b - start], a, b) for a, b in spans)
    return StoredPassage(passage, sentences)


def article_from_json(text: str) -> Article:
    """Read the record of an article; passages beside it are left out."""
    return _part(json.loads(text)).article


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
        return _part(json.loads(row[0])) if row else None

    def under(self, root: str) -> list[tuple[str, Part]]:
        """Return path and article of every entry read from this file or from below this folder.

        Also what another version read and cut; an old one kept no passages.
        """
        rows = self._db.execute(
            "SELECT path, record FROM articles WHERE path = ?1 OR substr(path, 1, ?2) = ?3"
            " ORDER BY path",
            (root, len(root) + 1, f"{root}/"),
        )
        return [(path, _part(json.loads(record))) for path, record in rows]

    def put(self, path: str, part: Part, *, raw_sha256: str, reader: str) -> None:
        """Keep an article under the path it was read from."""
        places = [
            (p.heading, p.start, p.end, [(s.start, s.end) for s in own]) for p, own in part.passages
        ]
        record = _json(_article_values(part.article) | {"passages": places})
        with self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?)",
                (path, raw_sha256, reader, record),
            )

    def keep_only(self, article_ids: Collection[str]) -> None:
        """Drop every article but these."""
        with self._db:
            self._db.execute(
                "DELETE FROM articles WHERE json_extract(record, '$.id') NOT IN"
                " (SELECT value FROM json_each(?))",
                (_json(list(article_ids)),),
            )


class VectorCache(_Cache):
    """Vectors by encoder fingerprint and the SHA-256 of the exact string: ``vectors.sqlite``."""

    _schema = """
        CREATE TABLE IF NOT EXISTS vectors (
            encoder TEXT NOT NULL, text_sha256 BLOB NOT NULL, vector BLOB NOT NULL,
            PRIMARY KEY (encoder, text_sha256)
        ) WITHOUT ROWID"""

    def get(self, encoder: str, texts: Iterable[str]) -> dict[str, Vectors]:
        """Return the vectors, ``(d,)`` each, of those texts that have one."""
        query = "SELECT vector FROM vectors WHERE encoder = ? AND text_sha256 = ?"
        found = ((t, self._db.execute(query, (encoder, _key(t))).fetchone()) for t in texts)
        return {text: np.frombuffer(row[0], np.float32) for text, row in found if row}

    def put(self, encoder: str, texts: Sequence[str], vectors: Vectors) -> None:
        """Keep the vectors of these texts, ``(n, d)``, in one transaction."""
        rows = [
            (encoder, _key(text), vector.astype(np.float32).tobytes())
            for text, vector in zip(texts, vectors, strict=True)
        ]
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _article_values(article: Article) -> dict[str, Any]:
    values = {name: getattr(article, name) for name in Article.__slots__}
    return values | {"published": article.published and article.published.isoformat()}


def _part(values: dict[str, Any]) -> Part:
    places = values.pop("passages", ())
    published = values["published"] and date.fromisoformat(values["published"])
    article = Article(**values | {"authors": tuple(values["authors"]), "published": published})
    return Part.at(article, places)
