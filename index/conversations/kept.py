"""The tables, and what is kept of a turn as text, read again.

Also as versions before wrote it or a disk has left it.
"""

import hashlib
import json
import sqlite3
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from index.records import Filter
from index.schema import Answer

VERSION = 2
"""Since 2 a turn bears a checksum."""

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS conversations (
        id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, updated TEXT NOT NULL,
        deleted INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX IF NOT EXISTS by_date ON conversations (owner, updated);
    CREATE TABLE IF NOT EXISTS turns (
        conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
        number INTEGER NOT NULL, asked TEXT NOT NULL, question TEXT NOT NULL, filter TEXT NOT NULL,
        answer TEXT NOT NULL, words TEXT NOT NULL, digest BLOB, PRIMARY KEY (conversation, number)
    );
    CREATE TABLE IF NOT EXISTS feedback (
        conversation TEXT NOT NULL, turn INTEGER NOT NULL, citation INTEGER NOT NULL,
        is_right INTEGER NOT NULL, word TEXT NOT NULL, PRIMARY KEY (conversation, turn, citation),
        FOREIGN KEY (conversation, turn) REFERENCES turns ON DELETE CASCADE
    );
"""
DIGEST = "digest(conversation, number, question, filter, answer)"
"""Makes a turn's checksum, once a connection knows ``digest``."""


def upgrade(db: sqlite3.Connection) -> None:
    """Make the tables, or give those of the version before what they lack."""
    with db:
        db.execute("BEGIN IMMEDIATE")
        for statement in filter(str.strip, _SCHEMA.split(";")):
            db.execute(statement)
        if not db.execute(
            "SELECT 1 FROM pragma_table_info('turns') WHERE name = 'digest'"
        ).fetchone():
            db.execute("ALTER TABLE turns ADD COLUMN digest BLOB")
            db.execute(f"UPDATE turns SET digest = {DIGEST}")
        db.execute(f"PRAGMA user_version = {VERSION}")


def take_rows(db: sqlite3.Connection, path: Path) -> None:
    """Add the rows of another file of this version that are not here, in one transaction."""
    db.execute("ATTACH ? AS other", (str(path),))
    db.execute("BEGIN IMMEDIATE")
    with db:
        for table in ("conversations", "turns", "feedback"):
            rows = db.execute(f"SELECT name FROM pragma_table_info('{table}')")
            names = ", ".join(name for (name,) in rows)
            db.execute(f"INSERT OR IGNORE INTO {table} ({names}) SELECT {names} FROM other.{table}")
    db.execute("DETACH other")


@cache
def filters() -> TypeAdapter[Filter]:
    """Return what reads and writes filters."""
    return TypeAdapter(Filter)


def answer_of(kept: str) -> Answer | None:
    """Read a kept answer; one of before there were keys, speakers, headings and the like has none."""
    try:
        told: Any = {"differing": [], **json.loads(kept)}
        told["statements"] = [{"speaker": None, **s} for s in told["statements"]]
        told["citations"] = [{"key": None, "heading": None, **c} for c in told["citations"]]
        told["nearest"] = [{"sha256": "", **p} for p in told["nearest"]]
        return Answer.model_validate(told)
    except (KeyError, TypeError, ValueError):  # pydantic's is a ValueError
        return None


def day_of(updated: str) -> datetime:
    """Read when a conversation was changed."""
    try:
        return datetime.fromisoformat(updated)
    except ValueError:  # damaged; what matters is what it is the day of
        return datetime.fromtimestamp(0, UTC)


def digest(*values: object) -> bytes:
    """Return the checksum of a turn."""
    told = json.dumps(list(map(str, values))).encode()
    return hashlib.blake2b(told, digest_size=16).digest()
