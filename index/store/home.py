"""The home: its generations, and what the user asked to index, was read, and noted."""

import contextlib
import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.errors import StoreError, cause
from index.store.caches import ArticleCache, NoteCache, VectorCache
from index.store.files import replace
from index.store.generations import Generations
from index.store.manifest import read_manifest
from index.store.tables import Part, parts_in


class Home(Generations):
    """A folder that holds an index. Opening one writes nothing.

    What is asked of it raises a StoreError where a file that says it is missing, broken or of another
    schema; the message names the command that repairs it.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.uploads = path / "uploads"  # the files that belong to the home

    def sources(self) -> dict[str, Any]:
        """What the user asked to index; empty before the first build.

        The generation in use says it, so that moving CURRENT changes both in one step;
        ``sources.json`` repeats it for when that one or CURRENT is lost.
        """
        if told := self._told(self._usable()):
            return dict(told["sources"])
        path = self.path / "sources.json"
        if not path.exists() and not self._numbers():
            return {}
        try:
            return _checked_sources(json.loads(path.read_text("utf-8", "surrogateescape")))
        except (OSError, ValueError) as exc:
            raise StoreError(
                f"読めません（{cause(exc)}）。`tenkyo build PATH…` で指定し直してください。",
                at=path,
            ) from exc

    def remembered(self) -> set[str]:
        """Every path that a generation still here was built from."""
        usable = (n for n in self._numbers() if not self._is_outdated(n))
        manifests = (read_manifest(self._folder(number)) for number in usable)
        return {path for manifest in manifests for path in manifest["sources"].get("paths", ())}

    def kept(self) -> Iterator[Part]:
        """Yield the articles of the last generation that can be read, also where much is damaged."""
        found = map(self._told, (self._usable(), *reversed(self._numbers())))
        for segment in next(filter(None, found), {}).get("segments", ()):
            library = self.path / "segments" / segment["name"] / "library.sqlite"
            yield from parts_in(library, segment["gone"])

    def articles(self) -> ArticleCache:
        """Open the cache of articles as read. Call inside ``building``."""
        return ArticleCache(self.path / "articles.sqlite")

    def vectors(self) -> VectorCache:
        """Open the cache of vectors. Call inside ``building``."""
        return VectorCache(self.path / "vectors.sqlite")

    def notes(self) -> NoteCache:
        """Open the cache of what is derived of each article. Call inside ``building``."""
        return NoteCache(self.path / "derived.sqlite")

    def forget_vectors(self) -> None:
        """Drop the cache of vectors: a segment holds them all. Call inside ``building``."""
        for path in self.path.glob("vectors.sqlite*"):
            if path.is_file():
                path.unlink()

    def identity(self, *, new: bool = False) -> str:
        """Return what tells this home from others that share a store; empty where it has put nothing there yet.

        Where it is ``new`` it is given one; call inside ``building`` then.
        """
        path = self.path / "identity"
        if new and not path.exists():
            replace(path, f"{secrets.token_hex(8)}\n")
        return path.read_text("ascii").strip() if path.exists() else ""

    def size(self) -> int:
        """Bytes on disk."""
        total = 0
        for path in self.path.rglob("*"):
            with contextlib.suppress(FileNotFoundError):  # a build has just replaced it
                total += path.stat().st_size if path.is_file() else 0
        return total


def _checked_sources(found: Any) -> dict[str, Any]:
    for name in ("paths", "removed"):
        texts = found.get(name) if isinstance(found, dict) else None
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise ValueError("paths と removed の並びがありません")
    return dict(found)
