"""Weights of two tiny layers, random and always the same; and a corpus on disk."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from index.crossreader import Embeddings
from index.encoder.weights import BLOCK, BLOCK_SIZE, Weights
from index.training.network import Network

HIDDEN, INNER, PIECES = 32, 64, 100


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
    return Weights(HIDDEN, 2, 4, 512, 1e-12, (), np.zeros(0, np.float32), floats, packed)


WEIGHTS = tiny()
EMBEDDINGS = Embeddings.of(WEIGHTS)
torch.set_num_threads(1)  # a second one would only wait, and take time from the rest doing so


def averages(network: Network) -> dict[str, torch.Tensor]:
    """What is trained of a network, as a state keeps it."""
    return {name: value.detach() for name, value in network.trained().items()}


def write_corpus(
    folder: Path,
    passages: Sequence[tuple[str, str, str]],
    questions: Sequence[tuple[str, str, str]],
) -> None:
    """Write passages (name, title, text) and questions (text, passage, answer) as JaQuAD is."""
    texts = {name: text for name, _, text in passages}
    asked = [
        {
            "_id": f"q{n}",
            "text": question,
            "answers": [answer],
            "spans": [{"passage": name, "start": texts[name].index(answer), "text": answer}],
        }
        for n, (question, name, answer) in enumerate(questions)
    ]
    told = [{"_id": name, "title": title, "text": text} for name, title, text in passages]
    for name, lines in (("passages", told), ("questions", asked)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
