"""The dates that a sentence speaks of, each as the span of days it may mean.

What it does not know: centuries, years before 1000, a year counted from another sentence (翌年), and a
month without its year, unless the same sentence has named one before it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from index.dates import in_full

_YEAR = "(?:1[0-9]{3}|20[0-9]{2}|21[0-4][0-9])"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]*\.?"
_DAY = "(?:3[01]|[12][0-9]|0?[1-9])"
# 1000年前, 2000年間 and 1500年の歴史 are no years.
_LENGTH = r"間|前(?![後半])|後(?!半)|余|以上|近く|ぶり|もの|分|の歴史"
_FORMS = re.compile(
    rf"""
    (?<![0-9,.])(?P<first>{_YEAR})\s?年?\s?(?:[〜~–—-]|から)\s?(?P<last>{_YEAR}|[0-9]{{2}})\s?年(?!{_LENGTH}|代)
    | (?<![0-9,.])(?P<decade>(?:1[0-9]|20)[0-9]0|[2-9]0)(?:\s?年代|s\b)
    | (?<![0-9,.])(?<!紀元前)(?P<y1>{_YEAR})\s?年(?!{_LENGTH}|代)(?:\s?(?P<m1>1[0-2]|0?[1-9])\s?月(?:\s?(?P<d1>{_DAY})\s?[日号])?)?
    | (?<![0-9])(?P<y2>{_YEAR})(?P<sep>[-/.])(?P<m2>1[0-2]|0?[1-9])(?P=sep)(?P<d2>{_DAY})(?![0-9])
    | (?<![0-9/])(?P<m3>1[0-2]|0?[1-9])\s?月(?:\s?(?P<d3>{_DAY})\s?[日号])?
    | \b(?P<m4>{_MONTH})\s(?:(?P<d4>{_DAY})(?:st|nd|rd|th)?,?\s)?(?P<y4>{_YEAR})\b
    | \b(?P<d5>{_DAY})(?:st|nd|rd|th)?\s(?P<m5>{_MONTH}),?\s(?P<y5>{_YEAR})\b
    | \b(?:in|since|of|from|until|by|during|after|before|to)\s(?P<y6>{_YEAR})\b
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Days from the first to the last, both included: a day, a month, a year or years."""

    first: date
    last: date

    def __str__(self) -> str:
        """Write it without the words of a language: 2025-01-20, 2024-11, 1972, 1970–1979."""
        first, last = self.first, self.last
        if first == last:
            return first.isoformat()
        if first.year != last.year:
            return f"{first.year}–{last.year}"
        return str(first.year) if first.month != last.month else first.isoformat()[:7]


def mentions(sentence: str, published: date | None) -> list[Span]:
    """Return the dates a sentence speaks of, each once, in its order.

    Args:
        sentence: As it stands in the article.
        published: Day of the article, against which 昨年 and 17日 are read; without it they are left.
    """
    return list(dict.fromkeys(_found(in_full(sentence, published), published)))


def _found(text: str, published: date | None) -> Iterator[Span]:
    year: int | None = None
    for match in _FORMS.finditer(text):
        part = match.groupdict()
        try:
            span = _span(part, year, published)
        except ValueError:  # 2025年2月30日
            continue
        if span:
            year = span.first.year
            yield span


def _span(part: dict[str, str | None], year: int | None, published: date | None) -> Span | None:
    """Read one match; ``year`` is the one the sentence named before.

    Raises:
        ValueError: There is no such day.
    """
    if first := part["first"]:
        last = part["last"] or ""
        return years(int(first), int(first[: 4 - len(last)] + last))
    if decade := part["decade"]:
        start = int(decade) if len(decade) == 4 else 1900 + int(decade)
        return years(start, start + 9)
    month, day = (_number(part, letter) for letter in "md")
    named = _number(part, "y") or year
    if named:
        return _of(named, month, day)
    return _last(month, day, published) if published and month and day else None


def years(first: int, last: int) -> Span:
    """Return the span of whole years.

    Raises:
        ValueError: The last comes before the first.
    """
    if last < first:
        raise ValueError(f"{first}–{last}")
    return Span(date(first, 1, 1), date(last, 12, 31))


def _of(year: int, month: int | None, day: int | None) -> Span:
    if not month:
        return years(year, year)
    if day:
        return Span(date(year, month, day), date(year, month, day))
    after = date(year + month // 12, month % 12 + 1, 1)
    return Span(date(year, month, 1), after - timedelta(days=1))


def _last(month: int, day: int, published: date) -> Span:
    """Read a day without its year as the last one up to the publication, as newspapers write."""
    ahead = (month, day) > (published.month, published.day)
    return _of(published.year - ahead, month, day)


def _number(part: dict[str, str | None], letter: str) -> int | None:
    value = next(
        (v for name, v in part.items() if name[0] == letter and name[1:].isdigit() and v), ""
    )
    if value and not value.isdecimal():
        return _MONTHS.index(value[:3].lower()) + 1
    return int(value) if value else None
