"""Signing in: a page and a session's cookie for people, HTTP Basic for programs."""

import asyncio
import base64
import hashlib
from collections.abc import Mapping
from functools import partial
from html import escape
from pathlib import Path
from typing import Annotated
from urllib.parse import quote
from weakref import WeakValueDictionary

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.requests import HTTPConnection
from starlette.types import Scope

from index.api import plain_page, problem, problem_of
from index.errors import BusyError, TenkyoError
from index.server.rates import Guesses
from index.server.receiving import is_foreign
from index.server.visitors import cookie_flags, own_path
from index.users import LIFETIME, Sessions, check_password, read_users
from index.web.chat.visit import address_of
from index.web.words import LANGUAGES, scheme_of, words_of

COOKIE = "tenkyo_session"

DELAY = 1.0
"""Seconds that a wrong password costs at least, whatever it is compared with."""

REMEMBERED = 256
"""Programs whose password was right, so that not each of their requests pays for its check."""

OPEN = ("/healthz", "/login", "/logout", "/favicon.ico")
PROGRAMS = ("/api/", "/openapi.json", "/metrics", "/readyz", "/mcp")
"""Who comes here has no use for a page to sign in on."""

REALM = {"WWW-Authenticate": 'Basic realm="Tenkyo", charset="UTF-8"'}
UNKNOWN = "サインインしてください。プログラムからは HTTP の Basic 認証が使えます。"

FORM = """<h1>{words.name}</h1>
<p>{words.sign_in_please}</p>
<form method="post" action="login?next={next}">
{alert}<label for="name">{words.sign_in_name}</label>
<input id="name" name="name" autocomplete="username" required autofocus value="{value}">
<label for="password">{words.sign_in_password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>{words.sign_in}</button>
</form>"""


class GuessedError(BusyError):
    """Too many passwords were wrong, or are being checked.

    Attributes:
        minutes: Until another is looked at.
        headers: That say so.
    """

    def __init__(self, wait: int) -> None:
        self.minutes = -(-wait // 60)
        self.headers = {"Retry-After": str(wait)}
        super().__init__(
            LANGUAGES["ja"].sign_in_guessed.format(minutes=self.minutes), code="too-often"
        )


class Accounts:
    """Tells who makes a request. Passwords are checked slowly, few at a time and not too often.

    Args:
        file: Of users, read at each request, so that one who was just added or taken out is.
        sessions: Of those who have signed in.

    Attributes:
        signed_out: How many have, at this server: who reads a stream may be one of them.

    Raises:
        SettingsError: The file cannot be read.
    """

    def __init__(self, file: Path, sessions: Sessions) -> None:
        read_users(file)
        self.signed_out = 0
        self._sessions = sessions
        self._file = file
        self._limiter = CapacityLimiter(2)  # each takes 64 MiB and a core
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._guesses = Guesses()
        self._remembered: set[bytes] = set()

    async def sign_in(self, name: str, password: str, address: str) -> str | None:
        """Return the token of a new session; None for a wrong password.

        Raises:
            GuessedError: Too many were wrong.
            TenkyoError: A file cannot be read or written.
        """
        users = read_users(self._file)
        if not await self._check(users, name, password, address):
            return None
        return await to_thread.run_sync(self._sessions.open, name, users[name])

    def sign_out(self, token: str) -> None:
        """End a session. Raises StoreError where the record cannot be written."""
        self._sessions.close(token)
        self.signed_out += 1

    async def refusal(self, connection: HTTPConnection) -> Response | None:
        """Name the user as ``request.state.owner`` and return None, or return what asks to sign in."""
        if own_path(connection.scope) in OPEN:
            return None
        try:
            users = read_users(self._file)
            token = connection.cookies.get(COOKIE)
            name = self._sessions.owner(token, users) if token else None
            name = name or await self._basic(users, connection)
        except GuessedError as exc:
            return problem(429, exc.told, headers=exc.headers)
        except TenkyoError as exc:
            return problem_of(exc)
        connection.state.owner = name
        return None if name else _ask_to_sign_in(connection.scope)

    async def _basic(self, users: Mapping[str, str], connection: HTTPConnection) -> str | None:
        header = connection.headers.get("authorization", "")
        name, password = _credentials(header)
        if not name:
            return None
        key = hashlib.sha256(f"{users.get(name)}|{header}".encode()).digest()
        if key not in self._remembered:
            if not await self._check(users, name, password, address_of(connection)):
                return None
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered.add(key)
        return name

    async def _check(
        self, users: Mapping[str, str], name: str, password: str, address: str
    ) -> bool:
        if wait := self._guesses.wait(name, address):
            raise GuessedError(wait)
        work = partial(check_password, users, name, password)
        delay = asyncio.create_task(asyncio.sleep(DELAY))
        # One after the other of an address, so that nobody waits for all that another sends.
        async with self._turns.setdefault(address, asyncio.Lock()):
            right = await to_thread.run_sync(work, limiter=self._limiter)
        if right:
            self._guesses.right(name, address)
            delay.cancel()
        else:
            await delay
        return right


def _credentials(header: str) -> tuple[str, str]:
    """Read HTTP Basic in UTF-8, which FastAPI's ``HTTPBasic`` does not; empty where it is none."""
    scheme, _, value = header.partition(" ")
    try:
        name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:  # not base64, or not UTF-8
        return "", ""
    return (name, password) if scheme.lower() == "basic" else ("", "")


def _ask_to_sign_in(scope: Scope) -> Response:
    path = own_path(scope)
    if path.startswith(PROGRAMS) and path != "/api/docs":
        return problem(401, UNKNOWN, headers=REALM)
    if path.startswith(("/gradio_api/", "/config")) or scope.get("method") not in {"GET", "HEAD"}:
        return problem(401, UNKNOWN)  # a page still open: no dialogue of the browser's over it
    asked = f"{path}?{scope['query_string'].decode('ascii', 'replace')}".rstrip("?")
    return _leading(scope, f"/login?next={quote(asked, safe='')}")


def _leading(scope: Scope, address: str) -> Response:
    """Lead to an address of this server, which a relay may have put below another."""
    return RedirectResponse(scope.get("root_path", "") + address, 303)


def sign_in_router(accounts: Accounts) -> APIRouter:
    """Return the page to sign in on, and the way out."""
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    async def form(request: Request, next: str = "/") -> Response:
        return _form(request, next)

    # A page of another site might sign somebody out, or in as another.

    @router.post("/login")
    async def sign_in(
        request: Request,
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        next: str = "/",
    ) -> Response:
        if is_foreign(request.headers, by_origin=False):
            return _form(request, next)
        try:
            token = await accounts.sign_in(name, password, address_of(request))
        except GuessedError as exc:
            told = words_of(request).sign_in_guessed.format(minutes=exc.minutes)
            return _form(request, next, name, told, status=429, headers=exc.headers)
        if token is None:
            return _form(request, next, name, words_of(request).sign_in_wrong, status=401)
        answer = _leading(request.scope, _local(next))
        answer.set_cookie(COOKIE, token, max_age=LIFETIME, **cookie_flags(request))
        return answer

    @router.get("/logout")
    def sign_out(request: Request) -> Response:
        if is_foreign(request.headers, by_origin=False):
            return _leading(request.scope, "/")
        if token := request.cookies.get(COOKIE):
            accounts.sign_out(token)
        answer = _leading(request.scope, "/login")
        answer.delete_cookie(COOKIE, **cookie_flags(request))
        return answer

    return router


def _form(
    request: Request,
    next: str,
    name: str = "",
    told: str = "",
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    words = words_of(request)
    alert = f'<p class="wrong" role="alert">{told}</p>\n' if told else ""
    page = plain_page(
        f"{words.sign_in} – {words.name}",
        FORM.format(
            words=words, next=quote(_local(next), safe=""), value=escape(name), alert=alert
        ),
        status=status,
        language=words.language,
        scheme=scheme_of(request),
    )
    page.headers.update(headers or {})
    return page


def _local(address: str) -> str:
    """Lead back to this server only: browsers read ``//`` as the start of another's name."""
    fine = address.startswith("/") and address[1:2] not in {"/", "\\"} and address.isprintable()
    return address if fine else "/"
