import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.evaluate.selective import (
    area_under_risk,
    auroc,
    calibration_error,
    cross_fitted,
    threshold_at,
)

metrics = pytest.importorskip("sklearn.metrics")
calibration = pytest.importorskip("sklearn.calibration")

tenths = st.integers(0, 20).map(lambda n: n / 20)  # coarse, so that ties are frequent
some = st.lists(tenths, min_size=1, max_size=30).map(np.array)
judged = st.lists(st.tuples(tenths, st.booleans()), min_size=1, max_size=40)


@settings(max_examples=100, deadline=None)
@given(positive=some, negative=some)
def test_auroc_is_that_of_scikit_learn(positive: np.ndarray, negative: np.ndarray) -> None:
    labels = [1] * len(positive) + [0] * len(negative)
    expected = metrics.roc_auc_score(labels, np.concatenate([positive, negative]))
    assert auroc(positive, negative) == pytest.approx(expected)


def test_auroc_by_hand() -> None:
    # 0.9 beats both; 0.5 beats 0.1 and ties with 0.5.
    assert auroc(np.array([0.9, 0.5]), np.array([0.5, 0.1])) == 3.5 / 4
    assert np.isnan(auroc(np.array([0.9]), np.array([])))
    assert np.isnan(auroc(np.array([]), np.array([0.9])))


def test_the_threshold_lets_enough_through() -> None:
    confidence = np.arange(1, 101) / 100
    assert threshold_at(confidence, 0.95) == 0.06
    assert threshold_at(confidence, 1.0) == 0.01
    assert threshold_at(np.array([0.3, 0.2]), 0.95) == 0.2
    for size in range(1, 400):
        some = np.linspace(0, 1, size)
        assert np.mean(some >= threshold_at(some, 0.95)) >= 0.95
        assert np.mean(some > threshold_at(some, 0.95)) < 0.95


def test_the_area_under_the_risk_by_hand() -> None:
    confidence, wrong = np.array([0.2, 0.9, 0.6]), np.array([True, False, True])
    assert area_under_risk(confidence, wrong, np.ones(3)) == pytest.approx((0 + 1 / 2 + 2 / 3) / 3)


def test_questions_of_one_confidence_come_together() -> None:
    confidence, wrong = np.array([0.5, 0.5, 0.4]), np.array([True, False, False])
    for order in ([0, 1, 2], [1, 0, 2]):
        area = area_under_risk(confidence, wrong[order], np.ones(3))
        assert area == pytest.approx((1 / 2 + 1 / 2 + 1 / 3) / 3)


@settings(max_examples=100, deadline=None)
@given(cases=judged, times=st.lists(st.integers(1, 4), min_size=40, max_size=40))
def test_a_weight_is_worth_as_many_questions(
    cases: list[tuple[float, bool]], times: list[int]
) -> None:
    confidence, right = (np.array(column) for column in zip(*cases, strict=True))
    times_ = np.array(times[: len(cases)])
    repeated = np.repeat(confidence, times_), np.repeat(right, times_)
    weights = times_ * 2.5
    expected = calibration_error(*repeated, np.ones(times_.sum()))
    assert calibration_error(confidence, right, weights) == pytest.approx(expected)
    expected = area_under_risk(repeated[0], ~repeated[1], np.ones(times_.sum()))
    assert area_under_risk(confidence, ~right, weights * 3) == pytest.approx(
        area_under_risk(confidence, ~right, weights)
    )
    if len(set(confidence)) == 1:  # of ties the mean: there a weight is worth as many
        assert area_under_risk(confidence, ~right, weights) == pytest.approx(expected)


def test_heavier_questions_cover_more() -> None:
    confidence, wrong = np.array([0.9, 0.5]), np.array([True, False])
    assert area_under_risk(confidence, wrong, np.array([3.0, 1.0])) == pytest.approx(
        1 * 3 / 4 + 3 / 4 * 1 / 4
    )


def test_calibration_error_by_hand() -> None:
    # Bins .2 to .3 (mean .25, none right), .9 to 1 (mean .95, half right), with 1 and 4 of 5.
    confidence = np.array([0.25, 0.9, 0.92, 0.98, 1.0])
    right = np.array([False, True, False, True, False])
    assert calibration_error(confidence, right, np.ones(5)) == pytest.approx(
        0.25 / 5 + (0.95 - 0.5) * 4 / 5
    )
    assert np.isnan(calibration_error(np.array([]), np.array([], bool), np.array([])))
    assert np.isnan(area_under_risk(np.array([]), np.array([], bool), np.array([])))


@settings(max_examples=100, deadline=None)
@given(
    cases=st.lists(
        st.tuples(st.floats(0.001, 0.999).filter(lambda x: (x * 10) % 1 > 1e-6), st.booleans()),
        min_size=1,
    )
)
def test_the_bins_are_those_of_scikit_learn(cases: list[tuple[float, bool]]) -> None:
    confidence, right = (np.array(column) for column in zip(*cases, strict=True))
    true, sure = calibration.calibration_curve(right, confidence, n_bins=10)
    counts, _ = np.histogram(confidence, 10, (0, 1))
    expected = np.abs(true - sure) @ counts[counts > 0] / len(cases)
    assert calibration_error(confidence, right, np.ones(len(cases))) == pytest.approx(expected)


def told(odds: np.ndarray, temperature: float, shift: float) -> np.ndarray:
    return 1 / (1 + np.exp(-(odds - shift) / temperature))


def as_right_as(odds: np.ndarray, probability: np.ndarray, times: int) -> tuple[np.ndarray, ...]:
    """Each log-odds so often, of which that share is right."""
    right = [np.arange(times) < round(p * times) for p in probability]
    return np.repeat(odds, times), np.concatenate(right)


@pytest.mark.parametrize(
    ("temperature", "shift"), [(1.0, 0.0), (2.0, 1.0), (0.5, -0.7), (6.0, 3.0), (-2.0, 0.5)]
)
def test_a_calibration_that_was_put_in_is_taken_out(temperature: float, shift: float) -> None:
    """Also where confidence runs far ahead of the truth, or against it."""
    grid = np.linspace(-8, 8, 33)
    odds, right = as_right_as(grid, told(grid, temperature, shift), 2000)
    sure, half = told(odds, 1, 0), np.arange(len(odds)) % 2 == 0
    every = np.ones(len(odds))
    assert cross_fitted(sure, right, half) == pytest.approx(0, abs=0.01)
    if temperature != 1:
        assert calibration_error(sure, right, every) > 0.05


@pytest.mark.parametrize("odds", [2.0, 6.0, 13.8])
def test_one_confidence_becomes_the_share_that_is_right(odds: float) -> None:
    every, right = as_right_as(np.array([odds]), np.array([0.6]), 50)
    assert cross_fitted(told(every, 1, 0), right, np.arange(50) % 2 == 0) < 0.03


def test_where_right_and_wrong_are_told_apart_the_fit_has_an_end() -> None:
    sure = told(np.array([-1.0, 1.0] * 10), 1, 0)
    assert 0 < cross_fitted(sure, sure > 0.5, np.arange(20) < 10) < 0.05


def test_each_half_is_judged_by_what_the_other_one_taught() -> None:
    """All say .9; of one half .6 are right, of the other .8: each is told what the other was."""
    _, first = as_right_as(np.zeros(1), np.array([0.6]), 500)
    _, second = as_right_as(np.zeros(1), np.array([0.8]), 500)
    right, half = np.concatenate([first, second]), np.arange(1000) < 500
    sure = np.full(1000, 0.9)
    assert cross_fitted(sure, right, half) == pytest.approx(0.2, abs=0.01)
    alike = np.concatenate([first, first])
    assert cross_fitted(sure, alike, half) == pytest.approx(0, abs=0.01)
    assert calibration_error(sure, alike, np.ones(1000)) == pytest.approx(0.3)


def test_a_confidence_of_one_or_nought_can_be_fitted() -> None:
    sure, half = np.tile([0.0, 1.0], 100), np.arange(200) < 100
    right = sure > 0.5
    right[::20] = ~right[::20]
    assert cross_fitted(sure, right, half) < 0.02


def test_what_cannot_be_fitted_has_no_calibration_error() -> None:
    sure, right = np.array([0.9, 0.2, 0.8, 0.3]), np.array([True, False, True, False])
    for half in (np.ones(4, bool), np.zeros(4, bool), right):  # of the last one half is all right
        assert np.isnan(cross_fitted(sure, right, half))
    assert np.isnan(cross_fitted(np.array([]), np.array([], bool), np.array([], bool)))
    assert not np.isnan(cross_fitted(sure, right, np.array([True, True, False, False])))
