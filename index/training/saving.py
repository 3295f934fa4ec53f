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

from index.crossencoder.weights import FORMAT, Embeddings
from index.encoder.weights import SHA256
from index.training.network import DENSE, Network

FILE, CARD = "crossencoder.safetensors", "crossencoder.md"


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


_CARD = """# The cross-encoder's weights

A model that reads a question or a claim together with a run of sentences, and says whether they
answer it, which of them do, which words, and of a claim whether it is supported, contradicted or not
found. Twelve layers in int8 on top of the embeddings of intfloat/multilingual-e5-small (MIT), which
are not in the file, and a head of seven rows. The weights are under CC BY-SA 4.0.

- Data: `newsqa.jsonl.gz` beside the training (invented news, CC0, written for this project); and
  JaQuAD 0.1.0 (So et al. 2022, arXiv 2202.01764, CC BY-SA 3.0), half of SQuAD 2.0's development part
  (Rajpurkar et al. 2018, arXiv 1806.03822, CC BY-SA 4.0), XQuAD (Artetxe et al. 2020, arXiv
  1910.11856, CC BY-SA 4.0), DRCD (Shao et al. 2018, arXiv 1806.00920, CC BY-SA 3.0), CMRC 2018 (Cui
  et al. 2019, arXiv 1810.07366, CC BY-SA 4.0). No text of theirs is in the file.
- Every question of newsqa stands with an article that answers it and with the same article after
  one edit that keeps the answer back, in one batch, so that the question alone tells nothing; beside
  them a sibling, which differs from it in one thing and which the same sentences do not answer.
- The measures below are of the articles by which the run was judged: too good to be quoted.
- Limits: it neither adds nor counts; what a sentence leaves to be inferred it often takes for absent.
"""
