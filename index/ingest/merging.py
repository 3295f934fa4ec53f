"""Merging of small segments, so that however an index came to be a question looks into few.

It goes on beside builds and questions: the home is held only for the moment in which what is merged is
put in use, and what was removed meanwhile stays removed.

Source: tiered merging as in Lucene, https://blog.mikemccandless.com/2011/02/visualizing-lucenes-segment-merges.html.
"""

import contextlib
import math

import numpy as np

from index.reports import OnProgress, Progress
from index.store import Generation, Home, Rows, Segment

FANOUT = 4
"""Segments of one size that are merged, and how much a size is above the one below it."""
SMALL = 256
"""Passages up to which all segments are of one size."""


def merge(home: Home, on_progress: OnProgress | None = None) -> int:
    """Merge segments while there are many of one size; return how many times.

    Raises:
        StoreError: The home cannot be written, or a file of it is damaged.
    """
    report = on_progress or (lambda _: None)
    merged = 0
    while home.current() is not None:
        with contextlib.closing(home.open()) as opened:
            group = _to_merge(opened)
        report(Progress("merge", merged, merged + bool(group)))
        if not group or not home.merge(group):
            break
        merged += 1
    return merged


def _to_merge(generation: Generation) -> list[tuple[Segment, Rows]]:
    """The segments to merge next, with the rows of the articles that are there; none when all is well."""
    tiers: dict[int, list[tuple[Segment, Rows]]] = {}
    for holding in generation.holdings:
        own, there = (holding.segment, np.flatnonzero(holding.articles)), holding.passages.sum()
        if 2 * there < len(holding.passages):
            return [own]
        tiers.setdefault(int(math.log(max(there, SMALL), FANOUT)), []).append(own)
    return next((group for _, group in sorted(tiers.items()) if len(group) >= FANOUT), [])
