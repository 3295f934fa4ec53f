"""Numbers in digits, in kanji and in both."""

import pytest

from index.text.figures import figures, number


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1,200", 1200),
        ("3.5億", 350_000_000),
        ("1億2千万", 120_000_000),
        ("1兆0759億", 1_075_900_000_000),
        ("三十九", 39),
        ("千二百", 1200),
        ("百二", 102),
        ("十億", 10**9),
        ("二〇二四", 2024),
        ("0.5万", 5000),
        ("千", None),
        ("億", None),
        ("元", None),
    ],
)
def test_what_a_number_says(written: str, value: float | None) -> None:
    assert number(written) == value


def test_a_unit_of_a_table_is_no_figure() -> None:
    assert figures("単位は億円である。万歳と叫んだ。") == ()
    assert [figure.value for figure in figures("百二十人が三百円を")] == [120, 300]
