"""How often: questions from an address, and passwords that prove wrong."""

import ipaddress
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from index.errors import BusyError

TOO_OFTEN = "質問の間隔が短すぎます。{wait} 秒ほど待ってから、もう一度お試しください。"

HOUR = 3600.0
OF_BOTH = (10, 2.5 * HOUR)
OF_ADDRESS = (30, 2.5 * HOUR)
OF_ACCOUNT = (100, 24 * HOUR)
"""Wrong passwords at once, and seconds until as many may be tried again: for an account from an address,
from an address whatever the account, for an account from wherever.

Ten are more than anybody mistypes, and one more every 15 minutes leaves a single address fewer than a
hundred a day, so that none alone uses up what an account has. A hundred is what NIST allows. That an
account's limit does not hold addresses from which its password was right before keeps others from
locking its owner out.

Source: NIST SP 800-63B, 5.2.2;
https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html#account-lockout
"""


@dataclass(eq=False)
class RateLimit:
    """A bucket of ``rate`` tokens (0: any number) for each key, such as an address, filled again in ``within`` seconds.

    The library ``limits`` has windows only: with those, who has used up a minute's questions waits
    for up to a minute, and not for ``60 / rate`` seconds.

    Source: https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
    """

    rate: int
    within: float = field(default=60, kw_only=True)
    clock: Callable[[], float] = field(default=time.monotonic, kw_only=True)
    _full_at: dict[str, float] = field(default_factory=dict, init=False)
    _most: int = field(default=10_000, init=False)

    def admit(self, address: str) -> None:
        """Count a question. Raises BusyError for one that comes too early."""
        if wait := self.wait(address):
            raise BusyError(TOO_OFTEN.format(wait=wait), code="too-often")

    def wait(self, key: str) -> int:
        """Take a token and return 0, or return the whole seconds until there is one."""
        if not self.rate:
            return 0
        now = self.clock()
        full_at = max(now, self._full_at.get(key, now)) + self.within / self.rate
        early = full_at - now - self.within
        if early > 1e-6:  # what adding up may be wrong by
            return int(early) + 1
        self._full_at[key] = full_at
        if len(self._full_at) > self._most:  # those with a full bucket need not be remembered
            self._full_at = {k: full for k, full in self._full_at.items() if full > now}
            self._most = max(10_000, 2 * len(self._full_at))
        return 0

    def give_back(self, key: str) -> None:
        """Take it that the last token was not taken."""
        if key in self._full_at:
            self._full_at[key] -= self.within / self.rate

    def fill(self, key: str) -> None:
        """Give back all tokens."""
        self._full_at.pop(key, None)


class Guesses:
    """Counts tries at passwords, each from its start until it proves right.

    An account that there is not is counted as one that there is.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._both, self._addresses, self._accounts = (
            RateLimit(rate, within=within, clock=clock)
            for rate, within in (OF_BOTH, OF_ADDRESS, OF_ACCOUNT)
        )
        self._known: set[str] = set()

    def wait(self, name: str, address: str) -> int:
        """Count a try and return 0, or return the whole seconds until one is let through."""
        counted: list[tuple[RateLimit, str]] = []
        for limit, key in self._limits(name, address):
            if wait := limit.wait(key):
                for other, its in counted:
                    other.give_back(its)
                return wait
            counted.append((limit, key))
        return 0

    def right(self, name: str, address: str) -> None:
        """Take back a try that was counted, and those at the account from there before it."""
        for limit, key in self._limits(name, address):
            limit.give_back(key)
        self._both.fill(_both(name, address))
        if len(self._known) >= 10_000:
            self._known.clear()
        self._known.add(_both(name, address))

    def _limits(self, name: str, address: str) -> Iterator[tuple[RateLimit, str]]:
        yield self._both, _both(name, address)
        yield self._addresses, network_of(address)
        if _both(name, address) not in self._known:
            yield self._accounts, name[:64]  # no longer than a name may be


def _both(name: str, address: str) -> str:
    return f"{network_of(address)} {name[:64]}"


def network_of(address: str) -> str:
    """Return what one subscriber has: an IPv4 address, or 64 bits of an IPv6 one (RFC 6177)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if parsed.version == 4 else f"{int(parsed) >> 64:x}"
