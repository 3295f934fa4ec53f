"""The home: where generations live, which one is in use, and what the user asked to index."""

import contextlib
import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.errors import StoreError
from index.store import generation
from index.store.caches import ArticleCache, VectorCache
from index.store.generation import Generation

KEPT = 2
"""Generations that stay on disk, for roll-back."""


class Home:
    """A folder that holds an index. Opening one writes nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path

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
                f"{self.path / 'CURRENT'} を読めません（{exc}）。`tenkyo build` で作り直してください。"
            ) from exc

    def open(self) -> Generation:
        """Open the generation in use.

        Raises:
            StoreError: There is none, or it is broken or of another schema.
        """
        number = self.current()
        if number is None:
            raise StoreError(
                f"{self.path} に索引がありません。先に `tenkyo build` を実行してください。"
            )
        try:
            return Generation(self._folder(number))
        except StoreError:
            if self.current() == number:
                raise
            return self.open()  # a build put another in use, and swept this one, in between

    def sources(self) -> dict[str, Any]:
        """What the user asked to index; empty before the first build.

        Raises:
            StoreError: The list cannot be read.
        """
        path = self.path / "sources.json"
        try:
            sources: dict[str, Any] = json.loads(path.read_text("utf-8"))
            return sources
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as exc:
            raise StoreError(
                f"{path} を読めません（{exc}）。`tenkyo build PATH…` で指定し直してください。"
            ) from exc

    def articles(self) -> ArticleCache:
        """Open the cache of articles as read."""
        with _as_store_error(self.path):
            return ArticleCache(self.path / "articles.sqlite")

    def vectors(self) -> VectorCache:
        """Open the cache of vectors."""
        with _as_store_error(self.path):
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
        number = max(self._numbers(), default=0) + 1
        draft = self.path / "generations" / f".{number}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            generation.write(draft, **content)
            draft.rename(self._folder(number))
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        generation.sync(self.path / "generations")
        self._verify(number)
        self._replace("sources.json", json.dumps(content["sources"], ensure_ascii=False, indent=1))
        self._replace("CURRENT", f"{number}\n")
        self._sweep()
        return number

    def rollback(self) -> int:
        """Put the generation before the one in use, and its source list, back in use.

        Raises:
            StoreError: There is none.
        """
        with self.building():
            current = self.current()
            earlier = [n for n in self._numbers() if current is not None and n < current]
            if not earlier:
                raise StoreError("戻せる前の世代がありません。")
            self._verify(earlier[-1])
            sources = generation.read_manifest(self._folder(earlier[-1]))["sources"]
            self._replace("sources.json", json.dumps(sources, ensure_ascii=False, indent=1))
            self._replace("CURRENT", f"{earlier[-1]}\n")
            return earlier[-1]

    def size(self) -> int:
        """Bytes on disk."""
        return sum(p.stat().st_size for p in self.path.rglob("*") if p.is_file())

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

    def _replace(self, name: str, text: str) -> None:
        """Replace a file of the home in one atomic step."""
        draft = self.path / f".{name}.draft"
        draft.write_text(text, "utf-8")
        generation.sync(draft)
        draft.replace(self.path / name)
        generation.sync(self.path)

    def _sweep(self) -> None:
        """Delete all but the last generations, and what a crash left; skip what is being read."""
        for draft in (self.path / "generations").glob(".*.draft"):
            shutil.rmtree(draft, ignore_errors=True)
        current = self.current()
        old = [n for n in self._numbers() if current is None or n != current]
        for number in old[: -(KEPT - 1)]:
            handle = os.open(self._folder(number) / "manifest.json", os.O_RDONLY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(self._folder(number), ignore_errors=True)
            except BlockingIOError:
                continue
            finally:
                os.close(handle)


@contextlib.contextmanager
def _as_store_error(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.OperationalError) as exc:
        raise StoreError(
            f"{path} に書き込めません（{exc}）。空き容量と書き込み権限を確かめてください。"
            "これまでの索引はそのまま残っています。"
        ) from exc
