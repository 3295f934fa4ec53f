"""An archive on Milvus as a whole: which of its generations is in use, and how another is.

A home writes it, one at a time; any number of servers read it meanwhile. What a build leaves as it was is not
written again. A write that is broken off is not seen by anybody, and the next one clears it away.
"""

from collections.abc import Callable

from index.errors import StoreError
from index.reports import OnProgress
from index.store.archive import Archive
from index.store.files import broken
from index.store.generation import Generation
from index.store.milvus import Milvus
from index.store.remote import RemoteArchive
from index.store.rows import Stem, digest
from index.store.tables import to_json
from index.store.writing import Writing


class DistantStore:
    """What ``Home`` is on local files, to those who ask, and a place to which a home is copied."""

    def __init__(self, server: Milvus) -> None:
        self.server = server

    def stamp(self) -> Stem | str:
        """Return what changes whenever another generation is put in use."""
        return self.server.current() or "none"

    def open(self) -> RemoteArchive:
        """Open the generation in use, or raise a StoreError."""
        stem = self._current()
        try:
            return RemoteArchive(self.server, stem)
        except StoreError:
            if self.server.current() == stem:
                raise
            return self.open()  # another was put in use, and this one swept, in between

    def open_before(self) -> RemoteArchive:
        """Open the generation before the one in use, once it is found to be whole, or raise a StoreError."""
        current = self._current()
        for stem in self.server.generations():
            if stem.number < current.number:
                return self._checked(stem)
        raise StoreError("戻せる前の世代がありません。")

    def holds(self, generation: Archive) -> bool:
        """Whether a generation is still there, with all its rows."""
        return any(stem.number == generation.number for stem in self.server.generations())

    def check_writer(self, writer: str) -> None:
        """Raise a StoreError where another home than this one writes the store."""
        current = self.server.current()
        if current and current.writer != writer:
            raise StoreError(
                "保存先の索引は別のホームが作っています。そのホームで変えるか、"
                "このホームの記事で置き換えるなら `tenkyo build --take-over` を実行してください。",
                code="not-writer",
                at=self.server.uri,
            )

    def put(self, generation: Generation, writer: str, report: OnProgress) -> int:
        """Put what a home holds in use, or what it held before back; return the generation's number.

        Raises:
            StoreError: The server cannot be reached or written; what is in use there stays.
        """
        state = _state(generation)
        now = self._whole(lambda: self._checked(self._current()))
        for known in filter(None, (now, self._whole(self.open_before))):
            if (known.facts["state"], known.stem.writer) == (state, writer):
                self.server.switch(known.stem, self.server.current())
                return known.number
        return Writing(self.server, generation, writer, now, report).put(state)

    def _current(self) -> Stem:
        stem = self.server.current()
        if stem is None:
            raise StoreError(
                "保存先に索引がありません。索引を作るマシンで `tenkyo build` を実行してください。",
                code="no-index",
                at=self.server.uri,
            )
        return stem

    def _checked(self, stem: Stem) -> RemoteArchive:
        """Open a generation, or raise a DamagedError where it is not whole."""
        opened = RemoteArchive(self.server, stem)
        if damaged := opened.verify():
            raise broken(*damaged)
        return opened

    def _whole(self, opening: Callable[[], RemoteArchive]) -> RemoteArchive | None:
        """What is opened; None where there is none that can be read."""
        try:
            return opening()
        except StoreError as exc:
            if exc.code == "store-away":
                raise
            return None


def _state(generation: Generation) -> str:
    """Tell one state of a home from every other."""
    parts = {name: told["sha256"] for name, told in generation.manifest["parts"].items()}
    keys = sorted(map(bytes.hex, generation.keys()))
    told = [generation.encoder, generation.analyser, parts, keys]
    return digest(to_json(told).encode())
