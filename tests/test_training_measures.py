import pytest

from index.evaluate.kinds import AS_ASKED, PASSAGE, SENTENCE, SWAPPED
from index.training.measures import Reading, summarise
from index.training.trials import GOLD, Trial


def trial(kind: str, *texts: str) -> Trial:
    return Trial("f", kind, "開通は何年か", ("1923年",), tuple((None, text) for text in texts))


def test_the_surest_passage_of_a_question_counts() -> None:
    readings = [
        (trial(AS_ASKED, "運河", "1923年に開通"), [Reading(-1.0, "運"), Reading(2.0, "1923年")]),
        (trial(AS_ASKED, "1923年に開通", "運河"), [Reading(0.0, "1923年"), Reading(1.0, "河")]),
        (trial(PASSAGE, "運河"), [Reading(-3.0, "運")]),
        (trial(PASSAGE, "閘門", "船"), [Reading(-3.0, "閘"), Reading(1.5, "船")]),
        (trial(SENTENCE, "運河"), [Reading(-3.0, "運")]),
        (trial(SWAPPED, "運河"), [Reading(5.0, "運")]),
        (trial(GOLD, "1923年に開通"), [Reading(2.0, "1923年に")]),
    ]
    found = summarise(readings)
    # The surest of the two asked are 2.0 and 1.0, so 95 % answered means all: from 1.0 up.
    assert found[f"auroc {PASSAGE}"] == pytest.approx(3 / 4)
    assert found[f"refused {PASSAGE}"] == pytest.approx(1 / 2)
    assert found[f"refused {SENTENCE}"] == 1.0
    assert found[f"auroc {SWAPPED}"] == 0.0
    assert found["first"] == pytest.approx(1 / 2)
    assert found["first retrieved"] == pytest.approx(1 / 2)
    assert found["f1"] == pytest.approx(10 / 11)
