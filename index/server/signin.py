"""Signing in: a quiet page, a signed cookie, and HTTP Basic for programs.

Everything but the health check and the page itself is behind it. Who is in is known to what lies
behind as ``request.state.user``.
"""

import asyncio
import base64
import binascii
import hashlib
from collections.abc import Mapping
from functools import partial
from html import escape
from pathlib import Path
from urllib.parse import parse_qs, quote

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from index.api import paper, problem
from index.errors import SettingsError
from index.server.session import LIFETIME, open_session, session_user
from index.server.signin_texts import SIGN_IN_TEXTS
from index.users import check_password, read_users
from index.web.languages import language_of, scheme_of

COOKIE = "tenkyo_session"
OPEN = ("/healthz", "/login", "/logout", "/favicon.ico")
PROGRAMS = ("/api/", "/openapi.json", "/metrics", "/readyz", "/mcp")
"""Who comes here has no use for a page to sign in on."""

DELAY = 1.0
"""Seconds that a wrong password costs."""

REMEMBERED = 256
"""Programs whose password was right, so that not each of their requests pays for scrypt."""

REALM = {"WWW-Authenticate": 'Basic realm="Tenkyo", charset="UTF-8"'}
UNKNOWN = "サインインしてください。プログラムからは HTTP の Basic 認証が使えます。"

FORM = """<h1>{texts.name}</h1>
<p>{texts.please}</p>
<form method="post" action="/login?next={next}">
{wrong}<label for="name">{texts.user}</label>
<input id="name" name="name" autocomplete="username" required autofocus value="{name}">
<label for="password">{texts.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>{texts.sign_in}</button>
</form>"""


class Passwords:
    """Checks passwords against the file, slowly and few at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._limiter = CapacityLimiter(2)  # each takes 32 MiB and a core
        self._remembered: set[bytes] = set()

    def users(self) -> dict[str, str]:
        """Read the file, so that a user who was just added or taken out is.

        Raises:
            SettingsError: It cannot be read.
        """
        return read_users(self._path)

    async def check(self, name: str, password: str) -> bool:
        """Tell whether the password is right; a wrong one takes its time. Raises as ``users``."""
        work = partial(check_password, self.users(), name, password)
        right = await to_thread.run_sync(work, limiter=self._limiter)
        if not right:
            await asyncio.sleep(DELAY)
        return right

    async def user(self, connection: HTTPConnection) -> str | None:
        """Return who makes this request, by cookie or by HTTP Basic. Raises as ``users``."""
        users = self.users()
        name = session_user(users, connection.cookies.get(COOKIE, ""))
        header = connection.headers.get("authorization", "")
        return name or await self._basic(users, header)

    async def _basic(self, users: Mapping[str, str], header: str) -> str | None:
        name, password = _credentials(header)
        if not name:
            return None
        key = hashlib.sha256(f"{users.get(name)}|{header}".encode()).digest()
        if key in self._remembered:
            return name
        if not await self.check(name, password):
            return None
        if len(self._remembered) >= REMEMBERED:
            self._remembered.clear()
        self._remembered.add(key)
        return name


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
                await problem(503, str(exc))(scope, receive, send)
                return
            if not connection.state.user:
                await _ask_in(scope)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def sign_in_router(passwords: Passwords) -> APIRouter:
    """Return the page to sign in on, and the way out."""
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    async def form(request: Request, next: str = "/") -> Response:
        return _form(request, next)

    @router.post("/login")
    async def sign_in(request: Request, next: str = "/") -> Response:
        fields = parse_qs((await request.body()).decode("utf-8", "replace"))
        name, password = (fields.get(field, [""])[0] for field in ("name", "password"))
        if not await passwords.check(name, password):
            return _form(request, next, name=name, wrong=True)
        answer = RedirectResponse(_local(next), 303)
        token = open_session(passwords.users(), name)
        answer.set_cookie(
            COOKIE,
            token,
            max_age=LIFETIME,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return answer

    @router.get("/logout")
    async def sign_out() -> Response:
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return answer

    return router


def _form(request: Request, next: str, *, name: str = "", wrong: bool = False) -> Response:
    texts = SIGN_IN_TEXTS[language_of(request)]
    told = f'<p class="wrong" role="alert">{texts.wrong}</p>\n' if wrong else ""
    next = quote(_local(next), safe="")
    return paper(
        f"{texts.sign_in} – {texts.name}",
        FORM.format(texts=texts, next=next, name=escape(name), wrong=told),
        status=401 if wrong else 200,
        language=texts.language,
        scheme=scheme_of(request),
    )


def _ask_in(scope: Scope) -> Response:
    path: str = scope["path"]
    if path.startswith(PROGRAMS) and path != "/api/docs":
        return problem(401, UNKNOWN, headers=REALM)
    if path.startswith(("/gradio_api/", "/config")) or scope["method"] not in {"GET", "HEAD"}:
        return problem(401, UNKNOWN)  # a page still open: no dialogue of the browser's over it
    asked = f"{path}?{scope['query_string'].decode('ascii', 'replace')}".rstrip("?")
    return RedirectResponse(f"/login?next={quote(asked, safe='')}", 303)


def _local(address: str) -> str:
    """Lead back to this server only: browsers read ``//`` as the start of another's name."""
    fine = address.startswith("/") and address[1:2] not in {"/", "\\"} and address.isprintable()
    return address if fine else "/"


def _credentials(header: str) -> tuple[str, str]:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, password
