"""The plan of a run, and one step of it."""

from dataclasses import dataclass

import torch
from torch import nn

from index.crossreader import Embeddings
from index.encoder.weights import Weights
from index.training.batches import Batches
from index.training.checkpoint import State
from index.training.network import Network
from index.training.objective import loss


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run goes.

    Attributes:
        steps: In all. The last ``decay`` of them bring the learning rate to nought; a run that is
            resumed with fewer ends the sooner.
        questions: Of a batch, each with two passages or three.
        frozen: Layers, from the lowest, that stay as they are in the encoder.
        rate: The learning rate after ``warmup`` steps.
        averaged: The share of the running mean that a step leaves as it was.
        saved: Seconds between two checkpoints.
        measured: Steps between two measurements.
        patience: Measurements without a better one after which the run ends.
        threads: Of torch.
    """

    steps: int
    questions: int = 6
    frozen: int = 6
    rate: float = 1.5e-4
    warmup: int = 100
    decay: int = 1200
    averaged: float = 0.997
    saved: float = 300.0
    measured: int = 1000
    patience: int = 8
    threads: int = 2
    seed: int = 20250122


def begin(weights: Weights, plan: Plan) -> State:
    """Return the state before the first step."""
    torch.manual_seed(plan.seed)  # of the head
    network = Network(weights, plan.frozen)
    trained = network.trained()
    average = {name: value.detach().clone() for name, value in trained.items()}
    decayed = [p for p in trained.values() if p.ndim > 1]
    others = [p for p in trained.values() if p.ndim == 1]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
    return State(network, average, torch.optim.AdamW(groups, plan.rate))


def rate_at(step: int, plan: Plan) -> float:
    """Return the learning rate of a step, counted from 0: it rises, stays, and falls at the end.

    Source: Hu et al. 2024 (WSD), https://arxiv.org/abs/2404.06395.
    """
    rising, falling = (step + 1) / plan.warmup, (plan.steps - step) / plan.decay
    return plan.rate * min(rising, 1.0, max(falling, 0.0))


def advance(state: State, batches: Batches, embeddings: Embeddings, plan: Plan) -> dict[str, float]:
    """Take one step; return the parts of its loss, and how many pairs and tokens it read."""
    texts = batches.texts(state.step)
    lengths = [len(text.ids) for text in texts]
    embedded = torch.from_numpy(embeddings.embed([text.ids for text in texts]))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = state.network(embedded, lengths)
    parts = loss(logits, texts)
    sum(parts.values()).backward()  # type: ignore[union-attr]
    nn.utils.clip_grad_norm_(state.network.parameters(), 1.0)
    for group in state.optimiser.param_groups:
        group["lr"] = rate_at(state.step, plan)
    state.optimiser.step()
    state.optimiser.zero_grad()
    state.step += 1
    _average(state, plan)
    read = {"pairs": len(texts), "tokens": sum(lengths)}
    return {name: float(value.detach()) for name, value in parts.items()} | read


def _average(state: State, plan: Plan) -> None:
    """Move the running mean towards the weights; at first it forgets faster, or it would lag."""
    kept = min(plan.averaged, state.step / (state.step + 10))
    for name, value in state.network.trained().items():
        state.average[name].lerp_(value.detach(), 1 - kept)
