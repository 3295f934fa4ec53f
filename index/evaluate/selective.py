"""Measures of a system that may refuse, over numpy arrays of one entry a question.

``confidence`` lies between 0 and 1; ``weights`` are positive and need not sum to 1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 10
"""Bins of equal width in which confidence is compared with what came true."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def auroc(positive: Floats, negative: Floats) -> float:
    """Return how often a positive scores above a negative, a tie counting half; nan without both.

    Source: Hanley and McNeil 1982, https://doi.org/10.1148/radiology.143.1.7063747.
    """
    if not len(positive) or not len(negative):
        return float("nan")
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left") + np.searchsorted(ordered, positive, "right")
    return float(below.mean() / 2 / len(negative))


def threshold_at(confidence: Floats, answered: float) -> float:
    """Return the highest threshold at or above which at least this share of questions lies."""
    ordered = np.sort(confidence)
    return float(ordered[int((1 - answered) * len(ordered) + 1e-9)])


def risk_coverage(confidence: Floats, wrong: Bools, weights: Floats) -> tuple[Floats, Floats]:
    """Return the share answered and the share of those that is wrong, the surest answered first.

    Questions of one confidence are answered together, each as wrong as their mean.

    Source: El-Yaniv and Wiener 2010, https://www.jmlr.org/papers/v11/el-yaniv10a.html.
    """
    order = np.argsort(-confidence, kind="stable")
    weight = weights[order] / weights.sum()
    _, group = np.unique(-confidence[order], return_inverse=True)
    share = np.bincount(group, weight * wrong[order]) / np.bincount(group, weight)
    coverage = np.cumsum(weight)
    return coverage, np.cumsum(share[group] * weight) / coverage


def area_under_risk(confidence: Floats, wrong: Bools, weights: Floats) -> float:
    """Return the mean risk over all coverages (AURC); nan without questions.

    Source: Geifman, Uziel and El-Yaniv 2019, https://arxiv.org/abs/1805.08206.
    """
    if not len(confidence):
        return float("nan")
    coverage, risk = risk_coverage(confidence, wrong, weights)
    return float(np.sum(risk * np.diff(coverage, prepend=0.0)))


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Of each bin its share of the weight, its mean confidence and the share that is right.

    The last two are nan for an empty bin.
    """

    weight: Floats
    confidence: Floats
    right: Floats


def calibrate(confidence: Floats, right: Bools, weights: Floats) -> Calibration:
    """Put questions into ``BINS`` bins of equal width by their confidence."""
    into = np.minimum((confidence * BINS).astype(int), BINS - 1)
    total, sure, true = (
        np.bincount(into, values, BINS)
        for values in (weights, weights * confidence, weights * right)
    )
    with np.errstate(invalid="ignore"):
        return Calibration(total / weights.sum(), sure / total, true / total)


def calibration_error(confidence: Floats, right: Bools, weights: Floats) -> float:
    """Return the mean distance of confidence and truth over the bins (ECE); nan without questions.

    Source: Guo et al. 2017, https://arxiv.org/abs/1706.04599.
    """
    if not len(confidence):
        return float("nan")
    bins = calibrate(confidence, right, weights)
    return float(np.nansum(bins.weight * np.abs(bins.confidence - bins.right)))


def fit_calibration(odds: Floats, right: Bools) -> tuple[float, float]:
    """Return the temperature and the shift with which ``(odds - shift) / temperature`` fits best.

    A little held towards nought, so that there is an end also where the two can be told apart.

    Source: Platt 1999; Guo et al. 2017, https://arxiv.org/abs/1706.04599.
    """
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e3).fit(odds[:, None], right)
    slope, bias = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    return 1 / slope, -bias / slope


def cross_fitted(confidence: Floats, right: Bools, half: Bools) -> float:
    """Return the calibration error of each half with the calibration fitted on the other one."""
    clipped = np.clip(confidence, 1e-6, 1 - 1e-6)
    odds = np.log(clipped / (1 - clipped))
    sure = np.empty_like(odds)
    for own in (half, ~half):
        if not own.any() or own.all() or len({*right[~own].tolist()}) < 2:
            return float("nan")
        temperature, shift = fit_calibration(odds[~own], right[~own])
        sure[own] = np.exp(-np.logaddexp(0, (shift - odds[own]) / temperature))
    return calibration_error(sure, right, np.ones(len(sure)))
