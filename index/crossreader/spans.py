"""What the columns of the logits are, and the likeliest span in them."""

import numpy as np
from numpy.typing import NDArray

START, END, HOLDS = range(3)
"""The columns. The first two are read at the tokens of the passage, the last at the first token,
``<s>``: the log-odds that the passage holds the answer. Where it does not, start and end stand at
``<s>`` too (Source: Devlin et al. 2019, section 4.3)."""
LONGEST = 40
"""Tokens of the longest span that is looked for; of JaQuAD's answers 99 % have 14 or fewer."""


def best_span(starts: NDArray[np.float32], ends: NDArray[np.float32]) -> tuple[int, int]:
    """Return the first and last token of the span with the highest sum of logits.

    Args:
        starts: ``(n,)``, n at least 1, of the passage's tokens.
        ends: Likewise.
    """
    band = np.triu(np.ones((len(starts), len(ends)), bool))
    band &= ~np.triu(band, LONGEST)
    sums = np.where(band, starts[:, None] + ends, -np.inf)
    first, last = divmod(int(sums.argmax()), len(ends))
    return first, last
