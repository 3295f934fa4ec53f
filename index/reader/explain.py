"""What lies behind an answer: the same sums that rank, choose and decide, taken apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.questions import Question, read_question
from index.reader.choice import choose
from index.reader.confidence import confidence, judge, trust
from index.reader.model import LEXICAL, model_for, weigh
from index.reader.signals import Scored, score_sentences
from index.retriever import Evidence
from index.store import Generation

SHOWN = 5
"""Passages and sentences explained."""

Parts = dict[str, float]
"""What each named signal adds to a sum."""


@dataclass(frozen=True, slots=True)
class Term:
    """A content word of a question: as written, its rarity (idf), and whether any article holds it."""

    word: str
    rarity: float
    known: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a question was answered.

    Attributes:
        asked: The question as understood.
        terms: Its content words.
        passages: The best of those found, each with what the four views add to its score.
        sentences: The best-scored, each with what the signals add to its score.
        chosen: Those of all sentences that the answer quotes, or would.
        trust: What the signals of the best sentence add to the log-odds of the answer.
        confidence: The probability of these log-odds.
        answer_from: The probability from which an answer is given.
    """

    asked: Question
    terms: tuple[Term, ...]
    passages: tuple[Evidence, ...]
    sentences: tuple[tuple[Scored, Parts], ...]
    chosen: tuple[Scored, ...]
    trust: Parts
    confidence: float
    answer_from: float


def explain(
    question: str, understood: str, evidence: Sequence[Evidence], generation: Generation
) -> Explanation:
    """Take apart how the extractive reader reads a question."""
    asked = read_question(understood, asked=question)
    scored = score_sentences(asked, evidence, generation)
    known = generation.terms
    model = model_for(scored[0].signals) if scored else LEXICAL
    return Explanation(
        asked=asked,
        terms=tuple(
            Term(word, known.rarity(term), term in known) for term, word in asked.terms.items()
        ),
        passages=tuple(evidence[:SHOWN]),
        sentences=tuple((s, weigh(model.choice, s.signals)) for s in scored[:SHOWN]),
        chosen=tuple(choose(scored)),
        trust=weigh(trust(asked, scored[0]), scored[0].signals) if scored else {},
        confidence=confidence(asked, scored[0]) if scored else 0.0,
        answer_from=judge(asked, scored[0]).answer_from if scored else LEXICAL.answer_from,
    )
