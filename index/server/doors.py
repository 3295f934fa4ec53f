"""The doors: which of Gradio's paths are open, how much may be sent, and how often one may ask."""

from collections.abc import Mapping, MutableMapping
from types import MappingProxyType
from typing import Any

from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.api import problem
from index.server.rate import TOO_OFTEN, Rate

PAGE = frozenset(
    (
        ("GET", "/"),
        ("GET", "/config"),
        ("GET", "/theme.css"),
        ("GET", "/favicon.ico"),
        ("GET", "/robots.txt"),
        ("GET", "/gradio_api/app_id"),  # whether it is still the same server, after a cut
        ("GET", "/gradio_api/queue/data"),
        ("POST", "/gradio_api/queue/join"),
        ("GET", "/gradio_api/info"),  # for gradio_client: what it may call
        ("POST", "/gradio_api/cancel"),
    )
)
FOLDERS = ("/assets/", "/static/", "/gradio_api/heartbeat/")
"""All that the page and gradio_client ask of Gradio. The rest (files, uploads, proxies, API, monitoring) stays shut."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

LARGEST = 2**20
"""Bytes of a request."""

ASKING = ("/api/ask", "/api/search", "/login", "/mcp")
"""What counts against the rate, with what lies below. What comes through Gradio is counted where it asks."""


class OnlyThePage:
    """ASGI middleware around Gradio, the last of the routes, that lets through what its page needs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer everything else as if it were not there, or not for this method."""
        if scope["type"] != "http" or _open(scope["method"], scope["path"]):
            await self._app(scope, receive, send)
        elif allowed := _allowed(scope):
            await problem(405, headers={"Allow": ", ".join(allowed)})(scope, receive, send)
        else:
            await problem(404)(scope, receive, send)


def _open(method: str, path: str) -> bool:
    return (method, path) in PAGE or (method == "GET" and path.startswith(FOLDERS))


def _allowed(scope: Scope) -> list[str]:
    """The methods with which a route of our own answers at this address; the page's comes last."""
    own = scope["app"].router.routes[:-1]
    asked = ({**scope, "method": method} for method in METHODS)
    return [s["method"] for s in asked if any(r.matches(s)[0] is Match.FULL for r in own)]


class Limits:
    """ASGI middleware that bounds what one request holds and how many one address makes.

    Args:
        app: What is behind it.
        rate: Of the requests that ask something.
        large: Paths where a request may hold more than elsewhere, and how many bytes.
    """

    def __init__(
        self, app: ASGIApp, *, rate: Rate, large: Mapping[str, int] = MappingProxyType({})
    ) -> None:
        self._app = app
        self._rate = rate
        self._large = large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse with 429 or 413, or pass on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wait = self._wait(scope)
        if wait:
            message = TOO_OFTEN.format(wait=wait)
            refusal = problem(429, message, headers={"Retry-After": str(wait)})
            await refusal(scope, receive, send)
            return
        largest = self._large.get(scope["path"], LARGEST)
        if _length(scope) > largest:
            await problem(413, _too_large(largest))(scope, receive, send)
        else:
            await self._app(scope, _bounded(receive, largest), send)

    def _wait(self, scope: Scope) -> int:
        path: str = scope["path"]
        asks = any(path == name or path.startswith(f"{name}/") for name in ASKING)
        address = (scope.get("client") or ("",))[0]
        return self._rate.wait(address) if asks else 0


def _length(scope: Scope) -> int:
    """The length a request announces; 0 where it does not."""
    value = dict(scope["headers"]).get(b"content-length", b"")
    return int(value) if value.isdigit() else 0


def _too_large(largest: int) -> str:
    return f"送られたものが大きすぎます。{largest // 10**6} MB までにしてください。"


def _bounded(receive: Receive, largest: int) -> Receive:
    """Count what comes in, for requests that do not say how long they are."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message: MutableMapping[str, Any] = await receive()
        size += len(message.get("body", b""))
        if size > largest:
            raise HTTPException(413, _too_large(largest))
        return message

    return counted
