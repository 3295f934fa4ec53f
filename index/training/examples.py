"""What the model is shown of a question: the passage that answers it, and some that do not.

Three kinds of passage teach to refuse: one that was retrieved, on the subject and without an answer
string; the right one without the sentences that answer; and the right one under a question with a
figure or a name swapped. Passages are shown whole, in part or with a gap, with or without the title
and line ends, in the same way whether they answer or not, so that none of these tells.

What it does not know: whether a passage without an answer string answers in other words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from index.evaluate.kinds import holds, names_written, swapper
from index.training.forms import vary
from index.training.jaquad import Asked, Span, Window

CROPPED, GAPPED = 0.35, 0.15
"""Shares of passages shown as a run of their sentences, and without one of them."""
UNTITLED = 0.2
"""The share of passages shown without their title."""
SECOND = 0.4
"""The share of questions that are shown two passages to refuse, not one."""
RETRIEVED, WITHOUT, SWAPPED = 0.5, 0.25, 0.25
"""Shares of the kinds of negatives, where a question allows them."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a passage, and where the answer stands in its text; None for a negative."""

    question: str
    title: str | None
    text: str
    span: Span | None = None


class Examples:
    """Makes the pairs of one question after another, the same ones for the same chance."""

    def __init__(
        self,
        questions: Sequence[Asked],
        windows: Mapping[str, Window],
        negatives: Mapping[str, Sequence[str]],
    ) -> None:
        """Take the questions, all windows, and those to refuse each question on."""
        self._windows = windows
        self._negatives = negatives
        self._names = {
            kind: sorted({name for asked in questions for name in names_written(asked.text, kind)})
            for kind in ("人名", "地名")
        }

    def pairs(self, asked: Asked, chance: Random) -> list[Pair]:
        """Return the pair that holds the answer, then one or two that do not."""
        question = vary(asked.text, chance)
        kinds = (self._retrieved, self._without, self._swapped)
        shares = (RETRIEVED, WITHOUT, SWAPPED)
        tried = chance.choices(kinds, shares, k=1 + (chance.random() < SECOND))
        negatives = [kind(asked, question, chance) for kind in tried]
        window = self._windows[asked.window]
        answer = (asked.sentence, asked.span)
        positive = _pair(question, window.title, window.sentences, chance, answer)
        return [positive, *(pair for pair in negatives if pair)]

    def _retrieved(self, asked: Asked, question: str, chance: Random) -> Pair | None:
        if not (found := self._negatives[asked.id]):
            return None
        window = self._windows[chance.choice(found)]
        title = _mute(window.title, asked.answers)
        return _pair(question, title, window.sentences, chance)

    def _without(self, asked: Asked, question: str, chance: Random) -> Pair | None:
        window = self._windows[asked.window]
        left = [s for s in window.sentences if not holds(s, asked.answers)]
        title = _mute(window.title, asked.answers)
        return _pair(question, title, left, chance) if left else None

    def _swapped(self, asked: Asked, question: str, chance: Random) -> Pair | None:
        window = self._windows[asked.window]
        held = f"{window.title or ''}\n{window.text}"
        swapped = swapper(held, chance, stand_ins=self._names)(question)
        return _pair(swapped, window.title, window.sentences, chance) if swapped else None


def _mute(title: str | None, answers: Sequence[str]) -> str | None:
    """Leave out a title that would give the answer to a passage that does not."""
    return None if title and holds(title, answers) else title


def _pair(
    question: str,
    title: str | None,
    sentences: Sequence[str],
    chance: Random,
    answer: tuple[int, Span] | None = None,
) -> Pair:
    """Show some sentences of a passage, with the one that answers if there is one."""
    needed, span = answer or (chance.randrange(len(sentences)), None)
    shown = _shown(len(sentences), needed, chance)
    between = chance.choice(("", "\n"))
    text = between.join(sentences[at] for at in shown)
    title = None if chance.random() < UNTITLED else title
    if span is None:
        return Pair(question, title, text)
    before = sum(len(sentences[at]) + len(between) for at in shown if at < needed)
    return Pair(question, title, text, (before + span[0], before + span[1]))


def _shown(count: int, needed: int, chance: Random) -> list[int]:
    """Choose sentences: all, a run, or all but one; the needed one is always among them."""
    way = chance.random()
    if way < CROPPED:
        return list(range(chance.randint(0, needed), chance.randint(needed, count - 1) + 1))
    left = list(range(count))
    if way < CROPPED + GAPPED and count > 1:
        left.remove(chance.choice([at for at in left if at != needed]))
    return left
