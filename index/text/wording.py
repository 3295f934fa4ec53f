"""Dates and figures in English and Chinese, where it is sure what they are; what is not is left out.

What it does not know: キロ, ミリ and 度, which measure more than one thing; dollars of which country; a day
without its year, which may be of any; the year of accounts (2031年度, 2025年3月期).
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from index.text.characters import nfkc
from index.text.figures import Figure, figures
from index.text.normal import in_one_form
from index.text.spans import Span, mentions

_MONTHS = "January February March April May June July August September October November December"
_UNITS = {
    "円": ("yen", "日元"), "ドル": ("dollars", ""), "米ドル": ("US dollars", "美元"), "ユーロ": ("euros", "欧元"), "人": ("people", "人"),
    "%": ("%", "%"), "パーセント": ("%", "%"), "割": ("%", "%"), "歳": ("years old", "岁"), "メートル": ("metres", "米"), "トン": ("tonnes", "吨"),
    "棟": ("buildings", "栋"), "隻": ("ships", "艘"), "票": ("votes", "票"), "カ国": ("countries", "个国家"), "カ月": ("months", "个月"),
    "年間": ("years", "年"), "週間": ("weeks", "周"), "日間": ("days", "天"),
}  # fmt: skip
_POWERS = {
    "en": ((12, " trillion"), (9, " billion"), (6, " million")),
    "zh": ((12, "万亿"), (8, "亿"), (4, "万")),
}
_BOUNDS = {"以上": ("at least ", "至少"), "以下": ("at most ", "最多"), "未満": ("under ", "不到"), "超": ("over ", "超过")}  # fmt: skip
_ABOUT = re.compile("^(?:約|およそ|ほぼ)|(?:前後|程度)$")
# What a figure is part of, or is told of less surely than it seems: 数10人, 2、3人, 3人目, 30円台, 1人当たり.
_PART = re.compile(r"(?:[数何第計築前後毎各\d]|\d[、,・〜~–-]|[〜~–-])$")
_GOES_ON = re.compile(
    r"[目台代半余弱強近分乗組称前口札玉安高引れ合当\d]|あたり|につき|ずつ|ぶり|とも|[〜~–-]"
)
_UNSURE = re.compile(
    r"(?:[同翌前当毎]|その)年(?:\d{1,2}月)?(?:\d{1,2}日)?|\d{4}年(?:\d{1,2}月期|度|前後|ごろ|頃)|(?<!年)(?<!\d)\d{1,2}月(?:\d{1,2}日)?"
    r"|(?<![月\d])\d{1,2}日|(?<!\d)\d{1,2}年(?:\d{1,2}月)?|[先今来々]週"
)


def date_in(span: Span, language: str) -> str:
    """Write a day, a month, a year or years in ja, en or zh: 28 February 2025, 2025年2月28日, 1970–1979."""
    first, last = span.first, span.last
    if first.year != last.year:
        return f"{first.year}–{last.year}{'' if language == 'en' else '年'}"
    day = first.day if first == last else None
    month = first.month if first.month == last.month else None
    if language == "en":
        named = _MONTHS.split()[month - 1] if month else ""
        return " ".join(filter(None, (str(day or ""), named, str(first.year))))
    return f"{first.year}年{f'{month}月' if month else ''}{f'{day}日' if day else ''}"


def dates_in(text: str, published: date | None, language: str) -> Iterator[str]:
    """Yield the dates of a sentence whose year it tells, or counts from the article's: 昨年11月."""
    plain = _UNSURE.sub("、", in_one_form(nfkc(text)))
    return (date_in(span, language) for span in mentions(plain, published))


def figures_in(text: str, language: str) -> Iterator[str]:
    """Yield the figures of a sentence with their units."""
    text, end = in_one_form(nfkc(text)), 0
    for figure in figures(text):
        start = text.index(figure.written, end)
        end = start + len(figure.written)
        whole = not (_PART.search(text[:start]) or _GOES_ON.match(text, end))
        if whole and (said := _figure_in(figure, language, text[end : end + 3])):
            yield said


def _figure_in(figure: Figure, language: str, behind: str) -> str:
    unit = re.sub("^[かカヵヶケ箇](?=[国月])", "カ", figure.unit)
    named, zh = _UNITS.get(unit, ("", "")), language == "zh"
    if not named[zh] or isinstance(figure.value, tuple):
        return ""
    number = re.search(rf"\d.*?(?={re.escape(figure.unit)})", figure.written)
    bound = figure.written.rpartition(figure.unit)[2]
    about = _ABOUT.search(figure.written) or re.match("ほど|くらい|ぐらい|前後", behind)
    idiom = number is None and figure.written[0] in "一千百万"  # 一人一人, 百人一首
    if idiom or (bound and not about and bound not in _BOUNDS):
        return ""
    value = figure.value * (10 if unit == "割" else 1)
    before = _BOUNDS.get(bound, ("", ""))[zh] or (("about ", "约")[zh] if about else "")
    word = named[0] if value != 1 else named[0].replace("people", "person").rstrip("s")
    return f"{before}{_number_in(value, language)}{named[1] if zh else f' {word}'}"


def _number_in(value: Decimal, language: str) -> str:
    for power, word in _POWERS[language]:
        if value >= 10**power:
            return f"{(value / 10**power).normalize():f}{word}"
    return f"{value.normalize():,f}" if language == "en" else f"{value.normalize():f}"
