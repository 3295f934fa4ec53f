"""How well the trained reader finds the words that answer, given the document that holds them.

What it does not know: words that answer as well but stand in no answer string count as wrong.
"""

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.crossreader import CrossReader
from index.errors import CorpusError, TenkyoError
from index.evaluate.cases import answerable
from index.evaluate.kinds import AS_ASKED, folded, holds
from index.evaluate.lines import read_lines
from index.evaluate.outcomes import Run, SpanOutcome, tabulate
from index.evaluate.parts import PartName
from index.models import Models
from index.records import OnProgress, Progress
from index.settings import Settings


def find_spans(
    folder: Path,
    settings: Settings,
    *,
    sample: int = 1000,
    part: PartName | None = None,
    on_progress: OnProgress | None = None,
) -> Run:
    """Have the reader find the answers to a BEIR folder's questions in the documents that hold them.

    Args:
        folder: As for ``ask_in_kinds``.
        settings: For the encoder and the reader; the home is not touched.
        sample: So many questions at most, always the same.
        part: Ask only the questions of this part.
        on_progress: Told how far the work has come.

    Raises:
        CorpusError: A file of the layout is missing or broken, or no question has an answer.
        TenkyoError: The settings name no trained reader.
    """
    report = on_progress or (lambda _: None)
    questions = answerable(folder, part, sample)
    reader = Models(settings).crossreader(report)
    if reader is None:
        raise TenkyoError(
            "読解モデルがないため測れません。TENKYO_READER と TENKYO_MODEL を外してください。"
        )
    documents = {d["_id"]: d for d in read_lines(folder / "corpus.jsonl", "_id", "text")}
    outcomes: list[SpanOutcome] = []
    for done, line in enumerate(questions, 1):
        gold = [documents[name] for name in sorted(line["gold"]) if name in documents]
        held = [d for d in gold if holds(d["text"], line["answers"])]
        outcomes += (_find(line, d, reader) for d in held[:1])
        report(Progress("ask", done, len(questions)))
    if not outcomes:
        raise CorpusError(str(folder), "答えが正解の文書にある質問がありません")
    return Run("spans", tabulate(outcomes))


def _find(line: dict[str, Any], document: dict[str, Any], reader: CrossReader) -> SpanOutcome:
    started = time.perf_counter()
    text = document["text"]
    [reading] = reader.read(line["text"], [(document.get("title"), text)])
    span = reading.span(0, len(text)) or (0, 0)
    seconds = time.perf_counter() - started
    found = text[slice(*span)]
    exact = folded(found) in map(folded, line["answers"])
    return SpanOutcome(line["_id"], AS_ASKED, seconds, f1(found, line["answers"]), float(exact))


def f1(span: str, answers: Sequence[str]) -> float:
    """Return how much a span and the most alike of the answers share, by characters.

    Source: JSQuAD in Kurihara et al. 2022, after Rajpurkar et al. 2016, section 5.
    """
    return max(_f1(Counter(folded(span)), Counter(folded(answer))) for answer in answers)


def _f1(span: Counter[str], answer: Counter[str]) -> float:
    return 2 * (span & answer).total() / max(span.total() + answer.total(), 1)
