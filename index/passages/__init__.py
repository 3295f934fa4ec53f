"""An article to passages of whole sentences, each with its exact place in the text."""

from index.passages.cutting import LIMIT, TARGET, cut

__all__ = ["LIMIT", "TARGET", "cut"]
