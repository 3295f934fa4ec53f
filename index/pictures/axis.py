"""An axis of time that gives room to the times spoken of: centuries pass in a step, a busy year in months.

Times are years as numbers: 2024.5 is July of 2024, each month a twelfth.
"""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import floor, sqrt

from index.pictures.mentions import Span

UNITS = (100.0, 10.0, 1.0, 0.25)
"""Years of a stretch, from a century to a quarter."""

BUSY = 0.06
"""Share of all times from which on a stretch is parted into shorter ones."""

FEW = 3
"""Times that do not make a stretch busy, however few there are in all."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of time drawn evenly, from ``start`` up to ``end``, and how many times lie in it."""

    start: float
    end: float
    count: int

    @property
    def width(self) -> float:
        """Room on the axis, in shares: that of its times, damped; a gap has little, however long."""
        return sqrt(self.count) if self.count else 0.5


class Axis:
    """From times to places between 0 and 1."""

    def __init__(self, times: Sequence[float]) -> None:
        """Part the years that the times fill; there is at least one."""
        self.stretches = _merged(_parted(sorted(times)))
        widths = [stretch.width for stretch in self.stretches]
        self._starts = [sum(widths[:n]) / sum(widths) for n in range(len(widths) + 1)]

    def place(self, time: float) -> float:
        """Return where a time lies; beyond the ends, the end."""
        row = bisect.bisect_right([s.start for s in self.stretches], time) - 1
        row = max(row, 0)
        stretch = self.stretches[row]
        part = (time - stretch.start) / (stretch.end - stretch.start)
        left, right = self._starts[row], self._starts[row + 1]
        return left + min(max(part, 0.0), 1.0) * (right - left)

    def ticks(self) -> list[tuple[float, str]]:
        """Return place and name of the beginning of each stretch, and of the end of the last."""
        times = [*(stretch.start for stretch in self.stretches), self.stretches[-1].end]
        return [(place, named(time)) for place, time in zip(self._starts, times, strict=True)]


def bounds(span: Span) -> tuple[float, float]:
    """Return the times at which a span begins and ends."""
    return year_of(span.first), year_of(span.last) + 1 / 372


def year_of(day: date) -> float:
    """Return a day as a time; each month has 31 parts."""
    return day.year + (day.month - 1) / 12 + (day.day - 1) / 372


def named(time: float) -> str:
    """Name the beginning of a year or a month: 1970, 2024-07."""
    year, month = floor(time), round(time % 1 * 12)
    return f"{year}-{month + 1:02}" if month else str(year)


def _parted(times: Sequence[float]) -> list[Stretch]:
    century = UNITS[0]
    first, last = floor(times[0] / century), floor(times[-1] / century)
    found: list[Stretch] = []
    for number in range(first, last + 1):
        found += _refined(times, number * century, 0, max(FEW, BUSY * len(times)))
    return found


def _refined(times: Sequence[float], start: float, level: int, most: float) -> list[Stretch]:
    """Return a stretch, parted where it holds many times; a decade or year, when they differ.

    A century is parted from a third of ``most`` on, a decade from two thirds.
    """
    end = start + UNITS[level]
    low, high = bisect.bisect_left(times, start), bisect.bisect_left(times, end)
    count = high - low
    alike = level > 0 and count > 0 and times[low] == times[high - 1]
    if level + 1 == len(UNITS) or alike or count < max(1, most * (level + 1) / 3):
        return [Stretch(start, end, count)]
    unit = UNITS[level + 1]
    starts = [start + n * unit for n in range(round(UNITS[level] / unit))]
    return [part for at in starts for part in _refined(times, at, level + 1, most)]


def _merged(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Join empty neighbours; drop those before the first time and after the last."""
    merged: list[Stretch] = []
    for stretch in stretches:
        if merged and not stretch.count and not merged[-1].count:
            merged[-1] = Stretch(merged[-1].start, stretch.end, 0)
        else:
            merged.append(stretch)
    return merged[not merged[0].count : len(merged) - (not merged[-1].count)]
