"""The names in articles, each with its sound, and how a word's sound leads to one.

The names are proper nouns and words in katakana. Three ways lead to one: its very sound; a slip of
the finger in kana; and, to names in katakana alone, the likeness of a word in another script. What
it does not know: which of two names of one sound is meant; the more frequent is taken.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sudachipy import Morpheme

from index import lexicon, sounds

VERSION = "names-1"
"""Names how names are gathered and sounded; changes when the same text would give others."""

Names = Mapping[str, NDArray[Any]]
"""``sound`` (ascending) and ``name``, ``(n,)`` text; ``phones`` and ``pairs``, ``(n,) uint64``."""

KATAKANA = re.compile(r"[ァ-ヺー]{2,}(?:[・＝][ァ-ヺー]+)*")
HAN = re.compile(r"[㐀-鿿々]+")

SHORTLIST = 16
"""Names compared in full with a word in another script."""

PARTS = 4
"""Words of a name in katakana."""
LONGEST = 24
"""Phones of a name; what is longer is a chemical's."""

_JOINS = {"・", "＝"}
_CLASS = {
    phone: number
    for number, phones in enumerate(("pbf", "tdC", "kg", "szSTj", "mn", "rR"), 1)
    for phone in phones
}


def collect(texts: Iterable[str]) -> Names:
    """Gather the names of texts; of names of one sound the most frequent."""
    found: Counter[tuple[str, str]] = Counter()
    for text in texts:
        found.update(_names(text))
    best: dict[str, str] = {}
    for (name, reading), _ in found.most_common():
        best.setdefault(sounds.of_kana(reading), name)
    for (name, _), _ in found.most_common():
        if len(name) > 1 and HAN.fullmatch(name):
            best.setdefault(sounds.of_chinese(name), name)  # Beijing, 习近平
    rows = sorted((sound, name) for sound, name in best.items() if 2 < len(sound) <= LONGEST)
    foreign = [sound if KATAKANA.fullmatch(name) else "" for sound, name in rows]
    return {
        "sound": np.array([sound for sound, _ in rows], np.str_),
        "name": np.array([name for _, name in rows], np.str_),
        "phones": np.array([_phones(sound) for sound in foreign], np.uint64),
        "pairs": np.array([_pairs(sound) for sound in foreign], np.uint64),
    }


def same(sound: str, names: Names, *, least: int) -> str | None:
    """Return the name of exactly this sound, if that has at least so many moras."""
    row = _row(sound, names)
    if row == len(names["sound"]) or names["sound"][row] != sound:
        return None
    return str(names["name"][row]) if len(sounds.moras(sound)) >= least else None


def is_there(sound: str, names: Names) -> bool:
    """Whether a name has exactly this sound."""
    return same(sound, names, least=0) is not None


def slipped(sound: str, names: Names, *, least: int) -> str | None:
    """Return the katakana name that one slip makes this sound, or two in eight moras; None if several.

    Both must begin alike: the beginning is seldom mistaken, and other names have another.
    """
    moras = sounds.moras(sound)
    if len(moras) < least:
        return None
    first, last = _row(sound[:2], names), _row(sound[:2] + "~", names)
    phones = names["phones"][first:last]
    alike = np.bitwise_count(phones ^ np.uint64(_phones(sound))) <= 4
    rows = first + np.flatnonzero(alike & (phones > 0))
    found = sorted(
        (slips, name)
        for name, other in _pick(names, rows)
        if (slips := _slips(moras, sounds.moras(other))) <= 2
    )
    alone = len(found) == 1 or (found and found[0][0] < found[1][0])
    return found[0][1] if alone else None


def near(sound: str, names: Names) -> tuple[float, str]:
    """Return the distance of the katakana name nearest to a sound of another script, and the name."""
    own = np.uint64(_pairs(sound))
    shared = np.bitwise_count(names["pairs"] & own)
    likeness = shared / (np.bitwise_count(names["pairs"] | own) + 1)
    rows = np.flatnonzero(likeness >= 0.2)
    rows = rows[np.argsort(-likeness[rows], kind="stable")[:SHORTLIST]]
    found = [(sounds.distance(sound, other), name) for name, other in _pick(names, rows)]
    return min(found, default=(1.0, ""))


def is_name(morpheme: Morpheme) -> bool:
    """Whether a morpheme is a proper noun in kanji or katakana, or any noun in katakana."""
    speech, surface = morpheme.part_of_speech(), morpheme.surface()
    if KATAKANA.fullmatch(surface):
        return bool(speech[0] == "名詞")
    return speech[1] == "固有名詞" and bool(HAN.fullmatch(surface))


def _names(text: str) -> Iterator[tuple[str, str]]:
    """Yield the names in a text with their readings: each part, and parts side by side as one."""
    row: list[Morpheme] = []
    for part in lexicon.morphemes(text):
        if is_name(part):
            row.append(part)
        elif row and part.surface() not in _JOINS:
            yield from _joined(row, text)
            row = []
    yield from _joined(row, text)


def _joined(row: Sequence[Morpheme], text: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a name, and the whole: ニコラス・バーンズ, 前原誠司."""
    yield from ((part.surface(), part.reading_form()) for part in row)
    if 1 < len(row) <= PARTS:
        whole = text[row[0].begin() : row[-1].end()]
        if KATAKANA.fullmatch(whole) or all(p.part_of_speech()[2] == "人名" for p in row):
            yield whole, "".join(part.reading_form() for part in row)


def _row(sound: str, names: Names) -> int:
    return int(np.searchsorted(names["sound"], sound))


def _pick(names: Names, rows: NDArray[np.int64]) -> Iterator[tuple[str, str]]:
    return zip(names["name"][rows].tolist(), names["sound"][rows].tolist(), strict=True)


def _slips(typed: list[str], name: list[str]) -> int:
    """Count the slips between two words in moras; 3 where they are too many for words so short."""
    short, long = sorted((len(typed), len(name)))
    swapped = sorted(typed) == sorted(name)
    if short < 4 or long - short > 2 or (long < 5 and not swapped):
        return 3  # サロナ is not サバナ, nor ブレンツ ブレイン
    slips = sounds.slips(typed, name)
    return slips if slips < 2 or len(typed) >= 8 else 3


def _phones(sound: str) -> int:
    """Return the phones of a sound as bits."""
    return sum(1 << sounds.PHONES.index(phone) for phone in set(sound))


def _pairs(sound: str) -> int:
    """Return the pairs of neighbouring consonants, by class and with both ends, as bits."""
    classes = [0, *(_CLASS[phone] for phone in sound if phone in _CLASS), 0]
    pairs = set(pairwise(classes)) if len(classes) > 2 else set()
    return sum(1 << (a * 7 + b) for a, b in pairs)
