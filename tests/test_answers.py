from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import FakeCrossEncoder, FakeEncoder

from index.answers import answer_of, ask, explanation_of, read_filter, read_text
from index.engine import Engine
from index.errors import CitationError, QuestionError
from index.records import Article, Citation, Differing, Filter, Passage, Statement
from index.schema import Answer


def test_a_filter_is_read_from_the_names_of_the_command_line() -> None:
    values = {
        "since": "2020-01-02",
        "until": "2021-12-31",
        "publisher": "甲社",
        "article": ["a", "b"],
        "undated": True,
    }
    assert read_filter(values | {"id": "q1"}) == Filter(
        since=date(2020, 1, 2),
        until=date(2021, 12, 31),
        publishers=("甲社",),
        article_ids=("a", "b"),
        undated=True,
    )


def test_nothing_given_admits_all() -> None:
    assert (
        read_filter({})
        == read_filter({"since": None, "publisher": [], "undated": None})
        == Filter()
    )


@pytest.mark.parametrize(
    "values",
    [{"since": "昨日"}, {"until": "2020-13-01"}, {"since": 2020}, {"publisher": 3}, {"article": [1]},
     {"publisher": {"a": 1}}, {"undated": 0}, {"undated": "true"}],
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
    told = answer_of(answer, engine, seconds=0.1).as_json()
    assert [s["speaker"] for s in told["statements"]] == ["店主", None]
    assert told["differing"] == [
        {"citation": 1, "figure": "230度", "published": "2022-11-03"},
        {"citation": 2, "figure": "240度", "published": None},
    ]


def test_an_explanation_marks_the_sentences_that_the_answer_quotes(engine: Engine) -> None:
    answer, found = engine.explain("青沢運河はいつ開通したか")
    told = explanation_of(found, engine).as_json()
    assert len(told["passages"]) == min(5, len(found.evidence))
    chosen = [s["text"] for s in told["sentences"] if s["chosen"]]
    assert chosen == [citation.quote for citation in answer.citations]
    assert all(set(s["signals"]) == {"retrieved", "passage", "sentence"} for s in told["sentences"])
    assert all("reading" in passage["views"] for passage in told["passages"])
    assert set(told["trust"]) == {"passage", "nearness", "bias"}
    assert (told["confidence"] >= told["answer_from"]) == answer.answered


def test_an_explanation_of_a_question_that_finds_nothing_is_empty(engine: Engine) -> None:
    nothing = Filter(publishers=("どこにもない社",))
    _, found = engine.explain("青沢運河はいつ開通したか", filter=nothing)
    told = explanation_of(found, engine).as_json()
    assert told["passages"] == told["sentences"] == []
    assert (told["trust"], told["confidence"]) == ({}, 0.0)


# What every program that reads the JSON counts on.

ORIGIN = {"title", "authors", "publisher", "published", "language", "url", "source"}
PLACE = ORIGIN | {"article_id", "sha256", "start", "end", "heading"}
HIT = {"schema", "rank", "score", "passage"}


def test_an_answer_has_these_members(engine: Engine) -> None:
    told = ask(engine, "青沢運河はいつ開通したか", explain=True).as_json()
    explained = told["explanation"]
    assert told["schema"] == explained["passages"][0]["schema"] == 1
    for part, members in (
        (told, {"schema", "question", "understood", "follow_up", "reader", "answered", "text", "statements",
                "citations", "differing", "missing", "nearest", "undated", "confidence", "seconds", "explanation",
                "form", "verdict", "lead", "groups", "writer", "note", "struck"}),
        (told["statements"][0], {"text", "citations", "speaker", "gloss", "verdict"}),
        (told["citations"][0], PLACE | {"number", "score", "quote", "key", "passage"}),
        (told["citations"][0]["passage"], {"start", "end", "text"}),
        (explained, {"language", "kind", "form", "told_by", "unit", "terms", "passages", "sentences", "trust",
                     "confidence", "answer_from"}),
        (explained["terms"][0], {"word", "rarity", "known"}),
        (explained["passages"][0], HIT | {"views"}),
        (explained["passages"][0]["passage"], PLACE | {"id", "text"}),
        (explained["sentences"][0], {"article_id", "rank", "start", "end", "text", "score",
                                     "signals", "chosen"}),
    ):  # fmt: skip
        assert set(part) == members
    assert "explanation" not in ask(engine, "青沢運河はいつ開通したか").as_json()
    scores = [told["confidence"], told["seconds"], *(c["score"] for c in told["citations"])]
    scores += [n for s in explained["sentences"] for n in s["signals"].values()]
    assert all(score == round(score, 4) for score in scores)


def test_a_citation_stands_in_its_passage_and_names_its_key(engine: Engine) -> None:
    answer = engine.ask("青沢運河はいつ開通したか")
    first, *others = answer.citations
    at = first.quote.index("1923年")
    keyed = replace(first, key=(first.start + at, first.start + at + 5))
    made = answer_of(replace(answer, citations=(keyed, *others)), engine, seconds=0.1)
    cited = made.citations[0]
    assert cited.as_json()["key"] == {"start": first.start + at, "end": first.start + at + 5}
    assert cited.parts == (first.quote[:at], "1923年", first.quote[at + 5 :])
    before, after = cited.around
    assert before + cited.quote + after == cited.passage.text
    for citation in made.citations:
        article = engine.article(citation.article_id)
        assert article.text[citation.start : citation.end] == citation.quote
        assert article.text[citation.passage.start : citation.passage.end] == citation.passage.text


class Counted(Engine):
    """An engine that writes down which citations it was asked about."""

    def cited(self, citation: Citation) -> tuple[Article, Passage]:
        self.numbers = [*getattr(self, "numbers", []), citation.number]
        return super().cited(citation)


def test_a_citation_is_looked_up_once(engine: Engine) -> None:
    counted = Counted(engine.settings, encoder=FakeEncoder(), crossencoder=FakeCrossEncoder())
    made = ask(counted, "青沢運河はいつ開通したか")
    made.as_json()
    assert made.citations
    assert counted.numbers == [citation.number for citation in made.citations]


def test_where_a_file_lies_is_told_at_the_command_line_only(engine: Engine) -> None:
    made = ask(engine, "青沢運河はいつ開通したか")
    [source] = {citation["source"] for citation in made.as_json()["citations"]}
    assert source == "canal.md"
    [path] = {citation["source"] for citation in made.as_json(paths=True)["citations"]}
    assert Path(path).is_absolute()
    assert Answer.model_validate(made.as_json(paths=True)) == made


def test_a_citation_that_does_not_hold_is_never_shown(engine: Engine) -> None:
    answer = engine.ask("青沢運河はいつ開通したか")
    wrong = replace(answer.citations[0], quote="青沢運河は1924年に開通した。")
    with pytest.raises(CitationError):
        answer_of(replace(answer, citations=(wrong,)), engine, seconds=0.1)
