"""Lists: what announces one, what belongs to it, and when a question wants it."""

import pytest
from conftest import article

from index.answering.lists import Place, items_of, place_in_list
from index.passages import cut
from index.questions import read_question
from index.records import Sentence


def sentences(text: str) -> list[Sentence]:
    return [s for _, found in cut(article("a", text)) for s in found]


def items(question: str, text: str, opening: str) -> list[str]:
    """The items gathered where the sentence that opens so was chosen."""
    own = sentences(text)
    [chosen] = [s for s in own if s.text.startswith(opening)]
    return [item.text for item in items_of(read_question(question), chosen, own)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("第一に、雨が続いた。", Place("第 ", 1)),
        ("第3の理由は石である。", Place("第 ", 3)),
        ("二つ目は橋である。", Place("目 ", 2)),
        ("ひとつ目の案は橋だ。", Place("目 ", 1)),
        ("３点目に、人がいない。", Place("目 ", 3)),
        ("課題二：道の狭さ", Place("heading 課題", 2)),
        ("課題二 道の狭さ", Place("heading 課題", 2)),
        ("三、道の狭さ", Place("heading ", 3)),
        ("2. 道の狭さ", Place("heading ", 2)),
        ("一つは費用である。", Place("one", 1)),
        ("もう一つは時間である。", Place("one", 2)),
        ("・北の橋", Place("・", 0)),
        ("一方、道は広い。", None),
        ("2.5メートルの道だ。", None),
        ("第二次の工事は秋に始まる。", None),
        ("二人は橋を渡った。", None),
        ("三月に始まる。", None),
        ("一つの橋が落ちた。", None),
        ("令和二年の工事である。", None),
    ],
)
def test_the_place_of_an_item(text: str, place: Place | None) -> None:
    assert place_in_list(text) == place


REASONS = (
    "橋の工事は一年遅れた。工事が遅れた理由は三つある。第一に、雨が続いた。これは三十年ぶりのことだ。"
    "第二に、川底から石が出た。第三に、人が足りなかった。市は来年の完成を目指す。"
)
OF_REASONS = ["第一に、雨が続いた。", "第二に、川底から石が出た。", "第三に、人が足りなかった。"]


@pytest.mark.parametrize("opening", ["工事が遅れた", "第一に", "第二に", "第三に"])
def test_the_sentence_that_announces_and_each_item_bring_all(opening: str) -> None:
    assert items("橋の工事が遅れた理由は何か", REASONS, opening) == OF_REASONS


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        ("橋の工事は何年遅れたか", "工事が遅れた"),
        ("工事が遅れた理由はいくつあるか", "工事が遅れた"),
        ("工事が遅れた二つ目の理由は何か", "第二に"),
        ("川底から何が出たか", "第二に"),
        ("市はいつの完成を目指すか", "市は来年"),
        ("橋の工事はどうなったか", "橋の工事"),
    ],
)
def test_a_question_for_one_thing_gathers_nothing(question: str, opening: str) -> None:
    assert items(question, REASONS, opening) == []


SECTIONS = """\
# 橋の今

この橋には課題が多い。どれも費用がかかる。

## 課題一 古い欄干

欄干は木のままで、雨の後は滑りやすい。子どもが手を切ることもある。

## 課題二 狭い歩道

歩道では二人がすれ違えない。自転車は降りて押す決まりである。

## 課題三 夜の暗さ

灯は橋の両端にしかない。
"""


def test_headings_are_items() -> None:
    expected = ["課題一 古い欄干", "課題二 狭い歩道", "課題三 夜の暗さ"]
    assert items("橋の課題は何か", SECTIONS, "この橋には") == expected
    assert (
        items("橋の課題は何か", SECTIONS.replace("課題が多い", "三つの難点がある"), "この橋")
        == expected
    )
    assert (
        items("橋の課題は何か", SECTIONS.replace("課題が多い", "四つの難点がある"), "この橋") == []
    )


def test_a_numbered_heading_announces_the_headings_below_it() -> None:
    numbered = "## 一、橋の由来\n\n橋は古い。\n\n" + SECTIONS.replace(
        "# 橋の今", "## 二、橋の課題", 1
    )
    expected = ["課題一 古い欄干", "課題二 狭い歩道", "課題三 夜の暗さ"]
    assert items("橋の課題は何か", numbered, "二、橋の課題") == expected
    assert items("橋の由来は何か", numbered, "一、橋の由来") == []


def test_a_sentence_that_holds_its_list_brings_no_headings() -> None:
    whole = SECTIONS.replace("課題が多い", "課題一から課題三までの課題がある")
    assert items("橋の課題は何か", whole, "この橋") == []


def test_bullets_follow_what_points_ahead() -> None:
    text = "持ち物は次のとおりである。\n・長靴\n・雨がっぱ\n・水筒\n\n集合は朝の七時である。"
    assert items("持ち物は何か", text, "持ち物") == ["・長靴", "・雨がっぱ", "・水筒"]
    assert items("持ち物は何か", text, "・雨がっぱ") == ["・長靴", "・雨がっぱ", "・水筒"]
    assert items("集合の場所はどこか", text, "集合") == []


def test_two_lists_are_not_one() -> None:
    text = (
        "理由は二つある。第一に、雨だ。第二に、石だ。対策も二つある。第一に、傘だ。第二に、車だ。"
    )
    assert items("理由は何か", text, "理由は") == ["第一に、雨だ。", "第二に、石だ。"]
    assert items("対策は何か", text, "第二に、車") == ["第一に、傘だ。", "第二に、車だ。"]
