"""The plan of a run, what is learnt, and one step of it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

import torch
from torch import Tensor, nn
from torch.nn import functional

from index.crossencoder.reading import ANSWERED, END, EVIDENCE, START, SUPPORTED
from index.crossencoder.weights import Embeddings
from index.encoder.weights import Weights
from index.training.checkpoint import State
from index.training.examples import Example
from index.training.network import Network

PAIR, SPAN, VERDICT = 0.3, 0.25, 1.0
"""Weights of the parts of the loss beside those of ``answered`` and ``evidence``."""
RARE = 2.0
"""What a sentence of the evidence weighs beside one that is none: they are fewer."""
LOWER = 0.92
"""The learning rate of a layer beside that of the one above it; the head's is twice the highest."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run goes.

    Attributes:
        steps: In all. The last ``decay`` of them, a share, bring the learning rate to nought.
        frozen: How many of the lowest layers stay as they are. With half of them a step takes two
            thirds of the time, and the same weights went no further (AUROC of twins .856; all: .87).
        rate: The learning rate above the highest layer after ``warmup`` steps.
        averaged: The share of the running mean that a step leaves as it was.
        saved: Seconds between two checkpoints.
        measured: Steps between two measurements.
    """

    steps: int
    frozen: int = 0
    rate: float = 8e-5
    warmup: int = 50
    decay: float = 0.9
    averaged: float = 0.997
    saved: float = 300.0
    measured: int = 400
    seed: int = 1


def begin(weights: Weights, plan: Plan) -> State:
    """Return the state before the first step."""
    torch.manual_seed(plan.seed)  # of the head
    network = Network(weights, plan.frozen)
    average = {name: value.detach().clone() for name, value in network.named_parameters()}
    groups = []
    for name, parameter in network.learning():
        below = weights.layers - int(name.split(".")[0][1:]) if name[0] == "l" else 0
        share = LOWER**below if below else 2.0
        decay = 0.01 if parameter.ndim > 1 else 0.0
        groups.append({"params": [parameter], "share": share, "weight_decay": decay})
    return State(network, average, torch.optim.AdamW(groups, plan.rate))


def rate_at(step: int, plan: Plan) -> float:
    """Return the learning rate of a step, counted from 0: it rises, stays, and falls at the end.

    Source: Hu et al. 2024 (WSD), https://arxiv.org/abs/2404.06395.
    """
    rising, falling = (step + 1) / plan.warmup, (1 - step / plan.steps) / plan.decay
    return plan.rate * min(rising, 1.0, max(falling, 0.0))


def advance(
    state: State,
    halves: Sequence[Sequence[Example]],
    embeddings: Embeddings,
    plan: Plan,
    pool: ThreadPoolExecutor,
) -> dict[str, float]:
    """Take one step; return the parts of its loss, and how many tokens it read.

    Args:
        state: The run.
        halves: What each core learns from; each runs on one thread, a fifth faster than both in all.
        embeddings: The encoder's.
        plan: For the learning rate.
        pool: Of as many threads as halves.
    """
    learning = [parameter for _, parameter in state.network.learning()]
    work: Callable[[Sequence[Example]], tuple[Sequence[Tensor], dict[str, float]]]
    work = lambda half: _gradients(state.network, learning, half, embeddings)  # noqa: E731
    found = list(pool.map(work, halves))
    for parameter, *gradients in zip(learning, *(gradients for gradients, _ in found), strict=True):
        parameter.grad = torch.stack(gradients).mean(0)
    nn.utils.clip_grad_norm_(learning, 1.0)
    for group in state.optimiser.param_groups:
        group["lr"] = rate_at(state.step, plan) * group["share"]
    state.optimiser.step()
    state.optimiser.zero_grad()
    state.step += 1
    _average(state, plan)
    names = {name for _, parts in found for name in parts}
    sums = {n: sum(parts.get(n, 0.0) for _, parts in found) / len(found) for n in names}
    return sums | {"tokens": sum(len(e.laid.ids) for half in halves for e in half)}


def _gradients(
    network: Network,
    learning: Sequence[Tensor],
    examples: Sequence[Example],
    embeddings: Embeddings,
) -> tuple[Sequence[Tensor], dict[str, float]]:
    lengths = [len(e.laid.ids) for e in examples]
    embedded = torch.from_numpy(embeddings.embed([e.laid.ids for e in examples]))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = network(embedded, lengths)
    parts = loss(logits, examples)
    gradients = torch.autograd.grad(torch.stack([*parts.values()]).sum(), learning)
    return gradients, {name: float(value.detach()) for name, value in parts.items()}


def loss(logits: Sequence[Tensor], examples: Sequence[Example]) -> dict[str, Tensor]:
    """Return the parts of the loss, whose sum is what is minimised.

    ``answered`` and ``evidence`` are binary cross-entropies of windows and of sentences, ``pair`` the
    logistic loss of what answers over what does not of one question and its sibling, ``span`` the cross-entropy
    of the answer's first and last token among those of the sentences, ``verdict`` that of a claim's.

    Args:
        logits: Of each window, ``(tokens, COLUMNS)``.
        examples: The same windows.
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
    if spans := [_span(rows, e) for rows, e in both if e.span]:
        parts["span"] = SPAN * torch.stack(spans).mean()
    if pairs := list(_pairs(both)):
        parts["pair"] = PAIR * torch.stack(pairs).mean()
    if verdicts := [(rows[0, SUPPORTED:], e.verdict) for rows, e in both if e.verdict is not None]:
        rows, right = zip(*verdicts, strict=True)
        parts["verdict"] = VERDICT * functional.cross_entropy(
            torch.stack(rows), torch.tensor(right)
        )
    return parts


def _binary(told: Sequence[tuple[Tensor, float]], weight: float = 1.0) -> Tensor:
    odds, right = zip(*told, strict=True)
    return functional.binary_cross_entropy_with_logits(
        torch.stack(odds), torch.tensor(right), pos_weight=torch.tensor(weight)
    )


def _span(rows: Tensor, example: Example) -> Tensor:
    assert example.span is not None  # the caller has looked
    first = example.laid.sentences[0][0]
    logs = functional.log_softmax(rows[first:, [START, END]], dim=0)
    start, end = example.span
    return -(logs[start - first, 0] + logs[end - first, 1]) / 2


def _pairs(both: Sequence[tuple[Tensor, Example]]) -> list[Tensor]:
    found = []
    paired = [(e.pair, e.answered, rows[0, ANSWERED]) for rows, e in both if e.pair is not None]
    for _, those in groupby(paired, key=lambda p: p[0]):
        odds: dict[float | None, list[Tensor]] = {1.0: [], 0.0: [], None: []}
        for _, answered, value in those:
            odds[answered].append(value)
        found += [functional.softplus(no - yes) for yes in odds[1.0] for no in odds[0.0]]
    return found


def _average(state: State, plan: Plan) -> None:
    """Move the running mean towards the weights; at first it forgets faster, or it would lag."""
    kept = min(plan.averaged, state.step / (state.step + 10))
    for name, value in state.network.learning():
        state.average[name].lerp_(value.detach(), 1 - kept)
