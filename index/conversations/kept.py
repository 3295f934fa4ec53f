"""What is kept of a turn as text, read again, also as versions before wrote it or a disk has left it."""

import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from index.records import Filter
from index.schema import Answer


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
