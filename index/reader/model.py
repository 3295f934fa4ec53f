"""The weights of the signals, from ``model.json``: which sentence to quote, and whether to answer.

There are two sets of them: with what the trained reader says, and without it. ``trust`` and the
weight of ``read`` are the output of the command named there, on JSQuAD's validation part and the
development part of NIILC-QA; the rest is set by hand. They are fitted to multilingual-e5-small: with
another encoder the confidence means little until it is fitted again.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Model:
    """How signals are weighed.

    Attributes:
        choice: What makes a sentence the one to quote. Without the trained reader set by hand: a
            logistic model fitted on 1,700 questions of JaQuAD chose no better (best sentence holds
            the answer: .77 by hand, .77 fitted; JSQuAD .88, .87).
        trust: What makes the best sentence an answer, by the language of the question: a logistic
            model. Across languages terms cannot be covered, so coverage and names have no part in
            it, and cosines lie lower. With the trained reader for Japanese alone; see
            ``confidence.judge``.
        margin: How far below the best sentence another may score that is quoted with it. With the
            trained reader scores lie further apart: 1.5 gives as many citations as 0.5 without.
        answer_from: Probability from which an answer is given, set on our own articles: at it every
            answerable question of the development set about them is answered and every other
            refused, in either wording of them.
    """

    choice: Weights
    trust: Mapping[str, Weights]
    margin: float
    answer_from: float


_SETS = json.loads((Path(__file__).parent / "model.json").read_text("utf-8"))
LEXICAL, TRAINED = (Model(**_SETS[name]) for name in ("lexical", "trained"))


def model_for(signals: Weights) -> Model:
    """Return the weights for these signals: with those of the trained reader or without."""
    return TRAINED if "odds" in signals else LEXICAL


def weigh(weights: Weights, signals: Mapping[str, float]) -> dict[str, float]:
    """Return what each signal adds to the log-odds, ``bias`` included where the weights have one."""
    return {name: weight * signals.get(name, 1.0) for name, weight in weights.items()}


def log_odds(weights: Weights, signals: Mapping[str, float]) -> float:
    """Return the weighted sum of the signals."""
    return sum(weigh(weights, signals).values())


def by_rules(signals: Mapping[str, float]) -> float:
    """Return the score of a sentence by the rules alone, whatever the trained reader says."""
    return log_odds(LEXICAL.choice, signals)


def probability(log_odds: float) -> float:
    """Return the probability of these log-odds."""
    return 1 / (1 + math.exp(-max(log_odds, -30.0)))
