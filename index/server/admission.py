"""Admission: how often one address may ask, and how many questions are worked on at once."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from index.errors import BusyError

WAITING = 64
"""Questions that may wait: at some 40 a second on two cores, none waits for more than two seconds."""

TOO_OFTEN = "質問の間隔が短すぎます。{wait} 秒ほど待ってから、もう一度お試しください。"


class RateLimit:
    """A bucket of ``rate`` tokens for each address, filled again within a minute.

    The library ``limits`` has windows only: with those, who has used up a minute's questions waits
    for up to a minute, and not for ``60 / rate`` seconds.

    Source: https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
    """

    def __init__(self, rate: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Take how many questions a minute; 0 for any number."""
        self._rate = rate
        self._clock = clock
        self._full_at: dict[str, float] = {}

    def admit(self, address: str) -> None:
        """Count a question.

        Raises:
            BusyError: It comes too early.
        """
        if wait := self.wait(address):
            raise BusyError(TOO_OFTEN.format(wait=wait), code="too-often")

    def wait(self, address: str) -> int:
        """Take a token and return 0, or return the whole seconds until there is one."""
        if not self._rate:
            return 0
        now = self._clock()
        full_at = max(now, self._full_at.get(address, now)) + 60 / self._rate
        early = full_at - now - 60
        if early > 1e-6:  # what adding up may be wrong by
            return int(early) + 1
        self._full_at[address] = full_at
        if len(self._full_at) > 10_000:  # those with a full bucket need not be remembered
            self._full_at = {a: full for a, full in self._full_at.items() if full > now}
        return 0


class Admission:
    """Lets a few questions in, has some wait, and refuses the others. Used from any thread."""

    def __init__(self, at_once: int, waiting: int = WAITING) -> None:
        self.at_once = at_once
        self.capacity = at_once + waiting
        self._inside = 0
        self._lock = threading.Lock()
        self._places = threading.Semaphore(at_once)

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
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
