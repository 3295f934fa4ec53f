"""Runs of characters to lines in the order of reading: columns one after the other, tables row by row, ruby out.

Columns are told by the white between them; what lines a table is ruled with is not looked at.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from statistics import median

from index.articles.pdf_page import Run, raised
from index.text.characters import repair
from index.text.lines import columns, ends_sentence, join, named_row

Row = list[Run]  # what stands on one line, from its beginning on
Span = tuple[float, float]

# In sizes of the type: white between columns, the narrowest column of prose, the widest numbers of a list.
_GUTTER, _COLUMN, _LABEL = 0.8, 8.0, 3.5
_READING = re.compile(r"[ぁ-ゖァ-ヺー・\s]+")
_SENTENCES = re.compile(r"[。、，]|(?:[^\W\d_]{2,}\W+){4}")
_OPEN_NUMBER = re.compile(r"(?<![\d,.])(?<!\d,\s)\d{1,3}(?:,\d{3})*,$")
_THREE_DIGITS = re.compile(r"\d{3}(?!\d|,\s|\s(?:and|or|to)\b)")
_YEAR = r"(?:19|20)\d\d(?:年度?)?|(?:令和|平成|昭和|[RHS])?[\d元]{1,2}年度?"
_FIGURE = re.compile(rf"(?!(?:{_YEAR})$)[△▲±+\-−–\s]*\d[\d,.]*\s?\S{{0,3}}|[―－ー—–\-…]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line, or a row of a table (``kind``); ``size`` of most of its type and ``width`` in points.

    Lines of one ``flow`` have the same room: columns of as many, read in one direction. ``mark`` is the mark of a note
    that it begins with.
    """

    text: str
    size: float = 0.0
    width: float = 0.0
    flow: int = 0
    kind: str = ""
    mark: str = ""


def by_direction(runs: Sequence[Run]) -> list[list[Row]]:
    """Return the rows of each direction of reading."""
    turned: dict[int, list[Run]] = {}
    for run in _upended(runs):
        turned.setdefault(run.turn, []).append(run)
    return [_without_ruby(rows(own)) for own in turned.values()]


def in_order(groups: Iterable[list[Row]]) -> list[list[Row]]:
    """Put what reads down between the rows that read across above it and below it, other directions last."""
    across = [row for rows in groups for row in rows if row[0].turn == 0]
    found: list[list[Row]] = []
    for rows in groups:
        if rows and rows[0][0].turn:
            top = max(-row[0].u0 for row in rows) if rows[0][0].turn == 270 else -inf
            above = [row for row in across if row[0].v > top]
            across = across[len(above) :]
            found += [above, rows]
    return [*found, across]


def _upended(runs: Sequence[Run]) -> list[Run]:
    """Turn what stands upright in vertical lines: characters one below the other, figures of a few digits."""
    found = list(runs)
    for at, run in enumerate(runs):
        if run.turn or len(run.text) > 4:
            continue
        half, x = run.size / 2, (run.u0 + run.u1) / 2
        turned = replace(run, turn=270, u0=-run.v - 1.76 * half, u1=-run.v + 0.24 * half, v=x)
        around = [*found[max(at - 1, 0) : at], *runs[at + 1 : at + 2]]
        if any(_follow(other, turned) or _follow(turned, other) for other in around) or (
            _is_stack(runs[at : at + 3]) or _is_stack(runs[max(at - 2, 0) : at + 1])
        ):
            found[at] = turned
    return found


def _is_stack(runs: Sequence[Run]) -> bool:
    """Whether three single characters stand one below the other."""
    steps = [(one.v - two.v, abs(two.u0 - one.u0), two.size) for one, two in pairwise(runs)]
    single = {(len(run.text), run.turn) for run in runs} == {(1, 0)}
    below = (0.7 * em <= down <= 1.7 * em and aside <= 0.25 * em for down, aside, em in steps)
    return len(steps) == 2 and single and all(below)


def _follow(one: Run, two: Run) -> bool:
    """Whether one run goes on in another down a line, or at the head of the next."""
    level = abs(one.v - two.v) <= two.size / 2 and abs(two.u0 - one.u1) <= two.size
    new = len(two.text) == 1 and two.size <= one.v - two.v <= 3 * two.size and two.u0 < one.u0
    return one.turn == two.turn == 270 and (level or new)


def rows(runs: Iterable[Run]) -> list[Row]:
    """Put together what stands on one line; from the first line to the last."""
    found: list[Row] = []
    for run in sorted(runs, key=lambda run: -run.v):
        if found and found[-1][0].v - run.v <= 0.35 * max(run.size, found[-1][0].size):
            found[-1].append(run)
        else:
            found.append([run])
    return [sorted(row, key=lambda run: run.u0) for row in found]


def _without_ruby(found: list[Row]) -> list[Row]:
    """Leave out readings: small kana right above a line."""

    def is_ruby(run: Run, below: Row) -> bool:
        return _READING.fullmatch(run.text) is not None and any(
            run.size <= 0.65 * base.size
            and run.v - base.v < 1.6 * base.size
            and base.u0 - base.size <= run.u0 <= base.u1
            for base in below[:100]
        )

    pairs = pairwise([*found, []])
    kept = ([run for run in row if not is_ruby(run, below)] for row, below in pairs)
    return [row for row in kept if row]


def spell(row: Row) -> str:
    """Return what a row says; wide white between its runs is a space."""
    text, end = "", 0.0
    for run in row:
        narrow = columns(text[-1:] + run.text[:1]) == 2
        text += raised(text, run.mark) if text else ""
        apart = text and run.u0 - end >= (0.17 if narrow else _GUTTER) * run.size
        text, end = text + " " * bool(apart and text[-1:].strip()) + run.text, run.u1
    return repair(text)


def layout(found: Sequence[Row]) -> list[Line]:
    """Bring rows into lines in the order of reading."""
    lines, at = list[Line](), 0
    while at < len(found):
        end, spans = _block(found, at)
        lines += _read(found[at:end], spans)
        at = end
    return lines


def _block(found: Sequence[Row], at: int) -> tuple[int, list[Span]]:
    """Return the end of the rows from ``at`` on that leave the same white between them, and their columns."""
    spans, end = _merged(found[at]), at + 1
    while end < len(found):
        own = _merged(found[end])
        wider = _merged(found[end], spans)
        if len(wider) < max(2, len(spans)):
            break
        met = {bisect_right(wider, (start, inf)) for start, _ in own}
        other = len(met) < len(own) or len(wider) > len(spans) > 1
        if other and not _is_prose(found[max(at, end - 20) : end], wider):
            break  # a table has its columns from the beginning
        spans, end = wider, end + 1
    return end, spans


def _merged(row: Row, spans: Iterable[Span] = ()) -> list[Span]:
    """Where columns stand: those of a row, and others, as far as there is white between them."""
    gutter = _GUTTER * min(run.size for run in row)
    merged: list[Span] = []
    for start, end in sorted([*spans, *((run.u0, run.u1) for run in row)]):
        if merged and start - merged[-1][1] < gutter:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _cells(row: Row, spans: Sequence[Span]) -> list[Row]:
    """Part a row by the columns."""
    cells: list[Row] = [[] for _ in spans]
    for run in row:
        cells[max(bisect_right(spans, (run.u0, inf)) - 1, 0)].append(run)
    return cells


def _read(block: Sequence[Row], spans: list[Span]) -> list[Line]:
    """Read rows that have these columns."""
    shared = [n for n, row in enumerate(block) if sum(map(bool, _cells(row, spans))) > 1]
    if len(spans) > 1 and len(block) > 1:
        prose = _is_prose(block, spans) and (shared or _is_beside(block, spans))
        if prose or _runs_on([block[n] for n in shared], spans):
            return _columns(block, spans, shared[-1] if shared else len(block) - 1)
        if len(shared) > 1 and not _is_list(block, spans):
            first, last = shared[0], shared[-1] + 1
            around = [[_line(row) for row in part] for part in (block[:first], block[last:])]
            return [*around[0], *_table(block[first:last], spans), *around[1]]
    return [_line(row) for row in block]


def _line(row: Row, count: int = 1) -> Line:
    letters = sum(len(run.text) for run in row)
    size = sum(run.size * len(run.text) for run in row) / max(letters, 1)
    return Line(spell(row), size, row[-1].u1 - row[0].u0, row[0].turn + count, mark=row[0].mark)


def _is_prose(block: Sequence[Row], spans: list[Span]) -> bool:
    """Whether each column is as wide as one of prose, mostly full, and has sentences."""
    for own in zip(*(_cells(row, spans) for row in block), strict=True):
        cells = [cell for cell in own if cell]
        widths = [(cell[-1].u1 - cell[0].u0) / max(cell[0].size, 1.0) for cell in cells] or [0.0]
        full = max(widths) >= _COLUMN and median(widths) >= max(widths) / 2
        if not full or sum(bool(_SENTENCES.search(spell(c))) for c in cells) * 4 < len(cells):
            return False
    return True


def _runs_on(shared: Sequence[Row], spans: list[Span]) -> bool:
    """Whether a column's sentences go on from line to line, so that what stands beside it is no row's."""
    for own in zip(*(_cells(row, spans) for row in shared), strict=True):
        ends = [cell[-1].u1 - cell[0].u0 if cell else 0.0 for cell in own]
        size, texts = shared[0][0].size, [spell(cell) for cell in own]
        full = max(ends) >= 1.5 * _COLUMN * size and min(ends) >= max(ends) - 1.1 * size
        worded = sum(map(bool, map(_SENTENCES.search, texts))) * 2 >= len(own) > 2
        if full and worded and not any(map(ends_sentence, texts[:-1])):
            return True
    return False


def _is_list(block: Sequence[Row], spans: list[Span]) -> bool:
    """Whether it is a list: numbers or signs, and what they stand before."""
    widths = [(end - start) / block[0][0].size for start, end in spans]
    return len(spans) == 2 and widths[0] <= _LABEL and widths[1] >= 1.5 * _COLUMN


def _is_beside(block: Sequence[Row], spans: list[Span]) -> bool:
    """Whether columns whose lines are not level stand beside each other, and not one below the other."""
    heights = [[row[0].v for row in block if _cells(row, spans)[n]] for n in range(len(spans))]
    top, bottom = min(own[0] for own in heights), max(own[-1] for own in heights)
    least = min(own[0] - own[-1] for own in heights)
    return min(map(len, heights)) > 2 and 2 * (top - bottom) > least


def _columns(block: Sequence[Row], spans: list[Span], shared: int) -> list[Line]:
    """Read columns one after the other; what stands above the first, or well below all, stands alone."""
    top = next((row[0] for row in block if _cells(row, spans)[0]), block[0][0])
    first = next(n for n, row in enumerate(block) if row[0].v - top.v <= 1.3 * top.size)
    steps = [above[0].v - row[0].v for above, row in pairwise(block)]
    usual = median(steps)
    far = (n for n in range(shared + 1, len(block)) if steps[n - 1] > 2 * usual)
    last = next(far, len(block))
    lines = [_line(row) for row in block[:first]]
    for own in zip(*(_cells(row, spans) for row in block[first:last]), strict=True):
        column = rows(run for cell in own for run in cell)
        lines += [_line(row, len(spans)) for row in _without_ruby(column)]
    return lines + [_line(row) for row in block[last:]]


def _table(block: Sequence[Row], spans: list[Span]) -> list[Line]:
    """Read a table row by row: each names its columns where the first row does."""
    steps = [0.0, *(above[0].v - row[0].v for above, row in pairwise(block))]
    table, usual = list[list[str]](), median(steps[1:])
    for step, row in zip(steps, block, strict=True):
        cells = [spell(cell).strip() for cell in _cells(row, spans)]
        if table and not cells[0] and step < 0.75 * usual:
            table[-1] = [a + b for a, b in zip(table[-1], cells, strict=True)]  # it goes on
        else:
            table.append(cells)
    names = table[0] if _is_header(table[0], table[1:]) else [""] * len(spans)
    own = table[1:] if any(names) else table
    return [Line(named_row(names, cells), block[0][0].size, kind="row") for cells in own]


def _is_header(first: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Whether a row names columns: it has words, or years, where a column below it has figures."""
    if not all(first[1:]) or any(map(_FIGURE.fullmatch, first)):
        return False
    below = [[bool(_FIGURE.fullmatch(c)) for c in own if c] for own in zip(*others, strict=True)]
    return any(sum(own) * 2 > len(own) for own in below[1:])


def is_number_split(before: str, after: str) -> bool:
    """Whether a number goes on across the end of a line: 1,|204, 3|.5, and in East Asian text 12|04 and 1.|5 too."""
    if _OPEN_NUMBER.search(before[-40:]) and _THREE_DIGITS.match(after):
        return True
    if before[-1:].isdigit() and re.match(r"[.,]\d", after):
        return True
    east = columns(before[-40:]) > len(before[-40:])
    return east and bool(re.search(r"\d\.?$", before[-5:]) and re.match(r"\d", after))


def link(before: str, after: str) -> list[str]:
    """Return the two so that they make one text: a word or number broken at the end of the line is whole again."""
    bare, after = before.rstrip(), after.lstrip()
    if re.search(r"[a-z][-‐]$", bare[-2:]) and re.match(r"[a-z]", after):
        return [bare[:-1], after]
    if is_number_split(before, after):
        return [bare, after]
    return [bare, join(bare[-1:], after)[len(bare[-1:]) :]]
