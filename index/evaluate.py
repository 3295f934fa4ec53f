"""Measures: rankings on BEIR-style sets, answers on question sets.

Rankings: success@k, recall@k, mrr@k and ndcg@k with binary relevance, as trec_eval and ir-measures
define them. Answers: a question with ``evidence`` can be answered; each of its regular expressions
must match within ``WINDOW`` characters around one quote. One without must be refused.
"""

import csv
import json
import math
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from index import ingest
from index.encoder import Encoder, load_encoder
from index.engine import Engine
from index.errors import CorpusError
from index.passages import cut
from index.records import Answer, Article, Citation, Progress
from index.retriever import retrieve
from index.settings import Settings
from index.store import Generation, Home, Part

DEPTH = 50
"""Passages retrieved a question; its documents are ranked by their best one."""
WINDOW = 200
"""Characters on either side of a quote in which evidence counts."""

OnProgress = Callable[[Progress], None]


def success_at(k: int, ranked: Sequence[str], relevant: set[str]) -> float:
    """Return 1 if any of the first k is relevant, else 0."""
    return float(any(document in relevant for document in ranked[:k]))


def recall_at(k: int, ranked: Sequence[str], relevant: set[str]) -> float:
    """Return the share of the relevant that stands among the first k."""
    return len(relevant.intersection(ranked[:k])) / len(relevant)


def mrr_at(k: int, ranked: Sequence[str], relevant: set[str]) -> float:
    """Return 1 / the rank of the first relevant one among the first k, else 0."""
    return next((1 / n for n, d in enumerate(ranked[:k], 1) if d in relevant), 0.0)


def ndcg_at(k: int, ranked: Sequence[str], relevant: set[str]) -> float:
    """Return the discounted gain of the first k over the best possible.

    Source: Järvelin and Kekäläinen 2002, https://doi.org/10.1145/582415.582418.
    """
    gain = sum(1 / math.log2(n + 1) for n, d in enumerate(ranked[:k], 1) if d in relevant)
    return gain / sum(1 / math.log2(n + 1) for n in range(1, min(k, len(relevant)) + 1))


MEASURES: dict[str, Callable[[Sequence[str], set[str]], float]] = {
    "success@1": lambda ranked, relevant: success_at(1, ranked, relevant),
    "recall@10": lambda ranked, relevant: recall_at(10, ranked, relevant),
    "mrr@10": lambda ranked, relevant: mrr_at(10, ranked, relevant),
    "ndcg@10": lambda ranked, relevant: ndcg_at(10, ranked, relevant),
}


def measure_retrieval(
    folder: Path, settings: Settings, *, on_progress: OnProgress | None = None
) -> dict[str, float]:
    """Measure the ranking of a BEIR folder's documents, in a throw-away index.

    Args:
        folder: Holds corpus.jsonl (_id, title, text), queries.jsonl (_id, text) and qrels.tsv
            (query-id, corpus-id, score; beside them or in qrels/test.tsv).
        settings: For the encoder; the home is not touched.
        on_progress: Told how far the work has come.

    Returns:
        Means over the questions with a relevant document, and the speed: ``passages/s`` of reading
        in (cut, encode, index), ``questions/s`` one after another.

    Raises:
        CorpusError: A file of the layout is missing or broken.
    """
    report = on_progress or (lambda _: None)
    relevant = _read_qrels(folder)
    lines = read_lines(folder / "queries.jsonl", "_id", "text")
    queries = [line for line in lines if line["_id"] in relevant]
    if not queries:
        raise CorpusError(str(folder), "queries.jsonl に、qrels に正解のある質問がありません")
    encoder = load_encoder(settings.model, cache=settings.cache, on_progress=on_progress)
    with tempfile.TemporaryDirectory(prefix="tenkyo-") as path:
        started = time.perf_counter()
        generation, documents = _index(folder, Home(Path(path)), encoder, report)
        indexed = time.perf_counter()
        runs = []
        for done, query in enumerate(queries, 1):
            ranked = _rank(query["text"], generation, encoder, documents)
            runs.append((ranked, relevant[query["_id"]]))
            report(Progress("ask", done, len(queries)))
        asked = time.perf_counter()
        passages = generation.manifest["passages"]
        generation.close()
    speed = {
        "passages/s": passages / (indexed - started),
        "questions/s": len(runs) / (asked - indexed),
    }
    return _means(runs) | speed | {"questions": len(runs), "passages": passages}


def _means(runs: Sequence[tuple[list[str], set[str]]]) -> dict[str, float]:
    return {
        name: sum(measure(*run) for run in runs) / len(runs) for name, measure in MEASURES.items()
    }


def _index(
    folder: Path, home: Home, encoder: Encoder, report: OnProgress
) -> tuple[Generation, dict[str, str]]:
    lines = read_lines(folder / "corpus.jsonl", "_id", "text")
    articles = [_article(n, line) for n, line in enumerate(lines)]
    parts = [Part(article, tuple(cut(article))) for article in articles]
    if not any(part.passages for part in parts):
        raise CorpusError(str(folder / "corpus.jsonl"), "本文のある文書がありません")
    with home.building():
        ingest.publish(home, encoder, parts, sources={}, report=report)
    return home.open(), {article.id: article.source for article in articles}


def _article(number: int, line: dict[str, Any]) -> Article:
    title = line.get("title") or None
    identity = f"{number:08d}"
    return Article(identity, title, (), None, None, None, None, line["_id"], line["text"], identity)


def _rank(
    question: str, generation: Generation, encoder: Encoder, documents: dict[str, str]
) -> list[str]:
    found = retrieve(generation, encoder, question, top_k=DEPTH)
    return list(dict.fromkeys(documents[e.hit.passage.article_id] for e in found))


def _read_qrels(folder: Path) -> dict[str, set[str]]:
    path = folder / "qrels.tsv"
    path = path if path.exists() else folder / "qrels" / "test.tsv"
    relevant: dict[str, set[str]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                if float(row["score"]) > 0:
                    relevant.setdefault(row["query-id"], set()).add(row["corpus-id"])
    except (OSError, KeyError, TypeError, ValueError) as exc:
        raise CorpusError(str(path), f"qrels を読めません（{exc}）") from exc
    return relevant


def read_lines(path: Path, *names: str) -> Iterator[dict[str, Any]]:
    """Read a file of one JSON object a line, blank lines left out.

    Args:
        path: The file.
        names: Members that every object has, each a string.

    Raises:
        CorpusError: The file cannot be read, or a line is not such an object; the line is named.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _object(path, number, line, names)
    except (OSError, UnicodeDecodeError) as exc:
        raise CorpusError(str(path), f"読めません（{exc}）") from exc


def _object(path: Path, number: int, line: str, names: Sequence[str]) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise CorpusError(str(path), f"{number} 行目が JSON ではありません（{exc}）") from exc
    if not isinstance(value, dict):
        raise CorpusError(str(path), f"{number} 行目が JSON のオブジェクトではありません")
    for name in names:
        if not isinstance(value.get(name), str):
            raise CorpusError(str(path), f"{number} 行目に文字列の {name} がありません")
    return value


def measure_answers(
    file: Path, engine: Engine, *, on_progress: OnProgress | None = None
) -> dict[str, float | None]:
    """Ask a question set of the current index.

    Returns:
        Of the questions that can be answered, the share ``answered``; of those answered, the shares
        with evidence at the best-scored citation and at any, and whose text matches an ``answer``;
        of the others, the share ``refused``. None where there is no such question.

    Raises:
        CorpusError: The file is broken. StoreError: there is no usable index.
    """
    report = on_progress or (lambda _: None)
    lines = list(read_lines(file, "question"))
    _check_patterns(file, lines)
    outcomes: list[dict[str, float]] = []
    for done, line in enumerate(lines, 1):
        answer = engine.ask(line["question"], previous=line.get("previous"))
        outcomes.append(_outcome(line, answer, engine))
        report(Progress("ask", done, len(lines)))
    names = ("answered", "evidence@best", "evidence@cited", "answer match", "refused")
    figures = {name: _mean([o[name] for o in outcomes if name in o]) for name in names}
    return figures | {"questions": len(lines)}


def _check_patterns(file: Path, lines: Sequence[dict[str, Any]]) -> None:
    for line in lines:
        try:
            for pattern in (*line.get("evidence", ()), *line.get("answer", ())):
                re.compile(pattern)
        except (re.error, TypeError) as exc:
            raise CorpusError(
                str(file),
                f"{line['question']!r} の evidence か answer が正規表現ではありません（{exc}）",
            ) from exc


def _outcome(line: dict[str, Any], answer: Answer, engine: Engine) -> dict[str, float]:
    if "evidence" not in line:
        return {"refused": float(not answer.answered)}
    if not answer.answered:
        return {"answered": 0.0}
    best = max(answer.citations, key=lambda c: c.score)
    matches = [re.search(pattern, answer.text) for pattern in line.get("answer", [])]
    return {
        "answered": 1.0,
        "evidence@best": float(_holds(line["evidence"], best, engine)),
        "evidence@cited": float(any(_holds(line["evidence"], c, engine) for c in answer.citations)),
        "answer match": float(any(matches) or not matches),
    }


def _holds(evidence: Sequence[str], citation: Citation, engine: Engine) -> bool:
    article, _ = engine.cited(citation)
    around = article.text[max(citation.start - WINDOW, 0) : citation.end + WINDOW]
    return all(re.search(pattern, around) for pattern in evidence)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
