"""What a statement says that the words it cites do not hold: figures, dates, names, quotations, addresses, certainty.

Names are compared across languages by the tables of places and people, in Japanese also by the dictionary. What it
does not know: names in English or Chinese that no table has, and words of quantity (半分, dozens).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from index.answering.answers import SHORT, called_short
from index.checking.quotations import quotations
from index.checking.verdicts import bounds, meet
from index.questions import lexicon
from index.questions.tables import people, places_in, table
from index.text.characters import nfkc
from index.text.dates import in_full
from index.text.figures import DATE, Figure, agree, figures
from index.text.normal import ERAS, in_one_form
from index.text.spans import mentions

_ADDRESS = re.compile(r"(?:https?:|www\.|//|mailto:)\S*", re.IGNORECASE)
_NUMBER = re.compile("[0-9]+")
_MINUS = re.compile(r"(?:マイナス|零下|氷点下|(?<![0-9])[-−▲△])\s?([0-9][0-9.,]*)")
_HEDGE = re.compile(
    r"疑い|容疑|可能性|おそれ|恐れが|かもしれ|とみられ|否定し|事実はない|デマ|うわさ|噂|無罪|alleg|denie[sd]|rumou?r|may |might |否认|涉嫌|传闻|可能"
)
"""Words without which what was denied, or may be, is told as a fact."""
_UNITS = {"名": "人", "歳代": "代"} | {f"{mark}月": "か月" for mark in "カヵヶケ箇"}
_SPACE = re.compile(r"\s+")

Quotes = Sequence[tuple[str, date | None]]
"""Words with the day of their article."""


def unheld(text: str, quotes: Quotes, titles: str, language: str) -> list[str]:
    """Return what of a statement stands in none of the quotes it cites.

    Args:
        text: The statement.
        quotes: What it cites.
        titles: Of their articles; names may stand there, too.
        language: Of the statement.
    """
    told = "\n".join(quote for quote, _ in quotes)
    close = _SPACE.sub("", nfkc(told))
    spoken = (text[start:end] for start, end in quotations(text))
    foreign = [words for words in spoken if _SPACE.sub("", nfkc(words)) not in close]
    addresses = [m[0] for m in _ADDRESS.finditer(text) if m[0] not in told]
    hedged = [{*_HEDGE.findall(quote)} for quote, _ in quotes]
    return [
        *foreign,
        *addresses,
        *(set.intersection(*hedged) - {*_HEDGE.findall(text)}),
        *_figures(text, told, language),
        *_dates(text, quotes),
        *_names(text, f"{titles}\n{told}", language),
    ]


def _figures(text: str, told: str, language: str) -> Iterator[str]:
    mine, theirs = [*_told(text)], [*_told(told)]
    plain = {*_NUMBER.findall(in_one_form(nfkc(told)))} if language != "ja" else set()  # in 1923
    for one in mine:
        units = {"", one.unit}  # of another language, what is counted has another word
        near = [f for f in theirs if language != "ja" or f.unit in units]
        same = (agree(one, f) or bounds(text, one, f) for f in near)
        if one.written not in plain and not any(same):
            yield one.written
    signs = _signed(told)
    yield from (sign for sign in _signed(text) if sign not in signs)
    yield from _swapped(mine, theirs)


def _told(text: str) -> Iterator[Figure]:
    """The figures of a text, but for dates, their units spelled in one way."""
    for figure in (f for f in figures(text) if f.unit != DATE):
        if figure.unit == "割" and not isinstance(figure.value, tuple):
            figure = replace(figure, unit="%", value=10 * figure.value)
        yield replace(figure, unit=_UNITS.get(figure.unit, figure.unit))


def _signed(text: str) -> list[str]:
    return [m[1] for m in _MINUS.finditer(in_one_form(nfkc(text)))]


def _swapped(mine: Sequence[Figure], theirs: Sequence[Figure]) -> Iterator[str]:
    """Figures of one unit that stand in another order: 死者3人、負傷者2人 of 死者2人、負傷者3人."""
    for unit in dict.fromkeys(f.unit for f in mine):
        own = [f for f in mine if f.unit == unit]
        rest = iter([f for f in theirs if f.unit == unit])
        if len({f.value for f in own}) > 1 and not all(any(agree(f, g) for g in rest) for f in own):
            yield own[0].written


def _dates(text: str, quotes: Quotes) -> Iterator[str]:
    """The days that none of the quotes speaks of; that of its article goes with each."""
    theirs = [span for quote, day in quotes for span in mentions(quote, day)]
    days = [day for _, day in quotes if day]
    first = days[0] if days else None
    spelled = in_full(nfkc(text), first)  # 昨年3月 with its year
    for mine in mentions(text, first):
        published = not theirs and any(mine.first <= day <= mine.last for day in days)
        told = any(meet(mine, span, spelled) and span.days <= mine.days for span in theirs)
        if not published and not told:
            yield str(mine)


def _names(text: str, around: str, language: str) -> Iterator[str]:
    for match in places_in(text):
        known = frozenset[str]().union(*table()[0][match[0]])
        if not any(name in around or called_short(name, around) for name in known):
            yield match[0]
    japanese, pattern = people()
    for match in pattern.finditer(text):
        known = frozenset(name for name, ja in japanese.items() if ja == japanese[match[0]])
        if not any(name in around for name in (japanese[match[0]], *known)):
            yield match[0]
    if language == "ja":
        held, folded = {*lexicon.terms(around)}, nfkc(around)
        for term, word, kind in lexicon.nouns(text):
            named = kind or term in lexicon.names_of_kind(word, "人名")
            named = named and word not in ERAS
            if named and term not in held and word not in folded and not _short(word, folded):
                yield word


def _short(word: str, around: str) -> bool:
    """Whether a country is called by one character there or here: 米軍 for アメリカ軍."""
    full = (c for c, short in SHORT.items() if word[0] == short and c in around)
    return called_short(word, around) or (word[1:] in around and any(full))
