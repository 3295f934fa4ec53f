"""Feedback as a question set: the layout that ``tenkyo evaluate`` reads."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from index.conversations.kept import Exchange
from index.questions import language_of


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
        question = exchange.answer["understood"]
        line: dict[str, Any] = {
            "id": f"{conversation_id}-{exchange.number}",
            "lang": language_of(question),
            "type": "feedback",
            "question": question,
        }
        if words := [verdict.word for verdict in exchange.verdicts if verdict.word]:
            line["words"] = words
        if quotes := _right_quotes(exchange):
            # One pattern: a question set wants all of its patterns around one and the same citation.
            yield line | {"evidence": ["|".join(map(re.escape, quotes))]}
        elif not exchange.answer["answered"] and _said(exchange).get(None):
            yield line


def _right_quotes(exchange: Exchange) -> list[str]:
    said = _said(exchange)
    citations = exchange.answer["citations"]
    right = [c["quote"] for c in citations if said.get(c["number"])]
    if right or not said.get(None):
        return right
    return [c["quote"] for c in citations if said.get(c["number"], True)]


def _said(exchange: Exchange) -> dict[int | None, bool]:
    return {verdict.citation: verdict.is_right for verdict in exchange.verdicts}
