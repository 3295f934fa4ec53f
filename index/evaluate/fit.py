"""Asks what the weights of ``index/reader/model.json`` are fitted on, and fits them.

The questions of BEIR folders in all their kinds, over the whole corpus and, where an article has
passages enough, over that article alone, as where few articles were indexed. Each folder weighs the
same, and in it both ways.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.encoder import Encoder
from index.evaluate.beir import index_corpus
from index.evaluate.cases import Case, Examiner, answerable, off_topic
from index.evaluate.kinds import AS_ASKED, holds
from index.evaluate.logistic import Floats
from index.evaluate.parts import PartName
from index.evaluate.solve import Row, balanced, solve
from index.models import Models
from index.questions import read_question
from index.reader import score_sentences
from index.records import Filter, OnProgress, Progress
from index.settings import Settings
from index.store import Generation, Home

NARROW = 5
"""Documents from which an article is asked about alone."""
DEEP = 25
"""Sentences of a question, best first, that are looked at."""


def fit_weights(
    folders: Sequence[Path],
    settings: Settings,
    *,
    sample: int = 1000,
    part: PartName | None = "tune",
    encoder: Encoder | None = None,
    on_progress: OnProgress | None = None,
) -> dict[str, Any]:
    """Fit the weights of the reader that the settings name, on BEIR folders.

    Args:
        folders: As for ``ask_in_kinds``.
        settings: For the encoder; the home is not touched.
        sample: Questions of a folder, drawn with a fixed seed.
        part: Use only the questions of this part.
        encoder: Where the one of the settings is not meant.
        on_progress: Told how far the work has come.

    Returns:
        ``trust`` by language, and with the trained reader ``choice``; see ``reader.model.Model``.

    Raises:
        CorpusError: A file of the layout is missing or broken, or no question has an answer.
    """
    report = on_progress or (lambda _: None)
    models = Models(settings, encoder)
    encoder, crossreader = models.encoder(report), models.crossreader(report)
    rows: list[Row] = []
    weights: list[Floats] = []
    for folder in folders:
        lines = answerable(folder, part, sample), off_topic(folder, part, sample)
        with tempfile.TemporaryDirectory(prefix="tenkyo-") as path:
            generation, documents = index_corpus(folder, Home(Path(path)), encoder, report)
            examiner = Examiner(generation, encoder, documents, crossreader)
            ways = [
                _wide(lines, examiner, generation, report),
                _narrow(lines[0], examiner, generation, documents, report),
            ]
            generation.close()
        ways = [way for way in ways if way]
        rows += (row for way in ways for row in way)
        weights += (balanced(way) / len(ways) for way in ways)
    return solve(rows, np.concatenate(weights))


def _wide(
    lines: tuple[list[dict[str, Any]], list[dict[str, Any]]],
    examiner: Examiner,
    generation: Generation,
    report: OnProgress,
) -> list[Row]:
    """Ask over the whole corpus."""
    rows: list[Row] = []
    every = [*lines[0], *lines[1]]
    for done, line in enumerate(every, 1):
        rows += (row for case in examiner.cases(line) for row in _read(case, generation))
        report(Progress("ask", done, len(every)))
    return rows


def _narrow(
    lines: list[dict[str, Any]],
    examiner: Examiner,
    generation: Generation,
    documents: Mapping[str, str],
    report: OnProgress,
) -> list[Row]:
    """Ask over one article alone, and of each one question about another."""
    articles = _by_title(generation)
    title_of = {documents[a]: title for title, those in articles.items() for a in those}
    titles = [title_of.get(next(iter(line["gold"])), "") for line in lines]
    rows: list[Row] = []
    for at, (line, title) in enumerate(zip(lines, titles, strict=True)):
        alone = Filter(article_ids=articles.get(title, ()))
        if len(alone.article_ids) < NARROW:
            continue
        other = next((o for o, t in zip(lines[at:], titles[at:], strict=True) if t != title), None)
        cases = [*examiner.cases(line, filter=alone)]
        if other:
            cases += examiner.cases({"text": other["text"], "answers": []}, filter=alone)
        rows += (row for case in cases for row in _read(case, generation))
        report(Progress("ask", at + 1, len(lines)))
    return rows


def _by_title(generation: Generation) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for article in generation.articles():
        title = article.title or article.id
        found[title] = (*found.get(title, ()), article.id)
    return found


def _read(case: Case, generation: Generation) -> Iterator[Row]:
    """The best sentences, and which of them hold an answer."""
    scored = score_sentences(read_question(case.question), case.evidence, generation)[:DEEP]
    if scored:
        asked = case.kind == AS_ASKED
        held = tuple(asked and holds(s.sentence.text, case.answers) for s in scored)
        yield Row(case.kind, tuple(scored), held)
