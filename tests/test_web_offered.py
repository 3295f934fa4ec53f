"""Questions that are offered: made of headings, and only such as have an answer that fits."""

from collections.abc import Callable

import pytest

from index.engine import Engine
from index.web.chat import offered
from index.web.chat.offered import as_question, has_answer

WORDING = "「{}」とはどういうことか"


@pytest.mark.parametrize(
    ("heading", "bare"),
    [
        ("八、堤防の高さ", "堤防の高さ"),
        ("第３章 堤防の高さ", "堤防の高さ"),
        ("■ 堤防の高さ", "堤防の高さ"),
        ("<堤防の高さ>", "堤防の高さ"),
        ("１．【堤防の高さ】", "堤防の高さ"),
        ("一九五三年の堤防", "一九五三年の堤防"),
        ("2031年の計画", "2031年の計画"),
        ("三つの水門", "三つの水門"),
        ("<甲>と<乙>", "<甲>と<乙>"),
        ("1.5倍の高さ", "1.5倍の高さ"),
        ("「石」の橋", "『石』の橋"),
    ],
)
def test_a_heading_is_asked_about_without_its_number_and_brackets(heading: str, bare: str) -> None:
    assert as_question(heading, WORDING) == WORDING.format(bare)


def test_a_heading_that_asks_is_the_question() -> None:
    assert as_question("二、堤防はだれのものか", WORDING) == "堤防はだれのものか"


def test_what_is_no_more_than_a_lead_is_not_offered(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "青沢運河はいつ開通したか"
    answer = engine.ask(question)
    assert answer.answered
    monkeypatch.setattr(offered, "FITTING", answer.confidence)
    assert has_answer(engine, question)
    monkeypatch.setattr(offered, "FITTING", answer.confidence + 0.01)
    assert not has_answer(engine, question)
    assert not has_answer(engine, "")


def test_without_an_index_nothing_is_offered(make_engine: Callable[..., Engine]) -> None:
    assert not has_answer(make_engine(), "青沢運河はいつ開通したか")
