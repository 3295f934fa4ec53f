"""A question and the passages found to an answer: the sentences that answer it, word for word."""

from index.answering.explain import Explanation, explain
from index.answering.extractive import ExtractiveReader, Reader
from index.answering.reading import Scored, choose, read_passages, score_sentences

__all__ = [
    "Explanation",
    "ExtractiveReader",
    "Reader",
    "Scored",
    "choose",
    "explain",
    "read_passages",
    "score_sentences",
]
