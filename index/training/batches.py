"""Which questions a step learns from, and their pairs as the model takes them.

A batch is a pure function of the seed and the number of the step, so that a run that goes on after
an interruption sees what it would have seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from index.crossreader import lay, span_of
from index.encoder.tokenizer import Tokenizer
from index.training.examples import Examples, Pair
from index.training.jaquad import Asked


@dataclass(frozen=True, slots=True)
class Text:
    """A pair in token ids.

    Attributes:
        ids: As the model takes them.
        passage: Where the passage's tokens begin and end in them.
        span: The first and last token of the answer; (0, 0) for none.
        group: Which question of the batch it belongs to.
    """

    ids: tuple[int, ...]
    passage: tuple[int, int]
    span: tuple[int, int]
    group: int


@dataclass(frozen=True, slots=True)
class Batches:
    """The batches of a run."""

    questions: Sequence[Asked]
    examples: Examples
    tokenizer: Tokenizer
    size: int
    seed: int

    def texts(self, step: int) -> list[Text]:
        """Return the texts of a step; those of one question follow one another, the right one first."""
        each = len(self.questions) // self.size  # the odd questions of an epoch are left out
        epoch, at = divmod(step, each)
        order = _order(len(self.questions), f"{self.seed} {epoch}")
        chosen = order[at * self.size : (at + 1) * self.size]
        return [
            put(pair, self.tokenizer, group)
            for group, asked in enumerate(self.questions[i] for i in chosen)
            for pair in self.examples.pairs(asked, Random(f"{self.seed} {epoch} {asked.id}"))
        ]


@lru_cache(maxsize=1)
def _order(count: int, seed: str) -> list[int]:
    return Random(seed).sample(range(count), count)


def put(pair: Pair, tokenizer: Tokenizer, group: int = 0) -> Text:
    """Put a pair into token ids; an answer beyond the model's reach is none."""
    question, title = (
        [i for i, _, _ in tokenizer.locate(t)] for t in (pair.question, pair.title or "")
    )
    located = tokenizer.locate(pair.text)
    laid = lay(question, title, [i for i, _, _ in located])
    first, end = laid.passage
    span = (0, 0)
    if pair.span:
        start, stop = span_of(located, *pair.span)
        if first + stop < end:
            span = (first + start, first + stop)
    return Text(laid.ids, laid.passage, span, group)
