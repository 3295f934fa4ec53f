"""The names a server answers to: a page elsewhere cannot pass it off as its own host.

A page whose name is made to lead to this machine (DNS rebinding) sends that name as its Host, and is
refused; starlette's TrustedHostMiddleware does the same, but says it in English plain text.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from index.api import problem

LOCAL = ("localhost", "127.0.0.1", "::1")
"""What this machine calls itself."""

UNKNOWN = (
    "この名前では使えません。http://127.0.0.1 か http://localhost とポート番号で開いてください。"
    "別の名前で使うには、--public を付けて起動します。"
)


class KnownHosts:
    """ASGI middleware that answers to these names only, whatever the port; to any without them."""

    def __init__(self, app: ASGIApp, *, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse other names with 400."""
        known = not self._hosts or scope["type"] == "lifespan" or _name(scope) in self._hosts
        await (self._app if known else problem(400, UNKNOWN))(scope, receive, send)


def _name(scope: Scope) -> str | None:
    """The host's name without its port, in lower case; None where there is none or it is no name."""
    try:
        return urlsplit(f"//{HTTPConnection(scope).headers.get('host', '')}").hostname
    except ValueError:
        return None
