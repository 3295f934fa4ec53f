"""Measures: rankings on BEIR-style sets, answers on question sets, refusals on both."""

from index.evaluate.answers import WINDOW, measure_answers
from index.evaluate.lines import read_lines
from index.evaluate.plot import check_plot, plot_refusal
from index.evaluate.rankings import (
    DEPTH,
    MEASURES,
    measure_retrieval,
    mrr_at,
    ndcg_at,
    recall_at,
    success_at,
)
from index.evaluate.refusal import ask_in_kinds
from index.evaluate.summary import summarise

__all__ = [
    "DEPTH",
    "MEASURES",
    "WINDOW",
    "ask_in_kinds",
    "check_plot",
    "measure_answers",
    "measure_retrieval",
    "mrr_at",
    "ndcg_at",
    "plot_refusal",
    "read_lines",
    "recall_at",
    "success_at",
    "summarise",
]
