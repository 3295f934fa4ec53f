"""The question set in tests/questions.jsonl: its layout, and that the articles hold what it asks for."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from test_seeds import SEEDS, holds, sentences, split

TESTS = Path(__file__).parent
LINES = (TESTS / "questions.jsonl").read_text("utf-8").splitlines()
QUESTIONS: list[dict[str, Any]] = [json.loads(line) for line in LINES]
FACTS = [question for question in QUESTIONS if "form" not in question]
FORMS = [question for question in QUESTIONS if "form" in question]
ANSWERABLE = [question for question in FACTS if "evidence" in question]
REFUSED = [question for question in FACTS if "evidence" not in question]
PLACES = [place for path in SEEDS for place in sentences(split(path)[1])]
TEXTS = {
    "seeds": "\n".join(split(path)[1] for path in SEEDS),
    "town": "\n".join(split(path)[1] for path in sorted((TESTS / "town").glob("*.md"))),
}

ASKED = {"id", "lang", "type", "question"}
OF_FORMS = {"id", "corpus", "lang", "form", "question"}
WANTED = {"previous", "cited", "share", "never", "says", "verdict", "refuse", "near"}


def test_ids_are_said_once_and_questions_too_unless_something_was_asked_before() -> None:
    alone = [q["question"] for q in QUESTIONS if "previous" not in q and q.get("form") != "talk"]
    for values in ([q["id"] for q in QUESTIONS], alone):
        assert [value for value, n in Counter(values).items() if n > 1] == []


def test_there_are_enough_of_each_kind() -> None:
    kinds = Counter(question["type"] for question in REFUSED)
    assert len(QUESTIONS) >= 600
    assert len(ANSWERABLE) >= 150
    assert kinds.total() >= 100
    assert kinds["on-topic"] >= 70
    assert set(kinds) == {"on-topic", "off-topic"}
    forms = Counter((question["form"], question["corpus"]) for question in FORMS)
    assert all(count >= 5 for count in forms.values())
    assert len(forms) == 22


def test_a_question_without_an_answer_carries_no_patterns() -> None:
    assert [question["id"] for question in REFUSED if set(question) != ASKED] == []


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question["id"])
def test_the_seeds_hold_the_evidence(question: dict[str, Any]) -> None:
    assert set(question) == ASKED | {"evidence", "answer"}
    assert all(re.compile(pattern) for pattern in question["evidence"] + question["answer"])
    assert any(holds(question, *place) for place in PLACES)


@pytest.mark.parametrize("question", FORMS, ids=lambda question: question["id"])
def test_the_articles_hold_what_a_form_must_cite(question: dict[str, Any]) -> None:
    assert OF_FORMS <= set(question) <= OF_FORMS | WANTED
    cited = question.get("cited") or []
    assert all(re.search(pattern, TEXTS[question["corpus"]]) for pattern in cited)
    assert all(
        re.compile(p) for name in ("never", "says", "near") for p in question.get(name) or ()
    )
    assert cited or question.get("refuse") or question["form"] == "talk"
