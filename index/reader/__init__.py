"""A question and the passages found to an answer: the sentences that answer it, word for word."""

from index.reader.choice import choose
from index.reader.explain import Explanation, explain
from index.reader.extractive import ExtractiveReader, Reader
from index.reader.reranking import rerank
from index.reader.signals import Scored, score_sentences

__all__ = [
    "Explanation",
    "ExtractiveReader",
    "Reader",
    "Scored",
    "choose",
    "explain",
    "rerank",
    "score_sentences",
]
