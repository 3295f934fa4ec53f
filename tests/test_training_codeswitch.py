"""Questions in other languages, by word lists of a few words."""

from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np
import pytest
from conftest import FakeEncoder

from index.encoder import Vectors
from index.records import Progress
from index.training.codeswitch import (
    Translations,
    _nearest,
    common_words,
    find_translations,
    switch,
)

TRANSLATIONS = {
    "en": {"運河": "canal", "開通": "opening", "船": "ship"},
    "zh": {"運河": "运河", "開通": "开通", "船": "船只"},
}


def switched(question: str) -> set[str]:
    return {switch(question, TRANSLATIONS, Random(seed)) for seed in range(20)}


def test_english_asks_first_and_chinese_leaves_no_blanks() -> None:
    assert switched("運河はいつ開通したか") == {"when canal opening", "运河什么时候开通"}
    assert switched("船はなぜ運河を通るのですか？") == {
        "why ship canal 通る",
        "船只为什么运河通る",
    }


def test_figures_and_names_stay() -> None:
    assert switched("1923年の青沢運河の船は") == {"1923 年 青沢 canal ship", "1923年青沢运河船只"}


def test_a_question_of_which_nothing_is_left_stays() -> None:
    assert switched("ですか") == {"ですか"}


def rows(*places: int) -> Vectors:
    return np.eye(3, dtype=np.float32)[list(places)]


def test_a_clear_neighbour_translates_and_a_crowded_one_does_not() -> None:
    words = ["運河", *(f"船{n}" for n in range(10))]
    others = ["canal", *(f"ship{n}" for n in range(10))]
    places = rows(0, *[1] * 10)
    assert _nearest(words, places, others, places) == {"運河": "canal"}


def test_a_word_that_many_are_near_gives_way_to_one_that_only_this_is_near() -> None:
    words = ["窯", *(f"語{n}" for n in range(10))]
    vectors = np.array([(0.8, 0.6, 0.0), *[(1.0, 0.0, 0.0)] * 10], np.float32)
    others = np.array([(1.0, 0.0, 0.0), (0.3, 0.9, 0.1**0.5)], np.float32)
    assert (vectors @ others.T)[0].argmax() == 0
    assert _nearest(words, vectors, ["thing", "kiln"], others)["窯"] == "kiln"


QUESTIONS = ["地球の温度は何度か", "地球の温度を測るのは誰か", "canal の温度は", "canal の木材は"]
COMMON = {"en": ["canal", "kiln", "flour"], "zh": ["地球", "木材", "面包"]}


def find(cache: Path, questions: Sequence[str] = QUESTIONS) -> tuple[Translations, list[Progress]]:
    reports: list[Progress] = []
    found = find_translations(questions, COMMON, FakeEncoder(), cache, reports.append)
    return found, reports


def test_japanese_words_seen_more_than_once_are_translated_and_kept(tmp_path: Path) -> None:
    found, reports = find(tmp_path / "words.json")
    assert set(found) == {"en", "zh"}
    assert found["zh"]["地球"] == "地球"
    for language, known in found.items():
        assert set(known) <= {"地球", "温度"}  # neither 木材, seen once, nor canal
        assert set(known.values()) <= set(COMMON[language])
    assert reports == [Progress("encode", 0, count) for count in (2, 3, 3)]
    assert find(tmp_path / "words.json", []) == (found, [])


def test_the_commonest_words_are_words() -> None:
    pytest.importorskip("wordfreq")
    common = common_words()
    assert {"water", "people"} <= set(common["en"])
    assert {"中国", "学校"} <= set(common["zh"])
    for words in common.values():
        assert 5000 < len(words) == len(set(words))
        assert not any(len(word) == 1 or any(c.isdigit() for c in word) for word in words)
