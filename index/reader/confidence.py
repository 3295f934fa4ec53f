"""How sure it is that a sentence answers a question."""

from index.questions import Question
from index.reader.model import Weights, log_odds, model_for, probability
from index.reader.signals import Scored

SENTENCE = 3
"""Words that make an English question rather than keywords."""


def confidence(asked: Question, scored: Scored) -> float:
    """Return the probability that a sentence answers a question."""
    return probability(log_odds(trust(asked, scored), scored.signals))


def trust(asked: Question, scored: Scored) -> Weights:
    """Return the weights for a sentence and the language of a question.

    Keywords in Latin letters are no cross-lingual question: the articles hold such names as they are.
    """
    is_keywords = asked.language == "en" and len(asked.text.split()) < SENTENCE
    return model_for(scored.signals).trust["ja" if is_keywords else asked.language]
