"""What survives every build: the articles as read, and the vectors as encoded.

Both are SQLite files in the home. They only save work and keep what cannot be read again, so an
entry that is written is complete (one transaction each batch) and a crash loses the last batch.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from index.records import Article
from index.vectors import Vectors

_LOOKUP = 500  # keys a statement may bind on any SQLite


class _Database:
    """A SQLite file opened for writing; a context manager that closes it."""

    _schema: str

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, timeout=30)
        try:
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.executescript(self._schema)
        except sqlite3.Error:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()


class ArticleCache(_Database):
    """Articles by the file they were read from: ``articles.sqlite``.

    An entry serves while the file's bytes and the reader's version are the same, and when the file
    is gone.
    """

    _schema = """
        CREATE TABLE IF NOT EXISTS articles (
            path TEXT PRIMARY KEY, raw_sha256 TEXT NOT NULL, reader TEXT NOT NULL,
            record TEXT NOT NULL
        )"""

    def get(self, path: str, *, raw_sha256: str, reader: str) -> Article | None:
        """Return the article as read from these bytes by this reader, or None."""
        row = self._connection.execute(
            "SELECT record FROM articles WHERE path = ? AND raw_sha256 = ? AND reader = ?",
            (path, raw_sha256, reader),
        ).fetchone()
        return article_from_json(row[0]) if row else None

    def under(self, root: str) -> list[tuple[str, Article]]:
        """Return path and article of every entry read from this file or from below this folder."""
        rows = self._connection.execute(
            "SELECT path, record FROM articles WHERE path = ?1 OR substr(path, 1, ?2) = ?3"
            " ORDER BY path",
            (root, len(root) + 1, f"{root}/"),
        )
        return [(path, article_from_json(record)) for path, record in rows]

    def put(self, path: str, article: Article, *, raw_sha256: str, reader: str) -> None:
        """Keep an article under the path it was read from."""
        with self._connection:
            self._connection.execute(
                "INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?)",
                (path, raw_sha256, reader, article_to_json(article)),
            )

    def keep_only(self, article_ids: Sequence[str]) -> None:
        """Drop every article but these."""
        keep = json.dumps(list(article_ids))
        with self._connection:
            self._connection.execute(
                "DELETE FROM articles WHERE json_extract(record, '$.id') NOT IN"
                " (SELECT value FROM json_each(?))",
                (keep,),
            )


class VectorCache(_Database):
    """Vectors by encoder fingerprint and the SHA-256 of the exact string: ``vectors.sqlite``."""

    _schema = """
        CREATE TABLE IF NOT EXISTS vectors (
            encoder TEXT NOT NULL, text_sha256 BLOB NOT NULL, vector BLOB NOT NULL,
            PRIMARY KEY (encoder, text_sha256)
        ) WITHOUT ROWID"""

    def get(self, encoder: str, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Return the vectors, ``(d,)`` each, of those keys that are there."""
        found: dict[bytes, Vectors] = {}
        for start in range(0, len(keys), _LOOKUP):
            batch = keys[start : start + _LOOKUP]
            marks = ",".join("?" * len(batch))
            query = f"SELECT text_sha256, vector FROM vectors WHERE encoder = ? AND text_sha256 IN ({marks})"
            for key, vector in self._connection.execute(query, (encoder, *batch)):
                found[key] = np.frombuffer(vector, np.float32)
        return found

    def put(self, encoder: str, vectors: Iterable[tuple[bytes, Vectors]]) -> None:
        """Keep a batch of vectors, in one transaction."""
        with self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
                [(encoder, key, vector.astype(np.float32).tobytes()) for key, vector in vectors],
            )


def article_to_json(article: Article) -> str:
    """Write an article as one JSON object."""
    values = {name: getattr(article, name) for name in Article.__slots__}
    return json.dumps(
        values | {"published": article.published and article.published.isoformat()},
        ensure_ascii=False,
    )


def article_from_json(text: str) -> Article:
    """Read what ``article_to_json`` wrote."""
    values = json.loads(text)
    published = values["published"] and date.fromisoformat(values["published"])
    return Article(**values | {"authors": tuple(values["authors"]), "published": published})
