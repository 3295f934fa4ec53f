"""Fits the weights by which the reader trusts its best sentence: ``index/reader/model.json``.

A logistic model over named signals, fitted on the questions of BEIR folders in all their kinds, over
the whole corpus and, where an article has passages enough, over that article alone, as where few
articles were indexed. Each folder weighs the same, and in it both ways; in each way, questions with
and without an answer weigh one half each, and each kind of the latter the same.

What it does not know: English and Chinese questions. Across languages terms cannot be covered, so
their weights are fitted on the same questions without the signals that rest on terms, and shifted by
how much lower cosines lie.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.encoder import Encoder, load_encoder
from index.evaluate.beir import OnProgress, index_corpus
from index.evaluate.cases import Case, Examiner, answerable, off_topic
from index.evaluate.kinds import AS_ASKED, KINDS, holds
from index.evaluate.logistic import Floats, fit_logistic
from index.evaluate.parts import PartName
from index.questions import read_question
from index.reader import choose, score_sentences
from index.records import Filter, Progress
from index.settings import Settings
from index.store import Generation, Home

SIGNALS = ("context", "far", "lift", "name")
ACROSS_LANGUAGES = ("cosine", "lift")
SET_BY_HAND = {"rank": 1.0, "figure": 5.0, "unit": 2.5, "lacks": 1.2, "place": 2.0}
"""``rank``: fitted, 3.1, which few articles on one subject do not bear out. ``figure``: fitted, 3.1,
but an answer about another year is the worst. ``unit``, ``lacks``: few questions of the folders ask
for a count. ``place``: one put in by swapping is never one that the articles call otherwise, as a
capital for its country."""
LOWER = {"en": 0.074, "zh": 0.027}
"""How much lower the cosine of the right sentence lies than in Japanese, on tests/questions.jsonl."""
NARROW = 5
"""Documents from which an article is asked about alone."""


@dataclass(frozen=True, slots=True)
class Row:
    """The best sentence for a question of a kind: its signals, and whether an answer with it is right."""

    kind: str
    signals: Mapping[str, float]
    right: bool


def fit_weights(
    folders: Sequence[Path],
    settings: Settings,
    *,
    sample: int = 1000,
    part: PartName | None = "tune",
    encoder: Encoder | None = None,
    on_progress: OnProgress | None = None,
) -> dict[str, dict[str, float]]:
    """Fit the weights for each language on BEIR folders.

    Args:
        folders: As for ``ask_in_kinds``.
        settings: For the encoder; the home is not touched.
        sample: Questions of a folder, drawn with a fixed seed.
        part: Use only the questions of this part.
        encoder: Where the one of the settings is not meant.
        on_progress: Told how far the work has come.

    Raises:
        CorpusError: A file of the layout is missing or broken, or no question has an answer.
    """
    report = on_progress or (lambda _: None)
    encoder = encoder or load_encoder(settings.model, cache=settings.cache, on_progress=report)
    rows: list[Row] = []
    weights: list[Floats] = []
    for folder in folders:
        lines = answerable(folder, part, sample), off_topic(folder, part, sample)
        with tempfile.TemporaryDirectory(prefix="tenkyo-") as path:
            generation, documents = index_corpus(folder, Home(Path(path)), encoder, report)
            examiner = Examiner(generation, encoder, documents)
            ways = [
                _wide(lines, examiner, generation, report),
                _narrow(lines[0], examiner, generation, documents, report),
            ]
            generation.close()
        ways = [way for way in ways if way]
        rows += (row for way in ways for row in way)
        weights += (balanced(way) / len(ways) for way in ways)
    return _by_language(rows, np.concatenate(weights))


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
    """The signals of the best sentence, and whether an answer with it would be right."""
    scored = score_sentences(read_question(case.question), case.evidence, generation)
    if scored:
        cited = (s.sentence.text for s in choose(scored))
        right = case.kind == AS_ASKED and any(holds(text, case.answers) for text in cited)
        yield Row(case.kind, scored[0].signals, right)


def _by_language(rows: Sequence[Row], weights: Floats) -> dict[str, dict[str, float]]:
    across = _solve(rows, weights, ACROSS_LANGUAGES)
    lower = {
        language: across | {"bias": round(across["bias"] + by * across["cosine"], 2)}
        for language, by in LOWER.items()
    }
    return {"ja": _solve(rows, weights, SIGNALS), **lower}


def _solve(rows: Sequence[Row], weights: Floats, names: Sequence[str]) -> dict[str, float]:
    signals = np.array([[row.signals[name] for name in names] + [1.0] for row in rows])
    given = np.array([sum(w * row.signals[n] for n, w in SET_BY_HAND.items()) for row in rows])
    right = np.array([row.right for row in rows], float)
    found = fit_logistic(signals, right, weights, given)
    fitted = dict(zip((*names, "bias"), found.tolist(), strict=True))
    return {name: round(weight, 2) for name, weight in (fitted | SET_BY_HAND).items()}


def balanced(rows: Sequence[Row]) -> Floats:
    """Weigh the questions of a set as in ``summary.mixture``."""
    kinds = np.array([KINDS.index(row.kind) for row in rows])
    count = np.bincount(kinds, minlength=len(KINDS))
    others = max(int(np.count_nonzero(count[1:])), 1)
    shares = np.array([0.5] + [0.5 / others] * (len(KINDS) - 1)) / np.maximum(count, 1)
    weights: Floats = shares[kinds] * 1000
    return weights
