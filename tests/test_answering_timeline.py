"""What happened, day by day, over invented articles."""

from collections.abc import Iterator
from datetime import date

import pytest
from conftest import FakeCrossEncoder, FakeEncoder, article, publish

from index.answering import Asking
from index.answering.answers import answer
from index.questions.forms import form_of
from index.records import Answer, Filter
from index.store import Generation, Home

BRIDGE = """青沢橋の工事は長く争われた。2019（令和元）年6月、市が青沢橋の計画を発表した。同年9月、住民が青沢橋の反対署名を出した。

2023年5月、青沢橋の工事が始まった。昨年11月、青沢橋の工事は止まった。3月17日、市は青沢橋の工事を再開した。青沢橋は2031年の完成を目指す。
"""
BAKERY = """坂井製パンは3月3日、駅前に二つ目の店を開いた。坂井製パンの店主は「パンは朝が一番うまい」と話した。\
2018年に坂井製パンは創業百年を迎えた。"""


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    home = Home(tmp_path_factory.mktemp("home"))
    articles = [
        article("bridge", BRIDGE, title="青沢橋の歩み", published=date(2025, 3, 20)),
        article("bakery", BAKERY, title="坂井製パンの二号店", published=date(2025, 3, 10)),
    ]
    publish(home, articles)
    opened = home.open()
    yield opened
    opened.close()


def ask(generation: Generation, question: str, **days: date) -> Answer:
    asking = Asking(generation, FakeEncoder(), FakeCrossEncoder(), Filter(**days))
    return answer(asking.find(question))


def told(made: Answer) -> list[tuple[str, list[str]]]:
    return [(g.heading, [made.statements[at].text for at in g.statements]) for g in made.groups]


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("2025年3月に何が起きた？", ["2025年3月3日", "2025年3月17日"]),
        ("What happened in March 2025?", ["3 March 2025", "17 March 2025"]),
        ("2025年3月发生了什么？", ["2025年3月3日", "2025年3月17日"]),
        ("昨年11月の出来事は", ["2024年11月"]),
    ],
)
def test_all_that_is_dated_within_a_range_in_the_language_of_the_question(
    generation: Generation, question: str, days: list[str]
) -> None:
    made = ask(generation, question)
    assert made.form == "timeline"
    assert [heading for heading, _ in told(made)] == days
    for c in made.citations:
        assert generation.article(c.article_id).text[c.start : c.end] == c.quote


def test_a_topic_has_its_own_events_in_their_order_and_years_told_before_count(
    generation: Generation,
) -> None:
    parts = told(ask(generation, "青沢橋の工事の経緯は？"))
    headings = [heading for heading, _ in parts]
    assert headings[:3] == ["2019年6月", "2019年9月", "2023年5月"]
    assert "2025年3月17日" in headings
    assert not any("坂井" in text for _, texts in parts for text in texts)


def test_a_range_and_a_topic_leave_what_is_within_both(generation: Generation) -> None:
    parts = told(ask(generation, "2019年から2023年まで青沢橋の工事に何があった？"))
    assert [heading for heading, _ in parts] == ["2019年6月", "2019年9月", "2023年5月"]


def test_where_nothing_is_dated_within_the_range_there_is_no_answer(generation: Generation) -> None:
    made = ask(generation, "2016年4月に何が起きた？")
    assert (made.answered, made.form, made.citations) == (False, "fact", ())
    assert ask(generation, "2025年3月に何が起きた？", until=date(2025, 3, 1)).answered is False


def test_what_is_planned_is_not_what_happened_since(generation: Generation) -> None:
    parts = told(ask(generation, "2023年以降の青沢橋の工事の動きは？"))
    assert [heading for heading, _ in parts] == ["2023年5月", "2024年11月", "2025年3月17日"]


@pytest.mark.parametrize(
    "question",
    [
        "ダムの経緯は？", "東浜線延伸の流れを着工から時系列で", "2024年8月の出来事を教えて", "三月に何があった？",
        "いつ何が決まった？", "停戦の後、どうなった？", "着工から再開までの動き", "方針はいつ示され、閉校はいつ決まった？",
        "what happend in July 2024", "a timeline of the dam", "What took place between 1971 and 1972?",
        "2025年4月有哪些事？", "大坝的来龙去脉", "停战之后发生了什么？",
    ],
)  # fmt: skip
def test_a_question_that_asks_for_a_timeline(question: str) -> None:
    assert form_of(question).name == "timeline"


@pytest.mark.parametrize(
    "question",
    [
        "青沢橋の工事はいつ始まった？", "2025年3月に発表された計画の費用は？", "休業はいつからいつまで？", "会談で何があったのか",
        "When did the war end?", "How many ships were sunk in 1941?", "运河是什么时候开通的？",
    ],
)  # fmt: skip
def test_a_plain_fact_stays_one(question: str) -> None:
    assert form_of(question).name == "fact"
