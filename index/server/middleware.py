"""What every request passes: security headers, the check of the host's name, limits of size and rate."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.api import problem
from index.server.admission import TOO_OFTEN, RateLimit

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

LOCAL = ("localhost", "127.0.0.1", "::1")
"""What this machine calls itself."""

UNKNOWN_HOST = (
    "この名前では使えません。http://127.0.0.1 か http://localhost とポート番号で開いてください。"
    "別の名前で使うには、--public を付けて起動します。"
)

LARGEST = 2**20
"""Bytes of a request."""

ASKING = ("/api/ask", "/api/search", "/login", "/mcp")
"""What counts against the rate, with what lies below. What comes through Gradio is counted where it asks."""


class SecurityHeaders:
    """ASGI middleware that adds these headers where an answer has none of that name."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class HostCheck:
    """ASGI middleware that answers to these names only, whatever the port; to any without them.

    A page whose name is made to lead to this machine (DNS rebinding) sends that name as its Host.
    Starlette's TrustedHostMiddleware refuses it as well, but in English plain text.
    """

    def __init__(self, app: ASGIApp, *, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse other names with 400."""
        known = not self._hosts or scope["type"] == "lifespan" or _host(scope) in self._hosts
        await (self._app if known else problem(400, UNKNOWN_HOST))(scope, receive, send)


def _host(scope: Scope) -> str | None:
    """The host's name without its port, in lower case; None where there is none or it is no name."""
    try:
        return urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname
    except ValueError:
        return None


class RequestLimits:
    """ASGI middleware that bounds what one request holds and how many one address makes.

    Starlette's RequestBodyLimitMiddleware knows one size for all paths, and refuses in English.

    Args:
        app: What is behind it.
        rate: Of the requests that ask something.
        large: Paths where a request may hold more than elsewhere, and how many bytes.
    """

    def __init__(
        self, app: ASGIApp, *, rate: RateLimit, large: Mapping[str, int] = MappingProxyType({})
    ) -> None:
        self._app = app
        self._rate = rate
        self._large = large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse with 429 or 413, or pass on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        largest = self._large.get(scope["path"], LARGEST)
        announced = Headers(scope=scope).get("content-length", "")
        if wait := self._wait(scope):
            refusal = problem(429, TOO_OFTEN.format(wait=wait), headers={"Retry-After": str(wait)})
            await refusal(scope, receive, send)
        elif announced.isdecimal() and int(announced) > largest:
            await problem(413, _too_large(largest))(scope, receive, send)
        else:
            await self._app(scope, _bounded(receive, largest), send)

    def _wait(self, scope: Scope) -> int:
        asks = any(f"{scope['path']}/".startswith(f"{path}/") for path in ASKING)
        address = (scope.get("client") or ("",))[0]
        return self._rate.wait(address) if asks else 0


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
