"""What lies behind an answer: what ranks, chooses and decides, taken apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.answering.reading import (
    ANSWER_FROM,
    Scored,
    choose,
    confidence,
    score_sentences,
    trust,
)
from index.questions import Question, read_question
from index.retriever import Evidence
from index.store import Generation

SHOWN = 5
"""Passages and sentences explained."""


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
        passages: The best of those found, each with what the views add to its score.
        sentences: The best-scored.
        chosen: Those of all sentences that the answer quotes, or would.
        trust: What adds up to the log-odds that the best one answers.
        confidence: The probability of these log-odds.
        answer_from: The probability from which an answer is given.
    """

    asked: Question
    terms: tuple[Term, ...]
    passages: tuple[Evidence, ...]
    sentences: tuple[Scored, ...]
    chosen: tuple[Scored, ...]
    trust: dict[str, float]
    confidence: float
    answer_from: float


def explain(
    question: str, understood: str, evidence: Sequence[Evidence], generation: Generation
) -> Explanation:
    """Take apart how the extractive reader reads a question."""
    asked = read_question(understood, asked=question)
    scored = score_sentences(evidence)
    known = generation.terms
    terms = (Term(word, known.rarity(term), term in known) for term, word in asked.terms.items())
    return Explanation(
        asked,
        tuple(terms),
        tuple(evidence[:SHOWN]),
        tuple(scored[:SHOWN]),
        tuple(choose(scored)),
        trust(scored[0]) if scored else {},
        confidence(scored),
        ANSWER_FROM,
    )
