"""A question and the passages found to an answer: the sentences that answer it, word for word."""

from index.reader.choice import choose
from index.reader.extractive import ExtractiveReader, Reader
from index.reader.signals import Scored, score_sentences

__all__ = ["ExtractiveReader", "Reader", "Scored", "choose", "score_sentences"]
