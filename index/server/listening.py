"""Listening: the socket, uvicorn on it, and an end without noise."""

import contextlib
import errno
import ipaddress
import logging
import socket
from collections.abc import Callable

import uvicorn

from index.engine import Engine
from index.errors import TenkyoError
from index.server.app import create_server
from index.server.connections import Connection, make_room
from index.settings import Settings

PUBLIC_RATE = 60
"""Questions a minute from one address, where others than this machine can ask."""

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
        server = create_server(
            engine,
            rate=usual if settings.rate is None else settings.rate,
            auth_file=settings.auth_file,
            public=public and settings.auth_file is None,
            hosts=hosts_of(host) if alone else (),
        )
        make_room()
        config = uvicorn.Config(
            server,
            http=Connection,
            ws="none",
            log_level="warning",
            timeout_graceful_shutdown=1,
            proxy_headers=bool(settings.relays),  # uvicorn would believe the whole machine
            forwarded_allow_ips=list(settings.relays),
        )
        with contextlib.suppress(KeyboardInterrupt):  # the way to end it
            # Whoever comes before uvicorn has started waits in the socket's queue.
            on_ready(address_of(host, listener.getsockname()[1]))
            _Server(config).run(sockets=[listener])


def check_host(host: str, settings: Settings, *, public: bool) -> None:
    """Refuse to open the articles to others unless that is what is wanted.

    Raises:
        TenkyoError: Others could reach the host without signing in, though it is not ``public``.
    """
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


class _Server(uvicorn.Server):  # type: ignore[misc]
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Pages that are still open are cut off; that is no error to print.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
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
