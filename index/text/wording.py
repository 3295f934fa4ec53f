"""Dates and figures in the words of a language, where it is sure what they are in it."""

from index.text.spans import Span

_MONTHS = "January February March April May June July August September October November December"


def date_in(span: Span, language: str) -> str:
    """Write a day, a month, a year or years in ja, en or zh: 28 February 2025, 2025年2月28日, 1970–1979."""
    first, last = span.first, span.last
    if first.year != last.year:
        return f"{first.year}–{last.year}{'' if language == 'en' else '年'}"
    year, month, day = first.year, first.month, first.day
    whole_year, whole_month = first.month != last.month, first != last
    if language == "en":
        name = "" if whole_year else f"{_MONTHS.split()[month - 1]} "
        return f"{'' if whole_month else f'{day} '}{name}{year}"
    named = "" if whole_year else f"{month}月"
    return f"{year}年{named}{'' if whole_month else f'{day}日'}"
