"""A question and the passages found to an answer: the sentences that answer it, word for word."""

from index.answering.answers import answer
from index.answering.reading import ANSWER_FROM, Found, Scored, choose, read

__all__ = ["ANSWER_FROM", "Found", "Scored", "answer", "choose", "read"]
