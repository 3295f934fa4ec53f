"""What is known of a text's lines, and what was left out, carried along while the text is finished.

Finishing drops and shortens lines, and keeps their order; so each line of the finished text is one of
the parser's, and a mark covers what is left of its own.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from index.articles.cleaning import CleanPage, notices
from index.articles.files import Draft
from index.records import Loss, Mark
from index.text.characters import nfkc
from index.text.dates import is_date_line

Span = tuple[int, int]
LOSSES = 20_000
"""Characters of what was left out that are kept of one article."""

_BREAK = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")  # what ``repair`` ends lines at
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_DROPPED = 50  # lines at most that the masthead takes from the body


def carry(draft: Draft, repaired: str, page: CleanPage, finished: Draft) -> Draft:
    """Return the finished draft with marks and losses: of the draft as parsed, and of what was dropped since.

    ``page`` is what was kept of its ``repaired`` text.
    """
    lines = {n: line.strip() for n, line in enumerate(repaired.split("\n")) if line.strip()}
    there = _there(finished.text, page, [*lines])
    losses = _limited([*draft.losses, *_gone(lines, there, finished)])
    return replace(finished, marks=tuple(_moved(draft, there)), losses=tuple(losses))


def _there(text: str, page: CleanPage, numbers: Sequence[int]) -> dict[int, Span]:
    """Where lines are in a text, by their numbers; found from the end, since what is dropped stands above."""
    body = [line.strip() for line in page.body.split("\n") if line.strip()]
    found: dict[int, Span] = {}
    end = len(body)
    for match in reversed([*_LINE.finditer(text)]):
        above = range(end - 1, max(end - _DROPPED, 0) - 1, -1)
        at = next((n for n in above if body[n] == match[0]), None)
        if at is not None:
            found[numbers[page.kept[at]]], end = match.span(), at
    return dict(reversed(found.items()))


def _moved(draft: Draft, there: dict[int, Span]) -> Iterator[Mark]:
    """Yield the marks of lines that are there, by their numbers, with their new places."""
    breaks = [match.end() - 1 for match in _BREAK.finditer(draft.text)]
    numbers = list(there)
    for mark in sorted(draft.marks, key=lambda mark: (mark.start, -mark.end)):
        first, last = (bisect_left(breaks, at) for at in (mark.start, mark.end - 1))
        own = numbers[bisect_left(numbers, first) : bisect_right(numbers, last)]
        if own:
            yield replace(mark, start=there[own[0]][0], end=there[own[-1]][1])


def _gone(lines: dict[int, str], there: dict[int, Span], finished: Draft) -> Iterator[Loss]:
    """Yield the runs of lines that are not there, and what was cut out of lines that are."""
    for kept, run in groupby(lines, there.__contains__):
        own = [lines[n] for n in run]
        told = ["\n".join(line for line in own if not _is_shown(line, finished))]
        yield from (
            Loss("chrome", x) for x in (map("\n".join, map(notices, own)) if kept else told) if x
        )


def _is_shown(line: str, draft: Draft) -> bool:
    """Whether a line says no more than what is shown beside the text: title, names, day."""
    rest = line = nfkc(line)
    for said in filter(None, (draft.title, draft.publisher, *draft.authors)):
        rest = rest.replace(nfkc(said), " ")
    is_date = draft.published is not None and is_date_line(rest)
    return is_date or (rest != line and len(re.sub(r"\W", "", rest)) < 4)  # 記者, By


def _limited(losses: Iterable[Loss]) -> Iterator[Loss]:
    """Yield losses up to a length in all, then how many lines more there are."""
    room, more = LOSSES, 0
    for loss in losses:
        shown = loss.text if len(loss.text) <= room else loss.text[:room].rpartition("\n")[0]
        room -= len(loss.text)
        more += loss.text.count("\n") - shown.count("\n") + (not shown)
        if shown:
            yield replace(loss, text=shown)
    if more:
        yield Loss("other", f"ほか {more:,} 行")
