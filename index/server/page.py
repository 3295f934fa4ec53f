"""Gradio's page made our own: its language, its head, and a strict policy."""

import re
from collections.abc import MutableMapping
from typing import Any

from fastapi import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from index.exports import source_hash

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

ADVERTISING = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')
"""What Gradio's page says about Gradio to those who link to it, with addresses of outside pictures."""


class OwnPage:
    """ASGI middleware that makes Gradio's page our own: its language, its head, and a strict policy.

    Args:
        app: What is behind it.
        language: Of the page.
        head: What Gradio's script adds to the page's head once it runs.
    """

    def __init__(self, app: ASGIApp, *, language: str, head: str) -> None:
        self._app = app
        self._language = language
        self._head = head

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
        scripts = filter(None, SCRIPT.findall(page + self._head))
        policy = POLICY.format(scripts=" ".join(map(source_hash, scripts)))
        status = next(message["status"] for message in messages if "status" in message)
        return Response(page, status, {"Content-Security-Policy": policy}, media_type="text/html")
