"""When the reader answers, when it refuses, and what its confidence is worth.

Questions that have an answer are asked as they are and in kinds that have none (see ``kinds``);
evidence is withheld between retriever and reader, so that the real reader decides. Answering a
question without an answer is wrong, answering one with is right when a cited sentence holds an
answer string.

What it does not know: a right sentence that words the answer otherwise counts as wrong.
"""

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from index.encoder import Encoder, load_encoder
from index.engine import READ
from index.errors import CorpusError
from index.evaluate.beir import OnProgress, index_corpus, read_queries
from index.evaluate.kinds import (
    AS_ASKED,
    OFF_TOPIC,
    PASSAGE,
    SENTENCE,
    SWAPPED,
    holds,
    swapper,
    without_passages,
    without_sentences,
)
from index.evaluate.lines import read_lines
from index.evaluate.outcomes import RefusalOutcome, Run, tabulate
from index.evaluate.parts import PartName, lies_in
from index.questions import read_question
from index.reader import ExtractiveReader, choose, score_sentences
from index.records import Answer, Progress
from index.retriever import Evidence, retrieve
from index.settings import Settings
from index.store import Generation, Home

SEED = 20250122
"""Of the sample and of the names put in."""
DEPTH = 50
"""Passages retrieved a question, so that enough are left when some are withheld."""


def ask_in_kinds(
    folder: Path,
    settings: Settings,
    *,
    sample: int = 1000,
    part: PartName | None = None,
    encoder: Encoder | None = None,
    on_progress: OnProgress | None = None,
) -> Run:
    """Ask a BEIR folder's questions in each kind, over a throw-away index.

    Args:
        folder: As for ``rank_questions``; its queries.jsonl also carries ``answers`` (strings)
            and may carry ``answer_in_text``: where it is false, the question is passed over.
            unanswerable.jsonl (_id, text), where there is one, gives the kind ``off topic``.
        settings: For the encoder; the home is not touched.
        sample: So many with an answer, in up to four kinds, and so many without; always the same.
        part: Ask only the questions of this part; the corpus stays whole.
        encoder: Where the one of the settings is not meant.
        on_progress: Told how far the work has come.

    Raises:
        CorpusError: A file of the layout is missing or broken, or no question has an answer.
    """
    report = on_progress or (lambda _: None)
    questions = _sampled(_answerable(folder, part), sample)
    if not questions:
        reason = "queries.jsonl に、answers と正解の文書のある質問がありません"
        raise CorpusError(str(folder), reason)
    others = _sampled(_off_topic(folder, part), sample)
    encoder = encoder or load_encoder(settings.model, cache=settings.cache, on_progress=report)
    with tempfile.TemporaryDirectory(prefix="tenkyo-") as path:
        generation, documents = index_corpus(folder, Home(Path(path)), encoder, report)
        asker = _Asker(generation, encoder, documents)
        found: list[RefusalOutcome] = []
        for done, line in enumerate([*questions, *others], 1):
            found += asker.ask(line)
            report(Progress("ask", done, len(questions) + len(others)))
        generation.close()
    return Run("refusal", tabulate(found))


def _answerable(folder: Path, part: PartName | None) -> list[dict[str, Any]]:
    return [
        line
        for line in read_queries(folder, part)
        if _answers(folder / "queries.jsonl", line) and line.get("answer_in_text", True)
    ]


def _answers(file: Path, line: dict[str, Any]) -> list[str]:
    answers = line.get("answers", [])
    if not isinstance(answers, list) or not all(isinstance(a, str) and a.strip() for a in answers):
        raise CorpusError(
            str(file), f"{line['_id']} の answers が空でない文字列の並びではありません"
        )
    return answers


def _off_topic(folder: Path, part: PartName | None) -> list[dict[str, Any]]:
    file = folder / "unanswerable.jsonl"
    lines = read_lines(file, "_id", "text") if file.exists() else iter(())
    return [line | {"answers": []} for line in lines if lies_in(part, [line["text"]])]


def _sampled(lines: list[dict[str, Any]], size: int) -> list[dict[str, Any]]:
    return random.Random(SEED).sample(lines, min(size, len(lines)))


class _Asker:
    """Puts one question after another to the reader, in all its kinds."""

    def __init__(self, generation: Generation, encoder: Encoder, documents: dict[str, str]) -> None:
        self._generation = generation
        self._encoder = encoder
        self._articles = {document: article for article, document in documents.items()}
        texts = (f"{a.title or ''}\n{a.text}" for a in generation.articles())
        self._swap = swapper("\n".join(texts), random.Random(SEED))

    def ask(self, line: dict[str, Any]) -> Iterator[RefusalOutcome]:
        """Ask a question in each kind that it allows."""
        started = time.perf_counter()
        for kind, question, evidence in self._put(line):
            answer = self._read(question, evidence)
            seconds = time.perf_counter() - started
            cited = self._cited(answer, evidence) if kind == AS_ASKED else []
            held = [holds(text, line["answers"]) for text in cited]
            yield RefusalOutcome(
                line["_id"],
                kind,
                seconds,
                answer.answered,
                answer.confidence,
                len(cited),
                held[:1] == [True],
                any(held),
            )
            started = time.perf_counter()

    def _put(self, line: dict[str, Any]) -> Iterator[tuple[str, str, list[Evidence]]]:
        """Yield a question in each kind, with what there is to read; not without anything to."""
        question, answers = line["text"], line["answers"]
        evidence = self._retrieve(question)
        if not answers:
            yield OFF_TOPIC, question, evidence[:READ]
            return
        yield AS_ASKED, question, evidence[:READ]
        gold = {self._articles.get(document, "") for document in line["gold"]}
        if left := without_passages(evidence, gold, answers)[:READ]:
            yield PASSAGE, question, left
        if left := without_sentences(evidence[:READ], answers):
            yield SENTENCE, question, left
        if swapped := self._swap(question):
            yield SWAPPED, swapped, self._retrieve(swapped)[:READ]

    def _retrieve(self, question: str) -> list[Evidence]:
        return retrieve(self._generation, self._encoder, question, top_k=DEPTH)

    def _read(self, question: str, evidence: Sequence[Evidence]) -> Answer:
        *_, last = ExtractiveReader().read(question, question, evidence, self._generation)
        assert last.answer is not None  # a reader's last step is the answer
        return last.answer

    def _cited(self, answer: Answer, evidence: Sequence[Evidence]) -> list[str]:
        """The sentences cited, best first; of a refusal those that an answer would have cited."""
        if answer.answered:
            return [c.quote for c in sorted(answer.citations, key=lambda c: -c.score)]
        asked = read_question(answer.understood)
        chosen = choose(score_sentences(asked, evidence, self._generation))
        return [s.sentence.text for s in sorted(chosen, key=lambda s: -s.score)]
