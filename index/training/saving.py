"""What is shipped of a trained reader: its layers in int8, and a card that says where it is from."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from torch import Tensor

from index.crossreader import Embeddings
from index.crossreader.weights import FORMAT
from index.encoder.weights import SHA256
from index.training.network import DENSE, Network

FILE, CARD = "reader.safetensors", "reader.md"


def ship(
    average: Mapping[str, Tensor],
    reaches: Mapping[str, NDArray[np.float32]],
    folder: Path,
    facts: Mapping[str, Any],
) -> None:
    """Write the weights and their card into a folder.

    Args:
        average: The parameters that were trained.
        reaches: What ``reaches`` returns.
        folder: Where they go.
        facts: What the card tells: data, plan, measures.
    """
    tensors = quantise({name: value.numpy() for name, value in average.items()}) | dict(reaches)
    unfinished = folder / f"{FILE}.part"
    save_file(tensors, unfinished, {"format": FORMAT, "encoder": SHA256})
    unfinished.replace(folder / FILE)
    (folder / CARD).write_text(card(facts), "utf-8")


@torch.no_grad()
def reaches(
    network: Network, embeddings: Embeddings, texts: Iterable[Sequence[int]]
) -> dict[str, NDArray[np.float32]]:
    """Return how far the inner values of each layer go, by channel, over texts in token ids."""
    found: dict[str, Tensor] = {}

    def note(name: str, inner: Tensor) -> None:
        most = inner.abs().amax(dim=0)
        found[name] = torch.maximum(found.get(name, most), most)

    layers = {name: part for name, part in network.named_modules() if name.endswith(".fo")}
    hooks = [
        layer.register_forward_pre_hook(lambda _, taken, name=name: note(name, taken[0]))
        for name, layer in layers.items()
    ]
    for text in texts:
        network(torch.from_numpy(embeddings.embed([text])), [len(text)])
    for hook in hooks:
        hook.remove()
    return {f"{name}.m": value.numpy() for name, value in found.items()}


def quantise(parameters: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[Any]]:
    """Return the tensors under the names of the encoder's weights.

    The matrix of a dense layer, ``(outputs, inputs)``, becomes ``.w`` in int8 with a scale for each
    output in ``.s``, as the encoder's graph has it; all else stays float32.
    """
    tensors: dict[str, NDArray[Any]] = {}
    for name, value in parameters.items():
        ours = name.removesuffix("weight").removesuffix("bias") + name.rsplit(".", 1)[1][0]
        if ours.split(".")[-2] in DENSE and ours.endswith(".w"):
            scales = np.abs(value).max(axis=1) / np.float32(127)
            tensors[ours] = np.rint(value / scales[:, None]).astype(np.int8)
            tensors[ours[:-1] + "s"] = scales
        else:
            tensors[ours] = np.ascontiguousarray(value)
    return tensors


def card(facts: Mapping[str, Any]) -> str:
    """Return the model card, in Markdown."""
    shown = json.dumps(facts, ensure_ascii=False, indent=1)
    return f"{_CARD}\n## This run\n\n```json\n{shown}\n```\n"


_CARD = """# The reader's weights

A cross-encoder that reads a question and a passage together and says where the answer stands and
whether there is one. Twelve layers on top of the embeddings of intfloat/multilingual-e5-small (MIT):
the lower six are the encoder's own, the upper six were trained from the encoder's and are kept here,
11 million weights in int8, with a head of three rows.

- Data: the training part of JaQuAD 0.1.0 (So et al. 2022, arXiv 2202.01764), CC BY-SA 3.0: questions
  by SkelterLabs on Japanese Wikipedia. No text of it is in the weights' file; these weights are
  under CC BY-SA 3.0 as well.
- Made by `tenkyo train-reader DATA --validation DIR… --out FOLDER`; the seed is below.
- Negatives: passages that look alike and hold no answer string, the right passage without the
  sentences that answer or without the very phrase, and questions with a figure or a name swapped.
- Questions also in other forms: keywords, spoken, in kana, and with their words put into English
  and Chinese by the encoder's own vectors. Questions for a reason are made of sentences that give
  one, for JaQuAD has few.
- Measures below are of the tuning halves that early stopping looked at: too good to be quoted.
- Limits: trained on encyclopaedic Japanese, on passages up to 450 characters. It finds one span; it
  neither adds, counts nor compares. It takes a question in words far from the passage's for one that
  is not answered.
"""
