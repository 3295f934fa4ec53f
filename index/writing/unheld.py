"""What a statement says that the words it cites do not hold: figures, dates, names, quotations and addresses.

Names are compared across languages by the tables of places and people, in Japanese also by the dictionary. What it
does not know: names in English or Chinese that no table has, and words of quantity (半分, dozens).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from index.answering.answers import SHORT, called_short
from index.checking.quotations import quotations
from index.checking.verdicts import meet
from index.questions import lexicon
from index.questions.tables import people, places_in, table
from index.text.characters import nfkc
from index.text.figures import DATE, agree, figures
from index.text.normal import in_one_form
from index.text.spans import mentions

_ADDRESS = re.compile(r"(?:https?:|www\.|//|mailto:)\S*", re.IGNORECASE)
_NUMBER = re.compile("[0-9]+")
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
    return [
        *foreign,
        *addresses,
        *_figures(text, told, language),
        *_dates(text, quotes),
        *_names(text, f"{titles}\n{told}", language),
    ]


def _figures(text: str, told: str, language: str) -> Iterator[str]:
    theirs = [f for f in figures(told) if f.unit != DATE]
    plain = {*_NUMBER.findall(in_one_form(nfkc(told)))} if language != "ja" else set()  # in 1923
    for mine in (f for f in figures(text) if f.unit != DATE):
        units = {"", mine.unit}  # of another language, what is counted has another word
        same = (agree(mine, f) for f in theirs if language != "ja" or f.unit in units)
        if mine.written not in plain and not any(same):
            yield mine.written


def _dates(text: str, quotes: Quotes) -> Iterator[str]:
    """The days that none of the quotes speaks of; that of its article goes with each."""
    theirs = [span for quote, day in quotes for span in mentions(quote, day)]
    days = [day for _, day in quotes if day]
    for mine in mentions(text, days[0] if days else None):
        published = any(mine.first <= day <= mine.last for day in days)
        told = any(meet(mine, span, text) and span.days <= mine.days for span in theirs)
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
            if named and term not in held and word not in folded and not _short(word, folded):
                yield word


def _short(word: str, around: str) -> bool:
    """Whether a country is called by one character there or here: 米軍 for アメリカ軍."""
    full = (c for c, short in SHORT.items() if word[0] == short and c in around)
    return called_short(word, around) or (word[1:] in around and any(full))
