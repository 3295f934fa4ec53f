"""What is said to the chat itself and asks nothing of the articles: told by a linear classifier over runs of letters.

Softmax regression on all runs of one to four characters, weighted by their rarity, as ``index.training.talk``
fits it. Of 459 messages in three languages that it had not learnt from it finds .89 of the talk (with ``other``
.85; word lists before it .56 and .46) and takes none of 180 questions for it. What it does not know: words in other
languages, and what was said before.
"""

import re
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.text.characters import nfkc

KINDS = ("question", "greeting", "thanks", "bye", "help", "who", "articles", "suggest", "other")
"""What a message can be; ``other`` has nothing to do with the articles nor with the chat."""
COURTESIES = ("greeting", "thanks", "bye")
FILE = Path(__file__).with_name("talk.npz")
LENGTHS = (1, 2, 3, 4)
"""Characters of a run."""
LONGEST = 120
"""Characters that are looked at; what is longer is a question."""
SURE, LIKELY = 0.1, 0.45
"""Probability of a question below which a message is talk whatever else its words tell, and below which it is talk if
they tell nothing else. ``other`` has to be sure: what may be a question is better looked for in vain."""

_PAUSE = re.compile(r"[、,，。.!！\n]+\s*")

Weights = tuple[dict[str, int], NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]


def kind_of_talk(said: str, below: float = LIKELY) -> str | None:
    """Tell of which of ``KINDS`` a message is; None where the probability of a question is not below a bar."""
    if not any(map(str.isalnum, said)):
        return "other"
    if len(said) > LONGEST:
        return None
    place, rarity, weights, bias = _weights()
    known = [place[run] for run in sorted(runs(said)) if run in place]
    shares = rarity[known] / max(float(np.linalg.norm(rarity[known])), 1e-9)
    odds = shares @ weights[known] + bias
    told = np.exp(odds - odds.max())
    asks, kind = float(told[0] / told.sum()), KINDS[1 + int(told[1:].argmax())]
    return kind if asks < (SURE if kind == "other" else below) else None


def after_courtesy(said: str) -> str:
    """Return what is said behind greetings and thanks that a message opens with; all of it where there are none."""
    while True:
        opening, *rest = _PAUSE.split(said, maxsplit=1)
        if not any(rest) or kind_of_talk(opening) not in COURTESIES:
            return said
        said = rest[0]


def runs(said: str) -> set[str]:
    """Return all runs of ``LENGTHS`` characters of a text between marks of its begin and end."""
    text = f"^{nfkc(said).lower().strip()}$"
    return {text[at : at + n] for n in LENGTHS for at in range(len(text) - n + 1)}


@cache
def _weights() -> Weights:
    with np.load(FILE) as kept:
        place = {str(run): at for at, run in enumerate(kept["runs"])}
        return place, kept["rarity"], kept["weights"] * kept["scale"], kept["bias"]
