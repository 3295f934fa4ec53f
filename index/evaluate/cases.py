"""The questions of a BEIR folder in the kinds that a reader should tell apart, with what to read.

Evidence is withheld between retriever and reader, so that the real reader decides.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.crossreader import CrossReader
from index.encoder import Encoder
from index.engine import READ
from index.errors import CorpusError
from index.evaluate.beir import read_queries
from index.evaluate.kinds import (
    AS_ASKED,
    OFF_TOPIC,
    PASSAGE,
    SENTENCE,
    SWAPPED,
    swapper,
    without_passages,
    without_sentences,
)
from index.evaluate.lines import read_lines
from index.evaluate.parts import PartName, lies_in
from index.reader import rerank
from index.records import Filter
from index.retriever import Evidence, retrieve
from index.store import Generation

SEED = 20250122
"""Of the sample and of the names put in."""
DEPTH = 50
"""Passages retrieved a question, so that enough are left when some are withheld."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question of one of the kinds in ``KINDS``, its answer strings, and the passages to read."""

    kind: str
    question: str
    answers: tuple[str, ...]
    evidence: tuple[Evidence, ...]


def answerable(folder: Path, part: PartName | None, sample: int) -> list[dict[str, Any]]:
    """Draw questions whose answer strings stand in the text, by a fixed seed.

    Raises:
        CorpusError: A file is missing or broken, or there is no such question.
    """
    file = folder / "queries.jsonl"
    lines = [
        line
        for line in read_queries(folder, part)
        if _answers(file, line) and line.get("answer_in_text", True)
    ]
    if not lines:
        raise CorpusError(
            str(folder), "queries.jsonl に、answers と正解の文書のある質問がありません"
        )
    return _sampled(lines, sample)


def _answers(file: Path, line: dict[str, Any]) -> list[str]:
    answers = line.get("answers", [])
    if not isinstance(answers, list) or not all(isinstance(a, str) and a.strip() for a in answers):
        raise CorpusError(
            str(file), f"{line['_id']} の answers が空でない文字列の並びではありません"
        )
    return answers


def off_topic(folder: Path, part: PartName | None, sample: int) -> list[dict[str, Any]]:
    """Draw questions of unanswerable.jsonl, by a fixed seed; none where there is no such file."""
    file = folder / "unanswerable.jsonl"
    lines = read_lines(file, "_id", "text") if file.exists() else iter(())
    kept = [line | {"answers": []} for line in lines if lies_in(part, [line["text"]])]
    return _sampled(kept, sample)


def _sampled(lines: list[dict[str, Any]], size: int) -> list[dict[str, Any]]:
    return random.Random(SEED).sample(lines, min(size, len(lines)))


class Examiner:
    """Makes the cases of one question after another, over an index of the folder's documents."""

    def __init__(
        self,
        generation: Generation,
        encoder: Encoder,
        documents: dict[str, str],
        crossreader: CrossReader | None = None,
    ) -> None:
        """Take an index, the document that each article id stands for, and the trained reader."""
        self._crossreader = crossreader
        self._generation = generation
        self._encoder = encoder
        self._articles = {document: article for article, document in documents.items()}
        texts = (f"{a.title or ''}\n{a.text}" for a in generation.articles())
        self._swap = swapper("\n".join(texts), random.Random(SEED))

    def cases(self, line: dict[str, Any], *, filter: Filter | None = None) -> Iterator[Case]:
        """Yield a question in each kind that it allows; not without anything to read."""
        question, answers = line["text"], tuple(line["answers"])
        evidence = self._retrieve(question, filter)
        if not answers:
            yield self._case(OFF_TOPIC, question, (), evidence)
            return
        yield self._case(AS_ASKED, question, answers, evidence)
        gold = {self._articles.get(document, "") for document in line["gold"]}
        if left := without_passages(evidence, gold, answers):
            yield self._case(PASSAGE, question, answers, left)
        if left := without_sentences(evidence[:READ], answers):
            yield self._case(SENTENCE, question, answers, left)
        if swapped := self._swap(question):
            yield self._case(SWAPPED, swapped, answers, self._retrieve(swapped, filter))

    def _case(
        self, kind: str, question: str, answers: tuple[str, ...], evidence: Sequence[Evidence]
    ) -> Case:
        read = rerank(question, evidence[:READ], self._generation, self._crossreader)
        return Case(kind, question, answers, tuple(read))

    def _retrieve(self, question: str, filter: Filter | None) -> list[Evidence]:
        return retrieve(self._generation, self._encoder, question, top_k=DEPTH, filter=filter)
