"""Measures: rankings on BEIR-style sets, answers on question sets."""

from index.evaluate.answers import WINDOW, measure_answers
from index.evaluate.lines import read_lines
from index.evaluate.rankings import (
    DEPTH,
    MEASURES,
    measure_retrieval,
    mrr_at,
    ndcg_at,
    recall_at,
    success_at,
)

__all__ = [
    "DEPTH",
    "MEASURES",
    "WINDOW",
    "measure_answers",
    "measure_retrieval",
    "mrr_at",
    "ndcg_at",
    "read_lines",
    "recall_at",
    "success_at",
]
