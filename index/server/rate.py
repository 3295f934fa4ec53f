"""How often one address may ask."""

import time
from collections.abc import Callable

from index.errors import BusyError

TOO_OFTEN = "質問の間隔が短すぎます。{wait} 秒ほど待ってから、もう一度お試しください。"


class Rate:
    """A bucket of ``rate`` tokens for each address, filled again within a minute.

    Source: https://en.wikipedia.org/wiki/Token_bucket
    """

    def __init__(self, rate: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Take how many questions a minute; 0 for any number."""
        self._rate = rate
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

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
        tokens, then = self._buckets.get(address, (float(self._rate), now))
        tokens = min(self._rate, tokens + (now - then) * self._rate / 60)
        self._buckets[address] = (tokens - 1 if tokens >= 1 else tokens, now)
        if len(self._buckets) > 10_000:
            self._forget(now)
        return 0 if tokens >= 1 else int((1 - tokens) * 60 / self._rate) + 1

    def _forget(self, now: float) -> None:
        """Drop the addresses not heard of for a minute: their buckets are full."""
        self._buckets = {a: kept for a, kept in self._buckets.items() if now - kept[1] < 60}
