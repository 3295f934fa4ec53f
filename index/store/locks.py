"""Locks on a home and on folders of it, between threads and processes."""

import contextlib
import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from index.errors import StoreError, cause

PATIENCE = 10
"""Times a twentieth of a second that a build waits for another to end."""


@contextlib.contextmanager
def held_alone(home: Path) -> Iterator[None]:
    """Hold the home for one build at a time; disk errors inside become StoreErrors.

    Raises:
        StoreError: Another build is running, or the disk is full or read-only.
    """
    with telling(home):
        home.mkdir(parents=True, exist_ok=True)
        with (home / "build.lock").open("w") as lock:
            _lock(lock)
            yield


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


def _lock(file: IO[str]) -> None:
    """Lock a file; what holds it only to put merged segments in use is waited for.

    Raises:
        BlockingIOError: It is held for longer.
    """
    for _ in range(PATIENCE):
        with contextlib.suppress(BlockingIOError):
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        time.sleep(0.05)
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder, also while it gets another name.

    Raises:
        OSError: Somebody else holds it.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
