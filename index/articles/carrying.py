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
from index.text.characters import nfkc, repair
from index.text.dates import is_date_line

Span = tuple[int, int]
LOSSES = 20_000
"""Characters of what was left out that are kept of one article."""

_BREAK = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")  # what ``repair`` ends lines at
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_DROPPED = 50  # lines at most that the masthead takes from the body


def carry(draft: Draft, page: CleanPage, finished: Draft, *, text: str) -> Draft:
    """Return the finished draft with marks and losses: of the draft as parsed, and of what was dropped since.

    ``text`` is that of the draft repaired and tidy, ``page`` what was kept of it.
    """
    there = _there(finished.text, page)
    losses = _limited([*draft.losses, *_gone(text.split("\n"), there, finished)])
    marks = tuple(_moved(draft, text, there)) if draft.marks else ()
    return replace(finished, marks=marks, losses=tuple(losses))


def _there(text: str, page: CleanPage) -> dict[int, Span]:
    """Where lines are in a text, by their numbers; found from the end, since what is dropped stands above."""
    body = [line.strip() for line in page.body.split("\n") if line.strip()]
    found: dict[int, Span] = {}
    end = len(body)
    for match in reversed([*_LINE.finditer(text)]):
        above = range(end - 1, max(end - _DROPPED, 0) - 1, -1)
        at = next((n for n in above if body[n] == match[0]), None)
        if at is not None:
            found[page.kept[at]], end = match.span(), at
    return dict(reversed(found.items()))


def _moved(draft: Draft, text: str, there: dict[int, Span]) -> Iterator[Mark]:
    """Yield the marks of lines that are there, by their numbers in the tidy text, with their new places."""
    breaks = [match.end() - 1 for match in _BREAK.finditer(draft.text)]
    full = [n for n, line in enumerate(repair(draft.text).split("\n")) if line.strip()]
    tidied = [n for n, line in enumerate(text.split("\n")) if line]
    numbers = [one for one, n in zip(full, tidied, strict=True) if n in there]
    spans = [*there.values()]
    for mark in sorted(draft.marks, key=lambda mark: (mark.start, -mark.end)):
        first = bisect_left(numbers, bisect_left(breaks, mark.start))
        last = bisect_right(numbers, bisect_left(breaks, mark.end - 1))
        if first < last:
            yield replace(mark, start=spans[first][0], end=spans[last - 1][1])


def _gone(lines: Sequence[str], there: dict[int, Span], finished: Draft) -> Iterator[Loss]:
    """Yield the runs of lines that are not there, and what was cut out of lines that are."""
    full = [n for n, line in enumerate(lines) if line]
    for kept, run in groupby(full, there.__contains__):
        own = [lines[n] for n in run]
        lost = [line for line in own if not _is_shown(line, finished)]
        told = map("\n".join, map(notices, own) if kept else [lost])
        yield from (Loss("chrome", words) for words in told if words)


def _is_shown(line: str, draft: Draft) -> bool:
    """Whether a line says no more than what is shown beside the text: title, names, day."""
    rest = line = nfkc(line)
    for said in filter(None, (draft.title, draft.publisher, *draft.authors)):
        rest = rest.replace(nfkc(said), " ")
    is_date = draft.published is not None and len(rest) < 400 and is_date_line(rest)
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
