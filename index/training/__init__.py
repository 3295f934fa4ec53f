"""The training of the cross-encoder: from questions with their evidence to weights."""

from index.training.run import NEWS, Plan, train_crossencoder

__all__ = ["NEWS", "Plan", "train_crossencoder"]
