"""The model in training: the encoder's twelve layers and a head; its loss, its measure, its file.

Texts of a batch stand one after the other, without padding: the dense layers take all tokens at
once, attention takes each text alone. Names of parameters are those of the encoder's weights, so
that what is trained can be put in their place. Word and place embeddings are not trained: they stay
the encoder's own, and come in from outside.

Source: BERT, https://arxiv.org/abs/1810.04805.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from torch import Tensor, nn
from torch.nn import functional

from index import crossencoder
from index.crossencoder.reading import (
    ANSWERED,
    COLUMNS,
    END,
    EVIDENCE,
    START,
    SUPPORTED,
    lay,
    pieces,
)
from index.crossencoder.weights import FORMAT, CrossEncoderWeights, Embeddings
from index.encoder.tokenizer import Tokenizer
from index.encoder.weights import SHA256, Weights
from index.evaluate.selective import auroc
from index.evaluate.sets import NewsArticle
from index.training.data import passages
from index.training.examples import Example

FILE, CARD = "crossencoder.safetensors", "crossencoder.md"
RUN = "## This run"
"""What stands in the card behind this is of one run; what stands before it of all."""
DENSE = ("q", "k", "v", "ao", "fi", "fo")
NORMS = ("aln", "oln")
PAIR, SPAN, VERDICT = 0.6, 0.25, 1.0
"""Weights of the parts of the loss beside those of ``answered`` and ``evidence``."""
RARE = 2.0
"""What a sentence of the evidence weighs beside one that is none: they are fewer."""


class Layer(nn.Module):
    """One layer of BERT."""

    def __init__(self, weights: Weights, name: str) -> None:
        super().__init__()
        hidden, inner = weights.hidden, weights.floats[f"{name}fi.b"].size
        self._heads = weights.heads
        self.q, self.k, self.v, self.ao = (nn.Linear(hidden, hidden) for _ in range(4))
        self.fi, self.fo = nn.Linear(hidden, inner), nn.Linear(inner, hidden)
        self.aln, self.oln = (nn.LayerNorm(hidden, weights.epsilon) for _ in range(2))

    def forward(self, state: Tensor, lengths: Sequence[int]) -> Tensor:
        """Take ``(tokens, hidden)`` of all texts to the same."""
        state = self.aln(state + self.ao(self._attend(state, lengths)))
        # The tanh form is what the quantised graph of the encoder computes.
        inner = functional.gelu(self.fi(state), approximate="tanh")
        left: Tensor = self.oln(state + self.fo(inner))
        return left

    def _attend(self, state: Tensor, lengths: Sequence[int]) -> Tensor:
        split = [
            part(state).unflatten(1, (self._heads, -1)).transpose(0, 1).split(lengths, dim=1)
            for part in (self.q, self.k, self.v)
        ]
        # Spelt out: backwards it takes a third of the time of torch's fused form (2.13, bf16, CPU).
        attended = [
            torch.softmax(q @ k.transpose(1, 2) * q.shape[-1] ** -0.5, dim=-1).to(v.dtype) @ v
            for q, k, v in zip(*split, strict=True)
        ]
        return torch.cat(attended, dim=1).transpose(0, 1).flatten(1)


class Network(nn.Module):
    """The layers and the head."""

    def __init__(self, weights: Weights) -> None:
        """Begin with the encoder's layers."""
        super().__init__()
        for layer in range(weights.layers):
            self.add_module(f"l{layer}", Layer(weights, f"l{layer}."))
        self.head = nn.Linear(weights.hidden, COLUMNS)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        self._layers = weights.layers
        self.load_state_dict(initial(weights), strict=False)

    def forward(self, embedded: Tensor, lengths: Sequence[int]) -> list[Tensor]:
        """Take the embeddings of texts, ``(tokens of all, hidden)``, to the logits of each.

        Returns:
            Of each text ``(its tokens, COLUMNS)``.
        """
        state = embedded
        for layer in range(self._layers):
            state = self.get_submodule(f"l{layer}")(state, lengths)
        with torch.autocast("cpu", enabled=False):  # bfloat16 is too coarse for log-odds
            return list(self.head(state.float()).split(list(lengths)))


def initial(weights: Weights | CrossEncoderWeights) -> dict[str, Tensor]:
    """Return the layers, and the head where there is one, under the names of the network's parameters."""
    found = {}
    if isinstance(weights, CrossEncoderWeights):
        for name in ("weight", "bias"):
            found[f"head.{name}"] = torch.from_numpy(weights.floats[f"head.{name[0]}"].copy())
    for layer in range(weights.layers):
        for part in (*DENSE, *NORMS):
            name = f"l{layer}.{part}"
            matrix = weights.dense(f"{name}.w") if part in DENSE else weights.floats[f"{name}.w"]
            found[f"{name}.weight"] = torch.from_numpy(matrix.copy())
            found[f"{name}.bias"] = torch.from_numpy(weights.floats[f"{name}.b"].copy())
    return found


def read(network: Network, embeddings: Embeddings, texts: Sequence[Sequence[int]]) -> list[Tensor]:
    """Return the logits of texts in token ids, in bfloat16 where the processor computes in it.

    Where it does not it is emulated, and slower than float32. A processor with AMX has AVX512-BF16.

    Source: https://github.com/pytorch/pytorch/issues/118499.
    """
    embedded = torch.from_numpy(embeddings.embed(texts))
    has_bfloat16 = torch.cpu._is_avx512_bf16_supported()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_bfloat16):
        rows: list[Tensor] = network(embedded, [len(text) for text in texts])
    return rows


def loss(logits: Sequence[Tensor], examples: Sequence[Example]) -> dict[str, Tensor]:
    """Return the parts of the loss, whose sum is what is minimised.

    ``answered`` and ``evidence`` are binary cross-entropies of windows and of sentences, ``pair`` the
    logistic loss of what answers over what does not of one question and its sibling, ``span`` the
    cross-entropy of the answer's first and last token among those of the sentences, ``verdict`` that
    of a claim's. Logits are ``(tokens, COLUMNS)`` of each window.
    """
    both = list(zip(logits, examples, strict=True))
    told = [(rows[0, ANSWERED], e.answered) for rows, e in both if e.answered is not None]
    parts = {"answered": _binary(told)}
    sentences = [
        (rows[start : end + 1, EVIDENCE].logsumexp(0), wanted)
        for rows, e in both
        for (start, end), wanted in zip(e.laid.sentences, e.evidence, strict=True)
        if wanted is not None
    ]
    parts["evidence"] = _binary(sentences, RARE)
    if spans := [_span(rows, e.laid.sentences[0][0], *e.span) for rows, e in both if e.span]:
        parts["span"] = SPAN * torch.stack(spans).mean()
    if pairs := list(_pairs(both)):
        parts["pair"] = PAIR * torch.stack(pairs).mean()
    if verdicts := [(rows[0, SUPPORTED:], e.verdict) for rows, e in both if e.verdict is not None]:
        rows, right = zip(*verdicts, strict=True)
        told_apart = functional.cross_entropy(torch.stack(rows), torch.tensor(right))
        parts["verdict"] = VERDICT * told_apart
    return parts


def _binary(told: Sequence[tuple[Tensor, float]], weight: float = 1.0) -> Tensor:
    odds, right = zip(*told, strict=True)
    return functional.binary_cross_entropy_with_logits(
        torch.stack(odds), torch.tensor(right), pos_weight=torch.tensor(weight)
    )


def _span(rows: Tensor, first: int, start: int, end: int) -> Tensor:
    logs = functional.log_softmax(rows[first:, [START, END]], dim=0)
    return -(logs[start - first, 0] + logs[end - first, 1]) / 2


def _pairs(both: Sequence[tuple[Tensor, Example]]) -> Iterable[Tensor]:
    paired = [(rows[0, ANSWERED], e) for rows, e in both if e.pair is not None]
    for _, group in groupby(paired, key=lambda p: p[1].pair):
        those = list(group)
        yes, no = ([odds for odds, e in those if e.answered == told] for told in (1.0, 0.0))
        yield from (functional.softplus(n - y) for y in yes for n in no)


@torch.no_grad()
def measure(
    network: Network, articles: Sequence[NewsArticle], embeddings: Embeddings, tokenizer: Tokenizer
) -> float:
    """Return the AUROC on twins of the surest piece of the question's own article."""
    odds: dict[bool, list[float]] = {True: [], False: []}
    for article in articles:
        for question in article.questions:
            asked, title = (
                [i for i, _, _ in tokenizer.locate(t)] for t in (question.text, article.title)
            )
            for variant in question.variants:
                ids = [[i for i, _, _ in tokenizer.locate(s)] for s in variant.sentences]
                texts = [
                    lay(asked, title, [ids[own[n]] for n in piece]).ids
                    for own in passages(variant.paragraphs)
                    for piece in pieces([variant.sentences[n] for n in own])
                ]
                rows = read(network, embeddings, texts)
                odds[variant.settled].append(max(float(r[0, ANSWERED]) for r in rows))
    return auroc(np.array(odds[True]), np.array(odds[False]))


def ship(
    average: Mapping[str, Tensor],
    reaches: Mapping[str, NDArray[np.float32]],
    folder: Path,
    facts: Mapping[str, Any],
) -> None:
    """Write trained weights, in int8, and a card that says where they are from, with facts of the run."""
    tensors = quantise({name: value.numpy() for name, value in average.items()}) | dict(reaches)
    unfinished = folder / f"{FILE}.part"
    save_file(tensors, unfinished, {"format": FORMAT, "encoder": SHA256})
    unfinished.replace(folder / FILE)
    shipped = Path(crossencoder.__file__).with_name(CARD).read_text("utf-8")
    told, shown = shipped.partition(RUN)[0], json.dumps(facts, ensure_ascii=False, indent=1)
    (folder / CARD).write_text(f"{told}{RUN}\n\n```json\n{shown}\n```\n", "utf-8")


@torch.no_grad()
def reaches(
    network: Network, embeddings: Embeddings, texts: Iterable[Sequence[int]]
) -> dict[str, NDArray[np.float32]]:
    """Return how far the inner values of each layer go, by channel, over texts in token ids."""
    found: dict[str, Tensor] = {}

    def note(name: str, inner: Tensor) -> None:
        most = inner.abs().amax(dim=0)
        found[name] = torch.maximum(found.get(name, most), most)

    hooks = [
        layer.register_forward_pre_hook(lambda _, taken, name=name: note(name, taken[0]))
        for name, layer in network.named_modules()
        if name.endswith(".fo")
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
