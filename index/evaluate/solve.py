"""Fits the weights of ``index/reader/model.json`` to sentences of which it is known what is right.

``choice``, with the trained reader: how much what it says weighs beside the weights set by hand.
``trust``: a logistic model over named signals of the best sentence, in which questions with and
without an answer weigh one half each, and each kind of the latter the same.

What it does not know: English and Chinese questions. Across languages terms cannot be covered, so
their weights are fitted on the same questions without the signals that rest on terms, and shifted by
how much lower cosines lie.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from index.evaluate.kinds import KINDS
from index.evaluate.logistic import Floats, fit_logistic
from index.reader import Scored, choose
from index.reader.model import LEXICAL, Weights, by_rules, log_odds

SIGNALS = ("context", "far", "lift", "name")
ACROSS_LANGUAGES = ("cosine", "lift")
BY_HAND = {"rank": 1.0, "figure": 5.0, "unit": 2.5, "lacks": 1.2, "place": 2.0}
"""``rank``: fitted, 3.1, which few articles on one subject do not bear out. ``figure``: fitted, 3.1,
but an answer about another year is the worst. ``unit``, ``lacks``: few questions of the folders ask
for a count. ``place``: one put in by swapping is never one that the articles call otherwise, as a
capital for its country."""
SIGNALS_READ = ("far", "lift", "name", "odds")
BY_HAND_READ = {"rank": 1.0, "figure": 6.0, "unit": 3.5, "context": 1.0, "place": 2.0}
"""With the trained reader ``lacks`` is idle, and ``context`` nearly (fitted, .5; set higher for questions
of which few articles hold no word). It takes the price for an answer to 何グラム: hence ``unit``. Half
the weight of ``lift`` tells on-topic questions apart a little better (tests/questions.jsonl, AUROC .64
for .62) and a withheld passage a little worse (report halves, .95 for .96 and .94 for .95)."""
LOWER = {"en": 0.058, "zh": 0.027}
"""How much lower the cosine of the right sentence lies than in Japanese, on tests/questions.jsonl; in
English, .074, less .016, or too many questions off the subject would be answered."""


@dataclass(frozen=True, slots=True)
class Row:
    """The sentences for a question of a kind, best first, and whether each holds an answer."""

    kind: str
    scored: tuple[Scored, ...]
    held: tuple[bool, ...]


def solve(rows: Sequence[Row], weights: Floats) -> dict[str, Any]:
    """Return ``trust`` by language; where the trained reader has read, ``choice`` and that in Japanese.

    Args:
        rows: One a question and kind.
        weights: Of the rows, ``(n,)``.
    """
    was_read = np.array(["odds" in row.scored[0].signals for row in rows])
    if not was_read.any():
        return {"trust": _by_language(rows, weights)}
    read = [row for row, was in zip(rows, was_read, strict=True) if was]
    choice = fit_choice(read)
    chosen = [rescored(row, choice) for row in read]
    trust = {"ja": _fit(chosen, weights[was_read], SIGNALS_READ, BY_HAND_READ)}
    return {"choice": choice, "trust": trust}


def fit_choice(rows: Sequence[Row]) -> dict[str, float]:
    """Fit how much what was read weighs beside the weights set by hand, which keep their scale."""
    known = [
        (s.signals, held)
        for r in rows
        if any(r.held)
        for s, held in zip(r.scored, r.held, strict=True)
    ]
    signals = np.array([[by_rules(s), s["read"], 1.0] for s, _ in known])
    right = np.array([held for _, held in known], float)
    by_hand, read, _ = fit_logistic(signals, right, np.ones(len(known)), np.zeros(len(known)))
    return _rounded({**LEXICAL.choice, "read": read / by_hand})


def rescored(row: Row, choice: Weights) -> Row:
    """Return the row in the order that these weights give."""
    pairs = [
        (replace(s, score=log_odds(choice, s.signals)), held)
        for s, held in zip(row.scored, row.held, strict=True)
    ]
    scored, held = zip(*sorted(pairs, key=lambda pair: -pair[0].score), strict=True)
    return Row(row.kind, scored, held)


def _by_language(rows: Sequence[Row], weights: Floats) -> dict[str, dict[str, float]]:
    across = _fit(rows, weights, ACROSS_LANGUAGES, BY_HAND)
    lower = {
        language: across | {"bias": round(across["bias"] + by * across["cosine"], 2)}
        for language, by in LOWER.items()
    }
    return {"ja": _fit(rows, weights, SIGNALS, BY_HAND), **lower}


def _fit(
    rows: Sequence[Row], weights: Floats, names: Sequence[str], by_hand: Mapping[str, float]
) -> dict[str, float]:
    best = [row.scored[0].signals for row in rows]
    signals = np.array([[s[name] for name in names] + [1.0] for s in best])
    given = np.array([sum(w * s[n] for n, w in by_hand.items()) for s in best])
    found = fit_logistic(signals, np.array([*map(_right, rows)], float), weights, given)
    return _rounded(dict(zip((*names, "bias"), found.tolist(), strict=True)) | dict(by_hand))


def _right(row: Row) -> bool:
    """Whether an answer with the sentences that it would quote is right."""
    quoted = {s.sentence for s in choose(row.scored)}
    return any(held and s.sentence in quoted for s, held in zip(row.scored, row.held, strict=True))


def _rounded(weights: Mapping[str, float]) -> dict[str, float]:
    return {name: round(float(weight), 2) for name, weight in weights.items()}


def balanced(rows: Sequence[Row]) -> Floats:
    """Weigh the questions of a set as in ``summary.mixture``."""
    kinds = np.array([KINDS.index(row.kind) for row in rows])
    count = np.bincount(kinds, minlength=len(KINDS))
    others = max(int(np.count_nonzero(count[1:])), 1)
    shares = np.array([0.5] + [0.5 / others] * (len(KINDS) - 1)) / np.maximum(count, 1)
    weights: Floats = shares[kinds] * 1000
    return weights
