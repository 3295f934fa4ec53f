"""The question set in tests/questions.jsonl: its layout, and that seeds/ answers what it should."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from test_seeds import SEEDS, holds, sentences, split

LINES = (Path(__file__).parent / "questions.jsonl").read_text("utf-8").splitlines()
QUESTIONS: list[dict[str, Any]] = [json.loads(line) for line in LINES]
ANSWERABLE = [question for question in QUESTIONS if "evidence" in question]
REFUSED = [question for question in QUESTIONS if "evidence" not in question]
PLACES = [place for path in SEEDS for place in sentences(split(path)[1])]

ASKED = {"id", "lang", "type", "question"}


def test_ids_and_questions_are_said_once() -> None:
    for key in ("id", "question"):
        assert [value for value, n in Counter(q[key] for q in QUESTIONS).items() if n > 1] == []


def test_there_are_enough_of_each_kind() -> None:
    kinds = Counter(question["type"] for question in REFUSED)
    assert len(ANSWERABLE) >= 150
    assert kinds.total() >= 100
    assert kinds["on-topic"] >= 70
    assert set(kinds) == {"on-topic", "off-topic"}


def test_a_question_without_an_answer_carries_no_patterns() -> None:
    assert [question["id"] for question in REFUSED if set(question) != ASKED] == []


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question["id"])
def test_the_seeds_hold_the_evidence(question: dict[str, Any]) -> None:
    assert set(question) == ASKED | {"evidence", "answer"}
    assert all(re.compile(pattern) for pattern in question["evidence"] + question["answer"])
    assert any(holds(question, *place) for place in PLACES)
