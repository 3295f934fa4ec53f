"""The sentences of the passages found, each with the named signals that speak for it.

What they do not know: they cannot tell a sentence about the right thing that lacks the fact asked
for from one that holds it, except by the kind of thing asked for and the words covered.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from index import lexicon
from index.crossreader import Reading
from index.dates import spell_out
from index.questions import Question, figures, holds_kind, misses_figure
from index.reader.model import log_odds, model_for, probability
from index.reader.quotes import quoted
from index.records import Article, Hit, Passage, Sentence
from index.retriever import Evidence
from index.store import Generation
from index.vectors import Vectors

NEAR = 0.84
"""Cosine from which more of it makes no sentence of multilingual-e5-small likelier to answer: fitted
with it and a straight weight beside it, the latter is next to nothing (0.6 against 31.7)."""

MANY = 10
"""Passages whose mean cosine can be relied on."""


SURE = -0.5
"""Log-probability from which the words that the trained reader takes for the answer are pointed out:
of 240 questions of the tuning halves 70 % have such, 7 % of those beside the answer (13 % of all)."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence with the signals that speak for it, by name, and its log-odds.

    ``covers`` is what each term of the question adds to its signal ``context``.
    ``quoted`` are the sentences to quote: with it, the one it points back to and the one that
    lists what it speaks of. ``key`` is where in the article the words stand that answer, where
    the trained reader is sure of them.
    """

    hit: Hit
    sentence: Sentence
    quoted: tuple[Sentence, ...]
    signals: dict[str, float]
    covers: dict[str, float]
    score: float
    key: tuple[int, int] | None = None


def score_sentences(
    asked: Question, evidence: Sequence[Evidence], generation: Generation
) -> list[Scored]:
    """Score every sentence of the passages found, best first.

    The signals of a sentence:
        passage: The score of its passage.
        cosine: To the question.
        far: How far the cosine lies below ``NEAR``, else 0.
        coverage: Share of the question's terms that it or the title holds, the rare weighing more.
        context: The same, with the sentence before it read along.
        kind: 1 with the kind of thing asked for, -1 without, 0 when none is known.
        lacks: -1 without the kind of thing asked for, else 0.
        unit: -1 without a number of the unit asked for (何人), else 0.
        heading: 1 for a heading.
        rank: -ln of its passage's rank.
        lift: How far the best cosine of its passage lies above the mean of those of all found; less
            where fewer than ``MANY`` were found, for their mean says less.
        figure: -1 where the question names a figure that the passage, its title and date lack.
        name: -1 where the question names someone or something that stands in no article.
        place: The same for a place, which articles often call otherwise (モスクワ, ロシア).

    Where the trained reader has read the best passages:
        odds: Its log-odds that the passage holds the answer; of one not read, the least of the rest.
        read: The probability that the answer stands in the sentence; 0 where it has not read.
    """
    weights = _weights(asked, generation)
    unknown = _unknown(asked, generation)
    mean = float(np.mean([e.cosines.max() for e in evidence])) if evidence else 0.0
    least = min((e.reading.odds for e in evidence if e.reading), default=None)
    scored: list[Scored] = []
    for e, held in zip(evidence, _held(evidence, weights, generation), strict=True):
        common = {
            "passage": e.hit.score,
            "rank": -math.log(e.hit.rank),
            "lift": (float(e.cosines.max()) - mean) * min(len(evidence) / MANY, 1.0),
            **unknown,
        }
        common["figure"] = _figure(asked, e.hit.passage, generation)
        if least is not None:
            common |= {"odds": least, "read": 0.0}
        scored += _score_passage(asked, e, weights, held, common)
    return sorted(scored, key=lambda s: -s.score)


def _score_passage(
    asked: Question,
    e: Evidence,
    weights: dict[str, float],
    held: Vectors,
    common: dict[str, float],
) -> Iterator[Scored]:
    before = np.vstack([np.zeros_like(held[:1]), held[:-1]])
    coverage, context = held.sum(1), np.maximum(held, before)
    closely = _closely(e)
    for at, (sentence, cosine) in enumerate(zip(e.sentences, e.cosines, strict=True)):
        if not any(map(str.isalnum, sentence.text)):  # a rule, a row of marks
            continue
        read, key = closely.get(at, ({}, None))
        signals = common | {
            "coverage": float(coverage[at]),
            "context": float(context[at].sum()),
            "cosine": float(cosine),
            "far": min(float(cosine) - NEAR, 0.0),
            "heading": float(sentence.text == e.hit.passage.heading),
            **_of_kind(asked, sentence.text),
            **read,
        }
        covers = dict(zip(weights, context[at].tolist(), strict=True))
        score = log_odds(model_for(signals).choice, signals)
        yield Scored(e.hit, sentence, quoted(e, at), signals, covers, score, key)


def _closely(e: Evidence) -> dict[int, tuple[dict[str, float], tuple[int, int] | None]]:
    """What the trained reader says of the sentences that it has read, and the words that answer."""
    found: dict[int, tuple[dict[str, float], tuple[int, int] | None]] = {}
    if e.reading is None:
        return found
    end = 0
    for at in e.read:
        sentence = e.sentences[at]
        begin, end = end, end + len(sentence.text)
        holds = probability(e.reading.odds) * math.exp(e.reading.share(begin, end))
        said = {"odds": e.reading.odds, "read": holds}
        found[at] = said, _key(e.reading, sentence, begin)
    return found


def _key(reading: Reading, sentence: Sentence, begin: int) -> tuple[int, int] | None:
    """The words of a sentence that answer, by their place in the article; None where it is unsure.

    Args:
        reading: Of a text that holds the sentence.
        sentence: One that was read.
        begin: Where in that text it begins.
    """
    span = reading.span(begin, begin + len(sentence.text))
    if span is None or reading.share(*span) < SURE:
        return None
    return sentence.start + span[0] - begin, sentence.start + span[1] - begin


def _of_kind(asked: Question, sentence: str) -> dict[str, float]:
    held = holds_kind(asked, sentence)
    missing = -1.0 if held is False else 0.0
    return {
        "kind": 1.0 if held else missing,
        "unit": missing if asked.unit else 0.0,
        "lacks": 0.0 if asked.unit else missing,
    }


def _figure(asked: Question, passage: Passage, generation: Generation) -> float:
    if not figures(asked.text):  # most do not; an article is read and checked whole
        return 0.0
    around = _around(generation.article(passage.article_id), passage)
    return -1.0 if misses_figure(asked, around) else 0.0


def _around(article: Article, passage: Passage) -> str:
    """The passage with what a reader of the page knows: title, date, heading."""
    day = article.published
    known = (
        article.title,
        f"{day.year}年{day.month}月{day.day}日" if day else None,
        passage.heading,
        passage.text,
        spell_out(passage.text, day),
    )
    return "\n".join(part for part in known if part)


def _unknown(asked: Question, generation: Generation) -> dict[str, float]:
    if asked.language != "ja":
        return {"name": 0.0, "place": 0.0}
    places = lexicon.names_of_kind(asked.text, "地名")
    names = lexicon.names_of_kind(asked.text, "人名") | (lexicon.names(asked.text) - places)
    return {
        signal: -float(any(len(n) > 1 and n not in generation.terms for n in those))
        for signal, those in (("name", names), ("place", places - names))
    }


def _weights(asked: Question, generation: Generation) -> dict[str, float]:
    """Return what each term of a question weighs: the rarer the more, and 1 together."""
    rarity = {term: generation.terms.rarity(term) for term in asked.terms}
    total = sum(rarity.values())
    return {term: rarity[term] / total for term in rarity}


def _held(
    evidence: Sequence[Evidence], weights: dict[str, float], generation: Generation
) -> list[Vectors]:
    """Return, of each passage, the weight of each term that each of its sentences or its title holds.

    Returns:
        ``(sentences, terms)`` a passage.
    """
    rows = np.concatenate([np.zeros(0, np.int64), *(e.rows for e in evidence)])
    held = np.zeros((len(rows), len(weights)), np.float32)
    for column, (term, weight) in enumerate(weights.items()):
        held[:, column] = weight * np.isin(rows, generation.terms.holding(term))
    ends = np.cumsum([len(e.rows) for e in evidence])
    return np.split(held, ends[:-1].tolist()) if evidence else []
