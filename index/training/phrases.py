"""Phrases that a Japanese sentence can do without: 東京で in 首相は東京で会談した is one.

A noun with the particles after it, and with the nouns that の ties to it; or a noun tied by の to
the next. Without it the sentence still reads as one, which makes a passage that speaks of all the
question names and does not answer it.

What it does not know: a noun with a clause before it, which is never left out.
"""

import re

from index import lexicon
from index.training.jaquad import Span

_KINDS = {"名詞": "n", "代名詞": "n", "接頭辞": "n", "接尾辞": "n", "形状詞": "n"}
_BREAKS = {"補助記号", "接続詞", "副詞"}
_PARTICLES = {"が", "を", "に", "で", "へ", "から", "より", "と", "まで", "は", "も", "や"}
# In letters: n noun, o の, p particle, c 、, b another break, x all else. A phrase begins after p, c
# or b, and takes the 、 behind it along.
_SPARE = (re.compile(r"(?<![nox])(?:n+o)*n+p+(?!o)c?"), re.compile(r"(?<![nx])n+o(?=n)"))


def spare(sentence: str) -> list[Span]:
    """Return where the phrases stand that may be left out; some stand within others."""
    morphemes = list(lexicon.morphemes(sentence))
    letters = "".join(_letter(m.surface(), m.part_of_speech()[0]) for m in morphemes)
    return [
        (morphemes[found.start()].begin(), morphemes[found.end() - 1].end())
        for pattern in _SPARE
        for found in pattern.finditer(letters)
    ]


def _letter(written: str, kind: str) -> str:
    if written == "、":
        return "c"
    if written in "・－-" and kind == "補助記号":
        return "n"
    if kind == "助詞":
        return "o" if written == "の" else "p" if written in _PARTICLES else "x"
    return _KINDS.get(kind) or ("b" if kind in _BREAKS else "x")
