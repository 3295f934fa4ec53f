"""What is learnt: where the answer stands, whether there is one, and which passage holds it."""

from collections.abc import Sequence
from itertools import groupby

import torch
from torch import Tensor
from torch.nn import functional

from index.crossreader import END, HOLDS, START
from index.training.batches import Text

RANKING = 0.5
"""The weight of the ranking among passages of one question."""


def loss(logits: Sequence[Tensor], texts: Sequence[Text]) -> dict[str, Tensor]:
    """Return the parts of the loss, each a mean; their sum is what is minimised.

    ``span`` is the cross-entropy of start and end, which for a text without an answer stand at
    ``<s>``; ``holds`` the binary cross-entropy of there being one; ``ranking`` the cross-entropy
    of the right passage among those of its question.

    Args:
        logits: Of each text, ``(tokens, 3)``.
        texts: The same texts.
    """
    spans = [_span(rows, text) for rows, text in zip(logits, texts, strict=True)]
    scores = torch.stack([rows[0, HOLDS] for rows in logits])
    right = torch.tensor([float(text.span[1] > 0) for text in texts])
    return {
        "span": torch.stack(spans).mean(),
        "holds": functional.binary_cross_entropy_with_logits(scores, right),
        "ranking": RANKING * _ranking(scores, texts),
    }


def _span(rows: Tensor, text: Text) -> Tensor:
    allowed = torch.cat([rows[:1], rows[slice(*text.passage)]])
    places = [at and at - text.passage[0] + 1 for at in text.span]
    of_each = functional.log_softmax(allowed[:, [START, END]], dim=0)
    return -(of_each[places[0], 0] + of_each[places[1], 1]) / 2


def _ranking(scores: Tensor, texts: Sequence[Text]) -> Tensor:
    counts = [len(list(those)) for _, those in groupby(text.group for text in texts)]
    firsts = [-functional.log_softmax(group, dim=0)[0] for group in torch.split(scores, counts)]
    return torch.stack(firsts).mean()
