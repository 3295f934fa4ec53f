"""What a refusal says: that nothing was found, and what is missing."""

import re

from index.questions import Question
from index.store import Generation

_HIRAGANA = re.compile("[ぁ-ん]")  # a word with it is seldom the name of something
_REFUSALS = {
    "ja": "この質問に答える記述は、いまある記事の中に見つかりませんでした。",
    "en": "I could not find anything in the articles that answers this question.",
    "zh": "在现有的文章中没有找到能回答这个问题的内容。",
}


def missing(asked: Question, generation: Generation) -> tuple[str, ...]:
    """Return the words of a question that no article holds."""
    own = asked.terms if asked.language == "ja" else {}  # of other languages nothing is known
    absent = [word for term, word in own.items() if term not in generation.terms]
    return tuple(word for word in absent if not _HIRAGANA.search(word))


def refusal(asked: Question) -> str:
    """Say in the language of the question that it cannot be answered."""
    return _REFUSALS[asked.language]
