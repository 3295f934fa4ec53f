"""When the reader answers, when it refuses, and what its confidence is worth.

Questions that have an answer are asked as they are, and with the passages or the sentences withheld
that hold an answer string; evidence is withheld between retriever and reader, so that the real
reader decides. Answering a question without an answer is wrong, answering one with is right when a
cited sentence holds an answer string.

What it does not know: a right sentence that words the answer otherwise counts as wrong, and a
question may still be answered in other words than its answer strings.
"""

import random
import tempfile
import time
import unicodedata
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from index import answering
from index.answering import Found
from index.crossencoder import CrossEncoder
from index.engine import FOUND
from index.errors import CorpusError
from index.evaluate.beir import index_corpus, read_queries
from index.evaluate.lines import read_lines
from index.evaluate.outcomes import RefusalOutcome, Run, tabulate
from index.evaluate.parts import PartName, lies_in
from index.models import Models
from index.records import Answer, OnProgress, Progress
from index.retriever import Evidence, retrieve
from index.settings import Settings
from index.store import Generation, Home

AS_ASKED, PASSAGE, SENTENCE = "as asked", "passage withheld", "sentence withheld"
OFF_TOPIC = "off topic"
KINDS = (AS_ASKED, PASSAGE, SENTENCE, OFF_TOPIC)
"""Only the first can be answered."""
SEED = 20250122
"""Of the sample."""
DEPTH = 50
"""Passages retrieved a question, so that enough are left when some are withheld."""


def ask_in_kinds(
    folder: Path,
    settings: Settings,
    *,
    sample: int = 1000,
    part: PartName | None = None,
    models: Models | None = None,
    on_progress: OnProgress | None = None,
) -> Run:
    """Ask a BEIR folder's questions in each kind, over a throw-away index.

    Args:
        folder: As for ``rank_questions``; its queries.jsonl also carries ``answers`` (strings)
            and may carry ``answer_in_text``: where it is false, the question is passed over.
            unanswerable.jsonl (_id, text), where there is one, gives the kind ``off topic``.
        settings: For the models; the home is not touched.
        sample: So many with an answer, in up to three kinds, and so many without; always the same.
        part: Ask only the questions of this part; the corpus stays whole.
        models: Where those of the settings are not meant.
        on_progress: Told how far the work has come.

    Raises:
        CorpusError: A file of the layout is missing or broken, or no question has an answer.
    """
    report = on_progress or (lambda _: None)
    questions = answerable(folder, part, sample)
    others = _off_topic(folder, part, sample)
    models = models or Models(settings)
    encoder, crossencoder = models.encoder(report), models.crossencoder(report)
    with tempfile.TemporaryDirectory(prefix="tenkyo-") as path:
        generation, documents = index_corpus(folder, Home(Path(path)), encoder, report)
        found: list[RefusalOutcome] = []
        for done, line in enumerate([*questions, *others], 1):
            evidence = retrieve(generation, encoder, line["text"], top_k=DEPTH)
            found += _ask(line, evidence, generation, documents, crossencoder)
            report(Progress("ask", done, len(questions) + len(others)))
        generation.close()
    return Run("refusal", tabulate(found))


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


def _off_topic(folder: Path, part: PartName | None, sample: int) -> list[dict[str, Any]]:
    file = folder / "unanswerable.jsonl"
    lines = read_lines(file, "_id", "text") if file.exists() else iter(())
    kept = [line | {"answers": []} for line in lines if lies_in(part, [line["text"]])]
    return _sampled(kept, sample)


def _sampled(lines: list[dict[str, Any]], size: int) -> list[dict[str, Any]]:
    return random.Random(SEED).sample(lines, min(size, len(lines)))


def _ask(
    line: dict[str, Any],
    evidence: Sequence[Evidence],
    generation: Generation,
    documents: dict[str, str],
    crossencoder: CrossEncoder,
) -> Iterator[RefusalOutcome]:
    """Ask a question in each kind that it allows; not without anything to read."""
    for kind, shown in _kinds(line, evidence, documents):
        started = time.perf_counter()
        found = answering.read(line["text"], shown[:FOUND], generation, crossencoder)
        answer = answering.answer(found)
        seconds = time.perf_counter() - started
        cited = _cited(answer, found) if kind == AS_ASKED else []
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


def _kinds(
    line: dict[str, Any], evidence: Sequence[Evidence], documents: dict[str, str]
) -> Iterator[tuple[str, list[Evidence]]]:
    answers = line["answers"]
    if not answers:
        yield OFF_TOPIC, list(evidence)
        return
    yield AS_ASKED, list(evidence)
    gold = {article for article, document in documents.items() if document in line["gold"]}
    if left := without_passages(evidence, gold, answers):
        yield PASSAGE, left
    if left := without_sentences(evidence[:FOUND], answers):
        yield SENTENCE, left


def _cited(answer: Answer, found: Found) -> list[str]:
    """The sentences cited, best first; of a refusal those that an answer would have cited."""
    if answer.answered:
        return [c.quote for c in sorted(answer.citations, key=lambda c: -c.score)]
    return [s.sentence.text for s in found.chosen]


def holds(text: str, answers: Iterable[str]) -> bool:
    """Whether a text holds an answer string, widths and blanks aside."""
    folded = _fold(text)
    return any(_fold(answer) in folded for answer in answers)


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def without_passages(
    evidence: Sequence[Evidence], articles: Container[str], answers: Sequence[str]
) -> list[Evidence]:
    """Return the evidence without these articles, nor passages that hold an answer string."""
    return [
        e
        for e in evidence
        if e.hit.passage.article_id not in articles and not holds(e.hit.passage.text, answers)
    ]


def without_sentences(evidence: Sequence[Evidence], answers: Sequence[str]) -> list[Evidence]:
    """Return the evidence without sentences that hold an answer string, nor passages left empty."""
    kept = (tuple(s for s in e.sentences if not holds(s.text, answers)) for e in evidence)
    return [replace(e, sentences=some) for e, some in zip(evidence, kept, strict=True) if some]
