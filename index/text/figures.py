"""Figures and dates of a sentence, as written and as values that can be compared.

What it does not know: dates told from another day (昨年、翌月), figures in words (半分、数千人) and ranges,
whose ends are two figures.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from index.text.characters import nfkc
from index.text.normal import COUNTERS, KANJI, in_one_form, number, placed

DATE = "日付"
"""Unit of a date, whatever its parts."""

_FIGURE = re.compile(
    r"(?<![0-9.,第])(?P<date>(?:(?P<year>[0-9]{4})年)?(?:度)?(?:(?P<month>[0-9]{1,2})月(?!間|額|面))?(?:(?P<day>[0-9]{1,2})日(?![間本米中目露韓銀英]))?)"
    r"(?<=[年月日度])(?![間前後目代])"
    r"|(?P<hedge>約|およそ|ほぼ)?(?<![0-9.,])(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?(?:[十百千万億兆]+(?:[0-9][0-9,]*(?:\.[0-9]+)?)?)*"
    rf"|(?<![〇一-龥])[{KANJI}万億兆]{{1,20}}(?=円|ドル|{COUNTERS}))"
    r"(?P<unit>(?:年[間前後目代]|[月日週]間|[かカヵヶケ箇][一-龥]|米?ドル|[ァ-ヴー]+|[A-Za-z%℃]+|[一-龥])?)"
    r"(?P<bound>以上|以下|未満|超|余り|あまり|弱|強|前後|程度|近く)?"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit, or a date.

    ``value`` is a number, or year, month and day, each None where the text does not say.
    ``digits`` counts those written; a figure written shorter may be the same one, rounded.
    """

    written: str
    unit: str
    value: Decimal | tuple[int | None, int | None, int | None]
    digits: int = 0
    rough: bool = False


def figures(text: str) -> tuple[Figure, ...]:
    """Return the figures of a text, in order."""
    text = nfkc(text)
    form, places = placed(text)
    found = [m for m in _FIGURE.finditer(form) if m[0]]
    written = [text[places[m.start()][0] : places[m.end() - 1][1]] for m in found]
    return tuple(figure for one in map(_read, found, written) for figure in one)


def without_figures(text: str) -> str:
    """Return a text with its figures left out."""
    return _FIGURE.sub(" ", in_one_form(nfkc(text)))


def agree(one: Figure, other: Figure) -> bool:
    """Whether two figures of a unit may say the same: equal, one rounded, or a date told less fully."""
    if isinstance(one.value, tuple) and isinstance(other.value, tuple):
        return all(a == b for a, b in zip(one.value, other.value, strict=True) if a and b)
    if isinstance(one.value, tuple) or isinstance(other.value, tuple):
        return False
    near = 10 * abs(one.value - other.value) <= max(one.value, other.value)
    if near and (one.rough or other.rough):
        return True
    digits = max(min(one.digits, other.digits), 1) - 1
    return f"{one.value:.{digits}e}" == f"{other.value:.{digits}e}"


def _read(match: re.Match[str], written: str) -> Iterator[Figure]:
    if match["date"]:
        year, month, day = (int(match[p]) if match[p] else None for p in ("year", "month", "day"))
        yield Figure(written, DATE, (year, month, day))
    elif match["number"] and (value := number(match["number"])) is not None:
        rough = bool(match["hedge"] or match["bound"])
        said = written if re.search("[万億兆]", match["number"]) else match["number"]
        digits = len(re.sub(r"[^0-9一二三四五六七八九]", "", nfkc(said)).lstrip("0"))
        yield Figure(written, match["unit"], value, digits, rough)
