"""Figures of a sentence."""

from index.text.figures import agree, figures


def test_a_unit_of_a_table_is_no_figure() -> None:
    assert figures("単位は億円である。万歳と叫んだ。") == ()
    assert [figure.value for figure in figures("百二十人が三百円を")] == [120, 300]


def test_figures_are_compared_in_one_form_and_told_as_written() -> None:
    [one, other] = figures("午後３時に令和六年の五二・三パーセント"), figures("15時に2024年の52.3%")
    assert [f.written for f in one] == ["午後3時", "令和六年", "五二・三パーセント"]
    assert all(agree(a, b) and a.unit == b.unit for a, b in zip(one, other, strict=True))
