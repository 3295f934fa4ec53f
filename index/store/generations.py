"""The generations of a home: which there are, and which of them is in use."""

import contextlib
import fcntl
import shutil
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from index.errors import DamagedError, OutdatedError, StoreError, cause
from index.store.files import broken
from index.store.generation import Generation
from index.store.manifest import MANIFEST, read_manifest
from index.store.segments import Segments


class Earlier(NamedTuple):
    """A generation that a roll-back leads to."""

    articles: int
    built: datetime


class Generations:
    """The part of a home that is read; of what is asked and raised see ``Home``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.segments = Segments(path / "segments")
        self._generations = path / "generations"

    def current(self) -> int | None:
        """Number of the generation in use, as CURRENT names it; None before the first build."""
        try:
            [named] = {*(self.path / "CURRENT").read_text("ascii").split()}  # twice the same
            return int(named)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as exc:
            raise StoreError(
                f"使う世代の名を CURRENT から読めません（{cause(exc)}）。"
                "`tenkyo build` で直してください。",
                at=self.path / "CURRENT",
            ) from exc

    def stamp(self) -> tuple[int | None, int]:
        """Return what changes whenever another generation is put in use, or this one is written anew."""
        number = self.current()
        with contextlib.suppress(OSError):
            return number, (self._folder(number or 0) / MANIFEST).stat().st_mtime_ns
        return number, 0

    def open(self) -> Generation:
        """Open the generation in use."""
        number = self.current()
        if number is None:
            raise StoreError(
                "索引がありません。先に `tenkyo build` を実行してください。",
                code="no-index",
                at=self.path,
            )
        try:
            return Generation(self._folder(number), self.segments)
        except StoreError:
            if self.current() == number:
                raise
            return self.open()  # a build put another in use, and swept this one, in between

    def open_before(self) -> Generation:
        """Open the generation before the one in use, once all of its files are found to be whole."""
        number = self._before()
        if number is None:
            raise StoreError("戻せる前の世代がありません。")
        opened = Generation(self._folder(number), self.segments)
        if damaged := opened.check():
            opened.close()
            raise broken(*damaged)
        return opened

    def remembered(self) -> set[str]:
        """Every path that a generation still here was built from."""
        usable = (n for n in self._numbers() if not self._is_outdated(n))
        manifests = (read_manifest(self._folder(number)) for number in usable)
        return {path for manifest in manifests for path in manifest["sources"].get("paths", ())}

    def earlier(self) -> Earlier | None:
        """What a roll-back would put in use; None where there is nothing."""
        number = self._before()
        if number is None:
            return None
        articles = read_manifest(self._folder(number))["articles"]
        built = (self._folder(number) / "manifest.json").stat().st_mtime
        return Earlier(articles, datetime.fromtimestamp(built, UTC))

    def _whole(self) -> int | None:
        """Number of the generation in use or, where that is known to be damaged, of the one before."""
        if (number := self._usable()) is not None and self._is_damaged(number):
            number = self._before()
            return None if number is None or self._is_damaged(number) else number
        return number

    def _is_damaged(self, number: int) -> bool:
        try:
            Generation(self._folder(number), self.segments).close()
        except DamagedError:
            return True
        except StoreError:  # of another schema
            pass
        return False

    def _folder(self, number: int) -> Path:
        return self._generations / str(number)

    def _numbers(self) -> list[int]:
        found = self._generations.iterdir() if self._generations.is_dir() else ()
        return sorted(int(path.name) for path in found if path.name.isdigit())

    def _usable(self) -> int | None:
        """Number of the generation in use, or None when CURRENT names none that is there."""
        with contextlib.suppress(StoreError):
            number = self.current()
            return number if number in self._numbers() else None
        return None

    def _before(self) -> int | None:
        """The generation that was in use before this one, if it is still there."""
        current = self.current() or 0
        earlier = [n for n in self._numbers() if n < current and not self._is_outdated(n)]
        with contextlib.suppress(StoreError):
            before = read_manifest(self._folder(current)).get("before")
            earlier = [n for n in earlier if n == before]
        return max(earlier, default=None)

    def outdated(self) -> bool:
        """Whether the index in use was made by an earlier version of this program."""
        return self._is_outdated(self._usable() or 0)

    def _is_outdated(self, number: int) -> bool:
        with contextlib.suppress(StoreError):
            try:
                read_manifest(self._folder(number))
            except OutdatedError:
                return True
        return False

    def _known(self, number: int | None) -> frozenset[str]:
        """The segments of a generation, which were verified when they were written."""
        with contextlib.suppress(StoreError):
            if number is not None:
                told = read_manifest(self._folder(number))["segments"]
                return frozenset(segment["name"] for segment in told)
        return frozenset()

    def _sweep(self, keep: Collection[int | None]) -> None:
        """Delete the other generations and what a crash left, but nothing that is being read."""
        old = [self._folder(number) for number in self._numbers() if number not in keep]
        for path in [*self._generations.glob(".*.draft"), *old]:
            with contextlib.suppress(OSError), contextlib.ExitStack() as held:
                if (path / MANIFEST).is_file():
                    lock = held.enter_context((path / MANIFEST).open("rb"))
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # an OSError while it is read
                shutil.rmtree(path)
        self.segments.sweep({name for number in self._numbers() for name in self._known(number)})
