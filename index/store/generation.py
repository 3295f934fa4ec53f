"""One immutable build: a folder of files, written whole, then only read.

``manifest.json`` names every other file by URI with its size and SHA-256, the schema, the encoder's
fingerprint, the analyser of the terms and the counts. No pickle anywhere.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.errors import StoreError, TenkyoError, cause
from index.records import Article, Filter, Passage
from index.store.indexes import FaissIndex, Rows, TermIndex, write_faiss, write_terms
from index.store.tables import Part, StoredPassage, article_from_json, stored_passage, write_library

SCHEMA = 3
"""Version of the files of a generation; another one is refused."""
TIMELINE = "timeline.html"

_ENTRIES = {str: "encoder analyser", int: "articles passages sentences", dict: "sources parts"}
"""What a manifest must hold to be read."""
_PASSAGES = """
    SELECT p.row, a.id, p.heading, p.text, p.start, p.sentences
    FROM passages p JOIN articles a ON a.row = p.article
    WHERE {} ORDER BY p.row"""
_ADMITTED = """
    SELECT p.row FROM passages p JOIN articles a ON a.row = p.article
    WHERE (?1 IS NULL OR a.published >= ?1) AND (?2 IS NULL OR a.published <= ?2)
    AND (?3 = '[]' OR a.publisher IN (SELECT value FROM json_each(?3)))
    AND (?4 = '[]' OR a.id IN (SELECT value FROM json_each(?4)))
    ORDER BY p.row"""


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """What a generation is written from; parts, arrays and lists are in the order of rows."""

    parts: Sequence[Part]
    encoder: str  # fingerprint of the encoder of the vectors
    analyser: str  # names how terms and names were made
    passage_vectors: Vectors  # (passages, d)
    sentence_vectors: Vectors  # (sentences, d)
    sentence_terms: Sequence[Sequence[str]]
    passage_bigrams: Sequence[Sequence[str]]
    names: Mapping[str, NDArray[Any]]  # what names the articles hold: numbers and text
    sources: Mapping[str, Any]  # what the user asked to index, so that a roll-back restores it
    timeline: str  # HTML; may be empty


def write(folder: Path, content: Content, *, before: int | None) -> None:
    """Write every file of a generation into an empty folder, the manifest last, and sync them.

    ``before`` is the generation that a roll-back goes to.
    """
    write_library(folder / "library.sqlite", content.parts)
    write_faiss(content.passage_vectors, folder / "passages.faiss")
    write_terms(folder / "terms", content.sentence_terms)
    write_terms(folder / "bigrams", content.passage_bigrams)
    (folder / TIMELINE).write_text(content.timeline, "utf-8")
    (folder / "names").mkdir()
    arrays = {f"names/{name}": values for name, values in content.names.items()}
    arrays |= {"passages": content.passage_vectors, "sentences": content.sentence_vectors}
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values, allow_pickle=False)
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    manifest = {
        "schema": SCHEMA,
        "encoder": content.encoder,
        "analyser": content.analyser,
        "articles": len(content.parts),
        "passages": len(content.passage_vectors),
        "sentences": len(content.sentence_vectors),
        "sources": dict(content.sources),
        "before": before,
        "parts": {p.relative_to(folder).as_posix(): _describe(p) for p in files},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), "utf-8")
    for path in [*files, folder / "manifest.json", *(p.parent for p in files)]:
        sync(path)


def _describe(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}


def sync(path: Path) -> None:
    """Force a file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read and check a manifest.

    Raises:
        StoreError: It is missing, unreadable or of another schema.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
        schema = manifest["schema"]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise broken(folder, f"manifest.json を読めません（{cause(exc)}）") from exc
    if schema != SCHEMA:
        raise StoreError(
            f"索引の形式が違います（この索引は {schema!r}、このプログラムは {SCHEMA}）。"
            "`tenkyo build` で作り直してください。記事は保存してあるので失われません。"
        )
    entries = [(name, kind) for kind, names in _ENTRIES.items() for name in names.split()]
    if lost := [name for name, kind in entries if not isinstance(manifest.get(name), kind)]:
        raise broken(folder, f"manifest.json に正しい {', '.join(lost)} がありません")
    return manifest


def broken(folder: Path, reason: str) -> StoreError:
    """Return the error for a generation that cannot be used."""
    return StoreError(
        f"索引（世代 {folder.name}）が壊れています: {reason}。"
        "`tenkyo build` で作り直すか、`tenkyo rollback` で一つ前の世代に戻してください。"
    )


class Generation:
    """An open generation. Holds every file, and a shared lock that keeps it from being swept.

    Opening it, and reading from it, raises a StoreError where a file is missing, damaged or of another
    schema. Safe to use from several threads.
    """

    def __init__(self, folder: Path) -> None:
        self.number = int(folder.name)
        self.folder = folder
        self.manifest = read_manifest(folder)
        self.encoder: str = self.manifest["encoder"]
        self.analyser: str = self.manifest["analyser"]
        self._lock = threading.Lock()
        try:
            with contextlib.ExitStack() as held:
                shared = held.enter_context((folder / "manifest.json").open("rb"))
                fcntl.flock(shared, fcntl.LOCK_SH)
                self._check_sizes()
                uri = f"{(folder / 'library.sqlite').absolute().as_uri()}?mode=ro&immutable=1"
                self._db = held.enter_context(
                    contextlib.closing(sqlite3.connect(uri, uri=True, check_same_thread=False))
                )
                self._load()
                self._release = weakref.finalize(self, held.pop_all().close)
        except Exception as exc:  # a damaged file makes its library raise anything
            raise broken(folder, str(exc)) from exc

    def _load(self) -> None:
        self.passage_vectors = _map(self.folder / "passages.npy")
        self.sentence_vectors = _map(self.folder / "sentences.npy")
        self.vectors = FaissIndex(self.folder / "passages.faiss", self.passage_vectors)
        self.terms = TermIndex(self.folder / "terms")
        self.bigrams = TermIndex(self.folder / "bigrams")
        self.first_sentences = self._rows("SELECT first_sentence FROM passages ORDER BY row")
        self.names: Mapping[str, NDArray[Any]] = {
            path.stem: np.load(path, allow_pickle=False)
            for path in (self.folder / "names").glob("*.npy")
        }

    def close(self) -> None:
        """Let go of the files and the lock, as happens by itself to one that nobody holds."""
        self._release()

    def articles(self) -> list[Article]:
        """All articles, in row order."""
        with self.naming_damage():
            rows = self._all("SELECT record FROM articles ORDER BY row")
            return [article_from_json(record) for (record,) in rows]

    def article(self, article_id: str) -> Article:
        """Return one article.

        Raises:
            StoreError: This generation holds no such article.
        """
        with self.naming_damage():
            found = self._all("SELECT record FROM articles WHERE id = ?", article_id)
            if not found:
                raise StoreError(
                    f"{article_id} という記事はありません。一覧は `tenkyo status --json` と"
                    " /api/articles で見られます。",
                    code="no-article",
                )
            article = article_from_json(found[0][0])
            if hashlib.sha256(article.text.encode()).hexdigest() != article.sha256:
                raise ValueError(article_id)  # citations would quote words that nobody wrote
            return article

    def part(self, article_id: str) -> Part:
        """Return one article with all its passages. Raises as ``article``."""
        article = self.article(article_id)
        return Part(article, tuple(self.passages_at(article_id, 0, len(article.text))))

    def passages(self, rows: Sequence[int]) -> list[StoredPassage]:
        """Return the passages of these rows, in this order."""
        wanted = json.dumps([*map(int, rows)])
        found = self._passages("p.row IN (SELECT value FROM json_each(?))", wanted)
        return [found[int(row)] for row in rows]

    def passages_at(self, article_id: str, start: int, end: int) -> list[StoredPassage]:
        """Return the passages of an article that hold characters from ``start`` up to ``end``, in order."""
        found = self._passages("a.id = ? AND p.start < ? AND p.end > ?", article_id, end, start)
        return [*found.values()]

    def passage_at(self, article_id: str, start: int) -> Passage:
        """Return the passage of an article that holds the character at an offset.

        Raises:
            StoreError: No passage of this generation does.
        """
        for stored in self.passages_at(article_id, start, start + 1):
            return stored.passage
        raise StoreError(f"{article_id} の {start} 文字目を含む一節はありません。")

    def rows_of(self, filter: Filter) -> Rows | None:
        """Resolve a filter to passage rows, ascending; None when it admits all."""
        if filter == Filter():
            return None
        days = (day and day.isoformat() for day in (filter.since, filter.until))
        chosen = (json.dumps(names) for names in (filter.publishers, filter.article_ids))
        return self._rows(_ADMITTED, *days, *chosen)

    def timeline(self) -> str:
        """Return the timeline as HTML; empty where nothing has a date."""
        with self.naming_damage():
            return (self.folder / TIMELINE).read_text("utf-8")

    def verify(self) -> list[str]:
        """Compare every file with its checksum; return the names of those that differ."""
        parts = [(name, self.folder / name, told) for name, told in self.manifest["parts"].items()]
        return [name for name, path, told in parts if not path.is_file() or _describe(path) != told]

    @contextlib.contextmanager
    def naming_damage(self) -> Iterator[None]:
        """Turn what a library raises over a damaged file into a StoreError that names the file.

        Checksums are too slow to compare whenever a generation is opened.
        """
        try:
            yield
        except TenkyoError:
            raise
        except Exception as exc:
            if damaged := self.verify():
                raise broken(self.folder, f"{', '.join(damaged)} が記録と違います") from exc
            raise

    def _check_sizes(self) -> None:
        for name, part in self.manifest["parts"].items():
            size = (self.folder / name).stat().st_size
            if size != part["bytes"]:
                raise ValueError(f"{name} が {part['bytes']} バイトではなく {size} バイトです")

    def _passages(self, where: str, *values: Any) -> dict[int, StoredPassage]:
        """The passages that fulfil a condition by row, in the order of rows."""
        with self.naming_damage():
            return {
                row: stored_passage(article_id, heading, text, start, json.loads(spans))
                for row, article_id, heading, text, start, spans in self._all(
                    _PASSAGES.format(where), *values
                )
            }

    def _rows(self, query: str, *values: Any) -> Rows:
        return np.array([row for (row,) in self._all(query, *values)], np.int64)

    def _all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(query, values).fetchall()


def _map(path: Path) -> Vectors:
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))  # slices of it cost less
