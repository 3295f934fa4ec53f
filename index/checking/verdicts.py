"""A sentence read with the passages nearest to it: supported, contradicted or not found.

The verdict is that of the piece of a passage of which the cross-encoder is surest that it says anything on the
sentence. What it does not know: what only two articles together say, and what follows from a sentence by reckoning.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.answering import Found
from index.crossencoder import CrossEncoder, Window
from index.crossencoder.reading import VERDICTS, Reading, read_in_one_form
from index.errors import EncoderError
from index.retriever import Evidence
from index.text.characters import nfkc
from index.text.figures import DATE, Figure, agree, figures
from index.text.normal import in_one_form
from index.text.spans import Span, mentions

CONTRADICTED_FROM, DIFFERING_FROM = 0.6, 0.3
"""Probability from which a sentence is called contradicted, and from which it is where a figure or day is another;
below it the likelier of the others is. Of thirty true sentences on the two seeds none is called so, of thirty that
are wrong in one thing ten."""
BELONGS = 0.0
"""Log-odds from which a sentence of the piece is cited beside the one that shows it best."""
_OVER = re.compile(r"(?:以上|超|余り|余|あまり|強)$|^\s?(?:以上|余り|あまり|を(?:超|上回))")
_UNDER = re.compile(r"(?:以下|未満|近く|弱)$|^\s?(?:近[いく]|に(?:迫|満たない)|を下回)")


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
    if held := next(filter(None, (_verbatim(found.question, e) for e, *_ in read)), None):
        return held
    told = [_Told(found, *one) for one in sorted(read, key=lambda one: _odds(one[2])[2])]
    # What has another figure or day is not believed where something else has the same one.
    best = next((t for t in told if t.speaks and t.agrees), told[0]) if told[0].differs else told[0]
    shares = best.shares
    if best.differs and shares[0] > shares[1]:
        shares[:2] = shares[1::-1].copy()  # it says so of another figure or day
    if shares[1] < (DIFFERING_FROM if best.differs else CONTRADICTED_FROM):
        shares[1] = 0.0
    at = int(shares.argmax())
    return Verdict(VERDICTS[at], float(shares[at]), best.evidence, best.shown)


def stands(sentence: str, windows: Sequence[Window], crossencoder: CrossEncoder) -> str:
    """Return the verdict on a sentence of what it rests on; ``not found`` where the reader does not judge.

    Args:
        sentence: Claims something.
        windows: What it rests on, in one or more ways; that counts which says most on it.
        crossencoder: The reader.
    """
    if any(_is_said(sentence, text) for window in windows for text in window.sentences):
        return VERDICTS[0]
    best = min(
        map(_odds, read_in_one_form(crossencoder, sentence, windows)), key=lambda odds: odds[2]
    )
    if best == (0.0, 0.0, 0.0):
        return VERDICTS[2]
    shares = np.exp(best)
    if shares[1] < CONTRADICTED_FROM:
        shares[1] = 0.0
    return VERDICTS[int(shares.argmax())]


class _Told:
    """What one piece of a passage tells of a sentence."""

    def __init__(self, found: Found, e: Evidence, piece: tuple[int, ...], reading: Reading) -> None:
        self.evidence, self.shown, self.shares = e, _shown(piece, reading), np.exp(_odds(reading))
        day = found.generation.article(e.hit.passage.article_id).published
        quote = "".join(e.sentences[n].text for n in self.shown)
        mine, theirs = (mentions(text, day) for text in (found.question, quote))
        told = [any(meet(m, t, found.question) for t in theirs) for m in mine]
        self.speaks = self.shares[2] < max(self.shares[:2])
        other = differing(found.question, quote) or (theirs and not all(told))
        self.differs = bool(self.speaks and other)
        numbers = [f for f in figures(found.question) if f.unit not in ("", DATE)]
        same = (any(agree(f, g) for g in figures(quote) if g.unit == f.unit) for f in numbers)
        self.agrees = all(told) and all(same) and not self.differs


def meet(mine: Span, theirs: Span, sentence: str) -> bool:
    """Whether two spans of days may be the same; the year counts where the sentence tells it with the month."""
    if mine.first <= theirs.last and theirs.first <= mine.last:
        return True
    told = f"{mine.first.year}年{mine.first.month}月" in in_one_form(nfkc(sentence))
    days = ((s.first.month, s.first.day, s.days) for s in (mine, theirs))
    return not told and mine.days < 32 and len({*days}) == 1


def _is_said(sentence: str, text: str) -> bool:
    """Whether a text holds the very sentence, whole: 市は増税を決めた is not said by 市は増税を決めた事実はない."""
    words = re.escape(sentence.strip("。. "))
    return bool(words and re.search(rf"(?:^|[。.!?！？\n])\s*{words}\s*(?:$|[。.!?！？\n])", text))


def _verbatim(sentence: str, e: Evidence) -> Verdict | None:
    """Supported, where the passage holds the very words."""
    at = next((n for n, s in enumerate(e.sentences) if _is_said(sentence, s.text)), None)
    return None if at is None else Verdict("supported", 1.0, e, (at,))


def _odds(reading: Reading) -> tuple[float, float, float]:
    return reading.verdict or (0.0, 0.0, 0.0)


def _shown(piece: tuple[int, ...], reading: Reading) -> tuple[int, ...]:
    """The sentences of a piece from the first to the last that belongs to the evidence; at least the best."""
    told = dict(zip(piece, reading.sentences, strict=True))
    own = [n for n in piece if told[n] >= BELONGS] or [max(piece, key=told.__getitem__)]
    return tuple(range(own[0], own[-1] + 1))


def differing(sentence: str, quote: str) -> list[tuple[Figure, Figure]]:
    """Return the figures of a sentence with that of the quote that stands in its place, and is another.

    It does where it is the only one of its unit in either.
    """
    found, theirs = [], figures(quote)
    every = figures(sentence)
    for mine in every:
        same = [f for f in theirs if f.unit == mine.unit]
        alone = len(same) == sum(f.unit == mine.unit for f in every) == 1
        if alone and not (agree(mine, same[0]) or bounds(sentence, mine, same[0])):
            found.append((mine, same[0]))
    return found


def bounds(sentence: str, mine: Figure, theirs: Figure) -> bool:
    """Whether a figure is a bound that the other keeps: 130人を超える of 137人."""
    if isinstance(mine.value, tuple) or isinstance(theirs.value, tuple):
        return False
    behind = sentence.partition(mine.written)[2]
    over, under = (p.search(mine.written) or p.search(behind) for p in (_OVER, _UNDER))
    return bool((over and theirs.value >= mine.value) or (under and theirs.value <= mine.value))
