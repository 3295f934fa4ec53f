"""The best passages read with the question: their order, which sentences answer, and how surely.

All of it comes from the cross-encoder's outputs and the retriever's score. What it does not know: a
passage that the retriever puts behind the first ``DEPTH``.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from index.answering.quotes import quoted
from index.crossencoder import CrossEncoder, Key, Window
from index.crossencoder.reading import pieces
from index.dates import ERAS, in_other_calendar
from index.records import Hit, Sentence
from index.retriever import Evidence
from index.store import Generation

DEPTH = 3
"""Passages read. Five find no more (with the weights before, twins of newsqa-dev: AUROC .78, best sentence
right .83 with either) and take longer."""
WEIGHT = 0.1
"""What a log-odd of the cross-encoder weighs in the order of passages beside a deviation of the
retriever's views: of .0 to 3 the best on the tuning halves of JSQuAD and NIILC-QA."""
RETRIEVED, TRUSTED = 2.0, 0.6
"""What the retriever's score of a passage weighs in the choice of the best sentence, beside the
log-probabilities of the reading, and in the confidence, beside its log-odds. Best sentence right without
the first and with it .83 and .86 (twins of newsqa-dev). AUROC of the confidence without the second and
with it: the twins .81 and .80; tuning halves of NIILC-QA and JSQuAD, 60 questions each, passage withheld
.79 and .88, .93 and .95; off topic .85 and .92."""
TEMPERATURE, SHIFT = 2.17, 2.02
"""Log-odds of an answer being right are those of the reading, less the shift, over the temperature:
fitted with ``evaluate.selective.fit_calibration`` on the twins of half of newsqa-dev (ECE there .05, on the
other half .05). Of answers surer than .7 on the other half .85 are right, from .4 to .7 .53, below .32."""
ANSWER_FROM = 0.2
"""Confidence from which an answer is given: on the twins of newsqa-dev .89 of the questions with an
answer are answered and .48 of those without refused; at .22 .86 and .52, at .28 .79 and .61."""
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
        quoted: The sentences to quote: with it, those that it cannot stand without.
        retrieved: The retriever's score of the passage.
        answered: The log-odds that the piece of the passage that it stands in answers.
        evidence: The log-odds that the sentence belongs to what answers.
        key: Where in the article the words stand that answer, where the model is sure of them.
    """

    hit: Hit
    sentence: Sentence
    quoted: tuple[Sentence, ...]
    retrieved: float
    answered: float
    evidence: float
    key: tuple[int, int] | None = None

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


def read_passages(
    question: str, evidence: Sequence[Evidence], generation: Generation, reader: CrossEncoder
) -> list[Evidence]:
    """Return the passages in the order of retriever and reader together, the best with a reading.

    Those that were not read follow in their order, as if as unlikely as the least likely one read.

    Args:
        question: As understood.
        evidence: Passages, best first.
        generation: Where they stand.
        reader: Reads the first ``DEPTH``.
    """
    if not any(map(str.isalnum, question)):  # it asks nothing, and nothing answers it
        return list(evidence)
    near, far = evidence[:DEPTH], evidence[DEPTH:]
    if not near:
        return []
    windows = [_windows(e, generation) for e in near]
    every = [*chain.from_iterable(windows)]
    readings = iter(reader.read(_in_both_calendars(question, every), every))
    told = [tuple(islice(readings, len(own))) for own in windows]
    odds = [max(reading.answered for reading in own) for own in told]
    read = [
        replace(_with(e, its - max(odds)), readings=own)
        for e, its, own in zip(near, odds, told, strict=True)
    ]
    both = sorted(read, key=lambda e: -e.hit.score)
    both += [_with(e, min(odds) - max(odds)) for e in far]
    return [replace(e, hit=replace(e.hit, rank=rank)) for rank, e in enumerate(both, 1)]


def _windows(e: Evidence, generation: Generation) -> list[Window]:
    """The passage as it is read; its heading stands with the title, for it answers nothing."""
    title = generation.article(e.hit.passage.article_id).title
    above = " ".join(filter(None, (title, e.hit.passage.heading))) or None
    return [Window(above, tuple(e.sentences[at].text for at in piece)) for piece in _pieces(e)]


def _pieces(e: Evidence) -> list[list[int]]:
    """The sentences that may answer, as they are read together."""
    body = _body(e)
    return [[body[at] for at in piece] for piece in pieces([e.sentences[at].text for at in body])]


def _body(e: Evidence) -> list[int]:
    """The sentences that may answer: not the heading, unless it stands alone, nor rows of marks."""
    told = [at for at, s in enumerate(e.sentences) if any(map(str.isalnum, s.text))]
    return [at for at in told if e.sentences[at].text != e.hit.passage.heading] or told


def _in_both_calendars(question: str, windows: Sequence[Window]) -> str:
    """Add to a question its years in the other calendar, where the question or the articles tell eras."""
    text = "".join(s for window in windows for s in window.sentences)
    other = in_other_calendar(question)
    told = other and any(era in f"{question}{text}" for era in ERAS)
    return f"{question}（{other}）" if told else question


def _with(e: Evidence, odds: float) -> Evidence:
    """Add to a passage's score what the reader says."""
    added = WEIGHT * odds
    hit = replace(e.hit, score=e.hit.score + added)
    return replace(e, hit=hit, views=e.views | {"reading": added})


def score_sentences(evidence: Sequence[Evidence]) -> list[Scored]:
    """Return the sentences of the passages that were read, best first."""
    return sorted((s for e in evidence for s in _scored(e)), key=lambda s: -s.score)


def _scored(e: Evidence) -> Iterator[Scored]:
    if not e.readings:
        return
    retrieved = sum(added for view, added in e.views.items() if view != "reading")
    for piece, reading in zip(_pieces(e), e.readings, strict=True):
        for at, odds, key in zip(piece, reading.sentences, reading.keys, strict=True):
            sentence = e.sentences[at]
            read = reading.answered, odds
            yield Scored(e.hit, sentence, quoted(e, at), retrieved, *read, _key(sentence, key))


def _key(sentence: Sentence, key: Key | None) -> tuple[int, int] | None:
    if key is None or key.sure < SURE:
        return None
    return sentence.start + key.start, sentence.start + key.end


def confidence(scored: Sequence[Scored]) -> float:
    """Return the probability that the best sentence answers; 0 where nothing was read."""
    return probability(sum(trust(scored[0]).values())) if scored else 0.0


def trust(best: Scored) -> dict[str, float]:
    """Return the parts of the calibrated log-odds that the best sentence answers.

    Source: temperature scaling, Guo et al. 2017, https://arxiv.org/abs/1706.04599.
    """
    odds = {"retrieved": TRUSTED * best.retrieved, "passage": best.answered, "bias": -SHIFT}
    return {name: value / TEMPERATURE for name, value in odds.items()}


def choose(scored: Sequence[Scored]) -> list[Scored]:
    """Return the sentences that answer, in reading order, no words twice.

    The best one, and those that belong to the evidence as well.

    Args:
        scored: Sentences, best first.
    """
    chosen: list[Scored] = []
    taken: set[tuple[str, Sentence]] = set()
    for s in scored:
        passage = s.hit.passage.id
        if len(chosen) == MOST:
            break
        if (passage, s.sentence) in taken or (chosen and not _belongs(s, scored[0])):
            continue
        fresh = tuple(q for q in s.quoted if (passage, q) not in taken)
        chosen.append(replace(s, quoted=fresh))
        taken.update((passage, q) for q in fresh)
    place = {s.hit.passage.article_id: at for at, s in reversed(list(enumerate(chosen)))}
    return sorted(chosen, key=lambda s: (place[s.hit.passage.article_id], s.sentence.start))


def _belongs(s: Scored, best: Scored) -> bool:
    return probability(s.evidence) >= BELONGS and s.answered >= best.answered - MARGIN


def probability(log_odds: float) -> float:
    """Return the probability of these log-odds."""
    return 1 / (1 + math.exp(-max(log_odds, -30.0)))
