"""The training of the cross-encoder: from questions with their evidence to weights."""

from index.training.loop import Plan
from index.training.run import NEWS, train_crossencoder

__all__ = ["NEWS", "Plan", "train_crossencoder"]
