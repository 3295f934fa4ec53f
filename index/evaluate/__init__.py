"""Measures: rankings and refusals on BEIR folders, answers on question sets, reading on newsqa."""

from index.evaluate.asking import ask_news
from index.evaluate.beir import ask_in_kinds, rank_questions
from index.evaluate.figures import summarise
from index.evaluate.outcomes import Run, Subject, check_save, digest, load_run, save_run
from index.evaluate.questions import ask_questions
from index.evaluate.sets import PartName, read_lines

__all__ = [
    "PartName",
    "Run",
    "Subject",
    "ask_in_kinds",
    "ask_news",
    "ask_questions",
    "check_save",
    "digest",
    "load_run",
    "rank_questions",
    "read_lines",
    "save_run",
    "summarise",
]
