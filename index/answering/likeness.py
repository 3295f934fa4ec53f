"""Whether two sentences say the same, so that one statement can cite both.

They do when they hold the same figures and, these left out, the same content words in the same
order, up to a few that only one of them adds. So told, sentences in other words, and those that put
their parts in another order, count as different: to cite too little does less harm than to cite for
a statement a source that says something else.
"""

import re

from index.figures import agree, figures, without_figures
from index.questions import lexicon

ADDED = 0.35
"""Share of its words that the longer sentence may add."""
_TURNS = re.compile(
    r"な[いくかけ]|ませ?ん|[ずぬ](?=[、。にと]|$)|[らさまわか]れ"
)  # denied, or done to


def same(one: str, other: str) -> bool:
    """Whether two sentences say the same."""
    if _share(set(lexicon.bigrams(one)), set(lexicon.bigrams(other))) < 0.5:  # most are far off
        return False
    if sorted(_TURNS.findall(one)) != sorted(_TURNS.findall(other)):
        return False
    return _same_figures(one, other) and _same_words(one, other)


def words(text: str) -> set[str]:
    """Return the content words of a sentence, figures apart."""
    return set(lexicon.terms(without_figures(text)))


def _same_figures(one: str, other: str) -> bool:
    pairs = [sorted(figures(text), key=lambda f: (f.unit, str(f.value))) for text in (one, other)]
    return len(pairs[0]) == len(pairs[1]) and all(
        a.unit == b.unit and agree(a, b) for a, b in zip(*pairs, strict=True)
    )


def _same_words(one: str, other: str) -> bool:
    first, second = (lexicon.terms(without_figures(text)) for text in (one, other))
    fewer, more = sorted((first, second), key=len)
    if not fewer or first[-1] != second[-1] or len(fewer) < (1 - ADDED) * len(more):
        return False
    rest = iter(more)
    return all(word in rest for word in fewer)  # each after the one before


def _share(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
