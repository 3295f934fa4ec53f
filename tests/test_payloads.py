from dataclasses import replace
from datetime import date

import pytest

from index.engine import Engine
from index.errors import QuestionError
from index.payloads import answer_payload, explanation_payload, read_filter, read_text
from index.records import Differing, Filter, Statement


def test_a_filter_is_read_from_the_names_of_the_command_line() -> None:
    values = {
        "since": "2020-01-02",
        "until": "2021-12-31",
        "publisher": "甲社",
        "article": ["a", "b"],
    }
    assert read_filter(values | {"id": "q1"}) == Filter(
        since=date(2020, 1, 2),
        until=date(2021, 12, 31),
        publishers=("甲社",),
        article_ids=("a", "b"),
    )


def test_nothing_given_admits_all() -> None:
    assert read_filter({}) == read_filter({"since": None, "publisher": []}) == Filter()


@pytest.mark.parametrize(
    "values",
    [{"since": "昨日"}, {"until": "2020-13-01"}, {"since": 2020}, {"publisher": 3}, {"article": [1]},
     {"publisher": {"a": 1}}],
)  # fmt: skip
def test_a_broken_filter_names_its_member(values: dict[str, object]) -> None:
    [name] = values
    with pytest.raises(QuestionError, match=name):
        read_filter(values)


def test_a_text_is_a_text() -> None:
    assert read_text({"previous": "橋"}, "previous") == "橋"
    assert read_text({}, "previous") is None
    with pytest.raises(QuestionError, match="previous"):
        read_text({"previous": 3}, "previous")


def test_an_answer_says_whose_words_and_which_figures_differ(engine: Engine) -> None:
    answer = replace(
        engine.ask("窯の温度は何度か"),
        statements=(Statement("窯は熱い。", (1,), "店主"), Statement("窯がある。", (1,))),
        differing=(Differing(1, "230度", date(2022, 11, 3)), Differing(2, "240度", None)),
        citations=(),
        nearest=(),
    )
    payload = answer_payload(answer, engine, seconds=0.1)
    assert [s["speaker"] for s in payload["statements"]] == ["店主", None]
    assert payload["differing"] == [
        {"citation": 1, "figure": "230度", "published": "2022-11-03"},
        {"citation": 2, "figure": "240度", "published": None},
    ]


def test_an_explanation_marks_the_sentences_that_the_answer_quotes(engine: Engine) -> None:
    answer, found = engine.explain("青沢運河はいつ開通したか")
    payload = explanation_payload(found, engine)
    chosen = [s["text"] for s in payload["sentences"] if s["chosen"]]
    assert chosen == [citation.quote for citation in answer.citations]
    assert all(
        set(s["signals"]) == {"retrieved", "passage", "sentence"} for s in payload["sentences"]
    )
    assert all("reading" in passage["views"] for passage in payload["passages"])
    assert len(payload["passages"]) == min(5, len(found.evidence))
    assert set(payload["trust"]) == {"retrieved", "passage", "bias"}
    assert (payload["confidence"] >= payload["answer_from"]) == answer.answered


def test_an_explanation_of_a_question_that_finds_nothing_is_empty(engine: Engine) -> None:
    nothing = Filter(publishers=("どこにもない社",))
    _, found = engine.explain("青沢運河はいつ開通したか", filter=nothing)
    payload = explanation_payload(found, engine)
    assert payload["passages"] == payload["sentences"] == []
    assert (payload["trust"], payload["confidence"]) == ({}, 0.0)
