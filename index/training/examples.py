"""What the model is shown of a question: the passage that answers it, and some that do not.

Four kinds of passage teach to refuse: one that was retrieved, on the subject and without an answer
string; the right one without the sentences that answer; the right one whose sentence lost only the
phrase that answers; and the right one under a question with a figure or a name swapped. Passages are
shown whole, in part or with a gap, with or without the title and line ends, and with a phrase less
that is not asked for, in the same way whether they answer or not, so that none of these tells.

What it does not know: whether a passage without an answer string answers in other words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from index import lexicon
from index.evaluate.kinds import holds, names_written, swapper
from index.training.codeswitch import SWITCHED, Translations, switch
from index.training.forms import vary
from index.training.jaquad import Asked, Span, Window
from index.training.phrases import spare

CROPPED, GAPPED = 0.85, 0.05
"""Shares of passages shown as a run of their sentences, and without one of them."""
SHORTEST, LONGEST = 40, 220
"""Characters between which such a run ends."""
UNTITLED = 0.2
"""The share of passages shown without their title."""
THINNED = 0.3
"""The share of passages shown without a phrase of a sentence that the question does not need."""
WITHOUT, EMPTIED, SWAPPED = 0.15, 0.5, 0.35
"""Shares of the kinds of the second negative, beside one that was retrieved."""


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
        translations: Translations,
    ) -> None:
        """Take the questions, all windows, those to refuse each question on, and words to switch."""
        self._translations = translations
        self._windows = windows
        self._negatives = negatives
        self._names = {
            kind: sorted({name for asked in questions for name in names_written(asked.text, kind)})
            for kind in ("人名", "地名")
        }

    def pairs(self, asked: Asked, chance: Random) -> list[Pair]:
        """Return the pair that holds the answer, then one that was retrieved, and one made of it."""
        question = self._put(asked.text, chance)
        kinds = (self._without, self._emptied, self._swapped)
        made = chance.choices(kinds, (WITHOUT, EMPTIED, SWAPPED))[0]
        negatives = [kind(asked, question, chance) for kind in (self._retrieved, made)]
        window = self._windows[asked.window]
        sentences, span = list(window.sentences), asked.span
        if chance.random() < THINNED:
            sentences[asked.sentence], span = _thinned(sentences[asked.sentence], asked, chance)
        positive = _pair(question, window.title, sentences, chance, asked.sentence, span)
        return [positive, *(pair for pair in negatives if pair)]

    def _put(self, question: str, chance: Random) -> str:
        if chance.random() < SWITCHED:
            return switch(question, self._translations, chance)
        return vary(question, chance)

    def _retrieved(self, asked: Asked, question: str, chance: Random) -> Pair | None:
        if not (found := self._negatives.get(asked.id)):
            return None
        window = self._windows[chance.choice(found)]
        title = _mute(window.title, asked.answers)
        return _pair(question, title, window.sentences, chance)

    def _without(self, asked: Asked, question: str, chance: Random) -> Pair | None:
        window = self._windows[asked.window]
        left = [s for s in window.sentences if not holds(s, asked.answers)]
        title = _mute(window.title, asked.answers)
        return _pair(question, title, left, chance) if left else None

    def _emptied(self, asked: Asked, question: str, chance: Random) -> Pair | None:
        """Leave out the shortest phrase around the answer, and what else holds it."""
        window = self._windows[asked.window]
        sentence = window.sentences[asked.sentence]
        around = [p for p in spare(sentence) if p[0] <= asked.span[0] and asked.span[1] <= p[1]]
        cut = asked.clause or min(around, key=lambda p: p[1] - p[0], default=None)
        if cut is None:
            return self._without(asked, question, chance)
        emptied = sentence[: cut[0]] + sentence[cut[1] :]
        if holds(emptied, asked.answers):
            return self._without(asked, question, chance)
        left = list(window.sentences)
        left[asked.sentence] = emptied
        kept = [at for at, s in enumerate(left) if not holds(s, asked.answers)]
        title = _mute(window.title, asked.answers)
        shown = [left[at] for at in kept]
        return _pair(question, title, shown, chance, kept.index(asked.sentence))

    def _swapped(self, asked: Asked, question: str, chance: Random) -> Pair | None:
        window = self._windows[asked.window]
        held = f"{window.title or ''}\n{window.text}"
        swapped = swapper(held, chance, stand_ins=self._names)(question)
        if not swapped:
            return self._emptied(asked, question, chance)
        return _pair(swapped, window.title, window.sentences, chance, asked.sentence)


def _mute(title: str | None, answers: Sequence[str]) -> str | None:
    """Leave out a title that would give the answer to a passage that does not."""
    return None if title and holds(title, answers) else title


def _thinned(sentence: str, asked: Asked, chance: Random) -> tuple[str, Span]:
    """Leave out a phrase that neither answers nor says what the question says."""
    said = set(lexicon.terms(asked.text))
    start, end = asked.span
    free = [
        (a, b)
        for a, b in spare(sentence)
        if (b <= start or end <= a) and said.isdisjoint(lexicon.terms(sentence[a:b]))
    ]
    if not free:
        return sentence, asked.span
    a, b = chance.choice(free)
    moved = b - a if b <= start else 0
    return sentence[:a] + sentence[b:], (start - moved, end - moved)


def _pair(
    question: str,
    title: str | None,
    sentences: Sequence[str],
    chance: Random,
    needed: int | None = None,
    span: Span | None = None,
) -> Pair:
    """Show some sentences of a passage, among them the needed one, and where in it the answer is."""
    needed = chance.randrange(len(sentences)) if needed is None else needed
    shown = _shown([len(sentence) for sentence in sentences], needed, chance)
    between = chance.choice(("", "\n"))
    text = between.join(sentences[at] for at in shown)
    title = None if chance.random() < UNTITLED else title
    if span is None:
        return Pair(question, title, text)
    before = sum(len(sentences[at]) + len(between) for at in shown if at < needed)
    return Pair(question, title, text, (before + span[0], before + span[1]))


def _shown(lengths: Sequence[int], needed: int, chance: Random) -> list[int]:
    """Choose sentences: all, a run, or all but one; the needed one is always among them."""
    way, count = chance.random(), len(lengths)
    if way < CROPPED:
        return _run(lengths, needed, chance)
    left = list(range(count))
    if way < CROPPED + GAPPED and count > 1:
        left.remove(chance.choice([at for at in left if at != needed]))
    return left


def _run(lengths: Sequence[int], needed: int, chance: Random) -> list[int]:
    """Choose a sentence and those around it, as long as they are shorter than a length drawn."""
    first, end, room = needed, needed + 1, chance.randint(SHORTEST, LONGEST) - lengths[needed]
    while around := [at for at in (first - 1, end) if 0 <= at < len(lengths)]:
        at = chance.choice(around)
        room -= lengths[at]
        if room < 0:
            break
        first, end = min(first, at), max(end, at + 1)
    return list(range(first, end))
