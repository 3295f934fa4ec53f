"""How a question and a passage stand before the model that reads them together.

``<s> question </s></s> title </s> passage </s>``, at most 512 tokens, what is beyond them cut off
the passage's end; ``title </s>`` is left out where there is none. The pair is written as XLM-R, out
of which the model came, learnt pairs; no prompt stands in front, since those tell the encoder a
question from a passage and here both are there. Title and passage are put into pieces apart, so
that the ids of a passage do not depend on what is asked and can be kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from index.encoder.tokenizer import BOS, EOS

LIMIT = 512
QUESTION_LIMIT = 128
"""Tokens of a question, and of a title, that are read; the longest question of JaQuAD has 100."""

Located = Sequence[tuple[int, int, int]]
"""A text's token ids, each with where it begins and ends in the text; see ``Tokenizer.locate``."""


@dataclass(frozen=True, slots=True)
class Laid:
    """The ids as the model takes them; ``passage`` is where those of the passage begin and end."""

    ids: tuple[int, ...]
    passage: tuple[int, int]


def lay(question: Sequence[int], title: Sequence[int], passage: Sequence[int]) -> Laid:
    """Lay out token ids that bear no marks of begin and end."""
    head = [BOS, *question[:QUESTION_LIMIT], EOS, EOS]
    if title:
        head += [*title[:QUESTION_LIMIT], EOS]
    shown = passage[: LIMIT - len(head) - 1]
    return Laid((*head, *shown, EOS), (len(head), len(head) + len(shown)))


def span_of(located: Located, start: int, end: int) -> tuple[int, int]:
    """Return the first and the last token that stand in ``text[start:end]``.

    Raises:
        ValueError: None does.
    """
    inside = [at for at, (_, a, b) in enumerate(located) if a < end and b > start and a < b]
    if not inside:
        raise ValueError(f"no token between {start} and {end}")
    return inside[0], inside[-1]
