"""Outcomes of questions that may be refused, as figures with bootstrap intervals.

Where questions of all kinds meet in one figure, those with and without an answer weigh one half
each, and each kind of the latter the same.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.evaluate.kinds import KINDS, OFF_TOPIC
from index.evaluate.refusal import Outcomes
from index.evaluate.selective import (
    Floats,
    area_under_risk,
    auroc,
    calibration_error,
    threshold_at,
)

ANSWERED = 0.95
"""Share of the questions with an answer that a moved threshold lets through."""
RESAMPLES = 1000
"""Of the bootstrap."""
SEED = 20250122
"""Of the bootstrap."""

Figures = dict[str, dict[str, float]]


def summarise(outcomes: Outcomes) -> dict[str, Any]:
    """Turn outcomes into figures, each with its 95 % bootstrap interval.

    Whole questions are drawn again, with all their kinds, so that kinds stay paired; figures of two
    readers on one sample are paired as well, for the draws are the same.

    Returns:
        ``kinds``: for each kind ``questions``; ``refused``; ``refused at 95``, with the threshold
        moved so that 95 % of the questions with an answer are answered; ``auroc`` of confidence
        against the questions as asked. ``overall``: of the questions with an answer that are
        answered, ``evidence@best``, ``evidence@cited`` and the mean number of ``citations``;
        ``risk-coverage area``; ``calibration error`` of the answered, and of all, where a refusal
        counts with what it would have cited; ``ms`` a question, mean and median. A figure is
        ``value``, ``low`` and ``high``, None where there is nothing to measure.

    Source: Efron 1979, https://doi.org/10.1214/aos/1176344552.
    """
    generator = np.random.default_rng(SEED)
    figures = measure(outcomes)
    again = [measure(outcomes[_draw(outcomes, generator)]) for _ in range(RESAMPLES)]
    summary: dict[str, Any] = {
        section: {
            name: _interval(value, [a[section][name] for a in again]) for name, value in of.items()
        }
        for section, of in figures.items()
    }
    for kind, count in zip(KINDS, np.bincount(outcomes["kind"], minlength=len(KINDS)), strict=True):
        summary[kind] = {"questions": int(count)} | summary[kind]
    overall = summary.pop("overall")
    return {"kinds": summary, "overall": overall}


def _draw(outcomes: Outcomes, generator: np.random.Generator) -> NDArray[np.int64]:
    """Draw as many questions as there are, with and without an answer apart; return their rows."""
    off_topic = outcomes["kind"] == KINDS.index(OFF_TOPIC)
    strata = [np.unique(outcomes["question"][of]) for of in (~off_topic, off_topic)]
    drawn = np.concatenate([generator.choice(s, len(s)) for s in strata if len(s)])
    times = np.bincount(drawn, minlength=outcomes["question"].max() + 1)
    return np.repeat(np.arange(len(outcomes)), times[outcomes["question"]])


def _interval(value: float, again: Sequence[float]) -> dict[str, float | None]:
    known = [a for a in again if not np.isnan(a)]
    if np.isnan(value):
        return dict.fromkeys(("value", "low", "high"))
    low, high = np.quantile(known, (0.025, 0.975))
    return {"value": value, "low": float(low), "high": float(high)}


def measure(outcomes: Outcomes) -> Figures:
    """Return the figures of ``summarise`` as plain numbers, by kind and ``overall``; nan for none."""
    of_kind = [outcomes[outcomes["kind"] == number] for number in range(len(KINDS))]
    confidence = of_kind[0]["confidence"]
    bar = threshold_at(confidence, ANSWERED)
    figures = {
        kind: {
            "refused": _mean(~of["answered"]),
            "refused at 95": _mean(of["confidence"] < bar),
            "auroc": auroc(confidence, of["confidence"]) if of is not of_kind[0] else math.nan,
        }
        for kind, of in zip(KINDS, of_kind, strict=True)
    }
    return figures | {"overall": _measure_overall(outcomes, of_kind[0])}


def _measure_overall(outcomes: Outcomes, as_asked: Outcomes) -> dict[str, float]:
    answered = as_asked[as_asked["answered"]]
    weights = mixture(outcomes)
    given = outcomes["answered"]
    sure, right = outcomes["confidence"], outcomes["right"]
    return {
        "evidence@best": _mean(answered["best"]),
        "evidence@cited": _mean(answered["right"]),
        "citations": _mean(answered["cited"]),
        "risk-coverage area": area_under_risk(sure, ~right, weights),
        "calibration error": calibration_error(sure[given], right[given], weights[given]),
        "calibration error, all": calibration_error(sure, right, weights),
        "ms, mean": 1000 * _mean(as_asked["seconds"]),
        "ms, median": 1000 * float(np.median(as_asked["seconds"])),
    }


def mixture(outcomes: Outcomes) -> Floats:
    """Weigh questions so that one half has an answer, and each kind of the others weighs the same."""
    kind = outcomes["kind"]
    count = np.bincount(kind, minlength=len(KINDS))
    others = np.count_nonzero(count[1:])
    shares = np.array([0.5] + [0.5 / max(int(others), 1)] * (len(KINDS) - 1))
    weights: Floats = (shares / np.maximum(count, 1))[kind]
    return weights


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean()) if len(values) else math.nan
