"""The spans of days that a sentence may mean, and the one that a question asks about.

A month or day without its year is the last one where the sentence tells what was, else that of the year; 同年
and 翌月 count from a date told before. What it does not know: centuries and years before 1000, fiscal years,
and the seasons.
"""

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from index.text.characters import nfkc
from index.text.dates import in_full
from index.text.normal import ERAS, in_one_form

_YEAR = "(?:1[0-9]{3}|20[0-9]{2}|21[0-4][0-9])"
_MD = r"(?:1[0-2]|0?[1-9])\s?月(?![号期分間])(?:\s?(?:3[01]|[12][0-9]|0?[1-9])\s?[日号])?"
_APART = r"(?<![0-9])(?<![0-9][,.])"
# 1000年前, 2000年間 and 1500年の歴史 are no years.
_LENGTH = r"間|前(?![半後])|後(?!半)|余|以上|近く|ぶり|もの|分|の歴史|代"
_SPOKEN = re.compile(
    rf"""
    (?P<range>{_APART}{_YEAR}\s?年?\s?(?:[〜~–—-]|から)\s?(?:{_YEAR}|[0-9]{{2}})\s?年(?!{_LENGTH}))
    | (?P<decade>{_APART}(?:(?:1[0-9]|20)[0-9]{{2}}|[2-9]0)(?:\s?年代|s\b))
    | (?P<term>{_YEAR}年[0-9]{{1,2}}月期)
    | {_APART}(?<!紀元前){_YEAR}\s?年(?!{_LENGTH})(?:\s?{_MD})?
    | (?<![0-9]){_YEAR}(?P<sep>[-/.])(?:1[0-2]|0?[1-9])(?P=sep)(?:3[01]|[12][0-9]|0?[1-9])(?![0-9])
    | (?P<yearless>(?<![0-9/年毎]){_MD})
    | (?P<back>同じ?|この|翌|前)(?P<unit>[年月日])(?![比度代間同本中前])(?:\s?[0-9]{{1,2}}月)?(?:\s?[0-9]{{1,2}}日)?
    | \b(?:in|since|of|from|until|by|during|after|before|to)\s{_YEAR}\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NO_DATE = re.compile(r"(?:築|この|ここ|過去)[0-9]+年|週[0-9]日|(?<![0-9月])1日(?=[0-9平当])")
_PAST = re.compile(r"た[。.」』)]*\s*$")
_WIDEST = {"年": 366, "月": 31, "日": 1}
"""Days of what 同年, 同月 and 同日 may point back to."""


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

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1


def mentions(sentence: str, published: date | None, before: Sequence[Span] = ()) -> list[Span]:
    """Return the dates a sentence speaks of, each once, in its order.

    Args:
        sentence: As it stands in the article.
        published: Day of the article, against which 昨年 and 17日 are read; without it they are left.
        before: What the sentences before it speak of, from which 同年 and 翌日 count.
    """
    return list(dict.fromkeys(span for _, span in _spoken(sentence, published, before)))


def _spoken(
    sentence: str, published: date | None, before: Sequence[Span], *, past: bool | None = False
) -> Iterator[tuple[re.Match[str], Span]]:
    """Yield each date with where it stands in the sentence, spelled out in full."""
    text = in_full(_NO_DATE.sub(" ", nfkc(sentence)), published)
    told, past = [*before], past or (None if _PAST.search(text) else False)
    year = told[-1].first.year if told and not published else None
    for match in _SPOKEN.finditer(text):
        try:
            span = _span(match, year, told, published, past)
        except ValueError:  # 2025年2月30日
            continue
        if span:
            told.append(span)
            year = year if match["yearless"] else span.first.year
            yield match, span


def _span(
    match: re.Match[str],
    year: int | None,
    told: Sequence[Span],
    published: date | None,
    past: bool | None,
) -> Span | None:
    """Read one match; ``year`` is the one the sentence named before. ValueError: no such day."""
    numbers = [int(digits) for digits in re.findall("[0-9]+", match[0])]
    if match["range"]:
        first, last = numbers
        return _years(first, last if last > 99 else first // 100 * 100 + last)
    if match["decade"]:
        first = numbers[0] if numbers[0] > 99 else 1900 + numbers[0]
        return _years(first, first + 9)
    if match["back"]:
        return _counted(match["unit"], {"翌": 1, "前": -1}.get(match["back"], 0), numbers, told)
    if match["yearless"]:
        if published and not year:
            later = numbers > [published.month, published.day]
            if past is None and later and len(numbers) == 1 and numbers[0] < published.month + 6:
                return None  # of a past sentence: one to come, or long ago
            year = published.year - (past is not False and later)
        return _of(year, *numbers) if year else None
    return None if match["term"] else _of(*numbers)


def _counted(unit: str, shift: int, numbers: Sequence[int], told: Sequence[Span]) -> Span | None:
    """Count from the last span that is as short as its unit."""
    base = next((span.first for span in reversed(told) if span.days <= _WIDEST[unit]), None)
    if base is None:
        return None
    if unit == "日":
        return Span(*[base + timedelta(days=shift)] * 2)
    if unit == "年":
        return _of(base.year + shift, *numbers)
    months = base.year * 12 + base.month - 1 + shift
    return _of(months // 12, months % 12 + 1, *numbers)


def _of(year: int, month: int = 0, day: int = 0) -> Span:
    if not month:
        return _years(year, year)
    first, last = (day, day) if day else (1, calendar.monthrange(year, month)[1])
    return Span(date(year, month, first), date(year, month, last))


def _years(first: int, last: int) -> Span:
    if last < first:
        raise ValueError(f"{first}–{last}")
    return Span(date(first, 1, 1), date(last, 12, 31))


# What a question says of time, in words that ``mentions`` reads.
_IN_JAPANESE = (
    (r"\blast year\b", "昨年"), (r"\bthis year\b", "今年"), (r"\blast month\b|上个?月", "先月"), (r"\bthis month\b|[这本]个?月", "今月"),
    (rf"\b({_YEAR})\b(?![年/.])", r"\1年"), (r"(?<=年)[の的] ?(?=[0-9]{1,2}月)", ""),
)  # fmt: skip
_ERA = re.compile(rf"({'|'.join(ERAS)})(?!元|[0-9])(?:の?時代|の[0-9]+年間)?")
# What stands before and behind the only date, a zero, of a question about days without an end.
_SINCE = re.compile(
    r"\b(?:since|after|from)(?: [\w-]+){0,5} ?\0|从 ?\0"
    r"|\0\s?(?:[の的]?[^\s、。,は]{1,10}?)?(?:以[降来后]|之后|后|から|の後|のあと|onward| and (?:after|since|later))(?![世継])",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"(?:until|till|before|by|to|到) ?\0|\0\s?(?:まで|以前|之前|より前)", re.IGNORECASE
)


def asked_about(question: str, today: date) -> tuple[Span | None, str]:
    """Return the days that a question is about, and what it says without them.

    Days without an end are told by the first or last day there is.

    Args:
        question: In Japanese, English or Chinese.
        today: The day against which 昨年 is read.
    """
    text = _in_japanese(question, today)
    found = [(match.span(), span) for match, span in _spoken(text, today, (), past=True)]
    found += [(match.span(), _era(match[1])) for match in _ERA.finditer(text)]
    if not found:
        return None, text
    first, last = min(span.first for _, span in found), max(span.last for _, span in found)
    start, end = min(place[0] for place, _ in found), max(place[1] for place, _ in found)
    if len({span for _, span in found}) == 1 and not re.search("から|[〜~–-]", text[start:end]):
        around = f"{text[:start]}\0{text[end:]}"
        last = date.max if _SINCE.search(around) else last
        first = date.min if last < date.max and _UNTIL.search(around) else first
    for (start, end), _ in sorted(found, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return Span(first, last), text


def _in_japanese(question: str, today: date) -> str:
    """The question with its dates in full, as an article in Japanese writes them."""
    text = in_one_form(nfkc(question))
    for words, japanese in _IN_JAPANESE:
        text = re.sub(words, japanese, text, flags=re.IGNORECASE)
    return re.sub(rf"({_MD})(?: of|,)? ({_YEAR}年)(?![0-9])", r"\2\1", in_full(text, today))


def _era(name: str) -> Span:
    later = min((year for year in ERAS.values() if year > ERAS[name]), default=date.max.year)
    return _years(ERAS[name] + 1, later)
