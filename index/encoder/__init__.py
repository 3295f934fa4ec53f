"""Text to vectors: the bundled multilingual-e5-small, or any model of sentence-transformers."""

from index.encoder.load import (
    Encoder,
    as_sentence_transformer,
    fingerprint,
    load_encoder,
    load_sentence_transformer,
)
from index.encoder.nearness import nearness
from index.encoder.session import Vectors

__all__ = [
    "Encoder",
    "Vectors",
    "as_sentence_transformer",
    "fingerprint",
    "load_encoder",
    "load_sentence_transformer",
    "nearness",
]
