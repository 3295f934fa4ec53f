"""Text to vectors: the bundled multilingual-e5-small, or any model of sentence-transformers."""

from index.encoder.export import as_sentence_transformer
from index.encoder.load import fingerprint, load_encoder
from index.encoder.protocol import Encoder, Vectors

__all__ = ["Encoder", "Vectors", "as_sentence_transformer", "fingerprint", "load_encoder"]
