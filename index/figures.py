"""Figures and dates of a sentence, as written and as values that can be compared.

What it does not know: years of an era (令和6年), dates told from another day (昨年、翌月), figures in
words (半分、数千人) and ranges, whose ends are two figures.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from index.questions import lexicon

DATE = "日付"
"""Unit of a date, whatever its parts."""

_DATE = (
    r"(?P<date>(?:(?P<year>[0-9]{4})年)?(?:度)?(?:(?P<month>[0-9]{1,2})月(?!間|額|面))?(?:(?P<day>[0-9]{1,2})日(?![間本米中目露韓銀英]))?)"
    r"(?<=[年月日度])(?![間前後目代])"
)
_NUMBER = r"[0-9][0-9,]*(?:\.[0-9]+)?(?:[十百千万億兆]+(?:[0-9][0-9,]*(?:\.[0-9]+)?)?)*"
_KANJI = r"[一二三四五六七八九十百千万億兆〇]+(?=[円人名歳個件回倍割度台隻校社票本冊席頭匹羽点位]|メートル|キロ|ドル)"
_UNIT = (
    r"(?:年[間前後目代]|[月日週]間|[かカヵヶケ箇][一-龥]|米?ドル|[ァ-ヴー]+|[A-Za-z%℃]+|[一-龥])?"
)
_FIGURE = re.compile(
    rf"(?<![0-9.,第]){_DATE}"
    rf"|(?P<hedge>約|およそ|ほぼ)?(?<![0-9.,])(?P<number>{_NUMBER}|(?<![一-龥]){_KANJI})(?P<unit>{_UNIT})(?P<bound>以上|以下|未満|超|余り|あまり|弱|強|前後|程度|近く)?"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit, or a date.

    ``value`` is a number, or year, month and day, each None where the text does not say.
    ``digits`` counts those written; a figure written shorter may be the same one, rounded.
    """

    written: str
    unit: str
    value: float | tuple[int | None, int | None, int | None]
    digits: int = 0
    rough: bool = False


def figures(text: str) -> tuple[Figure, ...]:
    """Return the figures of a text, in order."""
    found = _FIGURE.finditer(unicodedata.normalize("NFKC", text))
    return tuple(figure for match in found for figure in _read(match))


def without_figures(text: str) -> str:
    """Return a text with its figures left out."""
    return _FIGURE.sub(" ", unicodedata.normalize("NFKC", text))


def agree(one: Figure, other: Figure) -> bool:
    """Whether two figures of a unit may say the same: equal, one rounded, or a date told less fully."""
    if isinstance(one.value, tuple) and isinstance(other.value, tuple):
        return all(a == b for a, b in zip(one.value, other.value, strict=True) if a and b)
    if isinstance(one.value, tuple) or isinstance(other.value, tuple):
        return False
    near = abs(one.value - other.value) <= 0.1 * max(one.value, other.value)
    if near and (one.rough or other.rough):
        return True
    digits = min(one.digits, other.digits)
    return _rounded(one.value, digits) == _rounded(other.value, digits)


def _read(match: re.Match[str]) -> Iterator[Figure]:
    if match["date"]:
        parts = (int(match[name]) if match[name] else None for name in ("year", "month", "day"))
        year, month, day = parts
        yield Figure(match[0], DATE, (year, month, day))
    elif match["number"] and (value := _value(match["number"])) is not None:
        rough = bool(match["hedge"] or match["bound"])
        digits = len(re.sub(r"[^0-9一二三四五六七八九]", "", match["number"]).lstrip("0"))
        yield Figure(match[0], match["unit"], value, digits, rough)


def _value(number: str) -> float | None:
    normal = "".join(lexicon.terms(number.replace(",", "")))
    try:
        return float(normal)
    except ValueError:
        return None


def _rounded(value: float, digits: int) -> str:
    return f"{value:.{max(digits, 1) - 1}e}"
