"""Figures with 95 % bootstrap intervals, of the outcomes of one run or of one against another.

By kind of question and ``overall``; nan where there is nothing to measure. In one figure over
questions of all kinds, those with and those without an answer weigh one half each, and each kind of
the latter the same.

Whole questions are drawn again, with all that was made of them, as many of each kind as there are.
Both runs are drawn alike, so that their difference is that of the same questions: much surer than
two intervals held side by side.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.crossencoder.reading import VERDICTS
from index.errors import TenkyoError
from index.evaluate.outcomes import AS_ASKED, KINDS, Outcomes, Run
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
RESAMPLES, SEED = 1000, 20250122
"""Of the bootstrap."""
OVERALL, AS_WRITTEN = "overall", "as written"
CITED = {"evidence@best": "best", "evidence@cited": "right"}

Figures = dict[str, dict[str, float]]


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
    tables = [run.outcomes] if against is None else [run.outcomes, against.outcomes]
    firsts = [np.unique(t["id"], return_index=True)[1] for t in tables]
    asked = [[(o["id"], o["kind"]) for o in t[at]] for t, at in zip(tables, firsts, strict=True)]
    if asked[0] != asked[-1]:
        raise TenkyoError(
            "前の記録とは質問が違うため、比べられません。両方を同じ版で測り直してください。"
        )
    measure = FIGURES[run.measure]
    found = [measure(t) for t in tables]
    kinds = [kind for _, kind in asked[0]]
    drawn = np.array([[_values(measure(t)) for t in ts] for ts in _drawn_again(tables, kinds)])
    figures = map(_figure, np.transpose([_values(f) for f in found]), drawn.transpose(2, 0, 1))
    sections = {name: {key: next(figures) for key in of} for name, of in found[0].items()}
    overall = sections.pop(OVERALL)
    seconds = run.outcomes["seconds"][firsts[0]]  # the first of a question's is asked whole
    return {
        **{name: figure["value"] for name, figure in overall.items()},
        **run.facts,
        "questions": len(seconds),
        "questions/s": float(1 / seconds.mean()),
        "ms, median": float(1000 * np.median(seconds)),
        "kinds": {k: {"questions": _count(run.outcomes, k)} | of for k, of in sections.items()},
        OVERALL: overall,
    }


def _values(figures: Figures) -> list[float]:
    return [value for of in figures.values() for value in of.values()]


def _count(outcomes: Outcomes, section: str) -> int:
    own = outcomes["written"] if section == AS_WRITTEN else outcomes["kind"] == section
    return len(np.unique(outcomes["id"][own]))


def _drawn_again(tables: Sequence[Outcomes], kinds: Sequence[str]) -> Iterator[list[Outcomes]]:
    """Yield the tables with questions drawn again, the same in each."""
    places = [np.unique(t["id"], return_inverse=True)[1] for t in tables]
    strata = [np.flatnonzero(np.array(kinds) == kind) for kind in np.unique(kinds)]
    generator = np.random.default_rng(SEED)
    for _ in range(RESAMPLES):
        drawn = np.concatenate([generator.choice(stratum, len(stratum)) for stratum in strata])
        times = np.bincount(drawn, minlength=len(kinds))
        yield [np.repeat(t, times[place]) for t, place in zip(tables, places, strict=True)]


def _figure(values: Floats, drawn: Floats) -> dict[str, Any]:
    """Make a figure of its value in each run, and in each run drawn again."""
    figure: dict[str, Any] = _interval(values[0], drawn[:, 0])
    if len(values) == 1:
        return figure
    apart = _interval(values[0] - values[1], drawn[:, 0] - drawn[:, 1])
    value = None if np.isnan(values[1]) else float(values[1])
    low, high = apart["low"], apart["high"]
    differs = low is not None and high is not None and not low <= 0 <= high
    against = {"value": value, "difference": apart["value"], "low": low, "high": high}
    return figure | {"against": against | {"differs": differs}}


def _interval(value: float, drawn: Floats) -> dict[str, float | None]:
    known = drawn[~np.isnan(drawn)]
    if np.isnan(value) or not len(known):
        return dict.fromkeys(("value", "low", "high"))
    low, high = np.quantile(known, (0.025, 0.975))
    return {"value": float(value), "low": float(low), "high": float(high)}


# What each measure makes of its outcomes.


def retrieval_figures(outcomes: Outcomes) -> Figures:
    """Return the means of the measures."""
    names = {"success@1": "success", "recall@10": "recall", "mrr@10": "mrr", "ndcg@10": "ndcg"}
    return {OVERALL: _means(outcomes, names)}


def answers_figures(outcomes: Outcomes) -> Figures:
    """Return the figures of a question set.

    Of the questions that can be answered, by language: the share ``answered``, and of those the
    shares with ``evidence@best`` and ``evidence@cited``. Of the others, by type: as
    ``refusal_figures``. Overall these shares, and of the answered the share whose text matches an
    answer and the mean number of ``citations``. Of those with a form, by form, the share that ``passed``.
    """
    forms, outcomes = outcomes[outcomes["form"]], outcomes[~outcomes["form"]]
    answerable, others = _answerable(outcomes)
    sure, given = answerable["confidence"], answerable[answerable["answered"]]
    figures = {kind: _given(of) for kind, of in _by_kind(answerable).items()}
    figures |= {kind: _refused(of, sure) for kind, of in _by_kind(others).items()}
    overall = _given(answerable) | _means(given, {"answer match": "match"})
    overall |= {"refused": _mean(~others["answered"]), "citations": _mean(given["cited"])}
    if len(forms):
        figures |= {kind: _means(of, {"passed": "passed"}) for kind, of in _by_kind(forms).items()}
        overall |= _means(forms, {"passed": "passed"})
    return figures | {OVERALL: overall}


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
    as_asked = of_kind[AS_ASKED]
    figures = {kind: _refused(of, as_asked["confidence"]) for kind, of in of_kind.items()}
    figures[AS_ASKED]["auroc"] = math.nan
    answered, given = as_asked[as_asked["answered"]], outcomes["answered"]
    weights, sure, right = mixture(outcomes), outcomes["confidence"], outcomes["right"]
    overall = {
        **_means(answered, CITED | {"citations": "cited"}),
        "risk-coverage area": area_under_risk(sure, ~right, weights),
        "calibration error": calibration_error(sure[given], right[given], weights[given]),
        "calibration error, all": calibration_error(sure, right, weights),
    }
    return figures | {OVERALL: overall}


def news_figures(outcomes: Outcomes) -> Figures:
    """Return the figures of questions on twins, by language and overall.

    ``pairs``: how often the article that answers is the surer one of the two. ``auroc``,
    ``refused at 95``, ``answered``, ``refused`` over all; of the answered ``evidence@best``,
    ``evidence, all``, ``key`` and ``citations``; ``calibration error`` with the confidence refitted on
    the other half of the articles. Of the articles as written: the kind ``as written``.
    """
    figures = {kind: _of_twins(of) for kind, of in _by_kind(outcomes).items()}
    written = _of_news(outcomes[outcomes["written"]])
    return figures | {AS_WRITTEN: written, OVERALL: _of_twins(outcomes)}


def claim_figures(outcomes: Outcomes) -> Figures:
    """Return F1 of each verdict and their mean, precision of "contradicted", by language and overall."""
    figures = {kind: _of_claims(of) for kind, of in _by_kind(outcomes).items()}
    return figures | {OVERALL: _of_claims(outcomes)}


FIGURES: dict[str, Callable[[Outcomes], Figures]] = {
    "retrieval": retrieval_figures,
    "answers": answers_figures,
    "refusal": refusal_figures,
    "news": news_figures,
    "claims": claim_figures,
}


def _answerable(outcomes: Outcomes) -> tuple[Outcomes, Outcomes]:
    return outcomes[outcomes["answerable"]], outcomes[~outcomes["answerable"]]


def _by_kind(outcomes: Outcomes) -> dict[str, Outcomes]:
    return {str(kind): outcomes[outcomes["kind"] == kind] for kind in np.unique(outcomes["kind"])}


def _given(answerable: Outcomes) -> dict[str, float]:
    given = answerable[answerable["answered"]]
    return {"answered": _mean(answerable["answered"])} | _means(given, CITED)


def _refused(of: Outcomes, sure: Floats) -> dict[str, float]:
    """Compare a kind with the confidences of the questions that have an answer."""
    below = of["confidence"] < threshold_at(sure, ANSWERED) if len(sure) else of[:0]["confidence"]
    return {
        "refused": _mean(~of["answered"]),
        "refused at 95": _mean(below),
        "auroc": auroc(sure, of["confidence"]),
    }


def _of_twins(outcomes: Outcomes) -> dict[str, float]:
    ids, pair, rows = np.unique(outcomes["id"], return_inverse=True, return_counts=True)
    sure = np.full((2, len(ids)), np.nan)
    sure[outcomes["answerable"].astype(int), pair] = outcomes["confidence"]
    both = ~np.isnan(sure).any(axis=0)
    surer = np.repeat(sure[1, both] > sure[0, both], rows[both] // 2)  # drawn twice, counted twice
    article = np.array([int(name.partition("/")[0]) for name in outcomes["id"]], int)
    right = outcomes["answerable"] & outcomes["best"]
    error = cross_fitted(outcomes["confidence"], right, article % 2 == 0)
    return {"pairs": _mean(surer), **_of_news(outcomes), "calibration error": error}


def _of_news(outcomes: Outcomes) -> dict[str, float]:
    answerable, others = _answerable(outcomes)
    given, refused = answerable[answerable["answered"]], _refused(others, answerable["confidence"])
    names = {"evidence@best": "best", "evidence, all": "every", "key": "key", "citations": "cited"}
    return {
        "auroc": refused["auroc"],
        "refused at 95": refused["refused at 95"],
        "answered": _mean(answerable["answered"]),
        "refused": refused["refused"],
        **_means(given, names),
    }


def _of_claims(outcomes: Outcomes) -> dict[str, float]:
    # sklearn.metrics.f1_score takes 70 times as long, for 1,000 samples of a bootstrap.
    right, judged = outcomes["verdict"], outcomes["judged"]
    of_each = {}
    for verdict in VERDICTS:
        named = (right == verdict).sum() + (judged == verdict).sum()
        both = ((right == verdict) & (judged == verdict)).sum()
        of_each[verdict] = float(2 * both / named) if named else math.nan
    precise = _mean(right[judged == "contradicted"] == "contradicted")
    mean = sum(of_each.values()) / len(VERDICTS)
    return {"macro-F1": mean, **of_each, "contradicted, precision": precise}


def mixture(outcomes: Outcomes) -> Floats:
    """Weigh questions so that one half has an answer, and each kind of the others weighs the same."""
    kinds, kind, count = np.unique(outcomes["kind"], return_inverse=True, return_counts=True)
    shares = np.where(kinds == AS_ASKED, 0.5, 0.5 / max(len(kinds) - 1, 1))
    weights: Floats = (shares / count)[kind]
    return weights


def _means(outcomes: Outcomes, names: Mapping[str, str]) -> dict[str, float]:
    return {name: _mean(outcomes[column]) for name, column in names.items()}


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean()) if len(values) else math.nan
