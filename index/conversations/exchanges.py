"""What is kept of a conversation, and what readers said of it as a question set for ``tenkyo evaluate``."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from index.questions import language_of
from index.records import Filter
from index.schema import Answer


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
