"""What is kept of a conversation: records, tables and text, and what readers said as a question set.

Text is read also as versions before wrote it, or a disk has left it.
"""

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from index.questions import language_of
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


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a list shows of a conversation."""

    id: str
    title: str
    updated: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reader thinks of an answer, or of one of its citations (numbers from 1)."""

    is_right: bool
    citation: int | None = None
    word: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer as kept; numbers count from 1 within the conversation.

    ``answer`` is None where what is kept cannot be read: it was touched by hand, or is of another
    version.
    """

    number: int
    question: str
    filter: Filter
    answer: Answer | None
    verdicts: tuple[Verdict, ...] = ()


def feedback_lines(judged: Iterable[tuple[str, Exchange]]) -> Iterator[dict[str, Any]]:
    """Yield a line for each answer of which the readers have said what is right.

    Evidence is the words of the citations judged right; where only the answer was, those of all its
    citations not judged wrong. A refusal judged right is a question without an answer. What is judged
    wrong says nothing of what would be right, and yields no line. ``words`` are those the readers
    left with their verdicts, for whoever looks a line over.

    Args:
        judged: Exchanges with verdicts, and the ids of their conversations.
    """
    for conversation_id, exchange in judged:
        answer = exchange.answer
        if answer is None:
            continue
        line: dict[str, Any] = {
            "id": f"{conversation_id}-{exchange.number}",
            "lang": language_of(answer.understood),
            "type": "feedback",
            "question": answer.understood,
        }
        if words := [verdict.word for verdict in exchange.verdicts if verdict.word]:
            line["words"] = words
        said = {verdict.citation: verdict.is_right for verdict in exchange.verdicts}
        if quotes := _right_quotes(answer, said):
            # One pattern: a question set wants all of its patterns around one and the same citation.
            yield line | {"evidence": ["|".join(map(re.escape, quotes))]}
        elif not answer.answered and said.get(None):
            yield line


def _right_quotes(answer: Answer, said: Mapping[int | None, bool]) -> list[str]:
    right = [c.quote for c in answer.citations if said.get(c.number)]
    if right or not said.get(None):
        return right
    return [c.quote for c in answer.citations if said.get(c.number, True)]


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


@cache
def filters() -> TypeAdapter[Filter]:
    """Return what reads and writes filters."""
    return TypeAdapter(Filter)


def answer_of(kept: str) -> Answer | None:
    """Read a kept answer; one of before there were keys, speakers, headings and the like has none."""
    try:
        told: Any = {"differing": [], "follow_up": False, "undated": 0, **json.loads(kept)}
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
