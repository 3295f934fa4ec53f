"""The training of the reader: from questions with marked answers to weights."""

from index.training.loop import Plan
from index.training.run import train_reader

__all__ = ["Plan", "train_reader"]
