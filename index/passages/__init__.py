"""A text to passages of whole sentences, each with its exact place in the text."""

from index.passages.cutting import LIMIT, TARGET, Place, cut

__all__ = ["LIMIT", "TARGET", "Place", "cut"]
