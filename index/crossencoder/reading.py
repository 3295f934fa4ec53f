"""What a cross-encoder is given, how that is laid out in tokens, and what it makes of it.

``<s> question </s></s> title </s> sentence </s> sentence </s> …``, at most 512 tokens; ``title </s>``
is left out where there is none, and sentences that do not fit whole are left out at the end. The
pair is written as XLM-R, out of which the model came, learnt pairs; no prompt stands in front, since
those tell the encoder a question from a passage and here both are there. Each text is put into
pieces apart, so that the ids of a sentence do not depend on what is asked and can be kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.encoder.tokenizer import BOS, EOS, LIMIT
from index.text.normal import in_one_form, placed

START, END, EVIDENCE, ANSWERED, SUPPORTED, CONTRADICTED, NOT_FOUND = range(7)
"""The columns of the logits. The first three are read at the tokens of a sentence: where the words
that answer begin and end, and, as the log of the sum of the exponentials over the sentence with its
``</s>``, the log-odds that it belongs to the evidence; the others at ``<s>``: the log-odds that the
window answers the question, and the verdict on a claim."""
COLUMNS = 7
VERDICTS = ("supported", "contradicted", "not found")
LONGEST = 40
"""Tokens of the longest span that is looked for; of JaQuAD's answers 99 % have 14 or fewer."""
QUESTION_LIMIT, TITLE_LIMIT = 128, 64
"""Tokens of a question and of a title that are read; the longest question of JaQuAD has 100."""
PIECE = 160
"""Bytes of UTF-8, some 50 Japanese characters or 160 Latin letters, that are read at once: a passage is
read in pieces as long as that, or one sentence. On twins of newsqa-dev the confidence has an AUROC of
.80 with these, of .79 with pieces of 480 bytes and of .80 with the mean of both, which takes longer."""


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


def read_in_one_form(
    crossencoder: CrossEncoder, question: str, windows: Sequence[Window]
) -> list[Reading]:
    """Read, where the question tells a date or figure, all of them in one form; keys are places as written."""
    asked = in_one_form(question)
    if not any(map(str.isdecimal, asked)):
        return crossencoder.read(question, windows)
    forms = [[placed(text) for text in (w.title or "", *w.sentences)] for w in windows]
    put = [Window(f[0][0] or None, tuple(text for text, _ in f[1:])) for f in forms]
    return [
        replace(reading, keys=tuple(map(_as_written, reading.keys, form[1:])))
        for reading, form in zip(crossencoder.read(asked, put), forms, strict=True)
    ]


def _as_written(key: Key | None, form: tuple[str, list[tuple[int, int]]]) -> Key | None:
    return key and replace(key, start=form[1][key.start][0], end=form[1][key.end - 1][1])


@dataclass(frozen=True, slots=True)
class Laid:
    """The ids as the model takes them, at most ``LIMIT``.

    ``sentences`` are, of each sentence that was laid, where its own tokens begin and end in ``ids``;
    the end is the place of its ``</s>``.
    """

    ids: tuple[int, ...]
    sentences: tuple[tuple[int, int], ...]


def lay(question: Sequence[int], title: Sequence[int], sentences: Sequence[Sequence[int]]) -> Laid:
    """Lay out token ids that bear no marks of begin and end.

    The first sentence is cut where it alone is too long; else only whole ones are laid.
    """
    ids = [BOS, *question[:QUESTION_LIMIT], EOS, EOS]
    if title:
        ids += [*title[:TITLE_LIMIT], EOS]
    places: list[tuple[int, int]] = []
    for sentence in sentences:
        room = LIMIT - len(ids) - 1
        if len(sentence) > room and places:
            break
        start = len(ids)
        ids += [*sentence[:room], EOS]
        places.append((start, len(ids) - 1))
    return Laid(tuple(ids), tuple(places))


def pieces(sentences: Sequence[str]) -> list[range]:
    """Cut a passage into runs of like length, as few as keep to ``PIECE``; of nothing one is made."""
    ends = [*accumulate(len(s.encode()) for s in sentences)]
    if not ends or not ends[-1]:
        return [range(len(sentences))]
    share = ends[-1] / -(-ends[-1] // PIECE)
    middles = ((start + end) / 2 for start, end in pairwise((0, *ends)))
    runs = groupby(range(len(sentences)), key=[m // share for m in middles].__getitem__)
    return [range(first, first + len(rest) + 1) for _, (first, *rest) in runs]


def best_span(starts: NDArray[np.float32], ends: NDArray[np.float32]) -> tuple[int, int]:
    """Return the first and last token of the span with the highest sum of logits.

    Both are of the tokens of a sentence, ``(n,)``, n at least 1.
    """
    band = np.triu(np.ones((len(starts), len(ends)), bool))
    band &= ~np.triu(band, LONGEST)
    sums = np.where(band, starts[:, None] + ends, -np.inf)
    first, last = divmod(int(sums.argmax()), len(ends))
    return first, last
