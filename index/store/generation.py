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
import weakref
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from index.errors import StoreError, TenkyoError, cause
from index.records import Article, Filter, Passage
from index.store.library import Library, Part, StoredPassage, write_library
from index.store.terms import TermIndex, write_terms
from index.vectors import FaissIndex, Rows, VectorIndex, Vectors, write_faiss

SCHEMA = 2
"""Version of the files of a generation; another one is refused."""
TIMELINE = "timeline.html"

_ENTRIES = {
    "encoder": str,
    "analyser": str,
    "articles": int,
    "passages": int,
    "sentences": int,
    "sources": dict,
    "parts": dict,
}
"""What a manifest must hold to be read."""


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
    names: Mapping[str, NDArray[Any]],
    sources: Mapping[str, Any],
    timeline: str,
    before: int | None = None,
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
        names: Arrays of numbers and text that say what names the articles hold.
        sources: What the user asked to index, so that a roll-back restores it.
        timeline: HTML; may be empty.
        before: The generation that a roll-back goes to.
    """
    write_library(folder / "library.sqlite", parts)
    write_faiss(passage_vectors, folder / "passages.faiss")
    np.save(folder / "passages.npy", passage_vectors, allow_pickle=False)
    np.save(folder / "sentences.npy", sentence_vectors, allow_pickle=False)
    write_terms(folder / "terms", sentence_terms)
    write_terms(folder / "bigrams", passage_bigrams)
    (folder / "names").mkdir()
    for name, values in names.items():
        np.save(folder / "names" / f"{name}.npy", values, allow_pickle=False)
    (folder / TIMELINE).write_text(timeline, "utf-8")
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
        "before": before,
        "parts": {p.relative_to(folder).as_posix(): _describe(p) for p in files},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), "utf-8")
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
        try:
            with contextlib.ExitStack() as held:
                held.enter_context(_share(folder))
                self._check_sizes()
                self._library = held.enter_context(
                    contextlib.closing(Library(folder / "library.sqlite"))
                )
                self._load()
                self._release = weakref.finalize(self, held.pop_all().close)
        except Exception as exc:  # a damaged file makes its library raise anything
            raise broken(folder, str(exc)) from exc

    def _load(self) -> None:
        self.passage_vectors = _map(self.folder / "passages.npy")
        self.sentence_vectors = _map(self.folder / "sentences.npy")
        self.vectors: VectorIndex = FaissIndex.load(
            self.folder / "passages.faiss", self.passage_vectors, self._library.rows_of
        )
        self.terms = TermIndex(self.folder / "terms")
        self.bigrams = TermIndex(self.folder / "bigrams")
        self.first_sentences = self._library.first_sentences()
        self.names: Mapping[str, NDArray[Any]] = {
            path.stem: np.load(path, allow_pickle=False)
            for path in (self.folder / "names").glob("*.npy")
        }

    def close(self) -> None:
        """Let go of the files and the lock, as happens by itself to one that nobody holds."""
        self._release()

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
        with self.naming_damage():
            return self._library.articles()

    def article(self, article_id: str) -> Article:
        """Return one article.

        Raises:
            StoreError: This generation holds no such article, or its text is damaged.
        """
        with self.naming_damage():
            article = self._library.article(article_id)
            if hashlib.sha256(article.text.encode()).hexdigest() != article.sha256:
                raise ValueError(article_id)  # citations would quote words that nobody wrote
            return article

    def passages(self, rows: Sequence[int]) -> list[StoredPassage]:
        """Return the passages of these rows, in this order."""
        return self._library.passages(rows)

    def passages_at(self, article_id: str, start: int, end: int) -> list[StoredPassage]:
        """Return the passages of an article that hold characters from ``start`` up to ``end``, in order."""
        with self.naming_damage():
            return self._library.passages_at(article_id, start, end)

    def passage_at(self, article_id: str, start: int) -> Passage:
        """Return the passage of an article that holds the character at an offset.

        Raises:
            StoreError: No passage of this generation does.
        """
        with self.naming_damage():
            return self._library.passage_at(article_id, start)

    def rows_of(self, filter: Filter) -> Rows | None:
        """Resolve a filter to passage rows, ascending; None when it admits all."""
        return self._library.rows_of(filter)

    def timeline(self) -> str:
        """Return the timeline as HTML; empty where nothing has a date, or the build was an older one."""
        if TIMELINE not in self.manifest["parts"]:
            return ""
        with self.naming_damage():
            return (self.folder / TIMELINE).read_text("utf-8")

    def verify(self) -> list[str]:
        """Compare every file with its checksum; return the names of those that differ."""
        parts = self.manifest["parts"]
        return [name for name, part in parts.items() if _differs(self.folder / name, part)]

    @contextlib.contextmanager
    def naming_damage(self) -> Iterator[None]:
        """Turn what a library raises over a damaged file into an error that names the file.

        Checksums are too slow to compare whenever a generation is opened.

        Raises:
            StoreError: A file differs from its checksum, and something failed.
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
    if lost := [
        name for name, kind in _ENTRIES.items() if not isinstance(manifest.get(name), kind)
    ]:
        raise broken(folder, f"manifest.json に正しい {', '.join(lost)} がありません")
    return manifest


def broken(folder: Path, reason: str) -> StoreError:
    """Return the error for a generation that cannot be used."""
    return StoreError(
        f"索引（世代 {folder.name}）が壊れています: {reason}。"
        "`tenkyo build` で作り直すか、`tenkyo rollback` で一つ前の世代に戻してください。"
    )


def _map(path: Path) -> Vectors:
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))  # slices of it cost less


def _differs(path: Path, part: Mapping[str, Any]) -> bool:
    return not path.is_file() or _describe(path) != dict(part)


def _share(folder: Path) -> BinaryIO:
    """Take the shared lock on a generation; released when the file is closed."""
    handle = (folder / "manifest.json").open("rb")  # held for the lock alone
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle
