"""What a question asks several of: the items of an announced list, or several sentences."""

from collections.abc import Iterator

from index.answering.composing import Made, Quote, Section, quote_of
from index.answering.reading import ANSWER_FROM, Found, choose
from index.answering.statements import listed

MOST, SPREAD, LIKELY = 8, 3.0, 0.75
"""Sentences of a list, log-odds by which the piece of one may be less likely than the best, and the probability
from which it belongs: on 32 list questions of our own 39 of the wanted sentences in 70; with a margin of 2 34 in 55,
of 4 42 in 83. Passages behind the three that are read hold no more."""


def enumerate_(found: Found) -> Made | None:
    """Quote what a question asks several of; None where no more than one sentence answers."""
    if found.confidence < ANSWER_FROM:
        return None
    count, best = found.asked.form.count, found.sentences[0]
    items = list(listed(best, found))
    announced = all(best.sentence not in item.sentences for item in items)
    quotes = [quote_of(best, found, (best.sentence,))] * announced + items
    quotes = quotes if items else list(_several(found, count))
    if len(quotes) < 2:
        return None
    return Made((Section("", tuple(quotes)),))


def _several(found: Found, count: int) -> Iterator[Quote]:
    """The sentences that answer."""
    taken = choose(found.sentences, most=count or MOST, margin=SPREAD, belongs=LIKELY)
    yield from (quote_of(s, found) for s in taken)
