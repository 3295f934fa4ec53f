"""Listening: the socket, uvicorn on it, connections that nobody holds, and an end without noise.

uvicorn itself limits nothing but the pause between two requests.
"""

import asyncio
import contextlib
import errno
import gc
import ipaddress
import logging
import socket
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from index.engine import Engine
from index.errors import TenkyoError
from index.server.rates import network_of
from index.settings import Settings

PUBLIC_RATE = 60
"""Questions a minute from one address, where others than this machine can ask."""

FINISHING, PATIENCE = 3.5, 2.5
"""Seconds that questions have to be answered once the server is told to stop, and after which no model is waited for."""

LOCAL = ("localhost", "127.0.0.1", "::1")
"""What this machine calls itself."""

UNSAFE = (
    "{host} では、ほかの人もここにある記事を読めるようになります。サインインを求めるには、"
    "TENKYO_AUTH_FILE に利用者のファイルを指定し、`tenkyo user add 名前` で利用者を加えてください。"
    "だれにでも開くなら --public を付けてください。"
)


def serve(
    engine: Engine,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    public: bool = False,
    on_ready: Callable[[str], None],
) -> None:
    """Serve until interrupted.

    Args:
        engine: Need not be warm. Its settings say who may sign in, and how often one may ask.
        host: Address to listen on.
        port: 0 takes a free one.
        public: Whether everybody who reaches the host may ask, without signing in.
        on_ready: Called with the address to open in a browser, once it can be.

    Raises:
        TenkyoError: The port is in use, or the host is not one of this machine, or others could
            reach it without signing in though it is not ``public``.
    """
    settings = engine.settings
    check_host(host, settings, public=public)
    alone = is_loopback(host) and not public
    usual = 0 if alone else PUBLIC_RATE
    with _listen(host, port) as listener:
        with _without_collections():
            from index.server.app import create_server  # Gradio: most of the time until it answers

            server = create_server(
                engine,
                rate=usual if settings.rate is None else settings.rate,
                auth_file=settings.auth_file,
                public=public and settings.auth_file is None,
                hosts=hosts_of(host) if alone else (),
            )
        if settings.log:
            from index.server.middleware import log_requests

            log_requests(settings.log)
        _make_room()
        config = uvicorn.Config(
            server,
            http=Connection,
            ws="none",
            log_level="warning",
            timeout_graceful_shutdown=1,
            log_config=None,
            access_log=False,  # it would tell what was asked
            proxy_headers=bool(settings.relays),  # uvicorn would believe the whole machine
            forwarded_allow_ips=list(settings.relays),
        )
        with contextlib.suppress(KeyboardInterrupt):  # the way to end it
            # Whoever comes before uvicorn has started waits in the socket's queue.
            path = settings.root_path and f"{settings.root_path}/"
            on_ready(address_of(host, listener.getsockname()[1]) + path)
            _Server(config, server.state).run(sockets=[listener])


def check_host(host: str, settings: Settings, *, public: bool) -> None:
    """Raise TenkyoError where others could reach the host without signing in, though it is not ``public``."""
    if not (is_loopback(host) or public or settings.auth_file):
        raise TenkyoError(UNSAFE.format(host=host))


def hosts_of(host: str) -> tuple[str, ...]:
    """Return the names to answer to on this address; none, which is any, where others can reach it."""
    return (*LOCAL, host) if is_loopback(host) else ()


def address_of(host: str, port: int) -> str:
    """Return what to open in a browser on this machine; that every address is listened on is none."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach the host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextlib.contextmanager
def _without_collections() -> Iterator[None]:
    """Import and make what stays as long as the process, without looking for garbage among it.

    That takes 0.6 of 4.1 seconds until the server answers (2 cores). Loading the models in a thread
    meanwhile is no gain: both wait for the interpreter, and end 0.3 s later than one after the other.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class _Server(uvicorn.Server):  # type: ignore[misc]
    """Stops as soon as the questions that were asked are answered; nobody else is let in meanwhile."""

    def __init__(self, config: uvicorn.Config, state: Any) -> None:
        super().__init__(config)
        self._state = state

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Pages that are still open are cut off; that is no error to print.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        for listener in self.servers:
            listener.close()
        now = time.monotonic()
        while self._state.working() and time.monotonic() < now + FINISHING and not self.force_exit:
            if time.monotonic() > now + PATIENCE:
                self._state.stop()
            await asyncio.sleep(0.05)
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as exc:
        message = f"{host}:{port} で待ち受けられません。--host と --port を確かめてください。"
        if exc.errno == errno.EADDRINUSE:
            message = f"ポート {port} は使われています。--port で別の番号を指定してください。"
        raise TenkyoError(message) from exc
    # asyncio does it only for sockets that name their protocol; without, each answer takes 40 ms more.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class Connection(H11Protocol):  # type: ignore[misc]
    """HTTP/1.1 with an end to waiting for a request, and nothing to upgrade to.

    What the server has to send may take as long as it likes.

    Attributes:
        head_seconds: In which a request's head must be whole, from the start of the connection or the
            end of the answer before.
        body_seconds: In each of which ``body_least`` bytes of its body must come, or the last.
        body_least: Some 3 kbit/s: what a slow line brings of 100 MB, too.
        most: Connections at a time; whoever comes then is cut off.
        most_of_one: Of them from one address; half, so that none keeps all others out.
        exempt: Networks to whose addresses that does not apply: this machine. To relays it does not either.
    """

    head_seconds = 10.0
    body_seconds = 30.0
    body_least = 10_000
    most = 1000
    most_of_one = 500
    exempt = ("127.0.0.0/8", "::1/128")

    _clock: asyncio.TimerHandle | None = None
    _awaited: Any = None  # the state in which h11 sees the client
    _received = 0

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Take a connection, or cut it off."""
        super().connection_made(transport)
        self._network = network_of(self.client[0]) if self.client else ""
        if len(self.connections) > self.most or self._is_one_too_many():
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

    def _is_one_too_many(self) -> bool:
        of_one = sum(other._network == self._network for other in self.connections)
        if of_one <= self.most_of_one or not self.client:
            return False
        address = ipaddress.ip_address(self.client[0])
        exempt = map(ipaddress.ip_network, (*self.exempt, *self.config.forwarded_allow_ips))
        return not any(address in network for network in exempt)

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


def _make_room() -> None:
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
