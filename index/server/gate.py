"""The gate before the engine: a few questions in work, some waiting, the others politely sent away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from index.errors import BusyError

WAITING = 64
"""Questions that may wait: at some 40 a second on two cores, none waits for more than two seconds."""


class Gate:
    """Counts who is inside. Entered and left from any thread, not only the same one."""

    def __init__(self, at_once: int, waiting: int = WAITING) -> None:
        self.at_once = at_once
        self.capacity = at_once + waiting
        self._inside = 0
        self._lock = threading.Lock()
        self._places = threading.Semaphore(at_once)

    @property
    def waiting(self) -> int:
        """How many wait to be let in."""
        return max(0, self._inside - self.at_once)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Wait for a place and keep it.

        Raises:
            BusyError: Too many wait already.
        """
        with self._lock:
            if self._inside >= self.capacity:
                raise BusyError(
                    "いま質問が混み合っています。少し待ってから、もう一度お試しください。"
                )
            self._inside += 1
        try:
            with self._places:
                yield
        finally:
            with self._lock:
                self._inside -= 1
