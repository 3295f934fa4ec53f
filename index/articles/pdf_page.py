"""What a page of a PDF shows: runs of characters in the order in which they are drawn, and what no reader sees.

Positions are told in the direction of reading: ``u`` grows along a line, ``v`` falls from line to line. So vertical
text (down the lines, lines from right to left) and pages set sideways read as horizontal text does.
"""

import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress
from math import atan2, cos, degrees, floor, hypot, inf, radians, sin
from operator import not_
from typing import Any

from pdfminer.cmapdb import CMap, CMapDB, FileUnicodeMap
from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdffont import PDFCIDFont, PDFType3Font, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFGraphicState, PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.utils import Matrix, Rect, apply_matrix_rect

from index.articles.files import Unreadable
from index.text.characters import UNKNOWN, nfkc
from index.text.lines import columns

_MOST, _MOST_LINES = 100_000, 2000  # characters and lines of a page
_BEHIND = 200  # painted areas looked at to see whether white letters stand on one
_PLAIN = ("DeviceGray", "CalGray", "DeviceRGB", "CalRGB", "DeviceCMYK", "ICCBased")
_HIGH, _LOW = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎ₙ"
_RAISED, _LOWERED = (str.maketrans("0123456789+-−()n", signs) for signs in (_HIGH, _LOW))
_DOWNWARDS = re.compile("[\ufe10-\ufe19\ufe30-\ufe48]")  # as set so
_NOTE_MARK = re.compile(r"[\d*＊†‡§※注（）()\[\],、 ]+")
# What a raised figure belongs to: ten, a unit, a letter of a formula. Elsewhere it points to a note.
_POWER_OF = re.compile(r"(?:(?<![\d,.])(?:10|2)|(?<![A-Za-z])[A-Za-zμΩ]{1,2})$")


@dataclass(slots=True)
class Run:
    """Characters drawn one after the other on a line, in points. ``turn`` 270 reads downwards.

    ``mark`` is the mark of a note that it begins with; ``size`` is of its largest type, ``hidden`` why it is not seen.
    """

    u0: float
    u1: float
    v: float
    size: float
    turn: int
    hidden: str
    text: str = ""
    mark: str = ""
    _spaced: str = ""  # white space since the last character
    struck: str = ""  # what a line was drawn through
    _last: tuple[float, ...] = (0.0, 0.0, 0.0)  # its place, from the begin and end before it
    _chars: list[tuple[str, int, float]] = field(default_factory=list)  # with level and middle

    def level(self, u0: float, v: float, size: float) -> int | None:
        """Return 0 for a character that goes on on the line, 1 raised, -1 lowered, None elsewhere."""
        rise, big = v - self.v, max(size, self.size)
        if not -0.5 * big <= u0 - self.u1 <= (1.7 if self._spaced else 0.8) * big:
            return None
        if size >= 1.25 * self.size and -0.65 <= rise / size <= -0.12 and len(self._chars) < 5:
            # It began with a raised mark.
            self._chars = [(char, 1, middle) for char, _, middle in self._chars]
            self.v, self.size, rise = v, size, 0.0
        if abs(rise) <= 0.12 * big:
            return 0
        near = size <= 1.05 * self.size and -0.4 <= rise / self.size <= 0.65
        return (1 if rise > 0 else -1) if near else None

    def add(self, char: str, u0: float, u1: float, level: int) -> None:
        """Add a character, after the space that stands before it; white space is kept for later."""
        if char.isspace():
            self._spaced += char
            return
        level = 1 if char[0] in _HIGH else level
        narrow = self._chars and not level and columns(self._chars[-1][0][-1] + char[0]) == 2
        steps = (u0 - self._last[0], u0 - self.u1) if self._chars else (0.0, 0.0)
        even = min(abs(steps[n] - self._last[n + 1]) for n in (0, 1)) <= 0.03 * self.size
        apart = self._spaced or (narrow and steps[1] >= 0.17 * self.size and not even)
        middle = (u0 + u1) / 2
        self._chars += [(self._spaced[:1] or " ", 0, middle)] if apart else []
        self._last = (u0, 0.0, 0.0) if apart else (u0, *steps)
        self._chars.append((nfkc(char) if char[0] in _HIGH else char, level, middle))
        self._spaced, self.u1 = "", max(u1, u0)

    def strike(self, lines: Iterable[Rect]) -> None:
        """Take out the characters that one of these lines, no longer than the text, goes through."""
        em, low, top = self.size, self.v + 0.12 * self.size, self.v + 0.55 * self.size
        near = [line for line in lines if low <= line[1] <= line[3] <= top and not self.turn]
        spans = [(a, b) for a, _, b, _ in near if self.u0 - em < a and b < self.u1 + em]
        gone = [any(a < middle < b for a, b in spans) for _, _, middle in self._chars]
        self.struck = "".join(char for char, _, _ in compress(self._chars, gone))
        self._chars = [*compress(self._chars, map(not_, gone))]

    def close(self) -> None:
        """Make the text of the characters, without the marks of notes."""
        high = ""
        for char, level, _ in [*self._chars, (self._spaced[:1], 0, 0.0)]:
            if level <= 0 and high:
                self.mark = self.mark if self.text.strip() else high
                self.text += raised(self.text, high) if self.text.strip() else ""
                high = ""
            high += char if level > 0 else ""
            self.text += "" if level > 0 else char.translate(_LOWERED) if level else char
        self._chars = []


def raised(before: str, part: str) -> str:
    """Return raised characters as such; nothing for the mark of a note."""
    is_mark = _NOTE_MARK.fullmatch(part) and not _POWER_OF.search(before[-4:])
    return "" if is_mark else part.translate(_RAISED)


class _State(PDFGraphicState):
    clip = (-inf, -inf, inf, inf)  # outside of this box nothing is seen

    def copy(self) -> "_State":
        twin = _State()
        twin.__dict__.update(self.__dict__)
        return twin

    def is_white(self) -> bool:
        colour = self.ncolor
        parts = colour if isinstance(colour, tuple) else (colour,)
        white = 0.0 if len(parts) == 4 else 1.0  # no ink, or all light
        plain = self.ncs is not None and self.ncs.name in _PLAIN
        return plain and all(isinstance(p, int | float) and abs(p - white) < 0.02 for p in parts)


class _Interpreter(PDFPageInterpreter):
    """Knows what is cut off, which pdfminer does not, and that in an unknown space of colours none is white."""

    def init_state(self, ctm: Matrix) -> None:
        super().init_state(ctm)
        self.graphicstate = _State()

    def do_W(self) -> None:  # noqa: N802
        box = _around(self.curpath, self.ctm)
        clip = getattr(self.graphicstate, "clip", box)
        cut = (*map(max, clip[:2], box[:2]), *map(min, clip[2:], box[2:]))
        self.graphicstate.clip = cut  # type: ignore[attr-defined]

    do_W_a = do_W  # noqa: N815

    def do_cs(self, name: Any) -> None:
        self.graphicstate.ncs, self.graphicstate.ncolor = self.csmap["Pattern"], 0
        super().do_cs(name)


class Sheet(PDFTextDevice):
    """Takes down what a page shows: its runs, its box, and whether it shows pictures or areas too."""

    def __init__(self) -> None:
        super().__init__(PDFResourceManager())
        self._interpreter = _Interpreter(self.rsrcmgr, self)
        self._names: dict[Any, tuple[str, float]] = {}
        self._mended: set[PDFCIDFont] = set()

    def draw(self, page: PDFPage) -> None:
        """Draw a page. Raises whatever comes of a broken one."""
        self.runs: list[Run] = []
        self.painted = self.pictured = False
        self._areas, self._lines, self._strings, self._count = list[Any](), list[Rect](), 0, 0
        self._drawn: dict[tuple[str, int, int], tuple[float, float, int]] = {}
        self._interpreter.process_page(page)
        for run in self.runs:
            run.strike(self._lines)
            run.close()

    def begin_page(self, page: PDFPage, ctm: Matrix) -> None:  # noqa: D102
        self.box = apply_matrix_rect(ctm, page.cropbox)

    def begin_figure(self, *_: Any) -> None:  # noqa: D102
        self._count += 10  # a form may show forms that show forms

    def render_image(self, *_: Any) -> None:  # noqa: D102
        self.paint_path(_State(), False, True, False, [("m", 0, 0), ("l", 1, 1)])
        self.pictured = True

    def paint_path(self, state: Any, stroke: bool, fill: bool, evenodd: bool, path: Any) -> None:  # noqa: ARG002, D102
        self.painted = True
        if path and self.ctm:
            box, dark = _around(path, self.ctm), not state.is_white()
            self._areas += [box] * (fill and dark)
            thin = box[3] - box[1] <= 2 < box[2] - box[0] and len(self._lines) < _MOST_LINES
            self._lines += [box] * (thin and (stroke or dark))

    def render_string(self, textstate: Any, *others: Any) -> None:  # noqa: D102
        self._strings += 1
        if isinstance(textstate.font, PDFCIDFont) and textstate.font not in self._mended:
            self._mended.add(_mend(textstate.font))
        self._invisible = textstate.render == 3
        self._spacing = textstate.charspace * textstate.scaling * 0.01
        super().render_string(textstate, *others)

    def render_char(self, *drawn: Any) -> float:
        """Take down a character; return how far the pen goes."""
        (a, b, c, d, e, f), font, size, scaling, rise, cid, _, state = drawn
        text, width = self._names.get((font, cid)) or self._name(font, cid)
        upright = not font.is_vertical()
        ahead = width * size * (scaling if upright else 1)
        way_x, way_y = (a, b) if upright else (c, d)
        turn, along, up = _direction(way_x, way_y, ahead < 0)
        x, y = e + rise * c, f + rise * d
        u0, v, em = x * along + y * up, y * along - x * up, abs(size) * hypot(c, d)
        v += 0.38 * em * (upright and turn == 270)  # vertical lines are told by their middle
        u1 = u0 + (abs(ahead) + max(self._spacing, 0)) * hypot(way_x, way_y)
        em = max(em, u1 - u0) if isinstance(font, PDFType3Font) else em  # its size says nothing
        if text:
            lift, mid = 0.3 * em * upright, (u0 + u1) / 2
            spot = (mid * along - (v + lift) * up, mid * up + (v + lift) * along)
            self._place(text, u0, u1, v, em, turn, self._unseen(spot, em, state))
        return float(ahead)

    def _place(
        self, text: str, u0: float, u1: float, v: float, em: float, turn: int, hidden: str
    ) -> None:
        self._count += 1
        if self._count > _MOST:
            raise Unreadable(f"1 ページの文字が多すぎます（上限は {_MOST:,} 字）。")
        space = text.isspace()
        if not (hidden or space) and self._is_twin(text, u0, v, em, u1 - u0):
            return
        run = self.runs[-1] if self.runs else None
        level: int | None = 0 if space else None
        if run and not space and run.turn == turn and hidden in (run.hidden, "outside"):
            level = run.level(u0, v, em)  # as it begins it goes on: widths may be false
        if level is None:
            level, run = 0, Run(u0, u0, v, em, turn, hidden)
            self.runs.append(run)
        if run:
            run.add(text, u0, u1, level)

    def _is_twin(self, text: str, u: float, v: float, em: float, width: float) -> bool:
        """Whether the same character was drawn at nearly the same place: printed twice to be bold."""
        reach, x, y = min(0.15 * em, 0.6 * width), u / em / 0.3, v / em / 0.3
        for column in {floor(x - 0.5), floor(x + 0.5)}:
            for row in {floor(y - 0.5), floor(y + 0.5)}:
                there, below, string = self._drawn.get((text, column, row), (inf, inf, 0))
                if abs(there - u) <= reach >= abs(below - v) and string != self._strings:
                    return True
        self._drawn[text, floor(x), floor(y)] = (u, v, self._strings)
        return False

    def _unseen(self, spot: tuple[float, float], em: float, state: Any) -> str:
        """Say why a character is not seen; nothing where it is."""
        if self._invisible or em < 1:
            return "invisible" if self._invisible else "tiny"
        if not (_holds(self.box, spot, 0.3 * em) and _holds(state.clip, spot, 0.3 * em)):
            return "outside"
        white = state.is_white() and not any(_holds(a, spot) for a in self._areas[-_BEHIND:])
        return "white" if white else ""

    def _name(self, font: Any, cid: int) -> tuple[str, float]:
        """Return what a code stands for, and its width in ems."""
        try:
            text = font.to_unichr(cid).replace("\xad", "-").replace("\xa0", " ")
        except (PDFUnicodeNotDefined, KeyError, ValueError, OverflowError):
            text = UNKNOWN
        seen = (char for char in text if not "\u200b" <= char <= "\u200f")
        kinds = [(char, unicodedata.category(char)) for char in seen]
        text = "".join(UNKNOWN if kind in ("Cc", "Cn", "Cs") else char for char, kind in kinds)
        text = _DOWNWARDS.sub(lambda found: nfkc(found[0]), text)
        width = font.char_width(cid)
        if isinstance(font, PDFCIDFont) and cid not in font.widths and columns(text) == 1:
            width = min(width, 0.5)  # no width is given: half an em, as such fonts have it
        return self._names.setdefault((font, cid), (text, width))


def _mend(font: PDFCIDFont) -> PDFCIDFont:
    """Read codes right where pdfminer does not: it looks up CIDs in a map of codes, and reads no CMap of the file's."""
    own = isinstance(font.unicode_map, FileUnicodeMap)
    if isinstance(font.cmap, CMap) and not font.cmap.code2cid:
        font.cmap = CMapDB.get_cmap("Identity-H")
        font.unicode_map = font.unicode_map if own else None
    elif isinstance(font.cmap, CMap) and own:
        with suppress(CMapDB.CMapNotFound):
            font.unicode_map = CMapDB.get_unicode_map(font.cidcoding, font.vertical)
    return font


@lru_cache
def _direction(x: float, y: float, back: bool) -> tuple[int, float, float]:
    """The direction of reading in degrees, with its cosine and sine."""
    turn = round(degrees(atan2(-y, -x) if back else atan2(y, x))) % 360
    return turn, round(cos(radians(turn)), 9), round(sin(radians(turn)), 9)


def _around(path: Any, ctm: Matrix) -> Rect:
    """The box around a path on the paper."""
    xs, ys = ([n for step in path for n in step[k::2]] or [0.0] for k in (1, 2))
    return apply_matrix_rect(ctm, (min(xs), min(ys), max(xs), max(ys)))


def _holds(box: Any, spot: tuple[float, float], slack: float = 0.0) -> bool:
    return all(box[n] - slack <= spot[n] <= box[n + 2] + slack for n in (0, 1))
