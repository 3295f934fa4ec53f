"""A question: its language and kind, what it leaves unsaid, the names in it, and its search terms."""

from index.questions.question import LONGEST, Question, checked, language_of, plain, read_question
from index.questions.spellings import understand

__all__ = [
    "LONGEST",
    "Question",
    "checked",
    "language_of",
    "plain",
    "read_question",
    "understand",
]
