"""Gradio's page made our own: its language, its head, and a strict policy."""

import re
from collections.abc import MutableMapping
from typing import Any

from fastapi import Response
from starlette.types import ASGIApp, Receive, Scope, Send

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
