"""Cut an article into passages of whole sentences, each with its exact place in the text.

A passage holds about 200 to 400 characters and never more than 450 unless one sentence is longer;
it stays inside its section, and its first passage begins with the heading, which is a sentence of
its own. Sentences end at 。！？ (or . ! ? before a space) outside quotes and brackets, and at a
line's end. Sentences and their places are ours; langchain-text-splitters packs them (``splitter``).

What it does not know: a 。 that belongs to a name (モーニング娘。) ends a sentence; a short line
without a full stop before a paragraph is taken for a heading.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

from index.citations import kinds_of_lines
from index.records import Mark
from index.text.lines import Widths

TARGET = 400
"""Characters a passage should not exceed; the remainder is spread evenly over a section."""
LIMIT = TARGET * 9 // 8
"""Characters a passage may not exceed unless one sentence does."""
SHORT_SECTION = 100
"""A section shorter than this is cut together with the next."""

_PAIRS = {pair[0]: pair[1] for pair in ("「」", "『』", "（）", "()", "【】", "“”", "〈〉", "《》")}
_MARKS = re.compile(f"[{re.escape(''.join(chain(*_PAIRS.items())))}]")
_HASHES = re.compile(r"#{1,6}[ \u3000]+")
_ENDS = re.compile(r"[。！？!?．]+[」』）)】”\"']*|(?<=[^.\d])\.[”\"')]*(?=\s+[\"“‘(]?[A-Z]|$)")
_ABBREVIATION = re.compile(r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|St|vs|No|Jr|Sr))$")
_RUNS_ON = re.compile("と|って|など|の|は|が|を|に|も")  # 「なぜか？という」 goes on
_TERMINATED = re.compile(r"[。！？!?．.…」』）)】”\"]\s*$")
_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、．.]|第[0-9０-９一二三四五六七八九十百]+[章節部回]"
    r"|[■◆●▼▽○◎□◇★☆]|[^、。]{1,8}[一二三四五六七八九十0-9０-９]+[：:])"
)
_FRAMED = re.compile(r"[<＜〈《【\[［].+[>＞〉》】\]］]$")
_BULLET = re.compile(r"\s*(?:[・•\-*‐–—]|\d+[.)）]|[①-⑳])")
_LONGEST_HEADING = 1000  # characters
_WRAPPED_COLUMNS = 90  # no page is hard-wrapped wider than 45 full-width characters
_WIDTHS = Widths("WF")

Span = tuple[int, int]
Line = tuple[int, int, str]
Section = tuple[str | None, list[Span]]
Place = tuple[str | None, int, int, list[Span]]
"""Heading, start and end of a passage, and where its sentences start and end in the article."""


def cut(text: str, marks: Sequence[Mark] = ()) -> list[Place]:
    """Cut the text of an article into passages; notes and rows are lines of their own, whatever stands beside.

    Every non-blank character of the text stands in exactly one sentence, except the ``#`` marks of
    headings.
    """
    from index.passages.splitter import PassageSplitter  # a third of a second

    cuts = PassageSplitter().split_spans(text, marks)
    return [(heading, spans[0][0], spans[-1][1], spans) for heading, spans in cuts]


def sections(text: str, marks: Sequence[Mark] = ()) -> Iterator[Section]:
    """Yield headings, None where there is none, with the sentences under them.

    A short section goes with the next, unless a # would come to stand inside the passage.
    """
    heading: str | None = None
    spans: list[Span] = []
    for start, end, kind in _lines(text, marks):
        if kind != "heading":
            is_whole = kind == "row" and end - start <= LIMIT
            spans.extend([(start, end)] if is_whole else _sentences(text, start, end))
            continue
        long = spans and spans[-1][1] - spans[0][0] >= SHORT_SECTION
        if long or (spans and "#" in text[spans[-1][1] : start]):
            yield heading, spans
            heading, spans = None, []
        heading = heading or text[start:end]
        spans.append((start, end))
    if spans:
        yield heading, spans


def _lines(text: str, marks: Sequence[Mark]) -> list[Line]:
    """Spans of the non-blank lines, hard-wrapped ones joined, each with what it is if no plain one."""
    spans = [m.span() for m in re.finditer(r"[^\n]+", text) if m[0].strip()]
    apart = kinds_of_lines(spans, marks)
    lines: list[Line] = []
    for place, (start, end) in enumerate(spans):
        following = text[slice(*spans[place + 1])] if place + 1 < len(spans) else ""
        # Every passage of a section carries its heading.
        hashes = _HASHES.match(text, start, end) if end - start <= _LONGEST_HEADING else None
        kind = apart[place] or ("heading" if hashes else "")
        start, end = _strip(text, hashes.end() if hashes and kind == "heading" else start, end)
        if start == end:
            continue
        if not kind and _looks_like_heading(text[start:end], following):
            kind = "heading"
        if lines and not kind and _is_labelled(text, lines[-1], end):
            lines[-1] = (lines[-1][0], end, "row")
        elif lines and not kind and _wraps(text, lines[-1], start, end):
            lines[-1] = (lines[-1][0], end, "")
        else:
            lines.append((start, end, kind))
    return lines


def _strip(text: str, start: int, end: int) -> Span:
    left = text[start:end].lstrip()
    return end - len(left), end - len(left) + len(left.rstrip())


def _looks_like_heading(line: str, following: str) -> bool:
    """A short line without a full stop: numbered, framed, or standing above a paragraph."""
    if len(line) > 45 or "。" in line or line[-1] in "、，,；;":
        return False
    if _NUMBERED.match(line) or _FRAMED.match(line):
        return bool(following) and line[-1] not in "！？!?"
    above_prose = len(line) <= 30 and len(following) > 60 and "。" in following
    return above_prose and not (_TERMINATED.search(line) or _BULLET.match(line))


def _is_labelled(text: str, before: Line, end: int) -> bool:
    """Whether a line that is no prose stands in a list under a framed label, without which it says nothing."""
    label = text[before[0] : before[1]].partition("\n")[0]
    framed = (
        before[2] in {"heading", "row"}
        and _FRAMED.match(label)
        and "。" not in text[before[0] : end]
    )
    return bool(framed) and end - before[0] <= LIMIT


def _wraps(text: str, before: Line, start: int, end: int) -> bool:
    """Whether the line goes on with a sentence that the line before broke off at a fixed width."""
    if before[2] or text.count("\n", before[1], start) != 1 or _BULLET.match(text, start, end):
        return False
    begin = max(text.rfind("\n", 0, before[1]) + 1, before[0])
    if _TERMINATED.search(text, before[1] - 1, before[1]) or before[1] - begin > _WRAPPED_COLUMNS:
        return False
    columns = _columns(text[begin : before[1]])
    if not 30 <= columns <= _WRAPPED_COLUMNS:
        return False
    following = _columns(text[start : min(end, start + _WRAPPED_COLUMNS)])
    return columns >= 0.8 * min(following, _WRAPPED_COLUMNS)


def _columns(line: str) -> int:
    return sum(map(_WIDTHS.__getitem__, line))


def _sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """Spans of the sentences in one line."""
    enclosed = _enclosed(text, start, end)
    begin = start
    for match in _ENDS.finditer(text, start, end):
        stop = match.end()
        if enclosed[match.start() - start] or _goes_on(text, begin, match, stop, end):
            continue
        yield _strip(text, begin, stop)
        begin = stop
    if text[begin:end].strip():
        yield _strip(text, begin, end)


def _goes_on(text: str, begin: int, match: re.Match[str], stop: int, end: int) -> bool:
    if match.group()[0] == ".":
        return bool(_ABBREVIATION.search(text, max(begin, match.start() - 8), match.start()))
    if match.group()[0] in "！？!?":
        latin = text[stop : stop + 1]
        return bool(_RUNS_ON.match(text, stop, end)) or (latin.isascii() and latin.isalnum())
    return False


def _enclosed(text: str, start: int, end: int) -> bytearray:
    """Mark what stands inside quotes or brackets that close again, the closing ones included."""
    inside = bytearray(end - start)
    open_marks: list[tuple[str, int]] = []
    awaited: Counter[str] = Counter()  # the closing marks of those that are open
    for found in _MARKS.finditer(text, start, end):
        mark, at = found[0], found.start()
        if mark in _PAIRS:
            open_marks.append((_PAIRS[mark], at))
            awaited[_PAIRS[mark]] += 1
        elif awaited[mark]:
            close, opened = "", at
            while close != mark:
                close, opened = open_marks.pop()
                awaited[close] -= 1
            if not open_marks:
                inside[opened - start : at - start] = b"\1" * (at - opened)
    return inside
