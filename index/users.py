"""Who may sign in: a file of names and hashed passwords, one user per line.

A line is ``name:scrypt$N$r$p$salt$hash``, the last two in base64. It knows neither sessions nor HTTP.
"""

import base64
import hashlib
import hmac
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from index.errors import SettingsError, cause

COST = (2**15, 8, 3)
"""N, r and p of scrypt: 32 MiB and about 0.3 s a password.

Source: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
"""

SHORTEST = 8
"""Characters of a password. Source: NIST SP 800-63B, 5.1.1.1"""

NAME = re.compile(r"[\w.@+-]{1,64}")
LINE = re.compile(r"([^:]+):(scrypt\$\d+\$\d+\$\d+\$[\w+/=]+\$[\w+/=]+)", re.ASCII)
NOBODY = "scrypt${}${}${}$AAAA$AAAA".format(*COST)


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
        name, colon, stored = line.partition(":")
        if not colon or not NAME.fullmatch(name) or not LINE.fullmatch(f"-:{stored}"):
            raise SettingsError(
                f"{number} 行目は利用者の行ではありません（名前:scrypt$…）。"
                "`tenkyo user add 名前` で加え直してください。",
                at=path,
            )
        users[name] = stored
    return users


def check_password(users: Mapping[str, str], name: str, password: str) -> bool:
    """Tell whether this is the user's password; as slowly for a name that does not exist."""
    stored = users.get(name, NOBODY)
    _, n, r, p, salt, expected = stored.split("$")
    digest = _scrypt(password, base64.b64decode(salt), (int(n), int(r), int(p)))
    return hmac.compare_digest(digest, base64.b64decode(expected)) and name in users


def add_user(path: Path, name: str, password: str) -> None:
    """Add a user, or give one a new password. The file is readable by its owner only.

    Raises:
        SettingsError: The name or the password will not do, or the file cannot be written.
    """
    check_name(name)
    if len(password) < SHORTEST:
        raise SettingsError(f"パスワードは {SHORTEST} 文字以上にしてください。")
    users = read_users(path) if path.exists() else {}
    users[name] = _hashed(password)
    try:
        _replace(path, "".join(f"{user}:{stored}\n" for user, stored in users.items()))
    except OSError as exc:
        raise SettingsError(f"利用者のファイルに書けません（{cause(exc)}）。", at=path) from exc


def check_name(name: str) -> None:
    """Refuse a name that would break the file.

    Raises:
        SettingsError: It would.
    """
    if not NAME.fullmatch(name):
        raise SettingsError(
            f"名前は 64 文字までの文字、数字、. @ + - _ にしてください（{name!r}）。"
        )


def _replace(path: Path, text: str) -> None:
    """Write a whole file at once; one that mkstemp makes is the owner's alone (0600)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _hashed(password: str) -> str:
    salt = os.urandom(16)
    parts = (base64.b64encode(part).decode() for part in (salt, _scrypt(password, salt, COST)))
    return "$".join(["scrypt", *map(str, COST), *parts])


def _scrypt(password: str, salt: bytes, cost: tuple[int, int, int]) -> bytes:
    n, r, p = cost
    # OpenSSL needs a little more than the 128 N r bytes of the algorithm itself.
    memory = 128 * n * r + 2**20
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=memory, dklen=32)
