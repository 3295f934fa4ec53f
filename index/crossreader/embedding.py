"""The embeddings of token ids, as the encoder's own graph makes them: they are shared, not trained.

Looked up outside the reader's graph, so that the table of words, the greater part of the encoder, is
not kept a second time.
"""

from collections.abc import Sequence

import numpy as np

from index.encoder.protocol import Vectors
from index.encoder.weights import BLOCK_SIZE, Weights, values


def embed(weights: Weights, texts: Sequence[Sequence[int]]) -> Vectors:
    """Return the embeddings of texts one after the other, ``(tokens, hidden)``.

    Args:
        weights: The encoder's.
        texts: Token ids of each text.
    """
    ids = np.concatenate([np.asarray(text) for text in texts])
    places = np.concatenate([np.arange(len(text)) for text in texts])
    blocks = weights.blocks["emb.word"].reshape(-1, weights.hidden // BLOCK_SIZE)[ids].ravel()
    state = (
        values(blocks).reshape(len(ids), -1)
        + weights.floats["emb.pos"].reshape(-1, weights.hidden)[places]
    )
    state += weights.floats["emb.type"][: weights.hidden]
    state -= state.mean(axis=1, keepdims=True)
    state /= np.sqrt(state.var(axis=1, keepdims=True) + weights.epsilon)
    embedded: Vectors = state * weights.floats["emb.ln.w"] + weights.floats["emb.ln.b"]
    return embedded
