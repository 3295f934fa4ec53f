"""The generation that questions are answered from: the one in use, as long as its files are whole.

Those that cost nothing to check are checked when it is opened, all others beside the first question, which
is answered once that is done. Where one is damaged the generation before serves, until another is in use.
"""

import logging
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from index.errors import DamagedError, StoreError
from index.store.archive import Archive
from index.store.files import broken

logger = logging.getLogger(__name__)


class Source(Protocol):
    """Where generations are: a home, or a store by its address."""

    def stamp(self) -> object:
        """Return what changes whenever another generation is put in use."""

    def open(self) -> Archive:
        """Open the generation in use."""

    def open_before(self) -> Archive:
        """Open the generation before the one in use, once it is found to be whole."""

    def holds(self, generation: Archive, /) -> bool:
        """Whether a generation that is open is still there, with all that it needs."""


class Serving:
    """Opens a generation once, however often it is asked for. Safe to use from several threads.

    Attributes:
        opened: The one that serves last; the one before it serves old answers.
        damage: What is told where the generation in use is damaged and the one before serves.
    """

    def __init__(self, source: Source, check_fits: Callable[[Archive], None]) -> None:
        """Take where the generations are, and what raises a StoreError over a generation that this program cannot use."""
        self.opened: list[Archive] = []
        self.damage: StoreError | None = None
        self._source, self._check_fits = source, check_fits
        self._lock = threading.RLock()
        self._stamp: object = None
        self._error: DamagedError | None = None
        self._comparing: tuple[Archive, Future[list[str]]] | None = None
        self._left: weakref.WeakSet[Archive] = weakref.WeakSet()

    def current(self) -> Archive:
        """Return the generation to answer from.

        Raises:
            StoreError: There is none that this program can use.
        """
        with self._lock:
            self._compare()
            stamp = self._read_stamp()
            if stamp != self._stamp:
                self._choose(stamp)
            if self._error:
                raise self._error.with_traceback(None)
            return self.opened[-1]

    def is_whole(self, generation: Archive) -> bool:
        """Wait until a generation that was given out is compared; whether nothing was amiss."""
        with self._lock:
            self._compare()
            left = generation in self._left
        return not left and self._source.holds(generation)

    def leave(self, generation: Archive, error: DamagedError) -> None:
        """Answer from another generation than this one, which has turned out to be damaged."""
        if not self._source.holds(generation):
            return  # it is only swept
        with self._lock:
            self._left.add(generation)
            if self.opened and generation is self.opened[-1]:
                self.opened.remove(generation)
                self._fall_back(error)

    def _read_stamp(self) -> object:
        try:
            return self._source.stamp()
        except StoreError as exc:
            if not self.opened:
                raise
            self.damage = StoreError(exc.told, code="damaged")
            self._stamp = None  # once it can be read again, it is looked at anew
            return None

    def _choose(self, stamp: object) -> None:
        self._stamp = self._error = self.damage = None  # what is no damage is tried again
        try:
            opened = self._source.open()
            self._check_fits(opened)
            self.opened = [*self.opened[-1:], opened]
            self._comparing = opened, _comparing(opened)
        except DamagedError as exc:
            self._fall_back(exc)
        self._stamp = stamp

    def _compare(self) -> None:
        """Wait for the comparison that goes on, if one does."""
        if self._comparing:
            (generation, comparing), self._comparing = self._comparing, None
            if damaged := comparing.result():
                self.leave(generation, broken(*damaged))

    def _fall_back(self, error: DamagedError) -> None:
        try:
            before = self._source.open_before()
            self._check_fits(before)
            if before.number in {left.number for left in self._left}:
                raise error  # it shares what is damaged
        except StoreError:
            self._error = error
            return
        self.opened = [*self.opened[-1:], before]
        self.damage = StoreError(f"一つ前の索引でお答えしています。{error.told}", code="damaged")
        logger.warning("%s", self.damage)


def _comparing(generation: Archive) -> Future[list[str]]:
    """Compare the files of a generation with their checksums; a program that ends does not wait for it."""
    damaged: Future[list[str]] = Future()

    def compare() -> None:
        try:
            damaged.set_result(generation.check())
        except Exception as exc:  # as it would be read: what matters is met there
            logger.warning("the index was not compared with its checksums: %s", exc)
            damaged.set_result([])

    threading.Thread(target=compare, name="comparing", daemon=True).start()
    return damaged
