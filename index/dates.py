"""Dates as sentences speak of them, spelled out: 昨年11月 in an article of 2025 is 2024年.

Only years and months are spelled out, as words to be found by. What it does not know: 翌年, 前年, 翌日
and 前日, which count from another sentence. A day without its month (17日) is read as the last one of
that number before the article, as newspapers write; 先週 as the day seven days before.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta

ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}
"""The year before the first of each era."""

_YEAR = re.compile(r"(?<![0-9])[12][0-9]{3}(?=年(?!間))")
_KANJI = "〇一二三四五六七八九"
_RELATIVE_YEARS = {"一昨年": -2, "昨年": -1, "去年": -1, "今年": 0, "本年": 0, "来年": 1}
_RELATIVE_MONTHS = {"先々月": -2, "先月": -1, "今月": 0, "来月": 1}
_RELATIVE_DAYS = {"一昨日": -2, "昨日": -1, "本日": 0,
                  "先々週": -14, "先週": -7, "今週": 0, "来週": 7}  # fmt: skip
_FORMS = re.compile(
    rf"(?P<era>{'|'.join(ERAS)})(?P<of_era>元|[0-9]{{1,2}}|[一二三四五六七八九十]{{1,3}})年"
    rf"|(?P<year>{'|'.join(_RELATIVE_YEARS)})"
    rf"|(?P<month>{'|'.join(_RELATIVE_MONTHS)})"
    rf"|(?P<near>{'|'.join(_RELATIVE_DAYS)})"
    r"|(?<![0-9月.,第〜~・-])(?P<day>3[01]|[12][0-9]|[1-9])日(?![間目後前]|ぶり|連続|以[内上降]|余り|ほど|ごと|おき|あたり)"
    r"|(?<![0-9.,年第〜~–-])(?<!年から)(?P<short>[0-9]{2})年(?=[0-9]{1,2}月|[にはのまか、]|度)(?!間|前|後)"
)


def spell_out(text: str, published: date | None) -> str:
    """Return the years and months a text speaks of without their number, such as ``2024年 12月``.

    Args:
        text: One sentence or a passage.
        published: Day of the article; without it, only years of an era can be read.
    """
    found = _FORMS.finditer(unicodedata.normalize("NFKC", text))
    return " ".join(dict.fromkeys(word for match in found for word in _spelled(match, published)))


def in_full(text: str, published: date | None) -> str:
    """Return the text with those dates written out: 昨年11月 as 2024年11月, 17日 as 2025年1月17日.

    Args:
        text: One sentence or a passage; it comes back in NFKC.
        published: As for ``spell_out``.
    """
    return _FORMS.sub(lambda match: _full(match, published), unicodedata.normalize("NFKC", text))


def in_other_calendar(text: str) -> str:
    """Return the years of a text in the other calendar: ``1964年`` for 昭和39年, ``令和6年`` for 2024年."""
    western = spell_out(text, None)
    years = {int(year) for year in _YEAR.findall(unicodedata.normalize("NFKC", text))}
    found = ((year, _era(year)) for year in sorted(years))
    eras = [f"{era[0]}{_counted(year - era[1])}年" for year, era in found if era]
    return " ".join(filter(None, (western, *eras)))


def _era(year: int) -> tuple[str, int] | None:
    return next(((era, before) for era, before in ERAS.items() if year > before), None)


def _counted(year: int) -> str:
    """A year of an era as it is written: the first is 元."""
    return "元" if year == 1 else str(year)


def _full(match: re.Match[str], published: date | None) -> str:
    written = "".join(_spelled(match, published))
    return written + match[0] if match["day"] else written or match[0]


def _spelled(match: re.Match[str], published: date | None) -> Iterator[str]:
    if match["era"]:
        yield f"{ERAS[match['era']] + _number(match['of_era'])}年"
    elif published and match["year"]:
        yield f"{published.year + _RELATIVE_YEARS[match['year']]}年"
    elif published and match["month"]:
        months = published.year * 12 + published.month - 1 + _RELATIVE_MONTHS[match["month"]]
        yield f"{months // 12}年"
        yield f"{months % 12 + 1}月"
    elif published and match["near"]:
        yield from _month_of(published + timedelta(days=_RELATIVE_DAYS[match["near"]]))
    elif published and match["day"]:
        yield from _month_of(_last_of(int(match["day"]), published))
    elif published:
        yield f"{_nearest(int(match['short']), published.year)}年"


def _number(written: str) -> int:
    """Read a number below 100 in digits or kanji; 元 is the first."""
    if written.isdecimal() or written == "元":
        return 1 if written == "元" else int(written)
    tens, ten, ones = written.rpartition("十")
    return (_KANJI.index(tens) if tens else 1) * 10 * bool(ten) + _KANJI.index(ones or "〇")


def _month_of(day: date) -> Iterator[str]:
    yield f"{day.year}年"
    yield f"{day.month}月"


def _last_of(number: int, published: date) -> date:
    """Return a day in the month of the last day of that number up to the publication."""
    month = published
    while number > month.day:  # a month's last day is its longest reach
        month = month.replace(day=1) - timedelta(days=1)
    return month


def _nearest(short: int, year: int) -> int:
    """Read a year of two digits as the one of that ending nearest to the article's."""
    return min(
        (c * 100 + short for c in range(year // 100 - 1, year // 100 + 2)),
        key=lambda y: abs(y - year),
    )
