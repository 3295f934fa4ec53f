"""Who said what, over invented articles."""

from collections.abc import Iterator
from datetime import date

import pytest
from conftest import Choosing, FakeEncoder, article, publish

from index.answering import Asking
from index.answering.answers import answer
from index.crossencoder import CrossEncoder
from index.questions.forms import form_of
from index.records import Answer
from index.store import Generation, Home

REOPENED = """市は青沢橋の工事を再開した。青沢市の倉持宗一市長は青沢橋の工事の再開について「遅れを取り戻す」と述べた。\
「水辺の会」の坂井ミツ子代表は青沢橋の工事の再開について「裁判を続ける」と訴えた。橋梁工学が専門の真壁玲教授は青沢橋の工事の再開について\
「説明が足りない」と指摘した。前市長の与党だった市議の川原国夫氏は青沢橋の工事の再開を「遅すぎた」と批判した。
"""
BUDGET = "青沢市の倉持宗一市長は青沢橋の工事の再開の費用について「27億円で足りる」と語った。雨は夜半に上がった。"


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    home = Home(tmp_path_factory.mktemp("home"))
    articles = [
        article("reopened", REOPENED, title="青沢橋の工事再開", published=date(2025, 3, 18)),
        article("budget", BUDGET, title="青沢橋の予算", published=date(2025, 4, 2)),
    ]
    publish(home, articles)
    opened = home.open()
    yield opened
    opened.close()


def ask(generation: Generation, question: str, reader: CrossEncoder | None = None) -> Answer:
    reader = reader or Choosing("」と")
    return answer(Asking(generation, FakeEncoder(), reader).find(question))


def headings(made: Answer) -> list[str]:
    return [group.heading for group in made.groups]


def test_one_statement_a_speaker_each_under_its_name_office_and_day(generation: Generation) -> None:
    made = ask(generation, "青沢橋の工事の再開に、関係者はどう反応した？")
    assert made.form == "said"
    assert sorted(headings(made)) == [
        "「水辺の会」の坂井ミツ子代表（2025年3月18日）",
        "前市長の与党だった市議の川原国夫氏（2025年3月18日）",
        "橋梁工学が専門の真壁玲教授（2025年3月18日）",
        f"青沢市の倉持宗一市長（2025年{'3月18日' if '遅れ' in made.text else '4月2日'}）",
    ]
    assert all(len(group.statements) == 1 for group in made.groups)
    assert not any("雨は" in s.text for s in made.statements)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("坂井代表は工事の再開について何と訴えた？", "坂井ミツ子代表"),
        ("工事の再開についての教授の見解は？", "真壁玲教授"),
        ("What does the professor say about the 青沢橋?", "真壁玲教授"),
        ("教授怎么看青沢橋？", "真壁玲教授"),
    ],
)
def test_of_one_who_is_asked_for_no_other_speaks(
    generation: Generation, question: str, name: str
) -> None:
    made = ask(generation, question)
    assert len(made.groups) == 1
    assert name in headings(made)[0]
    assert {s.speaker for s in made.statements} == {name}


def test_of_one_alone_more_is_shown_and_a_party_is_not_its_leader(generation: Generation) -> None:
    made = ask(generation, "市長は青沢橋の工事の再開について何と言っている？")
    assert [s.speaker for s in made.statements] == ["倉持宗一市長"] * 2


@pytest.mark.parametrize("who", ["鈴木一郎氏", "知事", "県警本部長"])
def test_for_whom_no_article_lets_speak_nobody_else_does(generation: Generation, who: str) -> None:
    assert ask(generation, f"{who}は青沢橋の工事の再開について何と述べた？").form == "fact"


def test_where_nothing_answers_nobody_speaks(generation: Generation) -> None:
    assert ask(generation, "青沢橋の工事への反応は？", Choosing("何もない")).answered is False


@pytest.mark.parametrize(
    "question",
    [
        "専門家の見方は？", "誰が何と言った？", "住民はどう話している？", "再開についての知事の発言をまとめて", "市長の見解を知りたい",
        "What do experts say about the dam?", "How did the mayor react?", "Trump's remarks on Ukraine",
        "专家怎么看？", "各方对大坝复工的反应", "市长说了什么？",
    ],
)  # fmt: skip
def test_a_question_that_asks_who_said_what(question: str) -> None:
    assert form_of(question).name == "said"


@pytest.mark.parametrize(
    "question",
    ["技師長は誰だった？", "工事の費用はいくら？", "Who built the canal?", "Where does he stand?", "是谁设计的？"],
)  # fmt: skip
def test_a_plain_fact_stays_one(question: str) -> None:
    assert form_of(question).name == "fact"
