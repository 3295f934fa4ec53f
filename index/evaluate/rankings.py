"""Rankings on BEIR-style sets: success@k, recall@k, mrr@k and ndcg@k.

With binary relevance, as trec_eval and ir-measures define them.
"""

import math
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from index.encoder import Encoder, load_encoder
from index.errors import CorpusError
from index.evaluate.beir import OnProgress, index_corpus, read_qrels
from index.evaluate.lines import read_lines
from index.records import Progress
from index.retriever import retrieve
from index.settings import Settings
from index.store import Generation, Home

DEPTH = 50
"""Passages retrieved a question; its documents are ranked by their best one."""


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
    relevant = read_qrels(folder)
    lines = read_lines(folder / "queries.jsonl", "_id", "text")
    queries = [line for line in lines if line["_id"] in relevant]
    if not queries:
        raise CorpusError(str(folder), "queries.jsonl に、qrels に正解のある質問がありません")
    encoder = load_encoder(settings.model, cache=settings.cache, on_progress=on_progress)
    with tempfile.TemporaryDirectory(prefix="tenkyo-") as path:
        started = time.perf_counter()
        generation, documents = index_corpus(folder, Home(Path(path)), encoder, report)
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


def _rank(
    question: str, generation: Generation, encoder: Encoder, documents: dict[str, str]
) -> list[str]:
    found = retrieve(generation, encoder, question, top_k=DEPTH)
    return list(dict.fromkeys(documents[e.hit.passage.article_id] for e in found))
