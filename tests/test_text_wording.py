"""Dates and figures in English and Chinese; what is not sure is left out."""

from datetime import date

import pytest
from conftest import article
from hypothesis import given
from hypothesis import strategies as st

from index.answering.abroad import gloss
from index.text.wording import dates_in, figures_in

DAY = date(2025, 3, 20)


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        ("3兆5000億円", "3.5 trillion yen", "3.5万亿日元"),
        ("1兆0759億ドル", "1.0759 trillion dollars", None),
        ("1億2,580万円", "125.8 million yen", "1.258亿日元"),
        ("約26億円", "about 2.6 billion yen", "约26亿日元"),
        ("三割程度", "about 30 %", "约30%"),
        ("9％以上", "at least 9 %", "至少9%"),
        ("4割以下", "at most 40 %", "最多40%"),
        ("けが人は十二人", "12 people", "12人"),
        ("1人だけ", "1 person", "1人"),
        ("3,100万トン", "31 million tonnes", "3100万吨"),
        ("4か国", "4 countries", "4个国家"),
        ("5000億米ドル", "500 billion US dollars", "5000亿美元"),
    ],
)
def test_a_figure_is_written(text: str, en: str, zh: str | None) -> None:
    assert [*figures_in(text, "en")] == [en]
    assert [*figures_in(text, "zh")] == ([zh] if zh else [])


@pytest.mark.parametrize(
    "text",
    ["数10人", "2、3人", "3人目", "30円台", "10万円余り", "20〜30人", "百人一首", "1人当たり", "5千人近く", "8キロ", "50ミリ", "37.5度", "9対3", "第3回", "100円玉"],
)  # fmt: skip
def test_a_figure_that_is_not_sure_is_left_out(text: str) -> None:
    assert [*figures_in(text, "en"), *figures_in(text, "zh")] == []


@pytest.mark.parametrize(
    ("text", "en"),
    [
        ("2025年2月28日", ["28 February 2025"]),
        ("2019（令和元）年10月13日", ["13 October 2019"]),
        ("昨年11月", ["November 2024"]),
        ("先月14日", ["14 February 2025"]),
        ("1950〜1953年", ["1950–1953"]),
        ("昨年11月に求め、届いたのは3月", ["November 2024"]),
    ],
)
def test_a_date_is_written(text: str, en: list[str]) -> None:
    assert [*dates_in(text, DAY, "en")] == en


@pytest.mark.parametrize(
    "text",
    ["同年8月28日", "翌年9月", "17日", "10月に", "この10年は", "築56年になる", "2031年度", "2025年3月期", "2010年前後", "来週"],
)  # fmt: skip
def test_a_date_whose_year_is_not_sure_is_left_out(text: str) -> None:
    assert [*dates_in(text, DAY, "en")] == []


def test_names_stand_before_dates_and_figures() -> None:
    text = "ヴァルス（Ann Wals）氏は2024年、トランプ氏と日本海で会い、中国地方へ7万円を送った。"
    told = article("a", text, published=DAY)
    assert gloss(text, told, "en") == "Wals, Trump · 2024 · 70,000 yen"
    assert gloss(text, told, "zh") == "特朗普 · 2024年 · 7万日元"
    assert gloss(text, told, "ja") == ""


@given(st.text(alphabet="0123456789０一二十百千万億兆円人割年月日、〜約以上のa（）. ", max_size=30))
def test_any_text_can_be_read(text: str) -> None:
    for language in ("en", "zh"):
        assert "" not in [*figures_in(text, language), *dates_in(text, DAY, language)]
