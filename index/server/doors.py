"""The doors: which of Gradio's paths are open, how much may be sent, and how often one may ask."""

import time
from collections.abc import Callable, MutableMapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.api import problem

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
        ("POST", "/gradio_api/cancel"),
    )
)
FOLDERS = ("/assets/", "/static/", "/gradio_api/heartbeat/")
"""All that the page asks of Gradio. The rest (files, uploads, proxies, API, monitoring) stays shut."""

LARGEST = 2**20
"""Bytes of a request."""

ASKING = ("/api/ask", "/api/search", "/gradio_api/queue/join", "/login", "/mcp")
"""What counts against the rate, with what lies below."""

TOO_LARGE = f"送られたものが大きすぎます。{LARGEST // 2**20} MB までにしてください。"


class OnlyThePage:
    """ASGI middleware around Gradio that lets through what its page needs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer everything else as if it were not there."""
        if scope["type"] == "http" and not _open(scope["method"], scope["path"]):
            await problem(404)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _open(method: str, path: str) -> bool:
    return (method, path) in PAGE or (method == "GET" and path.startswith(FOLDERS))


class Limits:
    """ASGI middleware that bounds what one request holds and how many one address makes.

    Args:
        app: What is behind it.
        rate: Requests a minute that ask something, from one address; 0 for any number.
        large: Prefixes of paths that see to the size of what they receive themselves.
    """

    def __init__(self, app: ASGIApp, *, rate: int = 0, large: tuple[str, ...] = ()) -> None:
        self._app = app
        self._rate = Rate(rate) if rate else None
        self._large = large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse with 429 or 413, or pass on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wait = self._wait(scope)
        if wait:
            message = f"質問の間隔が短すぎます。{wait} 秒ほど待ってから、もう一度お試しください。"
            refusal = problem(429, message, headers={"Retry-After": str(wait)})
            await refusal(scope, receive, send)
        elif self._large and scope["path"].startswith(self._large):
            await self._app(scope, receive, send)
        elif _length(scope) > LARGEST:
            await problem(413, TOO_LARGE)(scope, receive, send)
        else:
            await self._app(scope, _bounded(receive), send)

    def _wait(self, scope: Scope) -> int:
        path: str = scope["path"]
        asks = any(path == name or path.startswith(f"{name}/") for name in ASKING)
        address = (scope.get("client") or ("",))[0]
        return self._rate.wait(address) if self._rate and asks else 0


def _length(scope: Scope) -> int:
    """The length a request announces; 0 where it does not."""
    value = dict(scope["headers"]).get(b"content-length", b"")
    return int(value) if value.isdigit() else 0


def _bounded(receive: Receive) -> Receive:
    """Count what comes in, for requests that do not say how long they are."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message: MutableMapping[str, Any] = await receive()
        size += len(message.get("body", b""))
        if size > LARGEST:
            raise HTTPException(413, TOO_LARGE)
        return message

    return counted


class Rate:
    """A bucket of ``rate`` tokens for each address, filled again within a minute.

    Source: https://en.wikipedia.org/wiki/Token_bucket
    """

    def __init__(self, rate: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, address: str) -> int:
        """Take a token and return 0, or return the whole seconds until there is one."""
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
