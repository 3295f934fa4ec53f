"""The same retrieval by other libraries, with the same weights: how well, how fast.

Each is set up as its own documentation does it, for vectors and words together, and not tuned. The
vectors are those of sentence-transformers on torch in float32; of documents they are made once for
all, and that time counts for each. A question is encoded by each anew.
"""

import contextlib
import importlib.metadata
import random
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np

from index.bench.speed import timed
from index.encoder import Vectors, load_sentence_transformer
from index.errors import CorpusError
from index.evaluate.beir import CUTOFF, DEPTH, read_corpus, score
from index.evaluate.sets import read_queries
from index.evaluate.trial import index_articles
from index.models import Models
from index.reports import OnProgress, Progress
from index.retriever import Evidence
from index.settings import Settings
from index.store import Home

SEED = 20261129
"""Of the sample."""
FEW = 20
"""Documents that are indexed first, so that everything is loaded."""

Search = Callable[[str], list[str]]
"""A question to the ids of documents, best first."""
Figures = dict[str, float]
TORCH = "torch alone"


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents with their titles in front, their vectors, and what makes the vector of a question."""

    ids: list[str]
    texts: list[str]
    vectors: Vectors
    encode: Callable[[str], Vectors]


def langchain(corpus: Corpus) -> Search:
    """FAISS and BM25 (of what stands between spaces) in an EnsembleRetriever."""
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever
    from langchain_community.vectorstores import FAISS
    from langchain_core.embeddings import Embeddings

    class Questions(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise NotImplementedError

        def embed_query(self, text: str) -> list[float]:
            return list(map(float, corpus.encode(text)))

    own = [{"id": one} for one in corpus.ids]
    pairs = zip(corpus.texts, corpus.vectors.tolist(), strict=True)
    near = FAISS.from_embeddings(pairs, Questions(), metadatas=own)
    words = BM25Retriever.from_texts(corpus.texts, metadatas=own, k=CUTOFF)
    retrievers = [words, near.as_retriever(search_kwargs={"k": CUTOFF})]
    both = EnsembleRetriever(retrievers=retrievers, weights=[0.5, 0.5])
    return lambda text: [document.metadata["id"] for document in both.invoke(text)]


def haystack(corpus: Corpus) -> Search:
    """InMemoryDocumentStore, by BM25 and by vectors, joined by reciprocal ranks in a Pipeline."""
    from haystack import Document, Pipeline
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    store, pipeline = InMemoryDocumentStore(), Pipeline()
    rows = zip(corpus.ids, corpus.texts, corpus.vectors.tolist(), strict=True)
    store.write_documents([Document(id=i, content=text, embedding=v) for i, text, v in rows])
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=CUTOFF)
    pipeline.add_component("joiner", joiner)
    for name, kind in ("words", InMemoryBM25Retriever), ("near", InMemoryEmbeddingRetriever):
        pipeline.add_component(name, kind(store, top_k=CUTOFF))
        pipeline.connect(name, "joiner")

    def search(text: str) -> list[str]:
        vector = {"query_embedding": corpus.encode(text).tolist()}
        found = pipeline.run({"words": {"query": text}, "near": vector})
        return [document.id for document in found["joiner"]["documents"]]

    return search


def txtai(corpus: Corpus) -> Search:
    """Embeddings with ``hybrid``: FAISS and BM25."""
    from txtai import Embeddings

    known = dict(zip(corpus.texts, corpus.vectors, strict=True))

    def vectors(texts: list[str]) -> Vectors:
        return np.stack([known[t] if t in known else corpus.encode(t) for t in texts])

    embeddings = Embeddings(method="external", transform=vectors, hybrid=True)
    embeddings.index(zip(corpus.ids, corpus.texts, strict=True))
    return lambda text: [one for one, _ in embeddings.search(text, CUTOFF)]


def llamaindex(corpus: Corpus) -> Search:
    """VectorStoreIndex and BM25Retriever in a QueryFusionRetriever, by reciprocal ranks."""
    from llama_index.core import MockEmbedding, QueryBundle, VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
    from llama_index.core.schema import TextNode
    from llama_index.retrievers.bm25 import BM25Retriever

    rows = zip(corpus.ids, corpus.texts, corpus.vectors.tolist(), strict=True)
    nodes = [TextNode(id_=i, text=text, embedding=vector) for i, text, vector in rows]
    given = MockEmbedding(corpus.vectors.shape[1])  # never asked
    near = VectorStoreIndex(nodes, embed_model=given).as_retriever(similarity_top_k=CUTOFF)
    words = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=CUTOFF)
    both = QueryFusionRetriever(
        [near, words],
        llm=MockLLM(),
        mode=FUSION_MODES.RECIPROCAL_RANK,
        similarity_top_k=CUTOFF,
        num_queries=1,  # the question alone, not put in other words by a language model
        use_async=False,
    )

    def search(text: str) -> list[str]:
        asked = QueryBundle(text, embedding=corpus.encode(text).tolist())
        return [found.node.node_id for found in both.retrieve(asked)]

    return search


PEERS: dict[str, tuple[str, Callable[[Corpus], Search]]] = {
    "LangChain": ("langchain-community", langchain),
    "Haystack": ("haystack-ai", haystack),
    "txtai": ("txtai", txtai),
    "LlamaIndex": ("llama-index-core", llamaindex),
}
"""By name: the package whose version is told, and how it is set up."""


def compare(
    folder: Path, settings: Settings, *, sample: int = 100, on_progress: OnProgress | None = None
) -> dict[str, Figures]:
    """Index a BEIR folder (see ``evaluate.rank_questions``) with each library and ask it, in turns.

    Returns:
        Of ``tenkyo``; of ``tenkyo, read``, where the cross-encoder reads what was found; of ``TORCH``,
        which only encodes; and of each library with its version: ``index, s`` with all encoding
        (ours also encodes sentences), ``question, ms median``, ``ndcg@10``, and the first two as
        times ``tenkyo``. Nothing of a library that cannot be imported, whose name says so.

    Raises:
        CorpusError: A file of the layout is missing or broken, or no question has an answer.
        EncoderError: The models cannot be loaded.
    """
    report, queries = on_progress or (lambda _: None), read_queries(folder)
    if not queries:
        raise CorpusError(str(folder), "queries.jsonl に、qrels に正解のある質問がありません")
    queries = random.Random(SEED).sample(queries, min(sample, len(queries)))
    articles, models = [a for a in read_corpus(folder) if a.text.strip()], Models(settings)
    models.crossencoder(report)  # not to be timed
    texts = [f"{a.title}。{a.text}" if a.title else a.text for a in articles]
    with tempfile.TemporaryDirectory(prefix="tenkyo-") as path:
        started = time.perf_counter()
        with index_articles(Home(Path(path)), articles, models, report) as trial:
            seconds = time.perf_counter() - started
            retrieved = partial(trial.retrieve, top_k=DEPTH)
            stacks = {
                "tenkyo": (seconds, lambda text: _ids(retrieved(text))),
                "tenkyo, read": (
                    seconds,
                    lambda text: _ids(trial.read(text, retrieved(text)).evidence),
                ),
            }
            stacks |= _theirs([a.id for a in articles], texts, report)
            found = _ask(stacks, queries, {a.id: a.source for a in articles}, report)
    ours = found["tenkyo"]
    for figures in found.values():
        for what, seconds in list(figures.items())[:2]:
            figures[f"{what.partition(',')[0]}, times tenkyo"] = seconds / ours[what]
    missing: dict[str, Figures] = {
        f"{name} (not installed)": {}
        for name in PEERS
        if not any(one.startswith(name) for one in found)
    }
    return found | missing


def _ids(found: Sequence[Evidence]) -> list[str]:
    return [e.hit.passage.article_id for e in found]


def _theirs(
    ids: list[str], texts: list[str], report: OnProgress
) -> dict[str, tuple[float, Search]]:
    """Encode the documents on torch and index them with each library that is installed."""
    model = load_sentence_transformer()

    def encode(text: str) -> Vectors:
        vector: Vectors = model.encode_query(text, show_progress_bar=False)
        return vector

    encoding, vectors = timed(model.encode_document, texts, show_progress_bar=False)
    _choose_threads(encode)
    stacks: dict[str, tuple[float, Search]] = {
        TORCH: (encoding, lambda text: ids[: 0 * len(encode(text))])
    }
    for done, (name, (package, prepare)) in enumerate(PEERS.items(), 1):
        with contextlib.suppress(ImportError):
            prepare(Corpus(ids[:FEW], texts[:FEW], vectors[:FEW], encode))  # imports, untimed
            seconds, search = timed(prepare, Corpus(ids, texts, vectors, encode))
            stacks[f"{name} {importlib.metadata.version(package)}"] = encoding + seconds, search
        report(Progress("peers", done, len(PEERS), name))
    return stacks


def _choose_threads(encode: Callable[[str], Vectors]) -> None:
    """Have torch use what is faster just now, one thread or its default: 42 ms or 980 on a busy machine."""
    import torch

    def seconds(threads: int) -> float:
        torch.set_num_threads(threads)
        return median(timed(encode, "市民プールはいつ開きますか")[0] for _ in range(5))

    torch.set_num_threads(min({1, torch.get_num_threads()}, key=seconds))


def _ask(
    stacks: Mapping[str, tuple[float, Search]],
    queries: Sequence[dict[str, Any]],
    documents: Mapping[str, str],
    report: OnProgress,
) -> dict[str, Figures]:
    """Ask all of them each question before the next."""
    times: dict[str, list[float]] = {name: [] for name in stacks}
    gains: dict[str, list[float]] = {name: [] for name in stacks}
    for done, query in enumerate(queries, 1):
        for name, (_, search) in stacks.items():
            seconds, ids = timed(search, query["text"])
            times[name].append(seconds)
            ranked = list(dict.fromkeys(documents[one] for one in ids))
            gains[name].append(score(ranked, query["gold"])[-1])
        report(Progress("ask", done, len(queries)))
    found: dict[str, Figures] = {}
    for name, (indexing, _) in stacks.items():
        found[name] = {"index, s": indexing, "question, ms median": 1000 * median(times[name])}
        found[name] |= {"ndcg@10": fmean(gains[name])} if name != TORCH else {}
    return found
