"""How much is quoted: what a sentence cannot stand without, and no more."""

import numpy as np
import pytest
from conftest import article
from hypothesis import given
from hypothesis import strategies as st

from index.answering.quotes import BACK, LONGEST, quoted
from index.passages import cut
from index.records import Hit
from index.retriever import Evidence


def evidence(text: str) -> list[Evidence]:
    found = cut(article("a", text))
    none = np.zeros(0, np.float32)
    return [Evidence(Hit(p, 1.0, 1), {}, s, none, none) for p, s in found]


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


def test_a_heading_is_no_antecedent() -> None:
    text = "# 町の水道\n\nこの町の水道は古い。市は古い水道管を取り替える工事を始めた。"
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


def test_a_list_that_follows_comes_along_whole() -> None:
    text = "工事が遅れた理由は三つある。第一に、雨が続いた。第二に、石が出た。第三に、人が足りない。祭りは秋にある。"
    assert quote(text, "工事が") == text[: text.index("祭り")]
    assert quote(text, "第二に") == "第二に、石が出た。"


def test_an_antecedent_too_long_is_left_where_it_is() -> None:
    long = "市は" + "古い水道管と" * 50 + "井戸を調べた。"
    assert quote(long + "しかし雨は止んだ。", "しかし") == "しかし雨は止んだ。"


def test_a_list_too_long_is_left_where_it_is() -> None:
    items = "".join(f"第{n}に、{'雨と風が強く' * 20}た。" for n in "一二三")
    assert quote(f"理由は三つある。{items}", "理由") == "理由は三つある。"


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
