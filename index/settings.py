"""Settings, read once at the edge from variables with the prefix TENKYO_."""

import difflib
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from index.errors import SettingsError

NAMES = tuple(
    f"TENKYO_{name}"
    for name in [
        "AUTH_FILE",
        "CACHE",
        "FETCH_PRIVATE",
        "HOME",
        "LLM_KEY",
        "LLM_MODEL",
        "LLM_SECONDS",
        "LLM_UNVERIFIED",
        "LLM_URL",
        "LOG",
        "MODEL",
        "RATE",
        "READER",
        "RELAYS",
        "ROOT_PATH",
        "STORE",
        "STORE_TOKEN",
        "UPLOAD_MB",
    ]
)

LARGEST_UPLOAD = 100
"""Megabytes: what one request may hold."""


@dataclass(frozen=True, slots=True)
class Llm:
    """The language model that words answers: where its text goes, and how long it may take.

    Attributes:
        url: An endpoint that speaks OpenAI's protocol (TENKYO_LLM_URL), such as ``http://127.0.0.1:8080/v1``.
        model: Its name there (TENKYO_LLM_MODEL).
        key: Proves who asks (TENKYO_LLM_KEY).
        seconds: Longest that one question may take, tries again and translation with it (TENKYO_LLM_SECONDS).
        drops: Whether a statement that the reader does not find in its sources is left out, or marked
            (TENKYO_LLM_UNVERIFIED=mark): of seven that a model of 1.5 B made of 60 questions, six were wrong.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    seconds: float = 60.0
    drops: bool = True

    @property
    def host(self) -> str:
        """Where the text goes, fit to show."""
        return urlsplit(self.url).netloc


@dataclass(frozen=True, slots=True)
class Settings:
    """What the program runs with.

    Attributes:
        home: The index's folder (TENKYO_HOME); by default in the user's data directory.
        cache: Where the unpacked default model is kept, once per user (TENKYO_CACHE).
        model: Name or folder of a sentence-transformers model (TENKYO_MODEL); None for the default.
        reader: What reads the passages found (TENKYO_READER): ``trained``, the model that comes with
            the program, or name or folder of a CrossEncoder of sentence-transformers.
        auth_file: Who may sign in (TENKYO_AUTH_FILE); None where nobody has to.
        rate: Questions a minute from one address (TENKYO_RATE), 0 for any number; None for the
            default, which depends on who can reach the server.
        relays: Addresses and networks of relays whose word for a visitor's address and for HTTPS counts
            (TENKYO_RELAYS, separated by commas).
        root_path: Where a relay puts the server (TENKYO_ROOT_PATH), such as ``/tenkyo``; empty where it
            has a name of its own.
        upload_bytes: Largest file that may be uploaded (TENKYO_UPLOAD_MB, in megabytes).
        fetch_private: Whether addresses may lead to machines that are not public (TENKYO_FETCH_PRIVATE=1): for
            intranets and tests. Whoever may add articles can then have this machine's network read.
        llm: The language model that words answers; None where they are quotes alone.
        store: A server of Milvus, or a cluster, that holds the index (TENKYO_STORE), such as
            ``http://127.0.0.1:19530``; empty where it is on local files.
        store_token: Proves there who asks (TENKYO_STORE_TOKEN).
        log: How the server tells of each request (TENKYO_LOG): ``text`` or ``json``; empty for not at all.
    """

    home: Path
    cache: Path
    model: str | None = None
    reader: str = "trained"
    auth_file: Path | None = None
    rate: int | None = None
    upload_bytes: int = 20 * 10**6
    relays: tuple[str, ...] = ()
    root_path: str = ""
    fetch_private: bool = False
    llm: Llm | None = None
    log: str = ""
    store: str = ""
    store_token: str = field(default="", repr=False)

    @classmethod
    def from_env(cls, environ: Mapping[str, str], *, home: Path | None = None) -> "Settings":
        """Read the settings; ``home`` given on the command line wins.

        Raises:
            SettingsError: A TENKYO_ variable is misspelt, empty or out of range.
        """
        given = {name: value for name, value in environ.items() if name.startswith("TENKYO_")}
        for name, value in sorted(given.items()):
            if name not in NAMES:
                raise SettingsError(_unknown(name))
            if not value.strip():
                raise SettingsError(f"{name} が空です。値を入れるか、設定を外してください。")
        data = home or given.get("TENKYO_HOME") or platformdirs.user_data_dir("tenkyo")
        cache = given.get("TENKYO_CACHE") or platformdirs.user_cache_dir("tenkyo")
        users = given.get("TENKYO_AUTH_FILE")
        return cls(
            Path(data).expanduser(),
            Path(cache).expanduser(),
            given.get("TENKYO_MODEL"),
            given.get("TENKYO_READER", "trained"),
            Path(users).expanduser() if users else None,
            _rate(given.get("TENKYO_RATE")),
            _bytes(given.get("TENKYO_UPLOAD_MB", "20")),
            _relays(given.get("TENKYO_RELAYS")),
            _root_path(given.get("TENKYO_ROOT_PATH", "")),
            _switch("TENKYO_FETCH_PRIVATE", given.get("TENKYO_FETCH_PRIVATE", "0")),
            _llm({name[11:]: value for name, value in given.items() if name[7:11] == "LLM_"}),
            _log(given.get("TENKYO_LOG", "")),
            _store(given.get("TENKYO_STORE", "")),
            given.get("TENKYO_STORE_TOKEN", ""),
        )


def _rate(value: str | None) -> int | None:
    if value is not None and not (value.isascii() and value.isdigit()):
        raise SettingsError(
            f"TENKYO_RATE は一分あたりの質問の数（0 なら制限なし）にしてください（{value!r}）。"
        )
    return None if value is None else int(value)


def _bytes(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= LARGEST_UPLOAD):
        raise SettingsError(
            f"TENKYO_UPLOAD_MB は 1 から {LARGEST_UPLOAD} までの整数（MB）にしてください（{value!r}）。"
        )
    return int(value) * 10**6


def _relays(value: str | None) -> tuple[str, ...]:
    if value is None:
        return ()
    try:
        return tuple(
            str(ipaddress.ip_network(part.strip(), strict=False)) for part in value.split(",")
        )
    except ValueError as exc:
        raise SettingsError(
            "TENKYO_RELAYS は中継のアドレスかネットワークを、コンマで区切って並べてください"
            f"（例: 127.0.0.1,10.0.0.0/8）（{value!r}）。"
        ) from exc


def _switch(name: str, value: str) -> bool:
    if value not in ("0", "1"):
        raise SettingsError(f"{name} は 0 か 1 にしてください（{value!r}）。")
    return value == "1"


def _root_path(value: str) -> str:
    if not re.fullmatch(r"(/(?!\.)[A-Za-z0-9._~-]+)*", value, re.ASCII):
        raise SettingsError(
            "TENKYO_ROOT_PATH は /tenkyo のように、/ で始まり / で終わらない英数字の道にしてください"
            f"（{value!r}）。"
        )
    return value


def _log(value: str) -> str:
    if value not in ("", "text", "json"):
        raise SettingsError(f"TENKYO_LOG は text か json にしてください（{value!r}）。")
    return value


def _store(value: str) -> str:
    if value and not _is_address(value):
        raise SettingsError(
            "TENKYO_STORE は http://127.0.0.1:19530 の形の、Milvus のアドレスにしてください"
            "（名前と鍵は入れず、鍵は TENKYO_STORE_TOKEN に）。"
        )
    return value


def _is_address(value: str) -> bool:
    """Whether a text is the address of a server, without a name or key in it."""
    try:
        told = urlsplit(value)
        is_named = bool(told.hostname) and (told.port is None or told.port > 0)
    except ValueError:  # http://[::1, http://host:port
        return False
    is_bare = not (told.query or told.fragment or "@" in told.netloc)
    return told.scheme in ("http", "https") and is_named and is_bare


def _llm(given: Mapping[str, str]) -> Llm | None:
    if not given:
        return None
    url, model, seconds = given.get("URL", ""), given.get("MODEL"), given.get("SECONDS", "60")
    unverified = given.get("UNVERIFIED", "drop")
    if not given.get("KEY", "").isascii():
        raise SettingsError("TENKYO_LLM_KEY は英数字と記号だけにしてください。")
    if not _is_address(url) or not model:
        raise SettingsError(
            "言語モデルを使うには、TENKYO_LLM_URL（http://127.0.0.1:8080/v1 の形。名前と鍵は入れない）と"
            " TENKYO_LLM_MODEL（その名前）の両方が要ります。"
        )
    if not re.fullmatch("[0-9]{1,5}", seconds, re.ASCII) or int(seconds) < 1:
        raise SettingsError(
            f"TENKYO_LLM_SECONDS は秒数（1 以上の整数）にしてください（{seconds!r}）。"
        )
    if unverified not in ("mark", "drop"):
        raise SettingsError(
            f"TENKYO_LLM_UNVERIFIED は drop か mark にしてください（{unverified!r}）。"
        )
    return Llm(url, model, given.get("KEY", ""), float(seconds), unverified == "drop")


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, NAMES, n=1)
    hint = f"{near[0]} の間違いではありませんか。" if near else ""
    return f"{name} という設定はありません。{hint}使えるのは {', '.join(NAMES)} です。"
