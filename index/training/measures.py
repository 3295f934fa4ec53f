"""Measures of a model in training: refusal, span and ranking, over trials."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from index.crossreader import END, HOLDS, START, Embeddings, best_span
from index.encoder.tokenizer import Tokenizer
from index.evaluate.kinds import AS_ASKED, PASSAGE, SENTENCE, SWAPPED, holds
from index.evaluate.selective import auroc, threshold_at
from index.evaluate.spans import f1
from index.training.batches import put
from index.training.examples import Pair
from index.training.network import Network
from index.training.trials import GOLD, Trial

REFUSED = (PASSAGE, SENTENCE, SWAPPED)
SCORED = {*(f"auroc {kind}" for kind in REFUSED), "f1", "first"}
BATCH = 16


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model makes of a passage: the log-odds that it holds the answer, and the span."""

    odds: float
    span: str


def measure(
    network: Network, trials: Sequence[Trial], embeddings: Embeddings, tokenizer: Tokenizer
) -> dict[str, float]:
    """Return the measures of each folder, and ``score``, the mean that early stopping goes by.

    Nothing is returned of no trials. ``auroc`` and ``refused`` (at 95 % answered) of a kind go by the surest passage of a question;
    ``f1`` is of the span in the right passage; ``first`` is how often the surest passage holds an
    answer string, ``first retrieved`` how often the retriever's does.
    """
    pairs = [Pair(t.question, title, text) for t in trials for title, text in t.passages]
    read = iter(_read(network, pairs, embeddings, tokenizer))
    readings = [(trial, [next(read) for _ in trial.passages]) for trial in trials]
    found: dict[str, float] = {}
    for folder in sorted({trial.folder for trial in trials}):
        of_folder = [(t, r) for t, r in readings if t.folder == folder]
        found |= {f"{folder} {name}": value for name, value in summarise(of_folder).items()}
    scored = [v for name, v in found.items() if name.split(" ", 1)[1] in SCORED]
    return found | {"score": float(np.nanmean(scored))} if found else {}


def summarise(readings: Sequence[tuple[Trial, Sequence[Reading]]]) -> dict[str, float]:
    """Return the measures of one folder; see ``measure``."""
    odds = {
        kind: np.array([max(r.odds for r in those) for t, those in readings if t.kind == kind])
        for kind in (AS_ASKED, *REFUSED)
    }
    asked = odds[AS_ASKED]
    bar = threshold_at(asked, 0.95)
    found = {f"auroc {kind}": auroc(asked, odds[kind]) for kind in REFUSED}
    found |= {f"refused {kind}": _mean(odds[kind] < bar) for kind in REFUSED}
    held = [
        (holds(_surest(t, those), t.answers), holds(t.passages[0][1], t.answers))
        for t, those in readings
        if t.kind == AS_ASKED
    ]
    found["first"], found["first retrieved"] = (_mean(which) for which in zip(*held, strict=True))
    found["f1"] = _mean([f1(r[0].span, t.answers) for t, r in readings if t.kind == GOLD])
    return found


def _surest(trial: Trial, readings: Sequence[Reading]) -> str:
    return max(zip(readings, trial.passages, strict=True), key=lambda read: read[0].odds)[1][1]


def _mean(values: Sequence[float] | NDArray[np.bool_]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


@torch.no_grad()
def _read(
    network: Network, pairs: Sequence[Pair], embeddings: Embeddings, tokenizer: Tokenizer
) -> Iterator[Reading]:
    for at in range(0, len(pairs), BATCH):
        some = pairs[at : at + BATCH]
        texts = [put(pair, tokenizer) for pair in some]
        embedded = torch.from_numpy(embeddings.embed([text.ids for text in texts]))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = network(embedded, [len(text.ids) for text in texts])
        for pair, text, rows in zip(some, texts, logits, strict=True):
            yield _reading(pair, rows[slice(*text.passage)], float(rows[0, HOLDS]), tokenizer)


def _reading(pair: Pair, rows: Tensor, odds: float, tokenizer: Tokenizer) -> Reading:
    located = tokenizer.locate(pair.text)
    first, last = best_span(rows[:, START].numpy(), rows[:, END].numpy())
    return Reading(odds, pair.text[located[first][1] : located[last][2]])
