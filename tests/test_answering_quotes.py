"""How much is quoted: what a sentence cannot stand without, and no more; and lists with their items."""

import pytest
from conftest import article, part_of
from hypothesis import given
from hypothesis import strategies as st

from index.answering.quotes import BACK, LONGEST, Place, items_of, place_in_list, quoted
from index.questions import read_question
from index.records import Hit, Sentence
from index.retriever import Evidence


def evidence(text: str) -> list[Evidence]:
    found = part_of(article("a", text)).passages
    return [Evidence(Hit(p, 1.0, 1), {}, s) for p, s in found]


def quote(text: str, opening: str) -> str:
    """What is quoted for the sentence that opens so."""
    [(e, at)] = [
        (e, at)
        for e in evidence(text)
        for at, s in enumerate(e.sentences)
        if s.text.startswith(opening)
    ]
    sentences = quoted(e, at)
    return text[sentences[0].start : sentences[-1].end]


FIRST = "市は古い水道管を取り替える工事を始めた。"


@pytest.mark.parametrize(
    "second",
    [
        "そのため夜は水が出ない。",
        "これに対し住民は反対している。",
        "それでも反対の声は消えない。",
        "同市は来年も工事を続ける。",
        "その費用は国が半分を持つ。",
        "また、その費用は国が半分を持つ。",
        "さらに同市は井戸も掘る。",
        "来年の春、この工事は終わる。",
        "彼らは夜に働く。",
    ],
)
@pytest.mark.parametrize("gap", ["", "\n", "\n\n"])
def test_a_sentence_that_leans_on_another_brings_it(second: str, gap: str) -> None:
    assert quote(FIRST + gap + second, second[:6]) == FIRST + gap + second


@pytest.mark.parametrize(
    "second",
    [
        "また、市役所は井戸を三つ掘った。",
        "さらに、消防署は車を新しくする。",
        "一方的な説明に住民は怒っている。",
        "ただ一人の技師が図面を引いた。",
        "そうめんの工場では水が足りない。",
        "同時に井戸も掘られた。",
        "工事は三年続く。",
        "両国橋の下でも管が替わる。",
    ],
)
def test_a_sentence_that_can_be_understood_stands_alone(second: str) -> None:
    assert quote(FIRST + second, second[:6]) == second


@pytest.mark.parametrize("heading", ["町の水道", "町の水道は古いか？"])
def test_a_heading_is_no_antecedent(heading: str) -> None:
    text = f"# {heading}\n\nこの町の水道は古い。市は古い水道管を取り替える工事を始めた。"
    assert quote(text, "この町") == "この町の水道は古い。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "所長の梶原玲氏は記者の前に立った。「答えはまだ出ていない」。会見は十分で終わった。",
            "所長の梶原玲氏は記者の前に立った。「答えはまだ出ていない」。",
        ),
        (
            "会見は夜に開かれた。\n\n「答えはまだ出ていない」。所長の梶原玲氏はそう語った。",
            "「答えはまだ出ていない」。所長の梶原玲氏はそう語った。",
        ),
        (
            "会見は夜に開かれた。「答えはまだ出ていない」と梶原氏は語った。",
            "「答えはまだ出ていない」と梶原氏は語った。",
        ),
    ],
)
def test_words_spoken_bring_their_speaker(text: str, expected: str) -> None:
    assert quote(text, "「答え") == expected


def test_an_antecedent_may_lean_on_another_one() -> None:
    text = "市長は雨の中を歩いた。同氏は川を見た。しかし同氏は橋を渡らなかった。"
    assert quote(text, "しかし") == text


def test_an_antecedent_too_long_is_left_where_it_is() -> None:
    long = "市は" + "古い水道管と" * 50 + "井戸を調べた。"
    assert quote(long + "しかし雨は止んだ。", "しかし") == "しかし雨は止んだ。"


def test_antecedents_too_long_together_are_left_where_they_are() -> None:
    first, second = "市長は" + "雨" * 140 + "。", "同氏は" + "川" * 140 + "。"
    third = "しかし同氏は橋を渡らなかった。"
    assert len(first + second) < LONGEST < len(first + second + third)
    assert quote(first + second + third, "しかし") == second + third


def test_a_line_that_is_no_sentence_is_no_antecedent() -> None:
    assert quote("市の水道管\n\nその費用は国が半分を持つ。", "その") == "その費用は国が半分を持つ。"


def test_a_quote_may_be_as_long_as_the_longest_and_no_longer() -> None:
    second = "しかし雨は止んだ。"
    first = "市は" + "古" * (LONGEST - len(second) - 3) + "。"
    assert quote(first + second, "しかし") == first + second
    assert quote("この" + first + second, "しかし") == second
    words, speaker = "「" + "雨" * (LONGEST - 15) + "」。", "所長の森氏はそう語った。"
    assert len(words + speaker) == LONGEST
    assert quote(words + speaker, "「") == words + speaker
    assert quote(words[0] + "雨" + words[1:] + speaker, "「") == "「雨" + words[1:]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["しかし、", "その", "「雨だ」。", "第一に", "第二に", "同氏は", "また、", "・", ""]),
            st.text("雨風石人川橋町", min_size=1, max_size=150),
            st.sampled_from(["。", "。\n", "。\n\n", "\n\n"]),
        ),
        min_size=1,
        max_size=12,
    )
)  # fmt: skip
def test_quotes_are_runs_of_sentences_within_bounds(pieces: list[tuple[str, str, str]]) -> None:
    for e in evidence("".join(map("".join, pieces))):
        for at, sentence in enumerate(e.sentences):
            found = quoted(e, at)
            first = e.sentences.index(found[0])
            assert found == e.sentences[first : first + len(found)]
            assert at - BACK <= first <= at < first + len(found)
            assert len(found) == 1 or found[-1].end - found[0].start <= LONGEST
            assert sentence in found


@pytest.mark.parametrize(
    "second",
    [
        "しかし、予算は足りない。",
        "だが工事は三日で止まった。",
        "一方、隣の町は工事を見送った。",
    ],
)
def test_a_contrast_brings_what_it_is_one_to_within_a_paragraph(second: str) -> None:
    assert quote(FIRST + second, second[:6]) == FIRST + second
    assert quote(f"{FIRST}\n\n{second}", second[:6]) == second


def sentences(text: str) -> list[Sentence]:
    return [s for _, found in part_of(article("a", text)).passages for s in found]


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


@pytest.mark.parametrize(("between", "gathered"), [(5, 2), (6, 0)])
def test_items_too_far_apart_are_no_list(between: int, gathered: int) -> None:
    text = f"理由は二つある。第一に、雨だ。{'川は深い。' * between}第二に、石だ。"
    assert len(items("理由は何か", text, "理由は")) == gathered


@pytest.mark.parametrize(("between", "gathered"), [(2, 2), (3, 0)])
def test_an_announcement_stands_near_its_list(between: int, gathered: int) -> None:
    text = f"理由は二つある。{'川は深い。' * between}第一に、雨だ。第二に、石だ。"
    assert len(items("理由は何か", text, "理由は")) == gathered
    assert len(items("理由は何か", text, "第二に")) == gathered


def test_what_points_ahead_points_at_the_next_sentence() -> None:
    text = "持ち物は次のとおりである。集合は朝の七時である。\n・長靴\n・雨がっぱ"
    assert items("持ち物は何か", text, "持ち物") == []


def test_one_item_is_no_list() -> None:
    assert items("持ち物は何か", "持ち物は次のとおりである。\n・長靴", "持ち物") == []
