"""Overviews: of all articles, of one that is named, on a topic, in so many sentences."""

from datetime import date

import pytest
from conftest import BAKERY, CANAL, OBSERVATORY, fake_engine

from index.engine import Engine
from index.questions.forms import form_of
from index.records import Filter
from index.settings import Settings


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """One over the three articles, not to be changed."""
    folder = tmp_path_factory.mktemp("articles")
    for name, text in (("canal", CANAL), ("bakery", BAKERY), ("observatory", OBSERVATORY)):
        (folder / f"{name}.md").write_text(text, "utf-8")
    built = fake_engine(Settings(folder / "home", folder))
    built.build(sorted(folder.glob("*.md")))
    return built


@pytest.mark.parametrize(
    ("asked", "count"),
    [("要約して", 0), ("主な論点は？", 0), ("この記事は何の話？", 0), ("3行で", 3), ("三点でまとめて", 3),
     ("ざっくり教えて", 0), ("key points", 0), ("TL;DR", 0), ("What are these articles about?", 0),
     ("Summarize the articles in two sentences", 2), ("总结一下", 0), ("用三句话概括", 3),
     ("这些文章主要讲了些什么？", 0)],
)  # fmt: skip
def test_an_overview_is_told_by_its_words(asked: str, count: int) -> None:
    assert (form_of(asked).name, form_of(asked).count) == ("overview", count)


@pytest.mark.parametrize("asked", ["「A級」とは何のことか", "ひとまとめに扱うのか", "普京说了什么"])
def test_other_questions_are_no_overview(asked: str) -> None:
    assert form_of(asked).name != "overview"


def test_all_articles_are_told_each_under_its_name(engine: Engine) -> None:
    answer = engine.ask("要約して")
    assert [group.heading for group in answer.groups] == [
        "霧原天文台の新しい望遠鏡 — 青沢新報、2024-07-30",
        "丘の上の窯 — 暮らし通信、2022-11-03",
        "青沢運河の百年 — 青沢新報、2019-04-12",
    ]
    for citation in answer.citations:
        text = engine.article(citation.article_id).text
        assert text[citation.start : citation.end] == citation.quote


def test_a_filter_and_a_number_of_sentences_are_kept(engine: Engine) -> None:
    answer = engine.ask("要約して", filter=Filter(since=date(2020, 1, 1)))
    assert len(answer.groups) == 2
    assert len(engine.ask("2行で").citations) == 2


@pytest.mark.parametrize(
    "asked", ["「青沢運河の百年」を要約して", "运河：概括《青沢運河の百年》这篇", "丘の上の窯の記事の要点"]
)  # fmt: skip
def test_an_article_is_named_by_its_title(engine: Engine, asked: str) -> None:
    answer = engine.ask(asked)
    [article] = {citation.article_id for citation in answer.citations}
    assert str(engine.article(article).title) in asked
    assert answer.lead.startswith(("「", "“"))


def test_on_a_topic_only_what_speaks_of_it_is_told(engine: Engine) -> None:
    answer = engine.ask("くるみパンについて要約して")
    assert [c.quote for c in answer.citations if "くるみパン" in c.quote]
    assert all("運河" not in c.quote for c in answer.citations)
    refused = engine.ask("月面基地について要約して")
    assert not refused.answered
