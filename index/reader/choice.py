"""Which of the scored sentences answer: the best, and those nearly as good."""

from collections.abc import Sequence
from dataclasses import replace

from index.reader.signals import Scored
from index.records import Sentence

MOST = 3
"""Sentences an answer may have."""
MARGIN = 0.5
"""Log-odds a further sentence may lie below the best one."""


def choose(scored: Sequence[Scored]) -> list[Scored]:
    """Return the best sentence and those nearly as good, in reading order."""
    best: list[Scored] = []
    quoted: set[tuple[str, Sentence]] = set()  # no words twice
    for s in (s for s in scored[:MOST] if s.score >= scored[0].score - MARGIN):
        passage = s.hit.passage.id
        if (passage, s.sentence) not in quoted:
            fresh = tuple(q for q in s.quoted if (passage, q) not in quoted)
            best.append(replace(s, quoted=fresh))
            quoted.update((passage, q) for q in fresh)
    place = {s.hit.passage.article_id: at for at, s in reversed(list(enumerate(best)))}
    return sorted(best, key=lambda s: (place[s.hit.passage.article_id], s.sentence.start))
