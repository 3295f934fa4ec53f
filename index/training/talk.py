"""The classifier of talk: what it learns from, and its fit. ``python -m index.training.talk`` makes its file anew.

It learns from ``talk.tsv.gz`` (kind, language and words of 3,352 things that people type into such a chat, 1,801 of
them questions on news; written for this project, CC0), and, as further questions, from the questions, titles and
short answers of newsqa, the last also in short questions. Rare runs of letters are left out, and so are weights
that decide nothing.
"""

from collections import Counter
from random import Random

import numpy as np
import torch
from torch.nn import functional

from index.evaluate.sets import YES_NO, read_news
from index.questions.talk import FILE, KINDS, runs
from index.training.data import read_talk
from index.training.run import NEWS

FEWEST = 2
"""Texts that a run must stand in."""
QUESTIONS, NAMES, FRAMED = 5000, 4000, 1200
"""Of newsqa."""
FRAMES = (
    "{}は", "じゃあ{}は", "では{}はどう", "{}については", "{}について教えて", "{}とは", "{}を全部教えて",
    "what about {}", "and {}", "tell me about {}", "who is {}", "what is {}",
    "那{}呢", "{}呢", "介绍一下{}", "{}是谁", "{}是什么", "有哪些{}",
)  # fmt: skip
"""What is asked with a name alone."""
BALANCE = 2000
"""Texts for which all questions together weigh."""
STEPS, RATE, DECAY = 120, 0.1, 1e-6
LEAST = 0.4
"""The least weight, of any kind, of a run that is kept. Without those below, and in eight bits, the same is told."""


def _examples() -> list[tuple[str, str]]:
    chance, articles = Random(0), read_news(NEWS)
    asked = [q.text for a in articles for q in (*a.questions, *a.claims)]
    answers = {v.answer for a in articles for q in a.questions for v in q.variants if v.answer}
    names = sorted(words for words in answers - {*YES_NO} if 1 < len(words) <= 12)
    framed = [chance.choice(FRAMES).format(n) for n in chance.sample(names, FRAMED)]
    named = [a.title for a in articles if a.title] + names
    more = chance.sample(asked, QUESTIONS) + chance.sample(named, NAMES) + framed
    return read_talk() + [("question", words) for words in more]


def fit() -> None:
    """Write the classifier: a softmax regression on runs weighted by their rarity."""
    kinds, texts = zip(*_examples(), strict=True)
    found = [runs(text) for text in texts]
    counts = Counter(run for own in found for run in own)
    kept = sorted(run for run, count in counts.items() if count >= FEWEST)
    place = {run: at for at, run in enumerate(kept)}
    rarity = np.log((1 + len(texts)) / (1 + np.array([counts[run] for run in kept]))) + 1
    rows = [[place[run] for run in own if run in place] or [0] for own in found]
    scaled = [rarity[row] / np.linalg.norm(rarity[row]) for row in rows]
    shares = torch.tensor(np.concatenate(scaled)).float()
    flat = torch.tensor([at for row in rows for at in row])
    starts = torch.tensor(np.cumsum([0, *map(len, rows)])[:-1])
    right = torch.tensor([KINDS.index(kind) for kind in kinds])
    weighs = torch.where(right == 0, BALANCE / kinds.count("question"), 1.0)
    weights = torch.zeros(len(kept), len(KINDS), requires_grad=True)
    bias = torch.zeros(len(KINDS), requires_grad=True)
    optimiser = torch.optim.Adam([weights, bias], lr=RATE)
    for _ in range(STEPS):
        told = functional.embedding_bag(
            flat, weights, starts, mode="sum", per_sample_weights=shares
        )
        apart = functional.cross_entropy(told + bias, right, reduction="none")
        loss = (apart * weighs).sum() / weighs.sum() + DECAY * (weights**2).sum()
        weights.grad, bias.grad = torch.autograd.grad(loss, (weights, bias))
        optimiser.step()
    full = weights.detach().numpy()
    tells = np.abs(full).max(axis=1) >= LEAST
    scale = np.float32(np.abs(full).max() / 127)
    np.savez_compressed(
        FILE,
        runs=np.array(kept)[tells],
        rarity=rarity[tells].astype(np.float32),
        weights=np.rint(full[tells] / scale).astype(np.int8),
        scale=scale,
        bias=bias.detach().numpy(),
    )


if __name__ == "__main__":
    fit()
