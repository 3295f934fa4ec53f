"""The home: where generations live, which one is in use, and what the user asked to index."""

import contextlib
import fcntl
import json
import shutil
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.errors import StoreError, cause
from index.store import generation
from index.store.caches import ArticleCache, VectorCache
from index.store.generation import Generation


@dataclass(frozen=True, slots=True)
class Earlier:
    """A generation that a roll-back leads to."""

    articles: int
    built: datetime


class Home:
    """A folder that holds an index. Opening one writes nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def uploads(self) -> Path:
        """The folder of the files that belong to the home."""
        return self.path / "uploads"

    def current(self) -> int | None:
        """Number of the generation in use; None before the first build.

        Raises:
            StoreError: CURRENT does not name a generation.
        """
        try:
            name = (self.path / "CURRENT").read_text("ascii").strip()
            return int(name)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as exc:
            raise StoreError(
                f"使う世代の名を読めません（{cause(exc)}）。`tenkyo build` で作り直してください。",
                at=self.path / "CURRENT",
            ) from exc

    def open(self) -> Generation:
        """Open the generation in use.

        Raises:
            StoreError: There is none, or it is broken or of another schema.
        """
        number = self.current()
        if number is None:
            raise StoreError(
                "索引がありません。先に `tenkyo build` を実行してください。",
                code="no-index",
                at=self.path,
            )
        try:
            return Generation(self._folder(number))
        except StoreError:
            if self.current() == number:
                raise
            return self.open()  # a build put another in use, and swept this one, in between

    def sources(self) -> dict[str, Any]:
        """What the user asked to index; empty before the first build.

        The generation in use says it, so that moving CURRENT changes both in one step;
        ``sources.json`` repeats it for when that one or CURRENT is lost.

        Raises:
            StoreError: The list cannot be read.
        """
        with contextlib.suppress(StoreError):
            number = self.current()
            if number is not None:
                return dict(generation.read_manifest(self._folder(number))["sources"])
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
        """Every path that a generation still here was built from.

        Raises:
            StoreError: A generation cannot be read.
        """
        manifests = (generation.read_manifest(self._folder(number)) for number in self._numbers())
        return {path for manifest in manifests for path in manifest["sources"].get("paths", ())}

    def articles(self) -> ArticleCache:
        """Open the cache of articles as read. Call inside ``building``."""
        return ArticleCache(self.path / "articles.sqlite")

    def vectors(self) -> VectorCache:
        """Open the cache of vectors. Call inside ``building``."""
        return VectorCache(self.path / "vectors.sqlite")

    @contextlib.contextmanager
    def building(self) -> Iterator[None]:
        """Hold the home for one build at a time; disk errors inside become StoreErrors.

        Raises:
            StoreError: Another build is running, or the disk is full or read-only.
        """
        with _as_store_error(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            with (self.path / "build.lock").open("w") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError as exc:
                    raise StoreError(
                        "別の構築が進行中です。終わるのを待って、もう一度実行してください。"
                    ) from exc
                yield

    def publish(self, **content: Any) -> int:
        """Write a generation beside the old one, verify it, and make it the one in use.

        Call inside ``building``. Takes the arguments of ``generation.write``.

        Returns:
            The number of the new generation.
        """
        before = self._usable()
        number = max(self._numbers(), default=0) + 1
        draft = self.path / "generations" / f".{number}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            generation.write(draft, before=before, **content)
            draft.rename(self._folder(number))
            generation.sync(self.path / "generations")
            self._verify(number)
            self._switch(number)
        except BaseException:
            if self._usable() != number:
                shutil.rmtree(draft, ignore_errors=True)
                shutil.rmtree(self._folder(number), ignore_errors=True)
            raise
        self._sweep({number, before})
        return number

    def rollback(self) -> int:
        """Put the generation before the one in use, and its source list, back in use.

        Raises:
            StoreError: There is none.
        """
        with self.building():
            before = self._before()
            if before is None:
                raise StoreError("戻せる前の世代がありません。")
            self._verify(before)
            self._switch(before)
            return before

    def earlier(self) -> Earlier | None:
        """What a roll-back would put in use; None where there is nothing.

        Raises:
            StoreError: It cannot be read.
        """
        number = self._before()
        if number is None:
            return None
        manifest = generation.read_manifest(self._folder(number))
        built = (self._folder(number) / "manifest.json").stat().st_mtime
        return Earlier(manifest["articles"], datetime.fromtimestamp(built, UTC))

    def size(self) -> int:
        """Bytes on disk."""
        return sum(_size(path) for path in self.path.rglob("*"))

    def _folder(self, number: int) -> Path:
        return self.path / "generations" / str(number)

    def _numbers(self) -> list[int]:
        folder = self.path / "generations"
        names = [p.name for p in folder.iterdir()] if folder.is_dir() else []
        return sorted(int(name) for name in names if name.isdigit())

    def _verify(self, number: int) -> None:
        opened = Generation(self._folder(number))
        try:
            differing = opened.verify()
        finally:
            opened.close()
        if differing:
            raise generation.broken(
                self._folder(number), f"{', '.join(differing)} が記録と違います"
            )

    def _usable(self) -> int | None:
        """Number of the generation in use, or None when CURRENT names none that is there."""
        with contextlib.suppress(StoreError):
            number = self.current()
            return number if number in self._numbers() else None
        return None

    def _before(self) -> int | None:
        """The generation that was in use before this one, if it is still there."""
        current = self.current() or 0
        earlier = [n for n in self._numbers() if n < current]
        with contextlib.suppress(StoreError):
            before = generation.read_manifest(self._folder(current)).get("before")
            earlier = [n for n in earlier if n == before]
        return max(earlier, default=None)

    def _switch(self, number: int) -> None:
        """Put a generation in use: the moment CURRENT is replaced."""
        sources = generation.read_manifest(self._folder(number))["sources"]
        self._replace("sources.json", json.dumps(sources, ensure_ascii=False, indent=1))
        self._replace("CURRENT", f"{number}\n")

    def _replace(self, name: str, text: str) -> None:
        """Replace a file of the home in one atomic step."""
        draft = self.path / f".{name}.draft"
        draft.write_text(text, "utf-8", errors="surrogateescape")
        generation.sync(draft)
        draft.replace(self.path / name)
        generation.sync(self.path)

    def _sweep(self, keep: Collection[int | None]) -> None:
        """Delete the other generations and what a crash left, but nothing that is being read."""
        folder = self.path / "generations"
        old = [folder / str(number) for number in self._numbers() if number not in keep]
        for path in [*folder.glob(".*.draft"), *old]:
            with contextlib.suppress(OSError), _unread(path):
                shutil.rmtree(path)


def _checked_sources(found: Any) -> dict[str, Any]:
    lists = [found.get(name) for name in ("paths", "removed")] if isinstance(found, dict) else [0]
    if not all(
        isinstance(texts, list) and all(isinstance(t, str) for t in texts) for texts in lists
    ):
        raise ValueError("paths と removed の並びがありません")
    return dict(found)


@contextlib.contextmanager
def _unread(folder: Path) -> Iterator[None]:
    """Hold a generation against readers.

    Raises:
        BlockingIOError: Someone is reading it.
    """
    manifest = folder / "manifest.json"
    with manifest.open("rb") if manifest.is_file() else contextlib.nullcontext() as handle:
        if handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def _size(path: Path) -> int:
    """Bytes of a file; none for a folder, or for a file that a build has just replaced."""
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_size if path.is_file() else 0
    return 0


@contextlib.contextmanager
def _as_store_error(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.OperationalError) as exc:
        raise StoreError(
            f"書き込めません（{cause(exc)}）。空き容量と書き込み権限を確かめてください。"
            "これまでの索引はそのまま残っています。",
            at=path,
        ) from exc
    except sqlite3.DatabaseError as exc:
        raise StoreError(
            f"articles.sqlite か vectors.sqlite が壊れています（{exc}）。"
            "壊れたファイルを消して `tenkyo build` で作り直してください。",
            at=path,
        ) from exc
