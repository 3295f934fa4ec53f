"""Questions on folders in BEIR layout, over a throw-away index: how documents rank, what is refused.

For refusals, questions that have an answer are asked as they are, and with the passages or the
sentences withheld that hold an answer string; evidence is withheld between retriever and reader, so
that the real reader decides. Answering a question without an answer is wrong, answering one with is
right when a cited sentence holds an answer string.

What it does not know: a right sentence that words the answer otherwise counts as wrong, and a
question may still be answered in other words than its answer strings.
"""

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from index import answering
from index.answering import FOUND, Asking, Found
from index.errors import CorpusError
from index.evaluate.outcomes import (
    AS_ASKED,
    OFF_TOPIC,
    PASSAGE,
    SENTENCE,
    RankingOutcome,
    RefusalOutcome,
    Run,
    tabulate,
)
from index.evaluate.sets import PartName, holds, lies_in, read_lines, read_queries
from index.evaluate.trial import article, index_articles
from index.models import Models
from index.records import Answer, Article
from index.reports import OnProgress, Progress
from index.retriever import Evidence
from index.settings import Settings
from index.store import Home

SEED = 20250122
"""Of the sample."""
DEPTH = 50
"""Passages retrieved a question: its documents are ranked by their best one, and enough are left
when some are withheld."""
CUTOFF = 10
"""Documents of which recall, mrr and ndcg are taken."""


def rank_questions(
    folder: Path,
    settings: Settings,
    *,
    part: PartName | None = None,
    on_progress: OnProgress | None = None,
) -> Run:
    """Rank a BEIR folder's documents for those of its questions that have a relevant one.

    The folder holds corpus.jsonl (_id, title, text), queries.jsonl (_id, text) and qrels.tsv
    (query-id, corpus-id, score; beside them or in qrels/test.tsv). Of the settings only the models
    are used. Of a part only the questions are asked; the corpus stays whole. The facts of the run
    are the number of ``passages``, and the ``passages/s`` of reading in (cut, encode, index).

    Raises:
        CorpusError: A file of the layout is missing or broken.
    """
    report = on_progress or (lambda _: None)
    queries = read_queries(folder, part)
    if not queries:
        raise CorpusError(str(folder), "queries.jsonl に、qrels に正解のある質問がありません")
    models = Models(settings)
    models.crossencoder(report)  # not to be timed
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="tenkyo-") as path:
        started = time.perf_counter()
        articles = read_corpus(folder)
        with index_articles(Home(Path(path)), articles, models, report) as trial:
            seconds = time.perf_counter() - started
            passages = trial.generation.counts["passages"]
            documents = {a.id: a.source for a in articles}
            for done, query in enumerate(queries, 1):
                outcomes.append(_rank(query, trial, documents))
                report(Progress("ask", done, len(queries)))
    facts = {"passages/s": passages / seconds, "passages": passages}
    return Run("retrieval", tabulate(outcomes), facts)


def read_corpus(folder: Path) -> list[Article]:
    """Read corpus.jsonl; the id of a document is the source of its article. Raises CorpusError."""
    file = folder / "corpus.jsonl"
    articles = [
        article(n, line.get("title") or None, line["text"], line["_id"])
        for n, line in enumerate(read_lines(file, "_id", "text"))
    ]
    if not any(a.text.strip() for a in articles):
        raise CorpusError(str(file), "本文のある文書がありません")
    return articles


def _rank(query: dict[str, Any], trial: Asking, documents: dict[str, str]) -> RankingOutcome:
    started = time.perf_counter()
    found = trial.read(query["text"], trial.retrieve(query["text"], top_k=DEPTH))
    seconds = time.perf_counter() - started
    ranked = list(dict.fromkeys(documents[e.hit.passage.article_id] for e in found.evidence))
    return RankingOutcome(query["_id"], AS_ASKED, seconds, *score(ranked, query["gold"]))


def score(ranked: Sequence[str], relevant: set[str]) -> tuple[float, float, float, float]:
    """Return success@1, recall@10, mrr@10 and ndcg@10 of a ranking.

    Of binary relevance, as trec_eval and ir-measures define them.

    Source: Järvelin and Kekäläinen 2002, https://doi.org/10.1145/582415.582418.
    """
    hits = np.array([document in relevant for document in ranked[:CUTOFF]], bool)
    ranks = np.flatnonzero(hits) + 1
    best = np.arange(min(CUTOFF, len(relevant))) + 1
    ndcg = (1 / np.log2(ranks + 1)).sum() / (1 / np.log2(best + 1)).sum()
    first = 1 / float(ranks[0]) if len(ranks) else 0.0
    return float(first == 1), len(ranks) / len(relevant), first, float(ndcg)


def ask_in_kinds(
    folder: Path,
    settings: Settings,
    *,
    sample: int = 1000,
    part: PartName | None = None,
    on_progress: OnProgress | None = None,
) -> Run:
    """Ask a BEIR folder's questions in each of ``KINDS``.

    Args:
        folder: As for ``rank_questions``; its queries.jsonl also carries ``answers`` (strings)
            and may carry ``answer_in_text``: where it is false, the question is passed over.
            unanswerable.jsonl (_id, text), where there is one, gives the kind ``off topic``.
        settings: For the models.
        sample: So many with an answer, in up to three kinds, and so many without; always the same.
        part: As for ``rank_questions``.
        on_progress: Told how far the work has come.

    Raises:
        CorpusError: A file of the layout is missing or broken, or no question has an answer.
    """
    report = on_progress or (lambda _: None)
    lines = [*_answerable(folder, part, sample), *_off_topic(folder, part, sample)]
    articles = read_corpus(folder)
    outcomes: list[RefusalOutcome] = []
    with (
        tempfile.TemporaryDirectory(prefix="tenkyo-") as path,
        index_articles(Home(Path(path)), articles, Models(settings), report) as trial,
    ):
        for done, line in enumerate(lines, 1):
            outcomes += _ask(line, trial, {a.id for a in articles if a.source in line["gold"]})
            report(Progress("ask", done, len(lines)))
    return Run("refusal", tabulate(outcomes))


def _answerable(folder: Path, part: PartName | None, sample: int) -> list[dict[str, Any]]:
    """Draw questions whose answer strings stand in the text."""
    file, kept = folder / "queries.jsonl", []
    for line in read_queries(folder, part):
        answers = line.get("answers", [])
        if not (
            isinstance(answers, list) and all(isinstance(a, str) and a.strip() for a in answers)
        ):
            reason = f"{line['_id']} の answers が空でない文字列の並びではありません"
            raise CorpusError(str(file), reason)
        if answers and line.get("answer_in_text", True):
            kept.append(line)
    if not kept:
        reason = "queries.jsonl に、answers と正解の文書のある質問がありません"
        raise CorpusError(str(folder), reason)
    return _sampled(kept, sample)


def _off_topic(folder: Path, part: PartName | None, sample: int) -> list[dict[str, Any]]:
    file = folder / "unanswerable.jsonl"
    lines = read_lines(file, "_id", "text") if file.exists() else iter(())
    without: dict[str, Any] = {"answers": [], "gold": set()}
    return _sampled([line | without for line in lines if lies_in(part, [line["text"]])], sample)


def _sampled(lines: list[dict[str, Any]], size: int) -> list[dict[str, Any]]:
    return random.Random(SEED).sample(lines, min(size, len(lines)))


def _ask(line: dict[str, Any], trial: Asking, gold: set[str]) -> Iterator[RefusalOutcome]:
    """Ask a question in each kind that it allows; not without anything to read."""
    text, answers = line["text"], line["answers"]
    found = trial.retrieve(text, top_k=DEPTH)
    for kind, shown in _kinds(found, gold, answers) if answers else [(OFF_TOPIC, found)]:
        started = time.perf_counter()
        read = replace(trial.read(text, shown[:FOUND]), asking=None)  # nothing withheld is found
        answer = answering.answer(read)
        seconds = time.perf_counter() - started
        cited = _cited(answer, read) if kind == AS_ASKED else []
        held = [holds(sentence, answers) for sentence in cited]
        judged = answer.answered, answer.confidence, len(cited), held[:1] == [True], any(held)
        yield RefusalOutcome(line["_id"], kind, seconds, *judged)


def _kinds(
    found: Sequence[Evidence], gold: set[str], answers: Sequence[str]
) -> Iterator[tuple[str, Sequence[Evidence]]]:
    """The evidence as found, without the passages and without the sentences that answer."""
    yield AS_ASKED, found
    others = [e for e in found if e.hit.passage.article_id not in gold]
    if left := [e for e in others if not holds(e.hit.passage.text, answers)]:
        yield PASSAGE, left
    kept = [tuple(s for s in e.sentences if not holds(s.text, answers)) for e in found[:FOUND]]
    if any(kept):
        left = [replace(e, sentences=some) for e, some in zip(found, kept, strict=False) if some]
        yield SENTENCE, left


def _cited(answer: Answer, found: Found) -> list[str]:
    """The sentences cited, best first; of a refusal those that an answer would have cited."""
    if answer.answered:
        return [c.quote for c in sorted(answer.citations, key=lambda c: -c.score)]
    return [s.sentence.text for s in found.chosen]
