"""Lines of text: their width, their ends, and how they are joined where a page broke them off."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

_EAST = re.compile(r"[\u2e80-\u30ff\u3400-\u9fff\uff00-\uffef]")
_CLOSERS = r"[」』）)\]】〕》〉”\"’']*"
_CREDIT = r"(?:\s?[（(［\[＝=][^。（(［\[]{1,20}[)）］\]]?)?"
_FULL_STOP = re.compile(rf"(?:[。．｡]|[ぁ-んァ-ヶー一-鿿]\.){_CLOSERS}{_CREDIT}$")
_MARK = re.compile(rf"[！？!?]{_CLOSERS}$")
_LATIN_STOP = re.compile(r"[A-Za-z0-9)”\"’'%]\.[)”\"’']*$")
_TRUNCATED = re.compile(r"(?:…|\.\.\.)$")

EMPTY = "―"
"""Stands for an empty cell of a table."""
LONG = 80
"""Characters: longer than a title, with or without a full stop."""
WRAP_SLACK = 8
"""Line-breaking rules and proportional type leave full lines this uneven, in columns."""
_WRAP_COLUMNS = 40  # a hard-wrapped line is at least this wide
_WRAPPED, _WIDER = 0.25, 0.1  # shares of a hard-wrapped page's lines: at full width, wider
_PARAGRAPH = 60  # lines of a hard-wrapped paragraph at most


class Widths(dict[str, int]):
    """The width of each character: 2 where it is of one of some kinds, as Unicode names them."""

    def __init__(self, wide: str) -> None:
        super().__init__()
        self._wide = wide

    def __missing__(self, char: str) -> int:
        return self.setdefault(char, 1 + (unicodedata.east_asian_width(char) in self._wide))


_WIDTHS = Widths("WFA")


@dataclass(frozen=True, slots=True)
class Unit:
    """One line, or the lines of one hard-wrapped paragraph; ``text`` has them joined.

    ``gap`` says that a blank line stands before it, ``at`` is the number of the first line, from 0.
    """

    lines: tuple[str, ...]
    gap: bool
    at: int

    @property
    def text(self) -> str:
        """The lines as one."""
        return "".join(self.lines)


def tidy(text: str) -> str:
    """Strip each line, keep at most one blank line in a row, and none at the ends."""
    lines = "\n".join(line.strip() for line in together(text).split("\n"))
    return together(lines).strip("\n")


def together(text: str) -> str:
    """Keep at most one blank line in a row."""
    return re.sub(r"\n{3,}", "\n\n", text)


def columns(line: str) -> int:
    """The width of a line in half-width characters; those of ambiguous width are wide, as in East Asia."""
    return sum(map(_WIDTHS.__getitem__, line))


def named_row(names: Iterable[str], cells: Iterable[str]) -> str:
    """Write a row of a table as a line that names its columns: 国: 谷口国／2024年: ―; one without a name is bare."""
    named = zip_longest(names, (cell or EMPTY for cell in cells), fillvalue="")
    return "／".join(f"{name}: {cell}" if name else cell for name, cell in named)


def join(before: str, after: str) -> str:
    """Join two lines of a paragraph: with a space between them unless East Asian text meets there."""
    east = _EAST.match(before[-1:]) or _EAST.match(after)
    return before + ("" if east else " ") + after


def ends_sentence(text: str) -> bool:
    """Tell whether the line ends with a full stop (quotes and a credit in brackets may follow)."""
    tail = text[-60:]
    if _FULL_STOP.search(tail):
        return True
    return bool(_LATIN_STOP.search(tail)) and text.count(" ", 0, 400) >= 5


def ends_mark(text: str) -> bool:
    """Tell whether the line ends with ! or ?, as a sentence and a headline both may."""
    return bool(_MARK.search(text[-60:]))


def is_truncated(text: str) -> bool:
    """Tell whether the line was cut off with an ellipsis."""
    return bool(_TRUNCATED.search(text[-3:]))


def units(lines: list[str]) -> list[Unit]:
    """Group lines: a hard-wrapped paragraph becomes one unit, any other line its own."""
    found: list[Unit] = []
    full = _full_lines(lines)
    at, gap = 0, False
    while at < len(lines):
        if not lines[at]:
            at, gap = at + 1, True
            continue
        end = at + 1
        while end < min(len(lines), at + _PARAGRAPH) and lines[end] and full[end - 1]:
            end += 1
        if not ends_sentence(lines[end - 1]) and not any("。" in line for line in lines[at:end]):
            end = at + 1
        found.append(Unit(tuple(lines[at:end]), gap, at))
        at, gap = end, False
    return found


def _full_lines(lines: list[str]) -> list[bool]:
    """Mark the lines that a hard-wrapped page breaks off at its full width."""
    widths = [len(line) if len(line) > 2 * LONG else columns(line) for line in lines]
    width = _wrap_width([width for width in widths if width])
    return [
        width > 0
        and abs(own - width) <= WRAP_SLACK
        and not (ends_sentence(line) or ends_mark(line) or is_truncated(line))
        for line, own in zip(lines, widths, strict=True)
    ]


def _wrap_width(widths: list[int]) -> int:
    """Return the columns a page is hard-wrapped at, or 0: many lines that wide, hardly any wider."""
    steps = Counter(width // WRAP_SLACK for width in widths if width >= _WRAP_COLUMNS)
    if not steps:
        return 0
    step, _ = steps.most_common(1)[0]
    top = max(width for width in widths if width // WRAP_SLACK == step)
    full = sum(abs(width - top) <= WRAP_SLACK for width in widths)
    wider = sum(width > top + WRAP_SLACK for width in widths)
    return top if full >= max(3, _WRAPPED * len(widths)) and wider <= _WIDER * len(widths) else 0
