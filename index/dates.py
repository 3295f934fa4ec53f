"""Dates as sentences speak of them, spelled out: 昨年11月 in an article of 2025 is 2024年.

Only years and months are spelled out, as words to be found by. What it does not know: 翌年 and 前年,
which count from another sentence, and weeks and days (先週, 昨日).
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}
"""The year before the first of each era."""

_RELATIVE_YEARS = {"一昨年": -2, "昨年": -1, "去年": -1, "今年": 0, "本年": 0, "来年": 1}
_RELATIVE_MONTHS = {"先々月": -2, "先月": -1, "今月": 0, "来月": 1}
_FORMS = re.compile(
    rf"(?P<era>{'|'.join(ERAS)})(?P<of_era>元|[0-9]{{1,2}})年"
    rf"|(?P<year>{'|'.join(_RELATIVE_YEARS)})"
    rf"|(?P<month>{'|'.join(_RELATIVE_MONTHS)})"
    r"|(?<![0-9.,年第])(?P<short>[0-9]{2})年(?=[0-9]{1,2}月|[にはのまか、]|度)(?!間|前|後)"
)


def spell_out(text: str, published: date | None) -> str:
    """Return the years and months a text speaks of without their number, such as ``2024年 12月``.

    Args:
        text: One sentence or a passage.
        published: Day of the article; without it, only years of an era can be read.
    """
    found = _FORMS.finditer(unicodedata.normalize("NFKC", text))
    return " ".join(dict.fromkeys(word for match in found for word in _spelled(match, published)))


def _spelled(match: re.Match[str], published: date | None) -> Iterator[str]:
    if match["era"]:
        of_era = 1 if match["of_era"] == "元" else int(match["of_era"])
        yield f"{ERAS[match['era']] + of_era}年"
    elif published and match["year"]:
        yield f"{published.year + _RELATIVE_YEARS[match['year']]}年"
    elif published and match["month"]:
        months = published.year * 12 + published.month - 1 + _RELATIVE_MONTHS[match["month"]]
        yield f"{months // 12}年"
        yield f"{months % 12 + 1}月"
    elif published:
        yield f"{_nearest(int(match['short']), published.year)}年"


def _nearest(short: int, year: int) -> int:
    """Read a year of two digits as the one of that ending nearest to the article's."""
    return min(
        (c * 100 + short for c in range(year // 100 - 1, year // 100 + 2)),
        key=lambda y: abs(y - year),
    )
