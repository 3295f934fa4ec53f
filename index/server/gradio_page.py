"""Gradio's part of the server: only the paths that its page needs, under our language and policy.

Gradio knows a session, with the conversation that is open in it, by a name that the browser chose. Here
each owner's sessions are renamed, so that nobody comes into another's by its name.
"""

import hashlib
import json
import logging
import re
import warnings
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import FastAPI, Response
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.api import problem
from index.exports import source_hash
from index.server.receiving import FOREIGN, FULL, SENDING, UPLOAD, is_foreign, is_received, sweep
from index.server.visitors import own_path
from index.web.chat.visit import address_of, owner_of
from index.web.library import REQUEST_BYTES
from index.web.page import page_parts
from index.web.words import scheme_of, spoken, words_of

logger = logging.getLogger(__name__)

PAGES = ("/", "/library", "/timeline", "/check")
"""Gradio's pages."""

PATHS = {
    "GET": (
        *PAGES,
        "/config",
        "/theme.css",
        "/favicon.ico",
        "/robots.txt",
        "/gradio_api/app_id",  # whether it is still the same server, after a cut
        "/gradio_api/queue/data",
        "/gradio_api/info",  # for gradio_client: what it may call
    ),
    "POST": ("/gradio_api/queue/join", "/gradio_api/cancel"),
}
HEARTBEAT = "/gradio_api/heartbeat/"
FOLDERS = ("/assets/", "/static/", HEARTBEAT)
"""All that the page and gradio_client ask of Gradio; the rest (files, uploads, proxies, monitoring) is closed."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-eval' {scripts}",  # Gradio compiles its templates
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""Content-Security-Policy: a browser that holds it can reach no other host from this page, and runs
no scripts in it but the server's files and those of the page as sent, each by its hash.

Source: https://www.w3.org/TR/CSP3/
"""

SCRIPT = re.compile(r"<script(?:\s[^>]*)?>(.*?)</script>", re.DOTALL)

MOVED = {"/library/timeline": "../timeline"}
"""Pages that were elsewhere before."""

LOCALES = {"ja": "ja", "en": "en", "zh": "zh-CN"}
"""What Gradio calls our languages."""

BOOT = """<script>window.tenkyoLanguage = "{language}";
for (const [name, value] of [["language", "{locale}"], ["languages", ["{locale}"]]])
  Object.defineProperty(navigator, name, {{ value }});</script>"""
"""Gradio speaks the browser's language; so that it speaks the one that was chosen here."""

ADVERTISING = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')
"""What Gradio's page says about Gradio to those who link to it, with addresses of outside pictures."""


def mount_page(server: FastAPI, page: Any, *, writable: bool) -> None:
    """Mount the pages at ``/``; call it after every route of our own has been added."""
    import gradio as gr

    parts = page_parts()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "SSR mode")  # which nobody asks for
        gr.mount_gradio_app(
            server,
            page,
            path="/",
            show_error=False,
            run_history=False,
            enable_monitoring=False,
            ssr_mode=False,
            mcp_server=False,
            pwa=False,
            max_file_size=REQUEST_BYTES,
            **parts,
        )
    mount: Any = server.router.routes[-1]
    mount.app = GradioPage(mount.app, page, str(parts["head"]), writable)


@dataclass(eq=False)
class GradioPage:
    """ASGI application around Gradio, the last of the routes.

    Args:
        app: Gradio's.
        blocks: What it serves.
        head: What Gradio's script adds to the page's head once it runs.
        writable: Whether it takes files.
    """

    app: ASGIApp
    blocks: Any
    head: str
    writable: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give the page, with what belongs to it; the rest is not there, or not for this method."""
        method, path, answer = scope["method"], own_path(scope), self._gradio
        is_sending = self.writable and SENDING.get(method) == path
        if method == "POST" and is_foreign(Headers(scope=scope)):
            answer = problem(403, FOREIGN)
        elif path in MOVED:
            answer = RedirectResponse(MOVED[path], 307)
        elif not (
            is_sending
            or path in PATHS.get(method, ())
            or (method == "GET" and path.startswith(FOLDERS))
        ):
            allowed = ", ".join(_own_methods(scope))
            answer = problem(405, headers={"Allow": allowed}) if allowed else problem(404)
        # Without its origin no request gets from Gradio what lets other pages of this machine read.
        scope = {**scope, "headers": [h for h in scope["headers"] if h[0] != b"origin"]}
        await answer(scope, receive, send)

    async def _gradio(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with what Gradio says, or that it cannot read the request.

        It checks little of what it is sent: an event that there is not, half a character, or a name
        too long for a file ends in whatever Python raises there.
        """
        begun = False

        async def passed(message: Message) -> None:
            nonlocal begun
            if not begun and message["status"] >= 500:
                raise RuntimeError(f"status {message['status']}")
            begun = True
            await send(message)

        answer: ASGIApp
        try:
            is_page = own_path(scope) in PAGES
            answer = await self._page(scope, receive) if is_page else self._of_its_owner
            await answer(scope, receive, passed)
        except Exception as exc:
            cause = exc.__context__ or exc
            logger.warning("Gradio on %.60r: %s", scope["path"], type(cause).__name__)
            if begun:  # a stream, which ends
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            answer = problem(400)
            if own_path(scope) == UPLOAD and isinstance(cause, OSError):
                sweep(0)
                answer = PlainTextResponse(FULL, 507)  # Gradio's page shows all of it
            await answer(scope, receive, send)

    async def _of_its_owner(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request with the session that it names renamed after its owner."""
        path = own_path(scope)
        if path == UPLOAD:
            sweep()
        elif scope["method"] == "POST":
            receive = _said(await self._renamed(scope, receive), receive)
        elif path.startswith(HEARTBEAT):
            session = _session(scope, path.removeprefix(HEARTBEAT))
            path = scope.get("root_path", "") + HEARTBEAT + session
            scope = {**scope, "path": path, "raw_path": path.encode()}
        elif b"session_hash" in scope["query_string"]:
            query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
            named = {"session_hash": _session(scope, query.get("session_hash", ""))}
            scope = {**scope, "query_string": urlencode(query | named).encode()}
        await self.app(scope, receive, send)

    async def _renamed(self, scope: Scope, receive: Receive) -> bytes:
        """Return the JSON of a request with its session renamed, and without another session's event.

        What is no JSON comes to nothing, which Gradio refuses.
        """
        try:
            told = json.loads(await Request(scope, receive).body())
            if isinstance(told, dict) and isinstance(told.get("session_hash"), str):
                told["session_hash"] = session = _session(scope, told["session_hash"])
                own = self.blocks._queue.pending_event_ids_session.get(session, ())
                if told.get("event_id") and str(told["event_id"]) not in own:
                    told["event_id"] = ""  # names none, so that nothing of another's is cancelled
                if not is_received(told.get("data")):
                    return b""
                if "data" in told:
                    needed = self.blocks.fns[told["fn_index"]].inputs
                    if len(told["data"]) < len(needed):
                        return b""  # Gradio would take it, and print a traceback
            return json.dumps(told).encode()
        except (ValueError, RecursionError, ClientDisconnect):
            return b""

    async def _page(self, scope: Scope, receive: Receive) -> Response:
        """Return Gradio's page under our language and policy."""
        plain = [header for header in scope["headers"] if header[0] != b"accept-encoding"]
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app({**scope, "headers": plain}, receive, keep)
        status = next(message["status"] for message in messages if "status" in message)
        body = b"".join(message.get("body", b"") for message in messages).decode()
        request = Request(scope)
        words, scheme = words_of(request), scheme_of(request)
        boot = BOOT.format(language=words.language, locale=LOCALES[words.language])
        page, head = (spoken(part, words) for part in (ADVERTISING.sub("", body), self.head))
        lang = f'lang="{words.language}" data-scheme="{scheme}"'
        page = page.replace('lang="en"', lang, 1).replace("<head>", f"<head>{boot}", 1)
        scripts = filter(None, SCRIPT.findall(page + head))
        headers = {
            "Content-Security-Policy": POLICY.format(scripts=" ".join(map(source_hash, scripts))),
            "Vary": "Accept-Language, Cookie",
            "Cache-Control": "private, no-cache",
        }
        return Response(page, status, headers, media_type="text/html")


def _session(scope: Scope, name: str) -> str:
    """Return the name by which Gradio is to know a session; nobody but its owner can make it come about."""
    request = Request(scope)
    owner = owner_of(request)
    # Of who cannot be told from others, all else that is known.
    address = address_of(request) if owner is None else ""
    return hashlib.sha256(ascii((owner, address, name)).encode()).hexdigest()


def _said(body: bytes, receive: Receive) -> Receive:
    """Say the whole of a request, and then what comes after it."""
    messages: list[Message] = [{"type": "http.request", "body": body}]

    async def say() -> Message:
        return messages.pop() if messages else await receive()

    return say


def _own_methods(scope: Scope) -> list[str]:
    """The methods with which a route of our own answers at this address."""
    own = scope["app"].router.routes[:-1]
    asked = ({**scope, "method": method} for method in METHODS)
    return [s["method"] for s in asked if any(r.matches(s)[0] is Match.FULL for r in own)]
