"""Sessions: a name and an end, signed. Nothing is kept on the server.

The key is the stored hash of the user's own password: a new password, or taking the user out of the
file, ends every session; a restart ends none.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping

COOKIE = "tenkyo_session"

LIFETIME = 14 * 24 * 3600
"""Seconds until one has to sign in again."""


def open_session(users: Mapping[str, str], name: str) -> str:
    """Return the token of a session of this user."""
    subject = f"{name}|{int(time.time()) + LIFETIME}"
    signed = f"{subject}|{_signature(subject, users[name])}"
    return base64.urlsafe_b64encode(signed.encode()).decode()


def session_user(users: Mapping[str, str], token: str) -> str | None:
    """Return whose session it is; None for one that is over, forged or broken."""
    try:
        subject, _, signature = base64.urlsafe_b64decode(token).decode().rpartition("|")
        name, _, end = subject.rpartition("|")
        alive = int(end) > time.time()
    except ValueError:
        return None
    if name not in users or not signature.isascii():
        return None
    genuine = hmac.compare_digest(signature, _signature(subject, users[name]))
    return name if genuine and alive else None


def _signature(subject: str, stored: str) -> str:
    return hmac.new(f"session|{stored}".encode(), subject.encode(), hashlib.sha256).hexdigest()
