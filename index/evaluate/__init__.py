"""Measures: rankings on BEIR-style sets, answers on question sets, refusals on both, spans."""

from index.evaluate.answers import WINDOW, ask_questions
from index.evaluate.lines import read_lines
from index.evaluate.news import ask_news
from index.evaluate.outcomes import Run
from index.evaluate.parts import PartName
from index.evaluate.rankings import (
    DEPTH,
    MEASURES,
    mrr_at,
    ndcg_at,
    rank_questions,
    recall_at,
    success_at,
)
from index.evaluate.refusal import ask_in_kinds
from index.evaluate.saved import Subject, check_save, digest, load_run, save_run
from index.evaluate.summary import summarise

__all__ = [
    "DEPTH",
    "MEASURES",
    "WINDOW",
    "PartName",
    "Run",
    "Subject",
    "ask_in_kinds",
    "ask_news",
    "ask_questions",
    "check_save",
    "digest",
    "load_run",
    "mrr_at",
    "ndcg_at",
    "rank_questions",
    "read_lines",
    "recall_at",
    "save_run",
    "success_at",
    "summarise",
]
