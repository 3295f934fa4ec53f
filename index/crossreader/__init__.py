"""The model that reads a question and a passage together: its input, and what its logits say."""

from index.crossreader.embedding import Embeddings
from index.crossreader.layout import Laid, Located, lay, span_of
from index.crossreader.session import CrossReader, Reading
from index.crossreader.spans import END, HOLDS, START, best_span
from index.crossreader.unpack import load_crossreader

__all__ = [
    "END",
    "HOLDS",
    "START",
    "CrossReader",
    "Embeddings",
    "Laid",
    "Located",
    "Reading",
    "best_span",
    "lay",
    "load_crossreader",
    "span_of",
]
