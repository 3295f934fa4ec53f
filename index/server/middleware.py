"""What every request passes: checks of host, rate, size and user, whose it is, the security headers, and the log."""

import json
import logging
import re
import secrets
import sys
import time
from collections.abc import Collection, Mapping
from contextvars import ContextVar
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from index.api import problem
from index.server.rates import TOO_OFTEN, RateLimit
from index.server.signin import Accounts
from index.server.visitors import Visitors, own_path
from index.text.characters import one_line
from index.web.chat.visit import address_of

logger = logging.getLogger(__name__)

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

NUMBER = ContextVar("NUMBER", default="-")
"""What names the request that is being answered: as a relay has named it, or anew."""

_NAMED = re.compile(r"[A-Za-z0-9._-]{1,64}")

HTTPS = (b"x-forwarded-proto", b"https")
"""What a relay says that speaks HTTPS to the browser."""

ASKING = ("/api/ask", "/api/search", "/mcp")
"""What counts against the rate, with what lies below. What comes through Gradio is counted where it asks."""

UNKNOWN_HOST = (
    "この名前では使えません。http://127.0.0.1 か http://localhost とポート番号で開いてください。"
    "別の名前で使うには、--public を付けて起動します。"
)


@dataclass(eq=False)
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
        visitors: Tells browsers apart where anybody may come; without, and without accounts, all
            who come are one: the owner of the machine.
        root_path: Where a relay puts the server; it may send the paths with this before them or without.
    """

    app: ASGIApp
    _: KW_ONLY
    rate: RateLimit
    large: Mapping[str, int]
    hosts: Collection[str] = ()
    accounts: Accounts | None = None
    visitors: Visitors | None = None
    root_path: str = ""
    _warned: bool = field(default=False, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on or refuse with 400, 429, 413 or 401; add the headers to either answer."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] == "websocket":  # there are none, and what lies behind expects a method
            await WebSocketClose()(scope, receive, send)
            return
        self._warn_of_relay(scope)
        if not f"{scope['path']}/".startswith(f"{self.root_path}/"):
            scope["path"] = self.root_path + scope["path"]
        scope["root_path"] = self.root_path
        # What relays forward has been read where it counts (listening.py); Gradio believes anybody.
        scope["headers"] = [h for h in scope["headers"] if not h[0].startswith(b"x-forwarded-")]
        connection = HTTPConnection(scope)
        given = connection.headers.get("x-request-id", "")
        NUMBER.set(given if _NAMED.fullmatch(given) else secrets.token_hex(8))
        largest = self.large.get(own_path(scope), LARGEST)
        refusal = self._refusal(connection, largest) or await self._named(connection)
        send = self._with_headers(connection, _logged(scope, send))
        if self.accounts:
            send = _while_signed_in(self.accounts, connection, send)
        try:
            await (refusal or self.app)(scope, _bounded(receive, largest), send)
        except Exception:  # what lies around this answers 500, and tells the trace
            logger.info("%s %s 500", scope["method"], one_line(scope["path"]))
            raise

    def _warn_of_relay(self, scope: Scope) -> None:
        """Say once, of a relay that is not believed, why the page cannot work behind it."""
        if HTTPS in scope["headers"] and scope["scheme"] == "http" and not self._warned:
            self._warned = True
            logger.warning(
                "%s から来た X-Forwarded-Proto: https は信じません。中継なら、そのアドレスを TENKYO_RELAYS に"
                "入れてください。このままでは、HTTPS の中継の後ろで画面が動きません。",
                scope["client"] and scope["client"][0],
            )

    async def _named(self, connection: HTTPConnection) -> Response | None:
        """Name the owner of what is kept as ``request.state.owner``, or return what asks to sign in.

        It is None for who cannot be told from others, and empty on a machine that is one person's.
        """
        if self.accounts:
            return await self.accounts.refusal(connection)
        connection.state.owner = self.visitors.owner(connection) if self.visitors else ""
        return None

    def _refusal(self, connection: HTTPConnection, largest: int) -> Response | None:
        if self.hosts and _host(connection) not in self.hosts:
            return problem(400, UNKNOWN_HOST)
        path = own_path(connection.scope)
        asks = any(f"{path}/".startswith(f"{asking}/") for asking in ASKING)
        if asks and (wait := self.rate.wait(address_of(connection))):
            return problem(429, TOO_OFTEN.format(wait=wait), headers={"Retry-After": str(wait)})
        announced = connection.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > largest:
            return problem(413, _too_large(largest))
        return None

    def _with_headers(self, connection: HTTPConnection, send: Send) -> Send:
        is_page = (connection.scope.get("method"), own_path(connection.scope)) == ("GET", "/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = NUMBER.get()
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if _is_stream(message):
                    headers["X-Accel-Buffering"] = "no"  # nginx would hold back what is short
                if self.visitors and is_page:
                    headers["Set-Cookie"] = self.visitors.cookie(connection)
                    headers["Cache-Control"] = "private, no-cache"
            await send(message)

        return send_with_headers


class Lines(logging.Formatter):
    """A line for each record, with what names the request: as text, or as JSON."""

    def __init__(self, kind: str) -> None:
        super().__init__("{asctime} {levelname} {number} {message}", style="{")
        self._is_json = kind == "json"

    def format(self, record: logging.LogRecord) -> str:
        """Write a record in one line; text has the lines of a trace below it."""
        number = vars(record).setdefault("number", NUMBER.get())
        if not self._is_json:
            return super().format(record)
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        }
        told |= {"level": record.levelname.lower(), "logger": record.name, "request": number}
        told |= {"message": record.getMessage(), **getattr(record, "told", {})}
        trace = {"trace": self.formatException(record.exc_info)} if record.exc_info else {}
        return json.dumps(told | trace, ensure_ascii=False)


def log_requests(kind: str) -> None:
    """Tell of each request, and of all else that is logged, on stderr: ``text`` or ``json``."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(kind))
    logging.getLogger().handlers[:] = [handler]
    logger.setLevel(logging.INFO)


def _logged(scope: Scope, send: Send) -> Send:
    """Tell of a request once its answer is whole: never what was asked, which stands behind the path."""
    started, status = time.perf_counter(), 0

    async def told(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)
        await send(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            spent = round(1000 * (time.perf_counter() - started))
            path = one_line(scope["path"])  # nothing in it begins a line of its own
            known = {
                "method": scope["method"],
                "path": path,
                "status": status,
                "ms": spent,
            }
            logger.info("%(method)s %(path)s %(status)s %(ms)d ms", known, extra={"told": known})

    return told


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


def _while_signed_in(accounts: Accounts, connection: HTTPConnection, send: Send) -> Send:
    """End a stream of events with the session, or the password, of who reads it, within a second."""
    streaming = over = False
    looked: object = None

    async def checked(message: Message) -> None:
        nonlocal streaming, over, looked
        if over:
            return  # whoever sends hears of it as of a browser that has left
        if message["type"] == "http.response.start":
            streaming = _is_stream(message)
        elif streaming and looked != (now := (accounts.signed_out, int(time.monotonic()))):
            looked = now
            if await accounts.refusal(connection):
                over, message = True, {"type": "http.response.body"}
        await send(message)

    return checked


def _is_stream(message: Message) -> bool:
    kind = Headers(raw=message["headers"]).get("content-type", "")
    return kind.startswith("text/event-stream")
