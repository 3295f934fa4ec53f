"""Dates, times and figures in one form, and where in the text they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.questions import lexicon
from index.text.characters import nfkc
from index.text.normal import in_one_form, number, placed

SAME = (
    "2024年11月3日、令和六年十一月三日、令和６年１１月３日、二〇二四年一一月三日、二○二四年十一月三日、令和六（二〇二四）年十一月三日、2024年（令和6年）11月3日",
    "1989年3月、平成元年三月、平成元年３月", "1975年代、昭和五十年代、昭和50年代", "1911年、明治四十四年、明治44年、一九一一年",
    "120億3000万円、一二〇億三千万円、120億3千万円、12,030,000,000円、12030000000円、120.3億円、一二〇・三億円、120亿3000万日元、12.03 billion yen、¥12.03 billion",
    "1兆2500億、1.25兆、１兆２５００億、1.25万亿", "350万ドル、3.5 million dollars、$3.5 million、三百五十万ドル",
    "52.3%、52.3％、５２．３％、五二・三パーセント、五十二・三パーセント、52.3 percent、52.3 per cent、百分之五十二点三、百分之52.3",
    "15時30分、午後３時半、午後三時三十分、15時半、15:30、3:30 p.m.、3:30pm、下午3点半、下午三点三十分、15点30分、十五時三十分",
    "15時、午後3時、下午三点、3 p.m.、15:00", "0時、午前0時、午前零時、12 a.m.", "12時30分、午後0時半、午後12時半、12:30 pm",
    "1204人、1,204人、千二百四人、一二〇四人", "5万3000人、5万3千人、五万三千人、53,000人、5.3万人", "1.5倍、一・五倍、１．５倍",
)  # fmt: skip


@pytest.mark.parametrize("spelled", SAME)
def test_one_thing_has_one_form_and_the_same_terms(spelled: str) -> None:
    form, *others = spelled.split("、")
    assert {other: nfkc(in_one_form(other)) for other in others} == dict.fromkeys(others, form)
    assert in_one_form(form) == form
    assert {tuple(lexicon.terms(other)) for other in others} == {tuple(lexicon.terms(form))}


@pytest.mark.parametrize(
    "text",
    [
        "四日市の三日月", "一人一人が一時停止した", "三・一運動と五・一五事件", "12,000,000年前", "1億2000万年前", "3時間半", "数十億円", "10数人",
        "二、三人", "1,2,3と2:1", "2025-01-22T16:40:00+09:00", "八千代市と八十二銀行", "億円と万歳", "令和百年", "午前12時", "25:70", "3.2014年",
    ],
)  # fmt: skip
def test_what_is_no_figure_or_not_sure_stays(text: str) -> None:
    assert in_one_form(text) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("52.3%", "五・二三パーセント"),
        ("令和6年", "2025年"),
        ("午後3時半", "3:30"),
        ("120億3千万円", "12.03億円"),
        ("昭和64年", "平成64年"),
        ("5万3千人", "五万三百人"),
        ("十一月", "1月"),
    ],
)
def test_what_differs_keeps_apart(one: str, other: str) -> None:
    assert in_one_form(one) != in_one_form(other)


def test_places_are_those_of_the_text() -> None:
    text = "令和六年の祭は五二・三％だった。"
    form, places = placed(text)
    assert form == "2024年の祭は52.3%だった。"
    assert [text[slice(*places[form.index(c)])] for c in "2祭%た"] == [
        "令和六年",
        "祭",
        "五二・三％",
        "た",
    ]


@given(st.text("令和平成元〇一二三十百千万億年月日時分半午前後1234,.・:%円 (", max_size=30))
def test_every_character_has_its_place_in_order(text: str) -> None:
    form, places = placed(text)
    assert len(form) == len(places)
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)


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
        ("1.2.3", None),
    ],
)
def test_what_a_number_says(written: str, value: float | None) -> None:
    assert number(written) == value
