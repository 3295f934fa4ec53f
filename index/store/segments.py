"""The folder of segments: which there are, and how one is written and swept."""

import contextlib
import secrets
import shutil
import weakref
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from index.errors import StoreError
from index.store.files import broken, held, sync
from index.store.segment import FACTS, Segment


class Segments:
    """All segments of a home. Safe to use from several threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: weakref.WeakValueDictionary[str, Segment] = weakref.WeakValueDictionary()
        self._damaged: dict[str, list[str]] = {}

    def open(self, name: str) -> Segment:
        """Open a segment, or return it where it is open already.

        Raises:
            DamagedError: It is missing or damaged, or was found so before.
        """
        opened = self._open.get(name)
        if opened is None:
            opened = self._open[name] = Segment(self._folder / name)
        if name in self._damaged:
            raise broken(*self._damaged[name])
        return opened

    def check(self, segment: Segment) -> list[str]:
        """Compare a segment's files with their checksums, once; return the names of those that differ."""
        if not segment.is_whole and segment.name not in self._damaged:
            found = [f"{segment.name}/{name}" for name in segment.verify()]
            self._damaged |= {segment.name: found} if found else {}
        return self._damaged.get(segment.name, [])

    def of(self, encoder: str, analyser: str) -> list[Segment]:
        """Return all segments of a make, also what a build that was broken off has left."""
        found = []
        for path in sorted(self._folder.glob(f"[!.]*/{FACTS}")):
            with contextlib.suppress(StoreError):
                segment = self.open(path.parent.name)
                if (segment.facts["encoder"], segment.facts["analyser"]) == (encoder, analyser):
                    found.append(segment)
        return found

    @contextlib.contextmanager
    def writing(self, write: Callable[[Path], None]) -> Iterator[str]:
        """Write a segment whole or not at all; its name is given, and it is not swept inside."""
        name = secrets.token_hex(8)
        draft = self._folder / f".{name}.draft"
        draft.mkdir(parents=True)
        with held(draft):
            try:
                write(draft)
                draft.rename(self._folder / name)
            except BaseException:
                shutil.rmtree(draft, ignore_errors=True)
                raise
            sync(self._folder)
            yield name

    def sweep(self, needed: Collection[str]) -> None:
        """Delete all but these, and what a crash left, but nothing that is being written."""
        for path in self._folder.iterdir():
            if path.name not in needed:
                with contextlib.suppress(OSError), held(path):
                    shutil.rmtree(path)
