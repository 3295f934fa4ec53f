"""The gate: tests/questions.jsonl over seeds/ with the shipped weights stays within stated bands.

A figure that leaves its band is a change of what the product answers: for the better, state the new
band; for the worse, mend the change. One question in a hundred may turn where processors round
differently.
"""

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from index import evaluate, ingest
from index.derived import derive
from index.encoder import Encoder
from index.engine import Engine
from index.evaluate.outcomes import Outcomes
from index.retriever import retrieve
from index.settings import Settings
from index.store import Home

QUESTIONS = Path(__file__).parent / "questions.jsonl"
LINES = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
FACTS = [line for line in LINES if "form" not in line]
FORMS = [line for line in LINES if "form" in line]
BAND = 0.025
ANSWERED, EVIDENCE, REFUSED = 0.81, 0.843, 0.721
PASSED = 0.63
RANKED, NARROW = 0.797, 0.008
"""Mean reciprocal rank of the first passage with the evidence, as retrieved, without reading."""


def built(folder: Path, home: Path, encoder: Encoder, settings: Settings) -> Engine:
    """An engine over a folder, without the questions that a build tries."""
    at = Home(home)
    ingest.build(at, encoder, lambda: ingest.sources_at(at, [folder]), derive=derive)
    return Engine(Settings(home, settings.cache), encoder=encoder)


@pytest.fixture(scope="module")
def engine(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings, real_encoder: Encoder
) -> Engine:
    return built(ingest.seeds(), tmp_path_factory.mktemp("gate"), real_encoder, settings)


def asked(lines: list[dict[str, Any]], engine: Engine, folder: Path, corpus: str) -> Outcomes:
    """The outcomes of some of the questions."""
    file = folder / "questions.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return evaluate.ask_questions(file, engine, corpus=corpus).outcomes


@pytest.fixture(scope="module")
def outcomes(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """Of every third question: without VNNI one takes two seconds."""
    return asked(FACTS[::3], engine, tmp_path_factory.mktemp("half"), "seeds")


def test_forms_hold_what_they_must(
    engine: Engine,
    tmp_path_factory: pytest.TempPathFactory,
    settings: Settings,
    real_encoder: Encoder,
) -> None:
    """Of every sixth question of each corpus."""
    home = tmp_path_factory.mktemp("town")
    town = built(QUESTIONS.parent / "town", home, real_encoder, settings)
    passed = [
        outcome["passed"]
        for corpus, of in (("seeds", engine), ("town", town))
        for outcome in asked(
            [line for line in FORMS if line["corpus"] == corpus][::6], of, home, corpus
        )
    ]
    assert sum(passed) / len(passed) == pytest.approx(PASSED, abs=2 * BAND)


def test_what_can_be_answered_is_answered_with_its_evidence(outcomes: Outcomes) -> None:
    answerable = outcomes[outcomes["answerable"]]
    assert answerable["answered"].mean() == pytest.approx(ANSWERED, abs=BAND)
    given = answerable[answerable["answered"]]
    assert given["best"].mean() == pytest.approx(EVIDENCE, abs=BAND)


def test_what_cannot_be_answered_is_refused(outcomes: Outcomes) -> None:
    others = outcomes[~outcomes["answerable"]]
    assert (~others["answered"]).mean() == pytest.approx(REFUSED, abs=BAND)


def test_passages_are_retrieved_in_order(engine: Engine, real_encoder: Encoder) -> None:
    answerable = [line for line in FACTS if "evidence" in line]
    ranks = [_rank(line, engine, real_encoder) for line in answerable]
    mean = sum(1 / rank for rank in ranks) / len(ranks)
    assert mean == pytest.approx(RANKED, abs=NARROW)


def test_the_first_passages_are_the_same_however_many_are_wanted(engine: Engine) -> None:
    for line in FACTS[:60:6]:
        found = engine.search(line["question"], top_k=12)
        for wanted in (1, 10):
            assert engine.search(line["question"], top_k=wanted) == found[:wanted]


def _rank(line: dict[str, Any], engine: Engine, encoder: Encoder) -> float:
    """The rank of the first passage that holds the evidence; infinite beyond the tenth."""
    found = retrieve(engine.generation(), encoder, line["question"], top_k=10)
    held = (all(re.search(p, e.hit.passage.text) for p in line["evidence"]) for e in found)
    return next((rank for rank, holds in enumerate(held, 1) if holds), math.inf)
