"""What is kept of a conversation, as records."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from index.records import Filter


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
    """A question and its answer as kept; numbers count from 1 within the conversation."""

    number: int
    question: str
    filter: Filter
    answer: Mapping[str, Any]
    verdicts: tuple[Verdict, ...] = ()
