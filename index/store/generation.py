"""One immutable build: a folder of files, written whole, then only read.

``manifest.json`` names every other file by URI with its size and SHA-256, the schema, the encoder's
fingerprint, the analyser of the terms and the counts. Rows tie the files together: a passage's row
in SQLite is its row in the vector index and the bigram index; a sentence's row is its row in
``sentences.npy`` and the term index. No pickle anywhere.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from index.errors import StoreError
from index.records import Article, Filter, Passage, Sentence
from index.store.caches import article_from_json, article_to_json
from index.store.terms import TermIndex, write_terms
from index.vectors import FaissIndex, Rows, VectorIndex, Vectors, write_faiss

SCHEMA = 1
"""Version of the files of a generation; another one is refused."""

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
    """A passage with its sentences and where their rows begin."""

    row: int
    passage: Passage
    sentences: tuple[Sentence, ...]
    first_sentence: int


def write(
    folder: Path,
    parts: Sequence[Part],
    *,
    encoder: str,
    analyser: str,
    passage_vectors: Vectors,
    sentence_vectors: Vectors,
    sentence_terms: Sequence[Sequence[str]],
    passage_bigrams: Sequence[Sequence[str]],
    sources: Mapping[str, Any],
) -> None:
    """Write every file of a generation into an empty folder, the manifest last, and sync them.

    Args:
        folder: An empty folder.
        parts: In row order.
        encoder: Fingerprint of the encoder of the vectors.
        analyser: Names how the terms were made.
        passage_vectors: ``(passages, d)``, in row order.
        sentence_vectors: ``(sentences, d)``, in row order.
        sentence_terms: The terms of each sentence.
        passage_bigrams: The character bigrams of each passage.
        sources: What the user asked to index, so that a roll-back restores it.
    """
    _write_library(folder / "library.sqlite", parts)
    write_faiss(passage_vectors, folder / "passages.faiss")
    np.save(folder / "passages.npy", passage_vectors, allow_pickle=False)
    np.save(folder / "sentences.npy", sentence_vectors, allow_pickle=False)
    write_terms(folder / "terms", sentence_terms)
    write_terms(folder / "bigrams", passage_bigrams)
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    manifest = {
        "schema": SCHEMA,
        "encoder": encoder,
        "analyser": analyser,
        "dimensions": int(passage_vectors.shape[1]),
        "articles": len(parts),
        "passages": len(passage_vectors),
        "sentences": len(sentence_vectors),
        "sources": dict(sources),
        "parts": {p.relative_to(folder).as_posix(): _describe(p) for p in files},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1))
    for path in [*files, folder / "manifest.json", *(p.parent for p in files)]:
        sync(path)


def _describe(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256": _sha256(path)}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Force a file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_library(path: Path, parts: Sequence[Part]) -> None:
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


class Generation:
    """An open generation. Holds every file, and a shared lock that keeps it from being swept.

    Safe to use from several threads.
    """

    def __init__(self, folder: Path) -> None:
        """Open every file at once.

        Raises:
            StoreError: A file is missing, cut short or of another schema.
        """
        self.number = int(folder.name)
        self.folder = folder
        self.manifest = read_manifest(folder)
        self._lock = _share(folder)
        try:
            self._check_sizes()
            uri = f"{(folder / 'library.sqlite').absolute().as_uri()}?mode=ro&immutable=1"
            self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self._db_lock = threading.Lock()
            self.passage_vectors: Vectors = np.load(
                folder / "passages.npy", mmap_mode="r", allow_pickle=False
            )
            self.vectors: VectorIndex = FaissIndex.load(
                folder / "passages.faiss", self.passage_vectors, self.rows_of
            )
            self.sentence_vectors: Vectors = np.load(
                folder / "sentences.npy", mmap_mode="r", allow_pickle=False
            )
            self.terms = TermIndex(folder / "terms")
            self.bigrams = TermIndex(folder / "bigrams")
            self.first_sentences = self._column("first_sentence")
        except (OSError, ValueError, RuntimeError, KeyError, sqlite3.Error) as exc:
            self._lock.close()
            raise broken(folder, str(exc)) from exc

    def close(self) -> None:
        """Let go of the files and the lock."""
        self._db.close()
        self._lock.close()

    @property
    def encoder(self) -> str:
        """Fingerprint of the encoder of the vectors."""
        return str(self.manifest["encoder"])

    @property
    def analyser(self) -> str:
        """Names how the terms were made."""
        return str(self.manifest["analyser"])

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
                f"{article_id} という記事はありません。`tenkyo status --json` で一覧を見られます。"
            )
        return article_from_json(rows[0][0])

    def passages(self, rows: Sequence[int]) -> list[StoredPassage]:
        """Return the passages of these rows, in this order."""
        marks = ",".join("?" * len(rows))
        query = f"{_PASSAGE} WHERE p.row IN ({marks})"
        found = {row[0]: self._stored(row) for row in self._all(query, *map(int, rows))}
        return [found[int(row)] for row in rows]

    def passage_at(self, article_id: str, start: int) -> Passage:
        """Return the passage of an article that holds the character at an offset.

        Raises:
            StoreError: No passage of this generation does.
        """
        query = f"{_PASSAGE} WHERE a.id = ? AND p.start <= ? AND p.end > ?"
        rows = self._all(query, article_id, start, start)
        if not rows:
            raise StoreError(f"{article_id} の {start} 文字目を含む一節はありません。")
        return self._stored(rows[0]).passage

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

    def verify(self) -> list[str]:
        """Compare every file with its checksum; return the names of those that differ."""
        parts = self.manifest["parts"]
        return [name for name, part in parts.items() if _differs(self.folder / name, part)]

    def _check_sizes(self) -> None:
        for name, part in self.manifest["parts"].items():
            size = (self.folder / name).stat().st_size
            if size != part["bytes"]:
                raise ValueError(f"{name} が {part['bytes']} バイトではなく {size} バイトです")

    def _all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._db_lock:
            return self._db.execute(query, values).fetchall()

    def _column(self, name: str) -> Rows:
        rows = self._all(f"SELECT {name} FROM passages ORDER BY row")
        return np.array([row[0] for row in rows], np.int64)

    def _stored(self, row: tuple[Any, ...]) -> StoredPassage:
        passage = Passage(row[1], row[2], row[3], row[4], row[5], row[6])
        first, count = row[7], row[8]
        query = "SELECT start, end FROM sentences WHERE row >= ? AND row < ? ORDER BY row"
        spans = self._all(query, first, first + count)
        at = passage.start
        sentences = tuple(Sentence(passage.text[a - at : b - at], a, b) for a, b in spans)
        return StoredPassage(row[0], passage, sentences, first)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read and check a manifest.

    Raises:
        StoreError: It is missing, unreadable or of another schema.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
        schema = manifest["schema"]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise broken(folder, f"manifest.json を読めません（{exc}）") from exc
    if schema != SCHEMA:
        raise StoreError(
            f"索引の形式が違います（この索引は {schema!r}、このプログラムは {SCHEMA}）。"
            "`tenkyo build` で作り直してください。記事は保存してあるので失われません。"
        )
    return manifest


def broken(folder: Path, reason: str) -> StoreError:
    """Return the error for a generation that cannot be used."""
    return StoreError(
        f"索引（世代 {folder.name}）が壊れています: {reason}。"
        "`tenkyo build` で作り直すか、`tenkyo rollback` で一つ前の世代に戻してください。"
    )


def _differs(path: Path, part: Mapping[str, Any]) -> bool:
    return not path.is_file() or _describe(path) != dict(part)


def _share(folder: Path) -> BinaryIO:
    """Take the shared lock on a generation; released when the file is closed."""
    handle = (folder / "manifest.json").open("rb")  # held for the lock alone
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle
