"""A sentence read with the passages nearest to it: supported, contradicted or not found.

The verdict is that of the piece of a passage of which the cross-encoder is surest that it says anything on the
sentence. What it does not know: what only two articles together say, and what follows from a sentence by reckoning.
"""

from dataclasses import dataclass

import numpy as np

from index.answering import Found
from index.crossencoder.reading import VERDICTS, Reading
from index.errors import EncoderError
from index.retriever import Evidence
from index.text.figures import Figure, agree, figures

CONTRADICTED_FROM = 0.5
"""Probability from which a sentence is called contradicted; below it the likelier of the others is."""
BELONGS = 0.0
"""Log-odds from which a sentence of the piece is cited beside the one that shows it best."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the articles say of a sentence, how sure that is, and which sentences of which passage show it."""

    verdict: str
    probability: float
    evidence: Evidence
    shown: tuple[int, ...]


def judge(found: Found) -> Verdict | None:
    """Return the verdict on a sentence that was read as ``found.question``; None where no passage was read.

    Raises:
        EncoderError: The reader of the settings does not judge.
    """
    read = [
        (e, piece, r) for e in found.evidence for piece, r in zip(e.pieces, e.readings, strict=True)
    ]
    if not read:
        return None
    if any(r.verdict is None for _, _, r in read):
        raise EncoderError("TENKYO_READER のモデルは主張の正否を判定しません。")
    evidence, piece, reading = min(read, key=lambda one: _odds(one[2])[2])
    shares = np.exp(_odds(reading))
    if shares[1] < CONTRADICTED_FROM:
        shares[1] = 0.0
    at = int(shares.argmax())
    return Verdict(
        VERDICTS[at], float(np.exp(_odds(reading))[at]), evidence, _shown(piece, reading)
    )


def _odds(reading: Reading) -> tuple[float, float, float]:
    return reading.verdict or (0.0, 0.0, 0.0)


def _shown(piece: tuple[int, ...], reading: Reading) -> tuple[int, ...]:
    """The sentences of a piece from the first to the last that belongs to the evidence; at least the best."""
    told = dict(zip(piece, reading.sentences, strict=True))
    own = [n for n in piece if told[n] >= BELONGS] or [max(piece, key=told.__getitem__)]
    return tuple(range(own[0], own[-1] + 1))


def differing(sentence: str, quote: str) -> list[tuple[Figure, Figure]]:
    """Return the figures of a sentence with that of the quote that stands in its place, and is another."""
    theirs = figures(quote)
    found = []
    for mine in figures(sentence):
        same = [f for f in theirs if f.unit == mine.unit]
        if same and not any(agree(mine, f) for f in same):
            found.append((mine, same[0]))
    return found
