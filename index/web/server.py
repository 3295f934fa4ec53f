"""The server: the chat on FastAPI, whole and quiet, with room for a REST interface beside it."""

import contextlib
import errno
import logging
import re
import socket
from collections.abc import AsyncIterator, Callable, MutableMapping
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from index.engine import Engine
from index.errors import TenkyoError
from index.web.chat import build_app, page_parts
from index.web.texts import JA, Texts
from index.web.warmup import WarmUp

logger = logging.getLogger(__name__)

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",  # Gradio's templates are compiled there
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
"""Content-Security-Policy: a browser that holds it can reach no other host from this page.

Source: https://www.w3.org/TR/CSP3/
"""


ADVERTISING = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')
"""What Gradio's page says about Gradio to those who link to it, with addresses of outside pictures."""


def create_server(engine: Engine, *, texts: Texts = JA) -> FastAPI:
    """Return the server with the chat at ``/`` and the health check; starting it warms the engine up."""
    warm_up = WarmUp(engine, unexpected=texts.unexpected)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        warm_up.start()
        yield

    server = FastAPI(title="Tenkyo", lifespan=lifespan, docs_url=None, redoc_url=None)
    server.add_middleware(OwnPage, language=texts.language)

    @server.get("/healthz")
    def healthz() -> dict[str, Any]:
        return {"schema": 1, "status": "ok", "ready": engine.ready, "error": warm_up.error}

    mounted: FastAPI = gr.mount_gradio_app(
        server,
        build_app(engine, warm_up=warm_up, texts=texts),
        path="/",
        show_error=False,
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        max_file_size="1mb",
        **page_parts(texts),
    )
    return mounted


def serve(
    engine: Engine,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    on_ready: Callable[[str], None],
) -> None:
    """Serve until interrupted. ``on_ready`` is told the address once connections are accepted.

    Args:
        engine: Need not be warm.
        host: Address to listen on.
        port: 0 takes a free one.
        on_ready: Called with the address to open in a browser.

    Raises:
        TenkyoError: The port is in use, or the host is not one of this machine.
    """
    with _listen(host, port) as listener:
        address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            create_server(engine), log_level="warning", timeout_graceful_shutdown=1
        )
        with contextlib.suppress(KeyboardInterrupt):  # the way to end it
            _Server(config, lambda: on_ready(address)).run(sockets=[listener])


class _Server(uvicorn.Server):  # type: ignore[misc]
    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Pages that are still open are cut off; that is no error to print.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as exc:
        if exc.errno == errno.EADDRINUSE:
            message = f"ポート {port} は使われています。--port で別の番号を指定してください。"
        else:
            message = f"{host}:{port} で待ち受けられません。--host と --port を確かめてください。"
        raise TenkyoError(message) from exc


class OwnPage:
    """ASGI middleware that makes Gradio's page our own: its language, its head, and a strict policy."""

    def __init__(self, app: ASGIApp, *, language: str) -> None:
        self._app = app
        self._language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything but the page itself through untouched."""
        if scope["type"] != "http" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        plain = [header for header in scope["headers"] if header[0] != b"accept-encoding"]
        messages: list[MutableMapping[str, Any]] = []

        async def keep(message: MutableMapping[str, Any]) -> None:
            messages.append(message)

        await self._app({**scope, "headers": plain}, receive, keep)
        await self._rewritten(messages)(scope, receive, send)

    def _rewritten(self, messages: list[MutableMapping[str, Any]]) -> Response:
        body = b"".join(message.get("body", b"") for message in messages)
        page = ADVERTISING.sub("", body.decode()).replace(
            'lang="en"', f'lang="{self._language}"', 1
        )
        headers = {
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        status = next(message["status"] for message in messages if "status" in message)
        return Response(page, status, headers, media_type="text/html")
