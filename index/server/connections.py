"""A connection of uvicorn, which nobody holds who is slow to say what he wants.

uvicorn itself limits nothing but the pause between two requests.
"""

import asyncio
import sys
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class Connection(H11Protocol):  # type: ignore[misc]
    """HTTP/1.1 with an end to waiting for a request, and nothing to upgrade to.

    What the server has to send may take as long as it likes.

    Attributes:
        head_seconds: In which a request's head must be whole, from the start of the connection or the
            end of the answer before.
        body_seconds: In each of which ``body_least`` bytes of its body must come, or the last.
        body_least: Some 3 kbit/s: what a slow line brings of 100 MB, too.
        most: Connections at a time; whoever comes then is cut off.
    """

    head_seconds = 10.0
    body_seconds = 30.0
    body_least = 10_000
    most = 1000

    _clock: asyncio.TimerHandle | None = None
    _awaited: Any = None  # the state in which h11 sees the client
    _received = 0

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Take a connection, or cut it off."""
        super().connection_made(transport)
        if len(self.connections) > self.most:
            transport.abort()
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take what has come."""
        super().data_received(data)
        self._received += len(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Go on to the next request."""
        super().on_response_complete()
        self._watch()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, where that can still be said; whoever waits for more hears the end."""
        if self.cycle and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        super().connection_lost(exc)
        self._start(None)

    def _should_upgrade(self) -> bool:
        return False

    def _watch(self) -> None:
        """Start the clock where the client owes something else than before, or nothing any more."""
        if self.conn.their_state is not self._awaited:
            self._awaited = self.conn.their_state
            limits = {h11.IDLE: self.head_seconds, h11.SEND_BODY: self.body_seconds}
            self._start(limits.get(self._awaited))

    def _start(self, seconds: float | None) -> None:
        if self._clock:
            self._clock.cancel()
        self._received = 0
        self._clock = None if seconds is None else self.loop.call_later(seconds, self._look)

    def _look(self) -> None:
        moved = self.flow.read_paused or self._received >= self.body_least
        if moved and self._awaited is h11.SEND_BODY:
            self._start(self.body_seconds)
        else:
            self.transport.abort()


def make_room() -> None:
    """Let this process have twice as many files open as there may be connections, if the system lets it.

    A shell's usual limit is 1,024 on Linux and 256 on macOS.
    """
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 2 * Connection.most
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        if soft != resource.RLIM_INFINITY and soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
