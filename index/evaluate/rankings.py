"""Rankings on BEIR-style sets: success@k, recall@k, mrr@k and ndcg@k.

With binary relevance, as trec_eval and ir-measures define them.
"""

import math
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from index import answering
from index.crossencoder import CrossEncoder
from index.encoder import Encoder
from index.errors import CorpusError
from index.evaluate.beir import index_corpus, read_queries
from index.evaluate.outcomes import RankingOutcome, Run, tabulate
from index.evaluate.parts import PartName
from index.evaluate.refusal import AS_ASKED
from index.models import Models
from index.records import OnProgress, Progress
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


def rank_questions(
    folder: Path,
    settings: Settings,
    *,
    part: PartName | None = None,
    on_progress: OnProgress | None = None,
) -> Run:
    """Rank a BEIR folder's documents for its questions, in a throw-away index.

    Args:
        folder: Holds corpus.jsonl (_id, title, text), queries.jsonl (_id, text) and qrels.tsv
            (query-id, corpus-id, score; beside them or in qrels/test.tsv).
        settings: For the encoder; the home is not touched.
        part: Ask only the questions of this part; the corpus stays whole.
        on_progress: Told how far the work has come.

    Returns:
        The outcomes of the questions with a relevant document; the number of ``passages``, and the
        ``passages/s`` of reading in (cut, encode, index).

    Raises:
        CorpusError: A file of the layout is missing or broken.
    """
    report = on_progress or (lambda _: None)
    queries = read_queries(folder, part)
    if not queries:
        raise CorpusError(str(folder), "queries.jsonl に、qrels に正解のある質問がありません")
    models = Models(settings)
    encoder, crossencoder = models.encoder(report), models.crossencoder(report)
    with tempfile.TemporaryDirectory(prefix="tenkyo-") as path:
        started = time.perf_counter()
        generation, documents = index_corpus(folder, Home(Path(path)), encoder, report)
        indexing = time.perf_counter() - started
        outcomes = []
        for done, query in enumerate(queries, 1):
            outcomes.append(_rank(query, generation, encoder, crossencoder, documents))
            report(Progress("ask", done, len(queries)))
        passages = generation.manifest["passages"]
        generation.close()
    facts = {"passages/s": passages / indexing, "passages": passages}
    return Run("retrieval", tabulate(outcomes), facts)


def _rank(
    query: dict[str, Any],
    generation: Generation,
    encoder: Encoder,
    crossencoder: CrossEncoder,
    documents: dict[str, str],
) -> RankingOutcome:
    started = time.perf_counter()
    evidence = retrieve(generation, encoder, query["text"], top_k=DEPTH)
    found = answering.read(query["text"], evidence, generation, crossencoder)
    seconds = time.perf_counter() - started
    ranked = list(dict.fromkeys(documents[e.hit.passage.article_id] for e in found.evidence))
    values = (measure(ranked, query["gold"]) for measure in MEASURES.values())
    return RankingOutcome(query["_id"], AS_ASKED, seconds, *values)
