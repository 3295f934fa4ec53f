"""Conversations kept on this machine: ``<home>/conversations.sqlite``, which no build touches.

An answer is kept as JSON (``index.schema``), so that an old citation still shows the words as they were
quoted. Every operation opens the file anew and writes in one transaction, so that several
servers may share it. Owners never see each other's; on a machine that is one person's the owner is the
empty string. The conversations of visitors who have not signed in end when they have not been continued for
a while.
"""

import json
import logging
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from index.conversations.exchanges import (
    DIGEST,
    VERSION,
    Conversation,
    Exchange,
    Verdict,
    answer_of,
    day_of,
    digest,
    filters,
    upgrade,
)
from index.errors import StoreError, cause
from index.records import Filter
from index.schema import Answer
from index.store.files import check_database
from index.text.characters import nfkc

logger = logging.getLogger(__name__)

Found = TypeVar("Found")

VISITOR = ":"
"""What the owner of a visitor's conversations begins with; no user's name holds it."""

KEPT = timedelta(days=30)
"""How long those are kept after their last question, and the cookie of a visitor after the last page."""

LONGEST_TITLE = 80
LONGEST_WORD = 1000
"""Characters of a title and of a word of feedback that are kept."""

_TURNS = "turns t JOIN conversations c ON c.id = t.conversation"
_OWN = "c.id = ? AND c.owner = ? AND NOT c.deleted"


class Conversations:
    """The conversations of a home. Making one touches nothing; reading makes no file.

    Every method raises StoreError when the file is damaged, read-only or of a newer program; a
    conversation that is not there, or is someone else's, is a StoreError as well.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_sound = False  # as far as was looked

    def append(
        self,
        conversation_id: str | None,
        question: str,
        answer: Answer,
        *,
        filter: Filter,
        owner: str,
    ) -> tuple[str, int]:
        """Keep a question and its answer; without an id, in a new conversation named after it.

        Returns:
            The conversation's id, and the number of the exchange in it.
        """
        words = _folded(f"{question}\n{answer.text}")
        told = json.dumps(answer.as_json(paths=True), ensure_ascii=False)
        kept = (question, filters().dump_json(filter).decode(), told, words)
        now = _now()
        with self._opened(to_write=True) as db:
            ended = (f"{VISITOR}*", _now(-KEPT))
            db.execute("DELETE FROM conversations WHERE owner GLOB ? AND updated < ?", ended)
            if conversation_id is None:
                conversation_id = secrets.token_urlsafe(9)
                values = (conversation_id, owner, _line(question), now)
                db.execute("INSERT INTO conversations VALUES (?, ?, ?, ?, 0)", values)
            self._change(db, "updated = ?", now, conversation_id, owner)
            (number,) = db.execute(
                "INSERT INTO turns SELECT ?1, n, ?2, ?3, ?4, ?5, ?6, digest(?1, n, ?3, ?4, ?5) FROM"
                " (SELECT COALESCE(MAX(number), 0) + 1 AS n FROM turns WHERE conversation = ?1)"
                " RETURNING number",
                (conversation_id, now, *kept),
            ).fetchone()
        return conversation_id, number

    def read(self, conversation_id: str, *, owner: str) -> tuple[Exchange, ...]:
        """Return what was asked and answered, oldest first."""
        with self._opened() as db:
            return _some(tuple(e for _, e in _exchanges(db, _OWN, (conversation_id, owner))))

    def title(self, conversation_id: str, *, owner: str) -> str:
        """Return what a conversation is called."""
        query = f"SELECT c.title FROM conversations c WHERE {_OWN}"
        with self._opened() as db:
            return str(_some(db.execute(query, (conversation_id, owner)).fetchone())[0])

    def listed(self, *, owner: str, words: str = "", most: int = 200) -> list[Conversation]:
        """Return conversations, the latest first; with words, those that hold every one of them."""
        query = "SELECT id, title, updated FROM conversations c WHERE owner = ? AND NOT deleted"
        holds = (
            " AND (instr(folded(title), ?) OR EXISTS (SELECT 1 FROM turns"
            " WHERE conversation = c.id AND instr(words, ?)))"
        )
        wanted = _folded(words).split()
        values = [word for word in wanted for _ in range(2)]
        query += holds * len(wanted) + " ORDER BY updated DESC, id LIMIT ?"
        with self._opened() as db:
            rows = db.execute(query, (owner, *values, most)).fetchall()
        return [Conversation(i, title, day_of(day)) for i, title, day in rows]

    def rename(self, conversation_id: str, title: str, *, owner: str) -> None:
        """Give a conversation another title; a blank one changes nothing."""
        if not title.strip():
            return
        with self._opened(to_write=True) as db:
            self._change(db, "title = ?", _line(title), conversation_id, owner)

    def delete(self, conversation_id: str, *, owner: str) -> None:
        """Hide a conversation; ``restore`` brings it back until the next one is deleted."""
        with self._opened(to_write=True) as db:
            db.execute("DELETE FROM conversations WHERE owner = ? AND deleted", (owner,))
            self._change(db, "deleted = ?", 1, conversation_id, owner)

    def restore(self, conversation_id: str, *, owner: str) -> None:
        """Bring the conversation back that was deleted last."""
        with self._opened(to_write=True) as db:
            self._change(db, "deleted = ?", 0, conversation_id, owner)

    def judge(self, conversation_id: str, number: int, verdict: Verdict, *, owner: str) -> Verdict:
        """Keep a verdict, in the place of the one before; return it as kept."""
        verdict = replace(verdict, word=verdict.word.strip()[:LONGEST_WORD])
        said = (verdict.citation or 0, verdict.is_right, verdict.word)
        with self._opened(to_write=True) as db:
            kept = db.execute(
                "INSERT OR REPLACE INTO feedback SELECT c.id, t.number, ?, ?, ?"
                f" FROM {_TURNS} WHERE {_OWN} AND t.number = ? RETURNING turn",
                (*said, conversation_id, owner, number),
            )
            _some(kept.fetchone())
        return verdict

    def unjudge(self, conversation_id: str, number: int, *, owner: str) -> None:
        """Take back the verdict on an answer; those on its citations stay."""
        with self._opened(to_write=True) as db:
            db.execute(
                "DELETE FROM feedback WHERE turn = ? AND citation = 0 AND conversation IN"
                f" (SELECT c.id FROM conversations c WHERE {_OWN})",
                (number, conversation_id, owner),
            )

    def cut(self, conversation_id: str, number: int, *, owner: str) -> None:
        """Take an exchange and all that follow it out of a conversation, with their verdicts."""
        with self._opened(to_write=True) as db:
            self._change(db, "updated = ?", _now(), conversation_id, owner)
            db.execute(
                "DELETE FROM turns WHERE conversation = ? AND number >= ?",
                (conversation_id, number),
            )

    def judged(self) -> list[tuple[str, Exchange]]:
        """Return every exchange that bears a verdict, whosever it is, with its conversation's id."""
        where = "NOT c.deleted AND EXISTS (SELECT 1 FROM feedback WHERE conversation = c.id AND turn = t.number)"
        with self._opened() as db:
            return list(_exchanges(db, where, ()))

    def take(self, path: Path) -> None:
        """Add what another file holds, but for what is here already."""
        with Conversations(path)._opened(), self._opened(to_write=True):
            pass  # both are of this version now
        with self._opened() as db:
            db.execute("ATTACH ? AS other", (str(path),))
            db.execute("BEGIN IMMEDIATE")
            for table in ("conversations", "turns", "feedback"):
                rows = db.execute(f"SELECT name FROM pragma_table_info('{table}')")
                names = ", ".join(name for (name,) in rows)
                db.execute(
                    f"INSERT OR IGNORE INTO {table} ({names}) SELECT {names} FROM other.{table}"
                )

    def _change(
        self, db: sqlite3.Connection, change: str, value: object, conversation_id: str, owner: str
    ) -> None:
        done = db.execute(
            f"UPDATE conversations SET {change} WHERE id = ? AND owner = ?",
            (value, conversation_id, owner),
        )
        _some(done.rowcount)

    @contextmanager
    def _opened(self, *, to_write: bool = False) -> Iterator[sqlite3.Connection]:
        target = self._path if to_write or self._path.exists() else ":memory:"
        try:
            if to_write:  # where the index is in a store, nothing may have made the home yet
                self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(target, timeout=10, isolation_level=None)) as db:
                self._prepare(db)
                if to_write:
                    db.execute("BEGIN IMMEDIATE")
                with db:
                    yield db
        except (sqlite3.Error, OSError, ValueError) as exc:
            raise StoreError(
                f"会話の記録を休みます（{cause(exc)}）。"
                "ファイルを別の場所に移すか、書き込めるようにすると、また記録できます。",
                code="conversations-off",
                at=self._path,
            ) from exc

    def _prepare(self, db: sqlite3.Connection) -> None:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise StoreError(
                "新しい版の tenkyo で作られています。新しい版で開いてください。",
                code="conversations-off",
                at=self._path,
            )
        db.text_factory = lambda text: text.decode("utf-8", "replace")
        if not self._is_sound:
            check_database(db)
        self._is_sound = self._path.exists()
        db.execute("PRAGMA foreign_keys = ON")
        db.create_function("folded", 1, _folded, deterministic=True)
        db.create_function("digest", 5, digest, deterministic=True)
        if version < VERSION:
            db.execute("PRAGMA journal_mode = WAL")
            upgrade(db)


def _exchanges(
    db: sqlite3.Connection, where: str, values: tuple[str, ...]
) -> Iterator[tuple[str, Exchange]]:
    rows = db.execute(
        f"SELECT c.id, t.number, t.question, t.filter, t.answer, t.digest IS {DIGEST}"
        f" FROM {_TURNS} WHERE {where} ORDER BY c.updated, c.id, t.number",
        values,
    )
    for conversation_id, number, question, filter, answer, is_whole in rows.fetchall():
        verdicts = _verdicts(db, conversation_id, number)
        limits, told = Filter(), None
        if is_whole:
            limits, told = filters().validate_json(filter), answer_of(answer)
        else:
            logger.warning("a turn is damaged: %s, number %s", conversation_id, number)
        yield conversation_id, Exchange(number, question, limits, told, verdicts)


def _verdicts(db: sqlite3.Connection, conversation_id: str, number: int) -> tuple[Verdict, ...]:
    rows = db.execute(
        "SELECT is_right, citation, word FROM feedback WHERE conversation = ? AND turn = ?"
        " ORDER BY citation",
        (conversation_id, number),
    )
    return tuple(Verdict(bool(right), citation or None, word) for right, citation, word in rows)


def _line(title: str) -> str:
    return " ".join(title.split())[:LONGEST_TITLE] or "…"


def _now(later: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + later).isoformat(timespec="microseconds")


def _some(found: Found) -> Found:
    """Return what was found, or raise: the conversation is not there, or is someone else's."""
    if not found:
        raise StoreError(
            "その会話はありません。一覧から選び直してください。", code="no-conversation"
        )
    return found


def _folded(text: str) -> str:
    return nfkc(text).casefold()
