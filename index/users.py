"""Who may sign in (``TENKYO_AUTH_FILE``) and who has (``<home>/sessions.sqlite``); nothing of HTTP.

A line of the file is a user: ``name:$argon2id$…``. Lines of earlier versions,
``name:scrypt$N$r$p$salt$hash``, still let their users in.
"""

import base64
import hashlib
import hmac
import re
import secrets
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import SettingsError, StoreError, cause
from index.store.files import check_database, open_database, replace

if TYPE_CHECKING:
    from pwdlib.hashers.argon2 import Argon2Hasher

SHORTEST = 8
"""Characters of a password. Source: NIST SP 800-63B, 5.1.1.1"""

LIFETIME = 14 * 24 * 3600
"""Seconds until one has to sign in again."""

NAME = re.compile(r"[\w.@+-]{1,64}")
SCRYPT = re.compile(r"scrypt\$\d+\$\d+\$\d+\$[\w+/=]+\$[\w+/=]+", re.ASCII)


@cache
def _hasher() -> "Argon2Hasher":
    """Return what hashes passwords, 64 MiB each (RFC 9106, 4); commands without any do not load it."""
    from pwdlib.hashers.argon2 import Argon2Hasher

    return Argon2Hasher()


def read_users(path: Path) -> dict[str, str]:
    """Return the hash of each user's password by name.

    Raises:
        SettingsError: The file cannot be read, or a line is not a user.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(
            "利用者のファイルを読めません（TENKYO_AUTH_FILE）。"
            "`tenkyo user add 名前` で利用者を加えてください。",
            at=path,
        ) from exc
    users = {}
    for number, line in enumerate(lines, 1):
        name, _, stored = line.partition(":")
        if not NAME.fullmatch(name) or not (_hasher().identify(stored) or SCRYPT.fullmatch(stored)):
            raise SettingsError(
                f"{number} 行目は利用者の行ではありません（名前:$argon2id$…）。"
                "`tenkyo user add 名前` で加え直してください。",
                at=path,
            )
        users[name] = stored
    return users


def check_password(users: Mapping[str, str], name: str, password: str) -> bool:
    """Tell whether this is the user's password; a name that does not exist costs a hash as well."""
    stored = users.get(name)
    if stored is None:
        _hasher().hash(password)
        return False
    if not SCRYPT.fullmatch(stored):
        return _hasher().verify(password, stored)
    _, *cost, salt, expected = stored.split("$")
    n, r, p = map(int, cost)
    # OpenSSL needs a little more than the 128 N r bytes of the algorithm itself.
    memory = 128 * n * r + 2**20
    digest = hashlib.scrypt(
        password.encode(), salt=base64.b64decode(salt), n=n, r=r, p=p, maxmem=memory, dklen=32
    )
    return hmac.compare_digest(digest, base64.b64decode(expected))


def add_user(path: Path, name: str, password: str) -> None:
    """Add a user, or give one a new password. The file is readable by its owner only.

    Raises:
        SettingsError: The name or the password will not do, or the file cannot be written.
    """
    check_name(name)
    if len(password) < SHORTEST:
        raise SettingsError(f"パスワードは {SHORTEST} 文字以上にしてください。")
    users = read_users(path) if path.exists() else {}
    users[name] = _hasher().hash(password)
    lines = "".join(f"{user}:{stored}\n" for user, stored in users.items())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace(path, lines, mode=0o600)
    except OSError as exc:
        raise SettingsError(f"利用者のファイルに書けません（{cause(exc)}）。", at=path) from exc


def check_name(name: str) -> None:
    """Raise SettingsError for a name that would break the file."""
    if not NAME.fullmatch(name):
        raise SettingsError(
            f"名前は 64 文字までの文字、数字、. @ + - _ にしてください（{name!r}）。"
        )


class Sessions:
    """Sessions on the server: of each the hash of its random token, its owner and its end.

    One ends when it is closed, after LIFETIME, and with the password of its owner, whose stored hash
    it is bound to. Every method raises StoreError when the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_sound = False  # as far as was looked: once, not at each request

    def open(self, name: str, stored: str) -> str:
        """Return the token of a new session of a user with this password hash."""
        token, now = secrets.token_urlsafe(32), time.time()
        with self._database() as db:
            db.execute("DELETE FROM sessions WHERE expires <= ?", (now,))
            session = (_digest(token), name, _digest(stored), now + LIFETIME)
            db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", session)
        return token

    def owner(self, token: str, users: Mapping[str, str]) -> str | None:
        """Return whose session it is; None for one that is over or never was."""
        query = "SELECT owner, password FROM sessions WHERE token = ? AND expires > ?"
        with self._database() as db:
            found = db.execute(query, (_digest(token), time.time())).fetchone()
        name, password = found or ("", b"")
        return name if name in users and _digest(users[name]) == password else None

    def close(self, token: str) -> None:
        """End a session."""
        with self._database() as db:
            db.execute("DELETE FROM sessions WHERE token = ?", (_digest(token),))

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(open_database(self._path, self._prepare)) as db, db:
                yield db
        except (sqlite3.Error, OSError) as exc:
            raise StoreError(
                f"サインインの記録を読み書きできません（{cause(exc)}）。"
                "ファイルを別の場所に移すか、書き込めるようにしてください。",
                at=self._path,
            ) from exc

    def _prepare(self, db: sqlite3.Connection) -> None:
        """Make the table; where the file is begun anew, whoever was signed in signs in again."""
        if not self._is_sound:
            check_database(db)
            self._is_sound = True
        db.execute(
            "CREATE TABLE IF NOT EXISTS sessions (token BLOB PRIMARY KEY,"
            " owner TEXT NOT NULL, password BLOB NOT NULL, expires REAL NOT NULL)"
        )


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
