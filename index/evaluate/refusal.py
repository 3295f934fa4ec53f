"""When the reader answers, when it refuses, and what its confidence is worth.

Questions that have an answer are asked as they are and in kinds that have none (see ``kinds``);
evidence is withheld between retriever and reader, so that the real reader decides. Answering a
question without an answer is wrong, answering one with is right when a cited sentence holds an
answer string.

What it does not know: a right sentence that words the answer otherwise counts as wrong.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from index.encoder import Encoder
from index.evaluate.beir import index_corpus
from index.evaluate.cases import Examiner, answerable, off_topic
from index.evaluate.kinds import AS_ASKED, holds
from index.evaluate.outcomes import RefusalOutcome, Run, tabulate
from index.evaluate.parts import PartName
from index.models import Models
from index.questions import read_question
from index.reader import ExtractiveReader, choose, score_sentences
from index.records import Answer, OnProgress, Progress
from index.retriever import Evidence
from index.settings import Settings
from index.store import Generation, Home


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
    questions = answerable(folder, part, sample)
    others = off_topic(folder, part, sample)
    models = Models(settings, encoder)
    encoder, crossreader = models.encoder(report), models.crossreader(report)
    with tempfile.TemporaryDirectory(prefix="tenkyo-") as path:
        generation, documents = index_corpus(folder, Home(Path(path)), encoder, report)
        examiner = Examiner(generation, encoder, documents, crossreader)
        found: list[RefusalOutcome] = []
        for done, line in enumerate([*questions, *others], 1):
            found += _ask(line, examiner, generation)
            report(Progress("ask", done, len(questions) + len(others)))
        generation.close()
    return Run("refusal", tabulate(found))


def _ask(
    line: dict[str, Any], examiner: Examiner, generation: Generation
) -> Iterator[RefusalOutcome]:
    """Ask a question in each kind that it allows."""
    started = time.perf_counter()
    for case in examiner.cases(line):
        answer = _read(case.question, case.evidence, generation)
        seconds = time.perf_counter() - started
        asked = case.kind == AS_ASKED
        cited = _cited(answer, case.evidence, generation) if asked else []
        held = [holds(text, case.answers) for text in cited]
        yield RefusalOutcome(
            line["_id"],
            case.kind,
            seconds,
            answer.answered,
            answer.confidence,
            len(cited),
            held[:1] == [True],
            any(held),
        )
        started = time.perf_counter()


def _read(question: str, evidence: Sequence[Evidence], generation: Generation) -> Answer:
    *_, last = ExtractiveReader().read(question, question, evidence, generation)
    assert last.answer is not None  # a reader's last step is the answer
    return last.answer


def _cited(answer: Answer, evidence: Sequence[Evidence], generation: Generation) -> list[str]:
    """The sentences cited, best first; of a refusal those that an answer would have cited."""
    if answer.answered:
        return [c.quote for c in sorted(answer.citations, key=lambda c: -c.score)]
    chosen = choose(score_sentences(read_question(answer.understood), evidence, generation))
    return [s.sentence.text for s in sorted(chosen, key=lambda s: -s.score)]
