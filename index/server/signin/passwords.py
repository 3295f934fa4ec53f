"""Who makes a request: by the cookie of a session, or by a password, checked slowly and few at a time."""

import asyncio
import base64
import binascii
import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from anyio import CapacityLimiter, to_thread
from starlette.requests import HTTPConnection

from index.server.signin.session import COOKIE, session_user
from index.users import check_password, read_users

DELAY = 1.0
"""Seconds that a wrong password costs."""

REMEMBERED = 256
"""Programs whose password was right, so that not each of their requests pays for scrypt."""


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


def _credentials(header: str) -> tuple[str, str]:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, password
