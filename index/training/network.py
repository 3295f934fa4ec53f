"""The model in training: the encoder's twelve layers, and a head.

Texts of a batch stand one after the other, without padding: the dense layers take all tokens at
once, attention takes each text alone. Names of parameters are those of the encoder's weights, so
that what is trained can be put in their place. Word and place embeddings are not trained: they stay the encoder's own, and come in from outside.

Source: BERT, https://arxiv.org/abs/1810.04805.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from index.crossencoder.reading import COLUMNS
from index.crossencoder.weights import CrossEncoderWeights
from index.encoder.weights import Weights

DENSE = ("q", "k", "v", "ao", "fi", "fo")
NORMS = ("aln", "oln")


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

    def __init__(self, weights: Weights, frozen: int = 0) -> None:
        """Begin with the encoder's layers, of which the lowest ``frozen`` stay as they are."""
        super().__init__()
        for layer in range(weights.layers):
            self.add_module(f"l{layer}", Layer(weights, f"l{layer}."))
        self.head = nn.Linear(weights.hidden, COLUMNS)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        self._layers = weights.layers
        self.load_state_dict(initial(weights), strict=False)
        for layer in range(frozen):
            self.get_submodule(f"l{layer}").requires_grad_(False)

    def learning(self) -> list[tuple[str, nn.Parameter]]:
        """Return the parameters that are trained, with their names."""
        return [(name, p) for name, p in self.named_parameters() if p.requires_grad]

    def forward(self, embedded: Tensor, lengths: Sequence[int]) -> list[Tensor]:
        """Read texts.

        Args:
            embedded: Of all texts one after the other, ``(tokens, hidden)``; see
                ``crossencoder.embedding``.
            lengths: Tokens of each text.

        Returns:
            Of each text ``(tokens, COLUMNS)`` logits.
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
        found = {
            f"head.{n}": torch.from_numpy(weights.floats[f"head.{n[0]}"].copy())
            for n in ("weight", "bias")
        }
    for layer in range(weights.layers):
        for part in (*DENSE, *NORMS):
            name = f"l{layer}.{part}"
            matrix = weights.dense(f"{name}.w") if part in DENSE else weights.floats[f"{name}.w"]
            found[f"{name}.weight"] = torch.from_numpy(matrix.copy())
            found[f"{name}.bias"] = torch.from_numpy(weights.floats[f"{name}.b"].copy())
    return found
