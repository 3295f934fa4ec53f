"""A question and the passages found to an answer: the sentences that answer it, word for word."""

from index.answering.answers import answer
from index.answering.asking import Asking
from index.answering.outlines import outline, themes
from index.answering.reading import ANSWER_FROM, FOUND, Found, Scored, choose, read
from index.answering.suggestions import Suggestion

__all__ = [
    "ANSWER_FROM",
    "FOUND",
    "Asking",
    "Found",
    "Scored",
    "Suggestion",
    "answer",
    "choose",
    "outline",
    "read",
    "themes",
]
