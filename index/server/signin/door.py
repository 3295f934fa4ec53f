"""The door: everything but the health check and the page to sign in on is behind it.

Who is in is known to what lies behind as ``request.state.user``.
"""

from urllib.parse import quote

from fastapi.responses import RedirectResponse, Response
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from index.api import problem, problem_of
from index.errors import SettingsError
from index.server.signin.passwords import Passwords

OPEN = ("/healthz", "/login", "/logout", "/favicon.ico")
PROGRAMS = ("/api/", "/openapi.json", "/metrics", "/readyz", "/mcp")
"""Who comes here has no use for a page to sign in on."""

REALM = {"WWW-Authenticate": 'Basic realm="Tenkyo", charset="UTF-8"'}
UNKNOWN = "サインインしてください。プログラムからは HTTP の Basic 認証が使えます。"


class SignIn:
    """ASGI middleware that lets in who has signed in; without passwords, everybody."""

    def __init__(self, app: ASGIApp, *, passwords: Passwords | None) -> None:
        self._app = app
        self._passwords = passwords

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Name the user to what is behind, or ask for one."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        connection.state.user = ""
        if self._passwords and scope["path"] not in OPEN:
            try:
                connection.state.user = await self._passwords.user(connection) or ""
            except SettingsError as exc:
                await problem_of(exc)(scope, receive, send)
                return
            if not connection.state.user:
                await _ask_in(scope)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _ask_in(scope: Scope) -> Response:
    path: str = scope["path"]
    if path.startswith(PROGRAMS) and path != "/api/docs":
        return problem(401, UNKNOWN, headers=REALM)
    if path.startswith(("/gradio_api/", "/config")) or scope["method"] not in {"GET", "HEAD"}:
        return problem(401, UNKNOWN)  # a page still open: no dialogue of the browser's over it
    asked = f"{path}?{scope['query_string'].decode('ascii', 'replace')}".rstrip("?")
    return RedirectResponse(f"/login?next={quote(asked, safe='')}", 303)
