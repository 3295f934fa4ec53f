"""Files that tell whether they are whole: sealed folders, databases, and ways to replace, set aside and hold."""

import contextlib
import errno
import fcntl
import hashlib
import json
import logging
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from index.errors import DamagedError, StoreError, cause

logger = logging.getLogger(__name__)

PASSING = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EACCES, errno.EPERM}
"""Errors of the system that say nothing of the file."""
DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
"""What SQLite says of a file that is damaged or another's; of a full disk it says something else."""


def seal(folder: Path, name: str, facts: Mapping[str, Any]) -> None:
    """Write the file that names all others of a folder with their checksums, and sync them all."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    described = {p.relative_to(folder).as_posix(): describe(p) for p in files}
    told = {**facts, "parts": described}
    text = json.dumps(told | {"sha256": _digest(told)}, ensure_ascii=False, indent=1)
    (folder / name).write_text(text, "utf-8", errors="surrogateescape")
    for path in [*files, folder / name, *{p.parent for p in files}, folder]:
        sync(path)


def read_sealed(path: Path) -> dict[str, Any]:
    """Read what ``seal`` wrote, or an earlier version without a checksum of its own.

    Raises:
        DamagedError: It is missing, or not as it was written.
        StoreError: It cannot be read now.
    """
    try:
        told = json.loads(path.read_text("utf-8", "surrogateescape"))
        if told.pop("sha256", None) not in (None, _digest(told)):
            raise ValueError("検査値が違います")
    except (OSError, ValueError, AttributeError, TypeError) as exc:
        _check_passing(exc, path)
        raise broken(f"{path.parent.name}/{path.name}（{cause(exc)}）") from exc
    return dict(told)


def broken(*names: str) -> DamagedError:
    """Return the error for an index that cannot be used, with the names of the files that are to blame."""
    return DamagedError(
        f"索引のファイルが壊れています: {', '.join(names)}。`tenkyo build` で直してください。"
    )


def _digest(told: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def describe(path: Path) -> dict[str, Any]:
    """Return size and SHA-256 of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}


def differing(folder: Path, parts: Mapping[str, Any]) -> list[str]:
    """Compare files with their checksums; return the names of those that differ."""
    return [name for name, facts in parts.items() if not _is_as_told(folder / name, facts)]


def _is_as_told(path: Path, facts: object) -> bool:
    try:
        return describe(path) == facts
    except OSError as exc:
        _check_passing(exc, path)
        return False


def _check_passing(error: Exception, path: Path) -> None:
    """Raise a StoreError where an error says nothing of the file."""
    if isinstance(error, OSError) and error.errno in PASSING:
        raise StoreError(f"読めません（{cause(error)}）。", at=path) from error


def check_sizes(folder: Path, parts: Mapping[str, Any]) -> None:
    """Look whether every file is there and as long as it was.

    Raises:
        ValueError: One is not.
    """
    for name, part in parts.items():
        if (folder / name).stat().st_size != part["bytes"]:
            raise ValueError(name)


def sync(path: Path) -> None:
    """Force a file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace(path: Path, text: str, *, mode: int = 0o666) -> None:
    """Replace a file in one atomic step; a folder in its place is set aside.

    Args:
        path: In a folder that is there.
        text: What the file holds from now on.
        mode: Who may read and write it, less what the umask takes away.
    """
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode)
    try:
        draft.write_text(text, "utf-8", errors="surrogateescape")
        sync(draft)
        if path.is_dir():
            set_aside(path)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync(path.parent)


def set_aside(path: Path) -> None:
    """Give what is damaged another name, in place of what bore that before."""
    aside = path.with_name(f"{path.name}.damaged")
    if aside.is_dir() and not aside.is_symlink():
        shutil.rmtree(aside)
    path.replace(aside)


def open_database(path: Path, prepare: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
    """Open an SQLite file and prepare it; one that turns out to be damaged is set aside and begun anew."""
    try:
        return _prepared(path, prepare)
    except sqlite3.DatabaseError as exc:
        if getattr(exc, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF not in DAMAGE:
            raise
        logger.warning(
            "%s が壊れているので、.damaged と付けて残し、作り直します（%s）。", path.name, exc
        )
        for file in filter(Path.exists, database_files(path)):
            set_aside(file)
    return _prepared(path, prepare)


def _prepared(path: Path, prepare: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=30)
    try:
        prepare(db)
    except BaseException:
        db.close()
        raise
    return db


def database_files(path: Path) -> list[Path]:
    """Return the paths of an SQLite file and of what SQLite may keep beside it."""
    return [path.with_name(path.name + tail) for tail in ("", "-wal", "-shm", "-journal")]


def check_database(db: sqlite3.Connection) -> None:
    """Look through an SQLite file, in time that grows with its size (0.2 s for 100 MB).

    Raises:
        sqlite3.DatabaseError: It is damaged.
    """
    if (found := db.execute("PRAGMA quick_check(1)").fetchone()[0]) not in ("ok", b"ok"):
        raise sqlite3.DatabaseError(str(found))


@contextlib.contextmanager
def telling(home: Path) -> Iterator[None]:
    """Turn errors of the disk into StoreErrors that say what to do."""
    try:
        yield
    except BlockingIOError as exc:
        raise StoreError(
            "別の構築が進行中です。終わるのを待って、もう一度実行してください。"
        ) from exc
    except (OSError, sqlite3.OperationalError) as exc:
        raise StoreError(
            f"書き込めません（{cause(exc)}）。空き容量と書き込み権限を確かめてください。"
            "これまでの索引はそのまま残っています。",
            at=home,
        ) from exc
    except sqlite3.DatabaseError as exc:
        raise StoreError(
            f"索引のデータベースが壊れています（{exc}）。`tenkyo build` で直してください。", at=home
        ) from exc


@contextlib.contextmanager
def held(path: Path, *, patience: float = 0) -> Iterator[None]:
    """Hold a file or folder, also while it gets another name.

    Raises:
        BlockingIOError: Somebody else holds it, for longer than ``patience`` seconds.
        OSError: It is not there, or cannot be opened.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        _lock(handle, time.monotonic() + patience)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, until: float) -> None:
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise
            time.sleep(0.05)
