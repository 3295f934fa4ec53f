"""What an encoder is: text in, L2-normalised vectors out."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Text to vectors: ``(n, dimensions) float32``, rows L2-normalised, in the order of the texts.

    A text longer than the model's window (512 tokens for the default) is cut at its end.
    """

    @property
    def fingerprint(self) -> str:
        """Names everything a vector depends on: weights, graph, pooling and prompts."""

    @property
    def dimensions(self) -> int:
        """The length of a vector."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions."""

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Encode what is searched: passages and sentences."""
