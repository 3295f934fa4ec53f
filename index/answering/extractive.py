"""The reader that quotes: the sentences that answer, word for word, or a refusal."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from index.answering.reading import ANSWER_FROM, Scored, choose, confidence, score_sentences
from index.answering.refusals import refuse
from index.answering.statements import state
from index.answering.wording import spell
from index.questions import Question, read_question
from index.records import Answer, Hit, Step
from index.retriever import Evidence
from index.store import Generation

NEAREST = 3
"""Passages offered with a refusal."""


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
        asked = read_question(understood, asked=question)
        scored = score_sentences(evidence)
        sure = confidence(scored)
        if sure >= ANSWER_FROM:
            answer = self._answer(question, asked, scored, generation, sure)
        else:
            answer = self._refuse(question, asked, hits, scored, generation, sure)
        yield Step("answer", hits, answer)

    def _answer(
        self,
        question: str,
        asked: Question,
        scored: Sequence[Scored],
        generation: Generation,
        sure: float,
    ) -> Answer:
        statements, citations, differing = state(
            choose(scored), generation, asked=asked, scored=scored
        )
        return Answer(
            question=question,
            understood=asked.text,
            reader=self.name,
            answered=True,
            text=spell(statements, differing, asked.language),
            statements=statements,
            citations=citations,
            missing=(),
            nearest=(),
            confidence=sure,
            differing=differing,
        )

    def _refuse(
        self,
        question: str,
        asked: Question,
        hits: Sequence[Hit],
        scored: Sequence[Scored],
        generation: Generation,
        sure: float,
    ) -> Answer:
        text, missing = refuse(asked, scored, generation)
        return Answer(
            question=question,
            understood=asked.text,
            reader=self.name,
            answered=False,
            text=text,
            statements=(),
            citations=(),
            missing=missing,
            nearest=tuple(hits[:NEAREST]),
            confidence=sure,
        )
