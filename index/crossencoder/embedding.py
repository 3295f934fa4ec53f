"""The embeddings of token ids, as the encoder's own graph makes them: they are shared, not trained.

Looked up outside the reader's graph, so that the table of words, the greater part of the encoder, is
read from disk a few rows at a time and never held in memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.encoder.protocol import Vectors
from index.encoder.weights import BLOCK_SIZE, Weights, values

_WORDS, _REST = "words.npy", "places.npz"


@dataclass(frozen=True, slots=True, eq=False)
class Embeddings:
    """What a token id and its place in the text become.

    Attributes:
        words: Of each token id, ``(ids, hidden / 32)`` blocks of Q4_0.
        places: Of each place, with the type of the text, ``(positions, hidden) float32``.
        scale, shift: Of the norm, ``(hidden,) float32``.
        epsilon: What keeps the norm from dividing by nought.
    """

    words: NDArray[np.void]
    places: NDArray[np.float32]
    scale: NDArray[np.float32]
    shift: NDArray[np.float32]
    epsilon: float

    @classmethod
    def of(cls, weights: Weights) -> "Embeddings":
        """Take them out of the encoder's weights."""
        floats, hidden = weights.floats, weights.hidden
        return cls(
            weights.blocks["emb.word"].reshape(-1, hidden // BLOCK_SIZE),
            floats["emb.pos"].reshape(-1, hidden) + floats["emb.type"][:hidden],
            floats["emb.ln.w"],
            floats["emb.ln.b"],
            weights.epsilon,
        )

    @classmethod
    def open(cls, folder: Path) -> "Embeddings":
        """Open what ``save`` wrote. Raises OSError and ValueError."""
        words: NDArray[np.void] = np.load(folder / _WORDS, mmap_mode="r")
        with np.load(folder / _REST) as rest:
            return cls(words, rest["places"], rest["scale"], rest["shift"], float(rest["epsilon"]))

    def save(self, folder: Path) -> None:
        """Write them into a folder, the words where they can be read a few at a time."""
        np.save(folder / _WORDS, self.words)
        epsilon = np.float64(self.epsilon)
        np.savez(
            folder / _REST, places=self.places, scale=self.scale, shift=self.shift, epsilon=epsilon
        )

    def embed(self, texts: Sequence[Sequence[int]]) -> Vectors:
        """Return the embeddings of texts one after the other, ``(tokens, hidden)``.

        Args:
            texts: Token ids of each text.
        """
        ids = np.concatenate([np.asarray(text) for text in texts])
        places = np.concatenate([np.arange(len(text)) for text in texts])
        state = values(self.words[ids].ravel()).reshape(len(ids), -1) + self.places[places]
        state -= state.mean(axis=1, keepdims=True)
        state /= np.sqrt(state.var(axis=1, keepdims=True) + self.epsilon)
        embedded: Vectors = state * self.scale + self.shift
        return embedded
