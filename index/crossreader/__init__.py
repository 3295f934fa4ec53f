"""The model that reads a question and a passage together: its input, and what its logits say."""

from index.crossreader.embedding import embed
from index.crossreader.layout import Laid, Located, lay, span_of
from index.crossreader.spans import END, HOLDS, START, best_span

__all__ = ["END", "HOLDS", "START", "Laid", "Located", "best_span", "embed", "lay", "span_of"]
