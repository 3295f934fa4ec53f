import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.questions import figures, holds_kind, language_of, read_question


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("運河はいつ開通したか", "ja", "date"),
        ("技師長は誰か", "ja", "person"),
        ("パンは一個いくらか", "ja", "number"),
        ("天文台はどこにあるか", "ja", "place"),
        ("なぜ護岸を作り直すのか", "ja", "reason"),
        ("運河について教えて", "ja", None),
        ("When was the canal opened?", "en", "date"),
        ("How many ships pass?", "en", "number"),
        ("运河是什么时候开通的", "zh", "date"),
        ("谁是技师长", "zh", "person"),
    ],
)
def test_language_and_kind(text: str, language: str, kind: str | None) -> None:
    asked = read_question(text)
    assert (asked.language, asked.kind) == (language, kind)


@given(st.text(max_size=80))
def test_any_text_is_a_question(text: str) -> None:
    asked = read_question(text)
    assert asked.text == text
    assert asked.language in {"ja", "en", "zh"}
    assert len(set(asked.terms)) == len(asked.terms)


def test_the_kind_asked_for_is_looked_for() -> None:
    when = read_question("運河はいつ開通したか")
    assert holds_kind(when, "運河は1923年に開通した。")
    assert not holds_kind(when, "水は低い方へ流れる。")
    assert holds_kind(read_question("船は何隻か"), "船は860隻である。")
    assert holds_kind(read_question("運河について教えて"), "水は低い方へ流れる。") is None


def test_han_alone_is_told_by_its_words() -> None:
    assert language_of("青沢運河開通年") == "ja"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("1970年と2010年前半の3.5%", {"1970", "2010", "3.5"}),
        ("50年ほど前から10年間、2年後に", set()),
        ("１，２００隻", {"1200"}),
    ],
)
def test_figures_named_but_not_spans_of_years(text: str, named: set[str]) -> None:
    assert figures(text) == named


def test_countries_and_full_names_are_kinds() -> None:
    country = read_question("堀内氏はどの国へ移ったか")
    assert holds_kind(country, "堀内氏はカナダへ移った。")
    assert not holds_kind(country, "堀内氏は東京へ移った。")
    successor = read_question("メイソン氏の後任は誰か")
    assert not holds_kind(successor, "ジェームズ・メイソン氏が語った。")
    assert not holds_kind(read_question("塔の高さはいくらか"), "塔は1985年3月2日に建った。")
