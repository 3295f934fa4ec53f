"""Visitors whom nobody asks for their name: each browser is told from the others by a signed cookie."""

import fcntl
import hmac
import logging
import os
import re
import secrets
import time
from pathlib import Path
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Scope

from index.conversations import KEPT, VISITOR

COOKIE = "tenkyo_visitor"

SECRET = re.compile(r"[0-9a-f]{64}")

logger = logging.getLogger(__name__)


def cookie_flags(connection: HTTPConnection) -> dict[str, Any]:
    """Return what each cookie is set with that says who somebody is."""
    secure = connection.url.scheme == "https"
    path = connection.scope.get("root_path") or "/"
    return {"httponly": True, "samesite": "lax", "secure": secure, "path": path}


def own_path(scope: Scope) -> str:
    """Return the path of a request below where a relay has put the server."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


class Visitors:
    """Tells browsers apart. Of none anything is kept here but in its own cookie.

    Args:
        path: Of the secret that the cookies are signed with; made where there is none.
    """

    def __init__(self, path: Path) -> None:
        self._secret = _secret(path).encode()

    def owner(self, connection: HTTPConnection) -> str | None:
        """Return whose conversations a browser may see; None without a cookie of ours that lasts."""
        given = connection.cookies.get(COOKIE, "")
        owner, _, signed = given.partition(".")
        issued = signed.partition(".")[0]
        if not hmac.compare_digest(self._signed(owner, issued).encode(), given.encode()):
            return None
        return owner if time.time() < int(issued) + KEPT.total_seconds() else None

    def cookie(self, connection: HTTPConnection) -> str:
        """Return the cookie for a page that is loaded: as it was, or of a new visitor; it lasts anew."""
        owner = self.owner(connection) or VISITOR + secrets.token_urlsafe(24)
        lasting = int(KEPT.total_seconds())
        answer = Response()
        signed = self._signed(owner, str(int(time.time())))
        answer.set_cookie(COOKIE, signed, max_age=lasting, **cookie_flags(connection))
        return answer.headers["set-cookie"]

    def _signed(self, owner: str, issued: str) -> str:
        said = f"{owner}.{issued}"
        return f"{said}.{hmac.new(self._secret, said.encode(), 'sha256').hexdigest()}"


def _secret(path: Path) -> str:
    """Return what the file holds, its owner's alone (0600); made anew where it is damaged or not there."""
    made = secrets.token_hex(32)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with open(handle, "r+", encoding="ascii", errors="replace") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # another server may start at the same time
            os.fchmod(handle, 0o600)
            found = file.read(len(made) + 1)
            if SECRET.fullmatch(found):
                return found
            file.seek(0)
            file.truncate()
            file.write(made)
    except OSError as exc:
        logger.warning("visitors are forgotten with this server: %s: %s", path, exc)
    return made
