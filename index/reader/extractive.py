"""The reader that quotes: the sentences that answer, word for word, or a refusal.

Each sentence of the passages is scored by a weighted sum of a few named signals; the best one
answers, others follow it only when they score nearly as well. Whether to answer at all is a second
sum over the signals of those sentences, a logistic model's log-odds. Both were set on questions
about other texts, so they know nothing of the articles at hand.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from index.questions import Question, read_question
from index.reader.choice import choose
from index.reader.model import ANSWER_FROM, TRUST, log_odds, probability
from index.reader.refusals import missing, refusal
from index.reader.signals import Scored, score_sentences
from index.reader.statements import state
from index.records import Answer, Hit, Step
from index.retriever import Evidence
from index.store import Generation

NEAREST = 3
"""Passages offered with a refusal."""
SENTENCE = 3
"""Words that make an English question rather than keywords."""


class Reader(Protocol):
    """Makes an Answer of a question and the passages found for it."""

    name: str

    def read(
        self, question: str, understood: str, evidence: Sequence[Evidence], generation: Generation
    ) -> Iterator[Step]:
        """Yield steps, the last of which holds the Answer."""
        ...


class ExtractiveReader:
    """Answers with sentences of the articles, verbatim."""

    name = "extractive"

    def read(
        self, question: str, understood: str, evidence: Sequence[Evidence], generation: Generation
    ) -> Iterator[Step]:
        """See ``Reader.read``."""
        hits = tuple(e.hit for e in evidence)
        yield Step("sources", hits)
        asked = read_question(understood)
        chosen = choose(score_sentences(asked, evidence, generation))
        confidence = trust(asked, chosen)
        if confidence >= ANSWER_FROM:
            answer = self._answer(question, asked, chosen, generation, confidence)
        else:
            answer = self._refuse(question, asked, hits, generation, confidence)
        yield Step("answer", hits, answer)

    def _answer(
        self,
        question: str,
        asked: Question,
        chosen: Sequence[Scored],
        generation: Generation,
        confidence: float,
    ) -> Answer:
        statements, citations = state(chosen, generation)
        return Answer(
            question=question,
            understood=asked.text,
            reader=self.name,
            answered=True,
            text="\n".join(
                s.text + " " + "".join(f"[{number}]" for number in s.citations) for s in statements
            ),
            statements=statements,
            citations=citations,
            missing=(),
            nearest=(),
            confidence=confidence,
        )

    def _refuse(
        self,
        question: str,
        asked: Question,
        hits: Sequence[Hit],
        generation: Generation,
        confidence: float,
    ) -> Answer:
        return Answer(
            question=question,
            understood=asked.text,
            reader=self.name,
            answered=False,
            text=refusal(asked),
            statements=(),
            citations=(),
            missing=missing(asked, generation),
            nearest=tuple(hits[:NEAREST]),
            confidence=confidence,
        )


def trust(asked: Question, chosen: Sequence[Scored]) -> float:
    """Return the probability that the best of the chosen sentences answers the question."""
    is_keywords = asked.language == "en" and len(asked.text.split()) < SENTENCE
    weights = TRUST[
        "ja" if is_keywords else asked.language
    ]  # a name in Latin letters is no sentence
    return max((probability(log_odds(weights, s.signals)) for s in chosen), default=0.0)
