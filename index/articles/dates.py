"""Dates as mastheads print them. A form that could be read in two ways (03/04/2025) is not read."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from index.dates import ERAS

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_ERA = "|".join(ERAS)
_FORMS = re.compile(
    rf"""
    (?<![0-9])(?P<y1>[0-9]{{4}})\s?年(?:\((?:{_ERA})[^)]{{1,4}}\))?\s?(?P<m1>[0-9]{{1,2}})\s?月\s?(?P<d1>[0-9]{{1,2}})\s?日
    | (?P<era>{_ERA})\s?(?P<ey>元|[0-9]{{1,2}})\s?(?:\([0-9]{{4}}\))?年\s?(?P<m2>[0-9]{{1,2}})\s?月\s?(?P<d2>[0-9]{{1,2}})\s?日
    | (?<![0-9./-])(?P<y3>[0-9]{{4}})(?P<sep>[/.-])\s?(?P<m3>[0-9]{{1,2}})(?P=sep)\s?(?P<d3>[0-9]{{1,2}})(?![0-9])
    | \b{_MONTH}\s(?P<d4>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s(?P<y4>[0-9]{{4}})\b
    | (?<![0-9])(?P<d5>[0-9]{{1,2}})(?:st|nd|rd|th)?\s{_MONTH.replace("month", "month5")},?\s(?P<y5>[0-9]{{4}})\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_UPDATED = re.compile(r"更新|修正|改訂|update|modified|revised", re.IGNORECASE)
_PUBLISHED = re.compile(r"公開|配信|掲載|発行|発表|投稿|発信|publish|posted", re.IGNORECASE)
_LABEL = re.compile(f"{_PUBLISHED.pattern}|{_UPDATED.pattern}", re.IGNORECASE)
# Says of the day before it nothing: 2025年1月22日 · 2時間前更新.
# Nor does an update without a year: 2025年1月22日 16:00(最終更新 1/22 16:12).
_RELATIVE = re.compile(
    r"[0-9]+\s?(?:分|時間|日)前に?(?:更新|公開|配信)?|\b[0-9]+ \w+ ago\b"
    r"|(?:最終)?更新:?\s?[0-9]{1,2}[/月][0-9]{1,2}日?(?:\s?[0-9]{1,2}:[0-9]{2})?"
)
_YEARLESS = re.compile(
    r"[0-9]{1,2}[/月][0-9]{1,2}日?\s?(?:\([月火水木金土日]\))?\s?[0-9]{1,2}(?::|時)[0-9]{2}分?\s?(?:配信|公開|更新)?"
)
_TIME = re.compile(r"[0-9]{1,2}(?::|時)[0-9]{2}")
# What may stand beside the date on its line: time, weekday, label, punctuation.
_BESIDE = re.compile(
    r"""
    [0-9]{1,2}(?::|時)[0-9]{1,2}(?::[0-9]{2}|分)?|[0-9]{1,2}時|(?:午前|午後)|\b[ap]\.?m\b\.?|\b(?:JST|GMT|UTC|ET)\b(?:[+-][0-9]{1,2})?
    |T(?=[0-9])|\(?[月火水木金土日](?:曜日?)?\)|[月火水木金土日]曜日?|星期.|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b
    |最終|最新|初回|記事|日時?|(?:更新|修正|改訂|公開|配信|掲載|発行|発表|投稿|発信)(?:日時?)?
    |\b(?:last|first|updated?|modified|revised|published|posted|on|at)\b
    |[\s()\[\]:/|,.・·;+—–-]
    """,
    re.VERBOSE | re.IGNORECASE,
)


def published_on(line: str, label: str = "") -> tuple[date, bool] | None:
    """Read the day of publication from a line that is a date and little else.

    Args:
        line: One line of a masthead.
        label: The line before, where that is a label such as 公開日.

    Returns:
        The day, and whether a label says that it is the day of publication; None when the line
        has no date or only that of an update.
    """
    line = _RELATIVE.sub(" ", unicodedata.normalize("NFKC", f"{label} {line}"))
    if not _is_mostly_date(line):
        return None
    dated = list(_dated(line))
    for day, kind in dated:
        if kind == "published":
            return day, True
    return next(((day, False) for day, kind in dated if kind is None), None)


def _is_mostly_date(line: str) -> bool:
    """Whether little stands beside the date, and apart from it: 2025年1月22日の株価 is a headline."""
    rest = _FORMS.sub("\0", line)
    words = _BESIDE.sub("", rest.replace("\0", ""))
    apart = _TIME.search(rest) or not re.search(r"\0\w|\w\0", _LABEL.sub(" ", rest))
    return not words or (len(words) <= 24 and bool(apart))


def is_date_line(line: str) -> bool:
    """Whether a line is a date (or two) with nothing beside it but time, weekday and labels."""
    line = _RELATIVE.sub(" ", unicodedata.normalize("NFKC", line))
    rest, dates = _FORMS.subn(" ", line)
    return dates > 0 and not _BESIDE.sub("", rest)


def is_day_line(line: str) -> bool:
    """Whether a line is a day without its year, with weekday or time: 1/22(水) 16:40配信."""
    return bool(_YEARLESS.fullmatch(unicodedata.normalize("NFKC", line).strip()))


def is_label(line: str) -> bool:
    """Whether a line only names the date that follows (公開日, 最終更新)."""
    line = unicodedata.normalize("NFKC", line)
    named = _PUBLISHED.search(line) or _UPDATED.search(line)
    return bool(named) and not _BESIDE.sub("", line)


def find_day(text: str) -> date | None:
    """Find the first date in a text."""
    return next((day for day, _ in _dated(unicodedata.normalize("NFKC", text))), None)


def _dated(line: str) -> Iterator[tuple[date, str | None]]:
    """Yield each date with its label. Labels stand all before or all after their dates."""
    found = list(_FORMS.finditer(line))
    if not found:
        return
    edges = [0, *(match.end() for match in found)]
    starts = [*(match.start() for match in found), len(line)]
    pieces = [line[end:start] for end, start in zip(edges, starts, strict=True)]
    labels = pieces[:-1] if _label(pieces[0]) else pieces[1:]
    for match, label in zip(found, labels, strict=True):
        day = _day(match)
        if day:
            yield day, _label(label)


def _label(text: str) -> str | None:
    if _PUBLISHED.search(text):
        return "published"
    return "updated" if _UPDATED.search(text) else None


def _day(match: re.Match[str]) -> date | None:
    part = match.groupdict()
    if part["era"]:
        year = ERAS[part["era"]] + (1 if part["ey"] == "元" else int(part["ey"]))
    else:
        year = int(part["y1"] or part["y3"] or part["y4"] or part["y5"])
    name = part["month"] or part["month5"]
    month = _MONTHS.index(name.lower()) + 1 if name else int(part["m1"] or part["m2"] or part["m3"])
    day = int(part["d1"] or part["d2"] or part["d3"] or part["d4"] or part["d5"])
    try:
        return date(year, month, day) if 1850 <= year <= 2150 else None
    except ValueError:  # 2025年2月30日
        return None
