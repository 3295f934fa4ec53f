"""The best passages read with the question: their order, which sentences answer, and how surely.

All of it comes from the cross-encoder's outputs and the retriever's score. What it does not know: a
passage that the retriever puts behind the first ``DEPTH``.
"""

import math
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from typing import Protocol

from index.answering.quotes import quoted
from index.crossencoder import CrossEncoder, Window
from index.crossencoder.reading import pieces, read_in_one_form
from index.encoder import Encoder
from index.questions import Question, read_question
from index.records import Filter, Hit, Sentence
from index.retriever import Evidence
from index.store import Archive

FOUND = 10
"""Passages retrieved for a question."""
DEPTH = 3
"""Passages read. Five find no more (with the weights before, twins of newsqa-dev: AUROC .78, best sentence
right .83 with either) and take longer."""
WEIGHT = 0.1
"""What a log-odd of the cross-encoder weighs in the order of passages beside a deviation of the
retriever's views: of .0 to 3 the best on the tuning halves of JSQuAD and NIILC-QA."""
RETRIEVED = 2.0
"""What the retriever's score of a passage weighs in the choice of the best sentence, beside the
log-probabilities of the reading. Best sentence right without it and with it .83 and .86 (twins of
newsqa-dev)."""
TRUSTED, NEARNESS, FAR, BIAS = 0.35, 4.5, 1.9, 0.76
"""The log-odds that the best sentence answers: ``TRUSTED`` times those of the reading, plus the logarithm of
the probability that the passage is on what is asked, plus ``BIAS``. The log-odds of that are ``NEARNESS``
times how near the passage is, less ``FAR``: so what is near enough counts for nothing more. The first and the
last are fitted by likelihood on our own facts, the facts, lists, yes-or-no and premises among our own forms, and
newsqa-dev as written, each weighing alike; AUROC of questions with an answer .89, .77 and .74."""
ANSWER_FROM, CLEAR_FROM = 0.25, 0.5
"""Confidence from which an answer is given, and below which it says that nothing answers clearly. Of the same
three sets .82, .87 and .81 of the questions with an answer are given one and .78, .24 and .50 of those without
refused; below the second the answers are right as often as not, above it .84 and .75 of our own are."""
BELONGS, MARGIN = 0.6, 2.0
"""Probability from which a sentence belongs to the answer, and log-odds by which its piece may be less
likely than the best: of the same questions .80 of the answers cite all of the evidence with 1.5
sentences; with a margin of 1 .76 and 1.2, of 3 .82 and 1.8. From .4 on no more do, and sentences on
another party come in."""
MOST = 3
"""Sentences an answer quotes, beside lists and sources that differ."""
SURE = -0.5
"""Log-probability from which the words that answer are pointed out."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence that was read.

    Attributes:
        hit: Its passage.
        sentence: The sentence.
        quoted: The sentences to quote, one after the other: with it, those that it needs.
        retrieved: The retriever's score of the passage.
        nearness: How near the passage is to the question.
        answered: The log-odds that the piece of the passage that it stands in answers.
        evidence: The log-odds that the sentence belongs to what answers.
        key: Where in the article the words stand that answer, where the model is sure of them.
        polarity: The log-odds that its piece says yes, not no, to a question or claim; None where the model
            does not tell.
    """

    hit: Hit
    sentence: Sentence
    quoted: tuple[Sentence, ...]
    retrieved: float
    nearness: float
    answered: float
    evidence: float
    key: tuple[int, int] | None = None
    polarity: float | None = None

    @property
    def parts(self) -> dict[str, float]:
        """What adds up to the score: how the passage was retrieved, and log-probabilities of the reading."""
        odds = {"passage": self.answered, "sentence": self.evidence}
        logs = {name: -math.log1p(math.exp(-max(value, -30.0))) for name, value in odds.items()}
        return {"retrieved": RETRIEVED * self.retrieved} | logs

    @property
    def score(self) -> float:
        """Their sum."""
        return sum(self.parts.values())


class Asks(Protocol):
    """Asks an index; its methods are told of in ``asking.Asking``."""

    @property
    def generation(self) -> Archive:
        """Where they stand."""

    @property
    def encoder(self) -> Encoder:
        """What their vectors are made by."""

    @property
    def filter(self) -> Filter | None:
        """Which articles may answer."""

    def find(self, question: str, /) -> "Found":
        """Understand, rank and read."""

    def retrieve(
        self, text: str, *, top_k: int = FOUND, filter: Filter | None = None
    ) -> list[Evidence]:
        """Rank passages."""

    def read(
        self, question: str, evidence: Sequence[Evidence], *, understood: Question | None = None
    ) -> "Found":
        """Read the best of these passages."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What was found to a question: all that its answer is made of.

    Attributes:
        question: As asked.
        asked: The question as understood.
        evidence: The passages, best first, those that were read with their readings.
        sentences: Those of the passages that were read, best first.
        generation: Where they stand.
        undated: Articles left out for want of a date alone.
        asking: Asks the same index again; None where there is no way to.
    """

    question: str
    asked: Question
    evidence: tuple[Evidence, ...]
    sentences: tuple[Scored, ...]
    generation: Archive
    undated: int = 0
    asking: "Asks | None" = None

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The passages, best first."""
        return tuple(e.hit for e in self.evidence)

    @property
    def trust(self) -> dict[str, float]:
        """The parts of the calibrated log-odds that the best sentence answers; none where none was read.

        Source: Platt 1999; Guo et al. 2017, https://arxiv.org/abs/1706.04599.
        """
        if not self.sentences:
            return {}
        best = self.sentences[0]
        near = math.log(probability(NEARNESS * best.nearness - FAR))
        return {"passage": TRUSTED * best.answered, "nearness": near, "bias": BIAS}

    @property
    def confidence(self) -> float:
        """The probability that the best sentence answers; 0 where none was read."""
        return probability(sum(self.trust.values())) if self.sentences else 0.0

    @property
    def chosen(self) -> list[Scored]:
        """The sentences that answer, or would, best first."""
        return choose(self.sentences)


def read(
    question: str,
    evidence: Sequence[Evidence],
    generation: Archive,
    crossencoder: CrossEncoder,
    *,
    understood: Question | None = None,
) -> Found:
    """Put the passages in the order of retriever and cross-encoder together, and score sentences.

    Passages that are not read follow in their order, as if as unlikely as the least likely one read.

    Args:
        question: As asked.
        evidence: Passages, best first.
        generation: Where they stand.
        crossencoder: Reads the first ``DEPTH``.
        understood: The question as understood, where that is another; without a letter or digit it
            asks nothing, and nothing is read.
    """
    asked = understood or read_question(question)
    if not evidence or not any(map(str.isalnum, asked.text)):
        return Found(question, asked, tuple(evidence), (), generation)
    near = [replace(e, pieces=_pieces(e)) for e in evidence[:DEPTH]]
    windows = [window for e in near for window in _windows(e, generation)]
    readings = iter(read_in_one_form(crossencoder, asked.text, windows))
    near = [replace(e, readings=tuple(islice(readings, len(e.pieces)))) for e in near]
    odds = [max(reading.answered for reading in e.readings) for e in near]
    both = [_with(e, its - max(odds)) for e, its in zip(near, odds, strict=True)]
    both += [_with(e, min(odds) - max(odds)) for e in evidence[DEPTH:]]
    both.sort(key=lambda e: -e.hit.score)
    both = [replace(e, hit=replace(e.hit, rank=rank)) for rank, e in enumerate(both, 1)]
    scored = sorted((s for e in both for s in _scored(e)), key=lambda s: -s.score)
    return Found(question, asked, tuple(both), tuple(scored), generation)


def _pieces(e: Evidence) -> tuple[tuple[int, ...], ...]:
    """The sentences that may answer, as they are read together.

    Not the heading, unless it stands alone, nor rows of marks.
    """
    told = [at for at, s in enumerate(e.sentences) if any(map(str.isalnum, s.text))]
    body = [at for at in told if e.sentences[at].text != e.hit.passage.heading] or told
    cut = pieces([e.sentences[at].text for at in body])
    return tuple(tuple(body[at] for at in piece) for piece in cut)


def _windows(e: Evidence, generation: Archive) -> list[Window]:
    """The passage as it is read; its heading stands with the title, for it answers nothing."""
    title = generation.article(e.hit.passage.article_id).title
    above = " ".join(filter(None, (title, e.hit.passage.heading))) or None
    return [Window(above, tuple(e.sentences[at].text for at in piece)) for piece in e.pieces]


def _with(e: Evidence, odds: float) -> Evidence:
    """Add to a passage's score what the cross-encoder says."""
    added = WEIGHT * odds
    hit = replace(e.hit, score=e.hit.score + added)
    return replace(e, hit=hit, views=e.views | {"reading": added})


def _scored(e: Evidence) -> Iterator[Scored]:
    retrieved = sum(added for view, added in e.views.items() if view != "reading")
    for piece, reading in zip(e.pieces, e.readings, strict=True):
        for at, odds, key in zip(piece, reading.sentences, reading.keys, strict=True):
            start, sure = e.sentences[at].start, key is not None and key.sure >= SURE
            place = (start + key.start, start + key.end) if key and sure else None
            told = reading.verdict
            polarity = told[0] - told[1] if told else None
            read = e.nearness, reading.answered, odds, place, polarity
            yield Scored(e.hit, e.sentences[at], quoted(e, at), retrieved, *read)


def choose(
    scored: Sequence[Scored],
    *,
    most: int = MOST,
    margin: float = MARGIN,
    belongs: float = BELONGS,
) -> list[Scored]:
    """Return the sentences that answer, best first, no words twice.

    The best one, and those that belong to the evidence as well.

    Args:
        scored: Sentences, best first.
        most: How many to return at most.
        margin: Log-odds by which the piece of one may be less likely to answer than the best.
        belongs: Probability from which it belongs to the evidence.
    """
    chosen: list[Scored] = []
    taken: dict[str, set[Sentence]] = defaultdict(set)  # of each passage
    for s in scored:
        own = taken[s.hit.passage.id]
        if len(chosen) == most:
            break
        likely = s.answered >= scored[0].answered - margin and probability(s.evidence) >= belongs
        if s.sentence not in own and (likely or not chosen):
            run = _free(s, own)
            chosen.append(replace(s, quoted=run))
            own.update(run)
    return chosen


def _free(s: Scored, taken: Container[Sentence]) -> tuple[Sentence, ...]:
    """The sentences to quote that stand together with the one chosen, none of them taken."""
    at = s.quoted.index(s.sentence)
    before = takewhile(lambda q: q not in taken, reversed(s.quoted[:at]))
    after = takewhile(lambda q: q not in taken, s.quoted[at:])
    return (*reversed([*before]), *after)


def probability(log_odds: float) -> float:
    """Return the probability of these log-odds."""
    return 1 / (1 + math.exp(-max(log_odds, -30.0)))
