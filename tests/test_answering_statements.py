"""Answers over articles that repeat, contradict and list: what is said beside the sentences chosen."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from conftest import Choosing, FakeEncoder, article, publish, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import citations
from index.answering import choose
from index.answering.composing import spell
from index.answering.statements import MOST, same, state
from index.engine import Engine
from index.records import Answer, Differing, Statement
from index.settings import Settings
from index.store import Home
from index.text.figures import DATE, Figure, agree, figures

PLAN = """---
title: 白浜大橋の計画
publisher: 青沢新報
published: 2024-05-01
language: ja
---
白浜大橋の建設費は27億円である。橋は2026年4月に開通する予定だ。設計したのは建築家の浅田玲子氏である。\
橋の長さは640メートルで、歩道は両側に付く。北側の歩道の幅は2メートルである。

「橋は町の二つの岸を一つにする」。浅田玲子氏は起工式でそう語った。工事には地元の三社が加わっている。

漁協の間宮組合長は、橋脚が潮の流れを変えるおそれがあると指摘した。これに対し、市は流れへの影響は\
小さいと説明している。
"""

REVIEW = """---
title: 膨らむ白浜大橋の費用
publisher: 南浜日報
published: 2025-02-03
language: ja
---
白浜大橋の建設費は30億円に膨らんだ。橋は2027年3月に開通する予定だ。設計したのは建築家の浅田玲子氏である。\
橋の長さは640メートルだ。

市が費用の見直しを迫られた理由は三つある。第一に、鋼材の値段が上がった。第二に、川底の岩が予想より硬かった。\
第三に、作業員が足りず工期が延びた。

橋の名前は市民の投票で決まる。投票は町の行事になるだろう。
"""

OTHER = """---
title: 黒浜大橋の二十年
publisher: 南浜日報
published: 2023-09-10
language: ja
---
黒浜大橋の建設費は12億円だった。橋は2003年5月に開通した。北側の歩道の幅は3メートルである。

## 黒浜大橋が抱える課題

黒浜大橋はいま四つの課題を抱えている。どれも費用がかかる。

## 課題一 塗装のはがれ

海風を受ける南側の塗装がはがれ、鉄骨のさびが目立つようになった。点検では二十か所で修理が必要とされた。\
さびは冬のあいだに進みやすく、春の点検で見つかることが多い。

## 課題二 歩道の狭さ

歩道の幅は八十センチしかなく、車いすではすれ違えない。市には毎年のように苦情が寄せられ、通学の時間には\
自転車を押して歩く決まりになっている。

## 課題三 夜の暗さ

街灯は橋の両端にしかなく、中ほどは月のない夜には足元も見えない。電球を替えるには足場を組まなければならず、\
切れたままの灯もある。

## 課題四 揺れ

大型車が通ると橋全体が揺れ、夜に目を覚ます人がいる。調べでは揺れは基準の内にある。
"""


@pytest.fixture(scope="module")
def bridges(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("bridges")
    for name, text in (("plan", PLAN), ("review", REVIEW), ("other", OTHER)):
        (folder / f"{name}.md").write_text(text, "utf-8")
    own = Settings(folder / "home", folder)
    Engine(own, encoder=FakeEncoder()).build(sorted(folder.glob("*.md")))
    return own


def ask(bridges: Settings, question: str, *words: str) -> Answer:
    """Ask, where the sentences answer that hold one of the words: what becomes of them is tested."""
    engine = Engine(bridges, encoder=FakeEncoder(), crossencoder=Choosing(*words))
    answer = engine.ask(question)
    assert answer.answered
    whole(answer, engine)
    return answer


def whole(answer: Answer, engine: Engine) -> None:
    used = [number for statement in answer.statements for number in statement.citations]
    assert used == [c.number for c in answer.citations] == list(range(1, len(used) + 1))
    assert len(used) <= MOST
    for citation in answer.citations:
        citations.verify(citation, engine.article(citation.article_id))
    for statement in answer.statements:
        assert statement.text in {answer.citations[n - 1].quote for n in statement.citations}
    assert {d.citation for d in answer.differing} <= set(used)


def test_sources_that_agree_stand_behind_one_statement(bridges: Settings) -> None:
    answer = ask(bridges, "白浜大橋を設計したのは誰か", "設計したのは")
    assert answer.statements == (Statement("設計したのは建築家の浅田玲子氏である。", (1, 2)),)
    assert len({citation.article_id for citation in answer.citations}) == 2


def test_what_points_back_says_the_same_only_by_chance(home: Home) -> None:
    texts = (
        "北の橋は古い。この橋の設計者は甲野である。",
        "南の橋は新しい。この橋の設計者は甲野である。",
    )
    publish(home, [article(f"a{n}", text) for n, text in enumerate(texts)])
    found = read(home.open(), "橋の設計者は誰か")
    best = next(s for s in found.sentences if s.sentence.text.startswith("この橋"))
    statements, cited, _ = state([best], found)
    assert len(statements) == len(cited) == 1


@pytest.mark.parametrize(
    ("question", "words", "opening", "figures"),
    [
        ("白浜大橋の建設費はいくらか", "白浜大橋の建設費は", "出典によって数字が異なります：", ("27億円", "30億円")),
        ("白浜大橋はいつ開通する予定か", "開通する予定だ", "出典によって数字が異なります：", ("2026年4月", "2027年3月")),
        ("建设白浜大桥花了多少亿日元？", "建設費は27億円", "各出处的数字不同：", ("27億円", "30億円")),
    ],
)  # fmt: skip
def test_figures_that_differ_stand_side_by_side(
    bridges: Settings, question: str, words: str, opening: str, figures: tuple[str, str]
) -> None:
    answer = ask(bridges, question, words)
    days = (date(2024, 5, 1), date(2025, 2, 3))
    assert {(d.figure, d.published) for d in answer.differing} == set(
        zip(figures, days, strict=True)
    )
    line = answer.text.splitlines()[-1]
    assert line.startswith(opening)
    for d in answer.differing:
        assert f"[{d.citation}] {d.figure}（{d.published}）" in line
        assert d.figure in answer.citations[d.citation - 1].quote


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("白浜大橋の北側の歩道の幅は何メートルか", "北側の歩道の幅は2メートル"),
        ("黒浜大橋の建設費はいくらか", "黒浜大橋の建設費は"),
        ("黒浜大橋はいつ開通したか", "2003年5月に開通した"),
        ("橋の長さは何メートルか", "橋の長さは"),
        ("白浜大橋を設計したのは誰か", "設計したのは"),
    ],
)
def test_another_bridge_is_no_contradiction(bridges: Settings, question: str, words: str) -> None:
    assert ask(bridges, question, words).differing == ()


def test_reasons_are_cited_one_by_one(bridges: Settings) -> None:
    answer = ask(bridges, "市が費用の見直しを迫られた理由は何か", "理由は三つ")
    assert [s.text for s in answer.statements] == [
        "市が費用の見直しを迫られた理由は三つある。",
        "第一に、鋼材の値段が上がった。",
        "第二に、川底の岩が予想より硬かった。",
        "第三に、作業員が足りず工期が延びた。",
    ]


def test_headings_are_cited_one_by_one(bridges: Settings) -> None:
    answer = ask(bridges, "黒浜大橋が抱える課題は何か", "四つの課題")
    assert [s.text for s in answer.statements] == [
        "黒浜大橋はいま四つの課題を抱えている。",
        "課題一 塗装のはがれ",
        "課題二 歩道の狭さ",
        "課題三 夜の暗さ",
        "課題四 揺れ",
    ]


@pytest.mark.parametrize(
    ("question", "words", "speaker"),
    [
        ("「橋は町の二つの岸を一つにする」とは", "岸を一つにする", "浅田玲子氏"),
        ("市は潮の流れへの影響をどう説明しているか", "これに対し", "漁協の間宮組合長、市"),
        ("町の行事になるのは何か", "町の行事になる", "南浜日報"),
        ("黒浜大橋の歩道は狭く、幅は何センチしかないか", "八十センチ", None),
    ],
)
def test_a_statement_bears_whose_words_it_is(
    bridges: Settings, question: str, words: str, speaker: str | None
) -> None:
    answer = ask(bridges, question, words)
    assert answer.statements[0].speaker == speaker
    assert ("の発言・見解）" in answer.text) == (speaker is not None)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ja", "原文。 [1][2]（甲氏の発言・見解）\n出典によって数字が異なります：[1] 3回、[2] 4回（2024-05-01）"),
        ("en", "原文。 [1][2] (as stated by 甲氏)\nThe sources give different figures: [1] 3回, [2] 4回 (2024-05-01)"),
        ("zh", "原文。 [1][2]（甲氏的说法）\n各出处的数字不同：[1] 3回、[2] 4回（2024-05-01）"),
    ],
)  # fmt: skip
def test_what_is_added_is_in_the_language_of_the_question(language: str, expected: str) -> None:
    differing = (Differing(1, "3回", None), Differing(2, "4回", date(2024, 5, 1)))
    statements = (Statement("原文。", (1, 2), "甲氏"),)
    answer = Answer("", "", "", True, "", statements, (), (), (), 1.0, differing)
    assert spell(answer, language) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("青沢運河は1923年に開通した。", "1923年、青沢運河が開通した。", True),
        ("青沢運河は1923年に開通した。", "青沢運河は1925年に開通した。", False),
        ("市は護岸を作り直す計画を立てている。", "市は、護岸を作り直す計画を立てています。", True),
        ("望遠鏡は標高1420メートルの尾根に立つ。", "望遠鏡は標高１，４２０メートルの尾根に立っている。", True),
        ("積み荷の半分は木材で、残りは穀物が占める。", "船の積み荷の半分は木材で、残りは穀物が占める。", True),
        ("甲町は乙町を上回った。", "乙町は甲町を上回った。", False),
        ("橋は開通した。", "橋は開通していない。", False),
        ("売り上げは前の年より増えた。", "売り上げは前の年より減った。", False),
        ("会社は市を訴えた。", "会社は市に訴えられた。", False),
        ("費用は県と大学が半分ずつ出した。", "費用は国と大学が半分ずつ出した。", False),
        ("灯台は白い。", "港には灯台のほかに古い倉庫と市場があり、朝は人で混み合う。", False),
    ],
)  # fmt: skip
def test_whether_two_sentences_say_the_same(one: str, other: str, expected: bool) -> None:
    assert same(one, other) == same(other, one) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("費用は27億円だった", [("27億円", "円", 2.7e9)]),
        ("延べ約4万2千人が加わった", [("約4万2千人", "人", 42000.0)]),
        ("二十七億円を三人で", [("二十七億円", "円", 2.7e9), ("三人", "人", 3.0)]),
        ("2024年5月1日に", [("2024年5月1日", DATE, (2024, 5, 1))]),
        ("8年前の１９７０年代", [("8年前", "年前", 8.0), ("1970年代", "年代", 1970.0)]),
        ("1.5兆ドルの60%", [("1.5兆ドル", "ドル", 1.5e12), ("60%", "%", 60.0)]),
        ("一部の一般の人", []),
    ],
)
def test_figures_of_a_text(text: str, expected: list[tuple[str, str, object]]) -> None:
    assert [(f.written, f.unit, f.value) for f in figures(text)] == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("27億円", "2,700,000,000円", True),
        ("27億円", "27億4千万円", True),
        ("27億円", "30億円", False),
        ("約900隻", "860隻", True),
        ("900隻", "860隻", False),
        ("2024年5月", "2024年5月3日", True),
        ("2024年5月", "5月3日", True),
        ("2024年5月", "2025年5月", False),
    ],
)
def test_whether_two_figures_agree(one: str, other: str, expected: bool) -> None:
    pair: list[Figure] = [figures(text)[0] for text in (one, other)]
    assert agree(*pair) == agree(*reversed(pair)) == expected


def test_sentences_with_another_between_are_not_one_quote(home: Home) -> None:
    text = "理由は三つある。第一に、雨だ。第二に、石だ。第三に、人だ。"
    publish(home, [article("a", text)])
    found = read(home.open(), "理由は何か")
    by_text = {s.sentence.text[:2]: s for s in found.sentences}
    chosen = choose(
        [replace(by_text[opening], answered=9.0, evidence=9.0) for opening in ("第一", "理由")]
    )
    _, cited, _ = state(chosen, found)
    assert [c.quote for c in cited] == [
        "理由は三つある。",
        "第一に、雨だ。",
        "第二に、石だ。",
        "第三に、人だ。",
    ]


OPENINGS = (
    "第一に、",
    "第二に、",
    "しかし、",
    "その",
    "「石だ」。",
    "課題一 ",
    "・",
    "甲氏によると、",
    "",
)
FACTS = ("橋は三つある", "橋は二つある", "費用は27億円だ", "費用は30億円だ", "市は橋を直すと述べた",
         "橋は2024年5月に開く", "橋は2025年6月に開く", "課題は二つある", "橋は落ちるだろう")  # fmt: skip
TEXTS = st.lists(
    st.tuples(st.sampled_from(OPENINGS), st.sampled_from(FACTS), st.sampled_from(("。", "。\n", "。\n\n", "\n\n"))),
    min_size=1,
    max_size=14,
).map(lambda pieces: "".join(map("".join, pieces)))  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(TEXTS, min_size=1, max_size=3),
    st.sampled_from(["橋はいくつあるか", "費用はいくらか", "橋はいつ開くか", "橋の課題は何か", "橋について"]),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_whatever_is_chosen_statements_and_citations_are_whole(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], question: str, chance: object
) -> None:
    home = Home(tmp_path_factory.mktemp("home"))
    publish(home, [article(f"a{n}", text) for n, text in enumerate(texts)])
    generation = home.open()
    try:
        found = read(generation, question)
        every = found.sentences
        some = sorted(chance.sample(every, min(4, len(every))), key=lambda s: -s.score)  # type: ignore[attr-defined]
        for chosen in (found.chosen, choose(some)):
            statements, cited, differing = state(chosen, found) if chosen else ((), (), ())
            used = [n for statement in statements for n in statement.citations]
            assert used == [c.number for c in cited] == list(range(1, len(used) + 1))
            assert len(used) <= MOST
            assert {d.citation for d in differing} <= set(used)
            spans: dict[str, np.ndarray] = {}
            for citation in cited:
                own = generation.article(citation.article_id)
                citations.verify(citation, own)
                passage = generation.passage_at(own.id, citation.start)
                assert citation.end <= passage.end
                taken = spans.setdefault(own.id, np.zeros(len(own.text), bool))
                assert not taken[citation.start : citation.end].any()  # no words twice
                taken[citation.start : citation.end] = True
    finally:
        generation.close()
