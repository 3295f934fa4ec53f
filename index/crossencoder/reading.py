"""What a cross-encoder is given and what it makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

START, END, EVIDENCE, ANSWERED, SUPPORTED, CONTRADICTED, NOT_FOUND = range(7)
"""The columns of the logits. The first three are read at the tokens of a sentence: where the words
that answer begin and end, and, as the log of the sum of the exponentials over the sentence with its
``</s>``, the log-odds that it belongs to the evidence; the others at ``<s>``: the log-odds that the
window answers the question, and the verdict on a claim."""
COLUMNS = 7
VERDICTS = ("supported", "contradicted", "not found")
LONGEST = 40
"""Tokens of the longest span that is looked for; of JaQuAD's answers 99 % have 14 or fewer."""


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive sentences of an article, with its title."""

    title: str | None
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """The words of a sentence that answer, ``sentence[start:end]``; ``sure`` is a log-probability."""

    start: int
    end: int
    sure: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cross-encoder makes of a question or claim and a window.

    Attributes:
        answered: The log-odds that the window answers the question, or settles the claim.
        sentences: Of each sentence the log-odds that it belongs to the evidence.
        keys: Of each sentence the words that answer, if any do; None where the model does not tell.
        verdict: Log-probabilities of ``VERDICTS`` for a claim; None where the model does not tell.
    """

    answered: float
    sentences: tuple[float, ...]
    keys: tuple[Key | None, ...]
    verdict: tuple[float, float, float] | None = None


class CrossEncoder(Protocol):
    """Reads a question or claim together with windows."""

    name: str

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """Return a reading of each window, in order."""
        ...


def best_span(starts: NDArray[np.float32], ends: NDArray[np.float32]) -> tuple[int, int]:
    """Return the first and last token of the span with the highest sum of logits.

    Args:
        starts: ``(n,)``, n at least 1, of the tokens of a sentence.
        ends: Likewise.
    """
    band = np.triu(np.ones((len(starts), len(ends)), bool))
    band &= ~np.triu(band, LONGEST)
    sums = np.where(band, starts[:, None] + ends, -np.inf)
    first, last = divmod(int(sums.argmax()), len(ends))
    return first, last
