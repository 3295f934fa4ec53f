"""Figures with bootstrap intervals, of one run or of one against another.

Whole questions are drawn again, with all the kinds made of them, as many of each kind as there are.
Both runs are drawn alike, so that their difference is that of the same questions: much surer than
two intervals held side by side.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import TenkyoError
from index.evaluate.figures import AS_WRITTEN, FIGURES, OVERALL, Figures
from index.evaluate.outcomes import Outcomes, Run
from index.evaluate.selective import Floats

RESAMPLES = 1000
"""Of the bootstrap."""
SEED = 20250122
"""Of the bootstrap."""


def summarise(run: Run, against: Run | None = None) -> dict[str, Any]:
    """Turn the outcomes of a run into figures with 95 % bootstrap intervals.

    Returns:
        The overall figures and facts as plain numbers; ``questions``, how many were asked, and
        their speed: ``ms, median`` and ``questions/s``, not compared, for what else the machine
        was doing would pass for a difference.
        ``kinds``: of each kind of question ``questions`` and its figures; ``overall``: those of
        all. A figure is ``value``, ``low`` and ``high``; with an earlier run also ``against``: its
        ``value`` there, the ``difference`` with ``low`` and ``high``, and ``differs``, whether that
        interval leaves 0 out. None where there is nothing to measure.

    Raises:
        TenkyoError: The earlier run is not over the same questions.

    Source: Efron 1979, https://doi.org/10.1214/aos/1176344552.
    """
    runs = [run] if against is None else [run, against]
    tables = [r.outcomes for r in runs]
    if len({_asked(outcomes) for outcomes in tables}) > 1:
        raise TenkyoError(
            "前の記録とは質問が違うため、比べられません。両方を同じ版で測り直してください。"
        )
    measure = FIGURES[run.measure]
    figures = [measure(outcomes) for outcomes in tables]
    again = np.array([[_values(measure(t)) for t in drawn] for drawn in _resample(tables)])
    intervals = map(_figure, np.transpose([_values(f) for f in figures]), again.transpose(2, 0, 1))
    sections: dict[str, dict[str, Any]] = {
        section: {name: next(intervals) for name in of} for section, of in figures[0].items()
    }
    overall = sections.pop(OVERALL)
    for kind, of in sections.items():
        sections[kind] = {"questions": _count(run.outcomes, kind)} | of
    plain = {name: figure["value"] for name, figure in overall.items()}
    return plain | dict(run.facts) | _speed(run.outcomes) | {"kinds": sections, OVERALL: overall}


def _count(outcomes: Outcomes, section: str) -> int:
    own = outcomes["written"] if section == AS_WRITTEN else outcomes["kind"] == section
    return len(np.unique(outcomes["id"][own]))


def _speed(outcomes: Outcomes) -> dict[str, float]:
    _, first = np.unique(outcomes["id"], return_index=True)  # the first is asked whole
    seconds = outcomes["seconds"][first]
    return {
        "questions": len(seconds),
        "questions/s": float(1 / seconds.mean()),
        "ms, median": float(1000 * np.median(seconds)),
    }


def _values(figures: Figures) -> list[float]:
    return [value for of in figures.values() for value in of.values()]


def _questions(outcomes: Outcomes) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Return the questions asked, in order of their ids, and the kind each was first asked in."""
    ids, first = np.unique(outcomes["id"], return_index=True)
    return ids, outcomes["kind"][first]


def _asked(outcomes: Outcomes) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(names.tolist()) for names in _questions(outcomes))


def _resample(tables: Sequence[Outcomes]) -> Iterator[list[Outcomes]]:
    """Yield the tables with questions drawn again, the same in each."""
    ids, kinds = _questions(tables[0])
    strata = [np.flatnonzero(kinds == kind) for kind in np.unique(kinds)]
    places = [np.searchsorted(ids, outcomes["id"]) for outcomes in tables]
    generator = np.random.default_rng(SEED)
    for _ in range(RESAMPLES):
        drawn = np.concatenate([generator.choice(s, len(s)) for s in strata])
        times = np.bincount(drawn, minlength=len(ids))
        yield [
            t[np.repeat(np.arange(len(t)), times[p])] for t, p in zip(tables, places, strict=True)
        ]


def _figure(values: Floats, again: Floats) -> dict[str, Any]:
    """Make a figure of its value in each run, and in each run drawn again."""
    figure: dict[str, Any] = _interval(values[0], again[:, 0])
    if len(values) == 1:
        return figure
    apart = _interval(values[0] - values[1], again[:, 0] - again[:, 1])
    difference, low, high = apart.values()
    return figure | {
        "against": {
            "value": None if np.isnan(values[1]) else float(values[1]),
            "difference": difference,
            "low": low,
            "high": high,
            "differs": low is not None and high is not None and not low <= 0 <= high,
        }
    }


def _interval(value: float, again: Floats) -> dict[str, float | None]:
    known = again[~np.isnan(again)]
    if np.isnan(value) or not len(known):
        return dict.fromkeys(("value", "low", "high"))
    low, high = np.quantile(known, (0.025, 0.975))
    return {"value": float(value), "low": float(low), "high": float(high)}
