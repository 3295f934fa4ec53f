"""Tables of outcomes to figures, by kind of question and ``overall``; nan where there is nothing.

In one figure over questions of all kinds, those with and those without an answer weigh one half
each, and each kind of the latter the same.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.crossencoder.reading import VERDICTS
from index.evaluate.outcomes import Outcomes
from index.evaluate.refusal import AS_ASKED, KINDS
from index.evaluate.selective import (
    Floats,
    area_under_risk,
    auroc,
    calibration_error,
    cross_fitted,
    threshold_at,
)

ANSWERED = 0.95
"""Share of the questions with an answer that a moved threshold lets through."""

OVERALL, AS_WRITTEN = "overall", "as written"
Figures = dict[str, dict[str, float]]


def retrieval_figures(outcomes: Outcomes) -> Figures:
    """Return the means of the measures."""
    names = {"success@1": "success", "recall@10": "recall", "mrr@10": "mrr", "ndcg@10": "ndcg"}
    return {OVERALL: {name: _mean(outcomes[column]) for name, column in names.items()}}


def answers_figures(outcomes: Outcomes) -> Figures:
    """Return the figures of a question set.

    Of the questions that can be answered, by language: the share ``answered``, and of those the
    shares with ``evidence@best`` and ``evidence@cited``. Of the others, by type: as
    ``refusal_figures``. Overall these shares, and of the answered the share whose text matches an
    answer and the mean number of ``citations``.
    """
    answerable, others = (outcomes[outcomes["answerable"] == known] for known in (True, False))
    by_kind = {kind: _given(of) for kind, of in _kinds(answerable).items()}
    sure = answerable["confidence"]
    by_kind |= {kind: _refused(of, sure) for kind, of in _kinds(others).items()}
    given = answerable[answerable["answered"]]
    overall = _given(answerable) | {
        "answer match": _mean(given["match"]),
        "refused": _mean(~others["answered"]),
        "citations": _mean(given["cited"]),
    }
    return by_kind | {OVERALL: overall}


def refusal_figures(outcomes: Outcomes) -> Figures:
    """Return the figures of questions asked in kinds.

    Of each kind: ``refused``; ``refused at 95``, with the threshold moved so that 95 % of the
    questions with an answer are answered; ``auroc`` of confidence against the questions as asked.
    Overall: of the questions with an answer that are answered, ``evidence@best``,
    ``evidence@cited`` and the mean number of ``citations``; ``risk-coverage area``;
    ``calibration error`` of the answered, and of all, where a refusal counts with what it would
    have cited.
    """
    of_kind = {kind: outcomes[outcomes["kind"] == kind] for kind in KINDS}
    sure = of_kind[AS_ASKED]["confidence"]
    figures = {kind: _refused(of, sure) for kind, of in of_kind.items()}
    figures[AS_ASKED]["auroc"] = math.nan
    return figures | {OVERALL: _of_all_kinds(outcomes, of_kind[AS_ASKED])}


def news_figures(outcomes: Outcomes) -> Figures:
    """Return the figures of questions on twins, by language and overall.

    ``pairs``: how often the article that answers is the surer one of the two. ``auroc``,
    ``refused at 95``, ``answered``, ``refused`` over all; of the answered ``evidence@best``,
    ``evidence, all``, ``key`` and ``citations``; ``calibration error`` with the confidence refitted on
    the other half of the articles. Of the articles as written: the kind ``as written``.
    """
    kinds = _kinds(outcomes)
    figures = {kind: _twins(of) for kind, of in kinds.items()}
    written = outcomes[outcomes["written"]]
    return figures | {AS_WRITTEN: _of_news(written), OVERALL: _twins(outcomes)}


def claim_figures(outcomes: Outcomes) -> Figures:
    """Return F1 of each verdict and their mean, precision of "contradicted", by language and overall."""
    return {kind: _claims(of) for kind, of in _kinds(outcomes).items()} | {
        OVERALL: _claims(outcomes)
    }


def _twins(outcomes: Outcomes) -> dict[str, float]:
    ids, pair, rows = np.unique(outcomes["id"], return_inverse=True, return_counts=True)
    sure = np.full((2, len(ids)), np.nan)
    sure[outcomes["answerable"].astype(int), pair] = outcomes["confidence"]
    both = ~np.isnan(sure).any(axis=0)
    drawn = rows[both] // 2  # of the bootstrap: a question drawn twice counts twice
    right = outcomes["answerable"] & outcomes["best"]
    article = np.array([int(name.partition("/")[0]) for name in outcomes["id"]], int)
    return {
        "pairs": _mean(np.repeat(sure[1, both] > sure[0, both], drawn)),
        **_of_news(outcomes),
        "calibration error": cross_fitted(outcomes["confidence"], right, article % 2 == 0),
    }


def _of_news(outcomes: Outcomes) -> dict[str, float]:
    answerable, others = (outcomes[outcomes["answerable"] == known] for known in (True, False))
    given = answerable[answerable["answered"]]
    refused = _refused(others, answerable["confidence"])
    return {
        "auroc": refused["auroc"],
        "refused at 95": refused["refused at 95"],
        "answered": _mean(answerable["answered"]),
        "refused": refused["refused"],
        "evidence@best": _mean(given["best"]),
        "evidence, all": _mean(given["every"]),
        "key": _mean(given["key"]),
        "citations": _mean(given["cited"]),
    }


def _claims(outcomes: Outcomes) -> dict[str, float]:
    right, judged = outcomes["verdict"], outcomes["judged"]
    of_each = {v: _f1(right == v, judged == v) for v in VERDICTS}
    precise = right[judged == "contradicted"] == "contradicted"
    mean = sum(of_each.values()) / len(VERDICTS)
    return {"macro-F1": mean, **of_each, "contradicted, precision": _mean(precise)}


def _f1(right: NDArray[np.bool_], judged: NDArray[np.bool_]) -> float:
    named = right.sum() + judged.sum()
    return float(2 * (right & judged).sum() / named) if named else math.nan


FIGURES: dict[str, Callable[[Outcomes], Figures]] = {
    "retrieval": retrieval_figures,
    "answers": answers_figures,
    "refusal": refusal_figures,
    "news": news_figures,
    "claims": claim_figures,
}
"""What each measure makes of its outcomes."""


def _kinds(outcomes: Outcomes) -> dict[str, Outcomes]:
    return {str(kind): outcomes[outcomes["kind"] == kind] for kind in np.unique(outcomes["kind"])}


def _given(answerable: Outcomes) -> dict[str, float]:
    given = answerable[answerable["answered"]]
    return {
        "answered": _mean(answerable["answered"]),
        "evidence@best": _mean(given["best"]),
        "evidence@cited": _mean(given["right"]),
    }


def _refused(of: Outcomes, sure: Floats) -> dict[str, float]:
    """Compare a kind with the confidences of the questions that have an answer."""
    below = of["confidence"] < threshold_at(sure, ANSWERED) if len(sure) else of[:0]["confidence"]
    return {
        "refused": _mean(~of["answered"]),
        "refused at 95": _mean(below),
        "auroc": auroc(sure, of["confidence"]),
    }


def _of_all_kinds(outcomes: Outcomes, as_asked: Outcomes) -> dict[str, float]:
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
    }


def mixture(outcomes: Outcomes) -> Floats:
    """Weigh questions so that one half has an answer, and each kind of the others weighs the same."""
    kinds, kind, count = np.unique(outcomes["kind"], return_inverse=True, return_counts=True)
    shares = np.where(kinds == AS_ASKED, 0.5, 0.5 / max(len(kinds) - 1, 1))
    weights: Floats = (shares / count)[kind]
    return weights


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean()) if len(values) else math.nan
