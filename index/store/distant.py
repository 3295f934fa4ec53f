"""An archive on Milvus as a whole: which of its generations is in use, and how another is.

A home writes it, one at a time; any number of servers read it meanwhile. What a build leaves as it was is not
written again. A write that is broken off is not seen by anybody, and the next one clears it away.
"""

from contextlib import suppress

from index.errors import DamagedError, OutdatedError, StoreError
from index.reports import OnProgress
from index.store.generation import Generation
from index.store.milvus import Milvus, digest
from index.store.remote import RemoteArchive
from index.store.tables import to_json
from index.store.writing import Writing


class DistantStore:
    """What ``Home`` is on local files, to those who ask, and a place to which a home is copied."""

    def __init__(self, server: Milvus) -> None:
        self.server = server

    def current(self) -> int | None:
        """Return the number of the generation in use; None before the first was written."""
        return self.server.current()

    def stamp(self) -> tuple[int | None]:
        """Return what changes whenever another generation is put in use."""
        return (self.server.current(),)

    def open(self) -> RemoteArchive:
        """Open the generation in use, or raise a StoreError."""
        number = self.server.current()
        if number is None:
            raise StoreError(
                "保存先に索引がありません。索引を作るマシンで `tenkyo build` を実行してください。",
                code="no-index",
                at=self.server.uri,
            )
        try:
            return RemoteArchive(self.server, number)
        except StoreError:
            if self.server.current() == number:
                raise
            return self.open()  # another was put in use, and this one swept, in between

    def open_before(self) -> RemoteArchive:
        """Open the generation before the one in use, or raise a StoreError."""
        number = self.open().facts["before"]
        if number not in self.server.numbers():
            raise StoreError("戻せる前の世代がありません。")
        return RemoteArchive(self.server, number)

    def check_writer(self, writer: str) -> None:
        """Raise a StoreError where another home than this one writes the store."""
        now = self._in_use()
        if now and now.facts["writer"] != writer:
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
        now, digest = self._in_use(), _digest(generation, writer)
        for known in filter(None, (now, self._before())):
            if known.facts["digest"] == digest and not known.verify():
                self.server.switch(known.number)
                return known.number
        return Writing(self.server, generation, now, report).put(digest, writer)

    def _in_use(self) -> RemoteArchive | None:
        """The generation in use; None where there is none, or none that can be gone on from."""
        try:
            return self.open()
        except (DamagedError, OutdatedError):
            return None
        except StoreError as exc:
            if exc.code == "no-index":
                return None
            raise

    def _before(self) -> RemoteArchive | None:
        with suppress(StoreError):
            return self.open_before()
        return None


def _digest(generation: Generation, writer: str) -> str:
    """Tell one state of a home from every other."""
    parts = {name: told["sha256"] for name, told in generation.manifest["parts"].items()}
    keys = sorted(map(bytes.hex, generation.keys()))
    told = [writer, generation.encoder, generation.analyser, parts, keys]
    return digest(to_json(told).encode())
