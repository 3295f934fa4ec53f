"""What a model in training is measured on: questions of the tuning half of BEIR folders.

Each question is put in the kinds of ``evaluate.kinds``, with the first passages that the retriever
finds for it; and once more with the passage that is known to answer, for the span.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.encoder import Encoder
from index.evaluate.beir import index_corpus
from index.evaluate.cases import Examiner, answerable
from index.evaluate.kinds import AS_ASKED, holds
from index.records import OnProgress, Progress
from index.retriever import Evidence
from index.store import Generation, Home
from index.training.once import once

GOLD = "gold"
"""The kind of a trial of the right passage alone."""
SAMPLE = 100
"""Questions of a folder."""
READ = 2
"""Passages read a question."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A question of a kind, its answer strings, and passages as ``(title, text)``, best first."""

    folder: str
    kind: str
    question: str
    answers: tuple[str, ...]
    passages: tuple[tuple[str | None, str], ...]


def trials(
    folders: Sequence[Path], encoder: Encoder, cache: Path, report: OnProgress
) -> list[Trial]:
    """Return the trials of BEIR folders, made once.

    Args:
        folders: As for ``evaluate.ask_in_kinds``; only their tuning halves are asked about.
        encoder: What the retriever searches with.
        cache: A file to keep them in.
        report: Told how far the work has come.

    Raises:
        CorpusError: A folder lacks a file, or a file is broken.
    """

    def make() -> list[dict[str, Any]]:
        return [asdict(t) for folder in folders for t in _make(folder, encoder, report)]

    return [_trial(made) for made in once(cache, make)]


def _trial(made: dict[str, Any]) -> Trial:
    passages = tuple((title, text) for title, text in made["passages"])
    return Trial(**made | {"answers": tuple(made["answers"]), "passages": passages})


def _make(folder: Path, encoder: Encoder, report: OnProgress) -> Iterator[Trial]:
    lines = answerable(folder, "tune", SAMPLE)
    with tempfile.TemporaryDirectory(prefix="tenkyo-") as path:
        generation, documents = index_corpus(folder, Home(Path(path)), encoder, report)
        examiner = Examiner(generation, encoder, documents)
        for done, line in enumerate(lines, 1):
            for case in examiner.cases(line):
                shown = _shown(case.evidence[:READ], generation)
                yield Trial(folder.name, case.kind, case.question, case.answers, shown)
                if case.kind == AS_ASKED:
                    gold = [e for e in case.evidence if _answers(e, line, documents)][:1]
                    if gold:
                        text = _shown(gold, generation)
                        yield Trial(folder.name, GOLD, case.question, case.answers, text)
            report(Progress("ask", done, len(lines)))
        generation.close()


def _answers(e: Evidence, line: dict[str, Any], documents: dict[str, str]) -> bool:
    passage = e.hit.passage
    return documents[passage.article_id] in line["gold"] and holds(passage.text, line["answers"])


def _shown(
    evidence: Sequence[Evidence], generation: Generation
) -> tuple[tuple[str | None, str], ...]:
    """Show the sentences that were not withheld, with the title."""
    return tuple(
        (generation.article(e.hit.passage.article_id).title, "".join(s.text for s in e.sentences))
        for e in evidence
    )
