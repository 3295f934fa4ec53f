"""A language model that words what was found, by the numbers of sentences; every statement is checked.

It never writes a quote: what it may cite are numbers, and the words behind them are the store's.
"""

from index.writing.endpoint import Endpoint, Model
from index.writing.written import answer_steps

__all__ = ["Endpoint", "Model", "answer_steps"]
