"""The records of a generation: articles, passages and sentences in one SQLite file.

A passage's row here is its row in the vector index and the bigram index, a sentence's row its row
in ``sentences.npy`` and the term index.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import StoreError
from index.records import Article, Filter, Passage, Sentence
from index.store.caches import article_from_json, article_to_json
from index.vectors import Rows

_TABLES = """
    CREATE TABLE articles (
        row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, publisher TEXT, published TEXT,
        record TEXT NOT NULL
    );
    CREATE TABLE passages (
        row INTEGER PRIMARY KEY, article INTEGER NOT NULL REFERENCES articles, heading TEXT,
        id TEXT NOT NULL UNIQUE, text TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
        first_sentence INTEGER NOT NULL, sentences INTEGER NOT NULL
    );
    CREATE TABLE sentences (row INTEGER PRIMARY KEY, start INTEGER NOT NULL, end INTEGER NOT NULL);
    CREATE INDEX passages_of_article ON passages (article);
"""
_PASSAGE = """SELECT p.row, p.id, a.id, p.heading, p.text, p.start, p.end, p.first_sentence, p.sentences
    FROM passages p JOIN articles a ON a.row = p.article"""


@dataclass(frozen=True, slots=True)
class Part:
    """An article cut into passages, each with its sentences: what a generation is written from."""

    article: Article
    passages: tuple[tuple[Passage, tuple[Sentence, ...]], ...]


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its sentences."""

    passage: Passage
    sentences: tuple[Sentence, ...]


def write_library(path: Path, parts: Sequence[Part]) -> None:
    """Write the articles with their passages and sentences, numbered in this order."""
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.executescript(_TABLES)
        passage_row = sentence_row = 0
        for article_row, part in enumerate(parts):
            article = part.article
            published = article.published and article.published.isoformat()
            db.execute(
                "INSERT INTO articles VALUES (?, ?, ?, ?, ?)",
                (article_row, article.id, article.publisher, published, article_to_json(article)),
            )
            for p, sentences in part.passages:
                values = (passage_row, article_row, p.heading, p.id, p.text, p.start, p.end)
                row = (*values, sentence_row, len(sentences))
                db.execute("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
                rows = [(sentence_row + n, s.start, s.end) for n, s in enumerate(sentences)]
                db.executemany("INSERT INTO sentences VALUES (?, ?, ?)", rows)
                passage_row += 1
                sentence_row += len(sentences)


class Library:
    """The records, opened for reading. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def first_sentences(self) -> Rows:
        """Row of the first sentence of each passage, in row order."""
        rows = self._all("SELECT first_sentence FROM passages ORDER BY row")
        return np.array([row[0] for row in rows], np.int64)

    def articles(self) -> list[Article]:
        """All articles, in row order."""
        rows = self._all("SELECT record FROM articles ORDER BY row")
        return [article_from_json(row[0]) for row in rows]

    def article(self, article_id: str) -> Article:
        """Return one article.

        Raises:
            StoreError: This generation holds no such article.
        """
        rows = self._all("SELECT record FROM articles WHERE id = ?", article_id)
        if not rows:
            raise StoreError(
                f"{article_id} という記事はありません。一覧は `tenkyo status --json` と"
                " /api/articles で見られます。",
                code="no-article",
            )
        return article_from_json(rows[0][0])

    def passages(self, rows: Sequence[int]) -> list[StoredPassage]:
        """Return the passages of these rows, in this order."""
        marks = ",".join("?" * len(rows))
        query = f"{_PASSAGE} WHERE p.row IN ({marks})"
        found = {row[0]: self._stored(row) for row in self._all(query, *map(int, rows))}
        return [found[int(row)] for row in rows]

    def passages_at(self, article_id: str, start: int, end: int) -> list[StoredPassage]:
        """Return the passages of an article that hold characters from ``start`` up to ``end``, in order."""
        query = f"{_PASSAGE} WHERE a.id = ? AND p.start < ? AND p.end > ? ORDER BY p.start"
        return [self._stored(row) for row in self._all(query, article_id, end, start)]

    def passage_at(self, article_id: str, start: int) -> Passage:
        """Return the passage of an article that holds the character at an offset.

        Raises:
            StoreError: No passage of this generation does.
        """
        found = self.passages_at(article_id, start, start + 1)
        if not found:
            raise StoreError(f"{article_id} の {start} 文字目を含む一節はありません。")
        return found[0].passage

    def rows_of(self, filter: Filter) -> Rows | None:
        """Resolve a filter to passage rows, ascending; None when it admits all."""
        clauses: list[str] = []
        values: list[str] = []
        for operator, day in [(">=", filter.since), ("<=", filter.until)]:
            if day:
                clauses.append(f"a.published {operator} ?")
                values.append(day.isoformat())
        for name, chosen in [("publisher", filter.publishers), ("id", filter.article_ids)]:
            if chosen:
                clauses.append(f"a.{name} IN ({','.join('?' * len(chosen))})")
                values.extend(chosen)
        if not clauses:
            return None
        query = "SELECT p.row FROM passages p JOIN articles a ON a.row = p.article WHERE "
        rows = self._all(query + " AND ".join(clauses) + " ORDER BY p.row", *values)
        return np.array([row[0] for row in rows], np.int64)

    def _all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def _stored(self, row: tuple[Any, ...]) -> StoredPassage:
        passage = Passage(row[1], row[2], row[3], row[4], row[5], row[6])
        first, count = row[7], row[8]
        query = "SELECT start, end FROM sentences WHERE row >= ? AND row < ? ORDER BY row"
        spans = self._all(query, first, first + count)
        at = passage.start
        sentences = tuple(Sentence(passage.text[a - at : b - at], a, b) for a, b in spans)
        return StoredPassage(passage, sentences)
