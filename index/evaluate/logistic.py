"""Logistic regression by Newton's method."""

import numpy as np
from numpy.typing import NDArray

PENALTY = 0.01
"""On squared weights, so that a signal that never varies gets none."""

Floats = NDArray[np.float64]


def fit_logistic(signals: Floats, right: Floats, weights: Floats, given: Floats) -> Floats:
    """Fit the log-odds ``given + signals @ w``.

    Args:
        signals: ``(n, d)``; the last column is the constant 1, whose weight is not kept small.
        right: ``(n,)``, 0 or 1.
        weights: ``(n,)``, positive.
        given: ``(n,)``, log-odds that are known.

    Returns:
        The weights ``w``, ``(d,)``.

    Source: iteratively reweighted least squares, Hastie, Tibshirani and Friedman 2009, section 4.4.1.
    """
    found = np.zeros(signals.shape[1])
    penalty = np.diag([PENALTY] * (len(found) - 1) + [0.0])
    for _ in range(100):
        sure = 1 / (1 + np.exp(-(given + signals @ found)))
        slope = signals.T @ (weights * (right - sure)) - penalty @ found
        curve = (signals * (weights * sure * (1 - sure))[:, None]).T @ signals + penalty
        step = np.linalg.solve(curve, slope)
        found += step
        if np.abs(step).max() < 1e-8:
            break
    return found
