"""Weights of two tiny layers, random and always the same, and letters for them to read."""

import numpy as np
import torch

from index.crossencoder.weights import Embeddings
from index.encoder.tokenizer import SPECIAL, Tokenizer
from index.encoder.weights import BLOCK, BLOCK_SIZE, Weights
from index.training.network import Network

HIDDEN, INNER, PIECES = 32, 64, 100
LETTERS = [chr(ord("ぁ") + n) for n in range(PIECES - len(SPECIAL) - 1)]
"""All there is in the vocabulary, beside the mark of a space."""


def tiny() -> Weights:
    random = np.random.default_rng(3)

    def blocks(size: int) -> np.ndarray:
        made = np.zeros(size // BLOCK_SIZE, BLOCK)
        made["scale"] = 0.05
        made["nibbles"] = random.integers(0, 256, made["nibbles"].shape)
        return made

    sizes = {"q": (HIDDEN, HIDDEN), "k": (HIDDEN, HIDDEN), "v": (HIDDEN, HIDDEN)}
    sizes |= {"ao": (HIDDEN, HIDDEN), "fi": (INNER, HIDDEN), "fo": (HIDDEN, INNER)}
    floats = {"emb.pos": random.normal(size=512 * HIDDEN), "emb.type": np.zeros(HIDDEN)}
    packed = {"emb.word": blocks(PIECES * HIDDEN)}
    for layer in ("l0.", "l1."):
        packed |= {f"{layer}{part}.w": blocks(a * b) for part, (a, b) in sizes.items()}
        floats |= {f"{layer}{part}.b": np.zeros(a) for part, (a, _) in sizes.items()}
    for norm in ("emb.ln", "l0.aln", "l0.oln", "l1.aln", "l1.oln"):
        floats |= {f"{norm}.w": np.ones(HIDDEN), f"{norm}.b": np.zeros(HIDDEN)}
    floats = {name: value.astype(np.float32) for name, value in floats.items()}
    return Weights(HIDDEN, 2, 4, 512, 1e-12, floats, (), np.zeros(0, np.float32), packed)


WEIGHTS = tiny()
EMBEDDINGS = Embeddings.of(WEIGHTS)
torch.set_num_threads(1)  # a second one would only wait, and take time from the rest doing so


def letters() -> Tokenizer:
    """A vocabulary of single letters."""
    pieces = [*SPECIAL, "▁", *LETTERS]
    return Tokenizer(pieces, [-1.0] * len(pieces))


def averages(network: Network) -> dict[str, torch.Tensor]:
    """The weights of a network, as a state keeps their running mean."""
    return {name: value.detach().clone() for name, value in network.named_parameters()}
