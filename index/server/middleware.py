"""What every request passes: checks of host, rate, size and user, and the security headers."""

import time
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from index.api import problem
from index.errors import BusyError
from index.server.signin import Accounts

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=()",
}
"""For answers that have none of that name. A page brings the policy under which it works.

Source: https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
"""

LARGEST = 2**20
"""Bytes of a request."""

ASKING = ("/api/ask", "/api/search", "/login", "/mcp")
"""What counts against the rate, with what lies below. What comes through Gradio is counted where it asks."""

UNKNOWN_HOST = (
    "この名前では使えません。http://127.0.0.1 か http://localhost とポート番号で開いてください。"
    "別の名前で使うには、--public を付けて起動します。"
)
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


class AccessMiddleware:
    """ASGI middleware that lets in requests of a known host, rate, size and user.

    Starlette's TrustedHostMiddleware and RequestBodyLimitMiddleware refuse in English plain text,
    and the latter knows one size for all paths.

    Args:
        app: What is behind it.
        rate: Of the requests that ask something.
        large: Paths where a request may hold more than elsewhere, and how many bytes.
        hosts: Names to answer to, whatever the port; to any without them. A page whose name is made
            to lead to this machine (DNS rebinding) sends that name.
        accounts: Who may sign in; None where nobody has to.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        rate: RateLimit,
        large: Mapping[str, int] = MappingProxyType({}),
        hosts: Collection[str] = (),
        accounts: Accounts | None = None,
    ) -> None:
        self._app = app
        self._rate = rate
        self._large = large
        self._hosts = frozenset(hosts)
        self._accounts = accounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on or refuse with 400, 429, 413 or 401; add the headers to either answer."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":  # there are none, and what lies behind expects a method
            await WebSocketClose()(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        connection.state.user = ""
        largest = self._large.get(scope["path"], LARGEST)
        refusal = self._refusal(connection, largest)
        if self._accounts and not refusal:
            refusal = await self._accounts.refusal(connection)
        await (refusal or self._app)(scope, _bounded(receive, largest), _with_headers(send))

    def _refusal(self, connection: HTTPConnection, largest: int) -> Response | None:
        if self._hosts and _host(connection) not in self._hosts:
            return problem(400, UNKNOWN_HOST)
        path = connection.scope["path"]
        asks = any(f"{path}/".startswith(f"{asking}/") for asking in ASKING)
        address = connection.client.host if connection.client else ""
        if asks and (wait := self._rate.wait(address)):
            return problem(429, TOO_OFTEN.format(wait=wait), headers={"Retry-After": str(wait)})
        announced = connection.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > largest:
            return problem(413, _too_large(largest))
        return None


def _host(connection: HTTPConnection) -> str | None:
    """The host's name without its port, in lower case; None where there is none or it is no name."""
    try:
        return urlsplit(f"//{connection.headers.get('host', '')}").hostname
    except ValueError:
        return None


def _too_large(largest: int) -> str:
    return f"送られたものが大きすぎます。{largest // 10**6} MB までにしてください。"


def _bounded(receive: Receive, largest: int) -> Receive:
    """Count what comes in, for requests that do not say how long they are."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > largest:
            raise HTTPException(413, _too_large(largest))
        return message

    return counted


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers
