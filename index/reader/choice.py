"""Which of the scored sentences answer: the best, those nearly as good, and those that add to it."""

from collections.abc import Sequence
from dataclasses import replace

from index.reader.model import model_for
from index.reader.signals import Scored
from index.records import Sentence

MOST = 3
"""Sentences an answer may have."""
ADDING = 2.0
"""How far below the best one a sentence may score that covers what the others do not, as where two
things are compared; for others it is the ``margin`` of the weights."""
GAIN = 0.25
"""Share of the question, by the weight of its terms, that such a sentence must add. With these two
values 73 % instead of 65 % of the many-part questions of tests/questions.jsonl are answered rightly,
for one sentence more in twenty answers."""


def choose(scored: Sequence[Scored]) -> list[Scored]:
    """Return the sentences that answer, in reading order.

    Args:
        scored: Sentences, best first.
    """
    chosen: list[Scored] = []
    margin = model_for(scored[0].signals).margin if scored else 0.0
    quoted: set[tuple[str, Sentence]] = set()  # no words twice
    for s in scored:
        below = scored[0].score - s.score
        if len(chosen) == MOST or below > ADDING:
            break
        passage = s.hit.passage.id
        if (passage, s.sentence) in quoted or (below > margin and _adds(s, chosen) < GAIN):
            continue
        fresh = tuple(q for q in s.quoted if (passage, q) not in quoted)
        chosen.append(replace(s, quoted=fresh))
        quoted.update((passage, q) for q in fresh)
    place = {s.hit.passage.article_id: at for at, s in reversed(list(enumerate(chosen)))}
    return sorted(chosen, key=lambda s: (place[s.hit.passage.article_id], s.sentence.start))


def _adds(s: Scored, chosen: Sequence[Scored]) -> float:
    """Return the share of the question that a sentence covers beyond the others."""
    return sum(
        max(held - max((c.covers[term] for c in chosen), default=0.0), 0.0)
        for term, held in s.covers.items()
    )
