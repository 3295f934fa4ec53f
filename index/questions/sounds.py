"""Names by their sound, whatever their script: ゼレンスキー, Zelensky and 泽连斯基 come close.

A sound is a string of phones: small letters, and capitals for sh (S), ch (C), ts (T) and an r that
ends a syllable (R). Long and short, single and doubled, l and r, b and v, y and i, w and u are one.
What it does not know: how English is spoken, tones, and which reading of a Chinese character is meant.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from anyascii import anyascii
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA, Indel
from sudachipy import Morpheme

from index.questions import lexicon
from index.text.characters import nfkc

Names = Mapping[str, NDArray[Any]]
"""``sound`` (ascending), ``name`` and whether ``foreign`` (in katakana), ``(n,)``; ``place``: the names
of ``places.tsv`` that stand in the articles, most frequent first."""

KATAKANA = re.compile(r"[ァ-ヺー]{2,}(?:[・＝][ァ-ヺー]+)*")
HAN = re.compile(r"[㐀-鿿々]+")

LONGEST, PARTS = 24, 4
"""Phones of a name (what is longer is a chemical's), and its words in katakana."""
SHORTLIST = 32
"""Names compared in full with a word in another script. Of 60 words, the nearest of 6,245 names was
among the 32 that RapidFuzz finds for 58, among 64 for all."""

Rules = tuple[tuple[str, str], ...]

PHONES = "abdefghijkmnoprstuzSCTR"

_KANA: Rules = (
    (r"[ーっッ]", ""), (r"テ(?=ィ)", "t"), (r"デ(?=ィ)", "d"), (r"ト(?=ゥ)", "t"), (r"ド(?=ゥ)", "d"),
    (r"ヴ(?=[ァィェォュ])", "b"), (r"フ(?=[ァィェォ])", "f"), (r"(?<=[シチジ])[ェャュョ]", r"*\g<0>"),
)  # fmt: skip
_ROMAN_KANA: Rules = (
    (r"sh", "S"), (r"ch", "C"), (r"ts", "T"), (r"i\*y?", ""), (r"z(?=i)", "j"),
    (r"ou", "o"), (r"ei", "e"),
)  # fmt: skip
_LATIN: Rules = (
    (r"(.)\1+", r"\1"), (r"\bx|sch|sh", "S"), (r"zh", "j"), (r"ng(?![aeiou])", "n"), (r"t?ch", "C"), (r"t[sz]", "T"),
    (r"ph", "f"), (r"th", "s"), (r"c(?=[eiy])", "s"), (r"s(?=[iy])", "S"), (r"ck|[cq]", "k"),
    (r"x", "ks"), (r"(?<=[^aeiou])e$", ""),
)  # fmt: skip
_CHINESE: Rules = (
    (r"-er(?=-|$)", "r"), (r"-([scz])i(?=-|$)", r"-\1u"), (r"ng(?=-|$)", "n"), (r"-zh", "j"),
    (r"-sh|-x", "S"), (r"-ch|-q", "C"), (r"-c", "T"),
)  # fmt: skip
_ONE: Rules = (
    ("l", "r"), ("v", "b"), ("y", "i"), ("w", "u"), (f"[^{PHONES}]", ""), (r"(.)\1+", r"\1"),
    (r"r(?![aeiou])", "R"),
)  # fmt: skip

_HIRAGANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_MORA = re.compile(r"n(?![aeiou])|[^aeioun]*n?[aeiou]|[^aeioun]+")
_VOWELS = "aeiou"
_NEAR_VOWELS = ("ea", "ei", "eo", "eu", "ou", "ao")
_ALIKE = ("pb", "fhu", "bu", "bf", "pf", "tdCT", "dj", "kgjC", "gh", "kh", "szSjCT", "mn")
_CLOSE = ("hS", "kj", "gj", "bu")  # 希 is シ or ヒ, 基 ジ, キ or ギ, 沃 ウォ or ヴォ
_GAPS = {
    "u": 0.15, "o": 0.2, "i": 0.2, "a": 0.25, "e": 0.25, "R": 0.3, "h": 0.5, "n": 0.8, "r": 0.8,
}  # fmt: skip
"""What a phone costs that one of two sounds lacks, where it is not 1: the vowels that kana puts in,
and what it leaves out. These and the costs of ``_change`` were chosen on half of a list of names."""


def of_kana(reading: str) -> str:
    """Return the sound of a word in kana, hiragana or katakana."""
    katakana = nfkc(reading).translate(_HIRAGANA)
    return _apply(anyascii(_apply(katakana, _KANA)).lower(), _ROMAN_KANA + _ONE)


def of_latin(word: str) -> str:
    """Return the sound of a word in Latin letters, read as if it were a foreign name."""
    return _apply(anyascii(word).lower(), _LATIN + _ONE)


def of_chinese(word: str) -> str:
    """Return the sound of Chinese characters in Mandarin, one for 习 and 習."""
    syllables = re.sub("(?=[A-Z])", "-", anyascii(word))
    return _apply(syllables.lower(), _CHINESE + _ONE)


def moras(sound: str) -> list[str]:
    """Cut a sound into moras, roughly: ze re n su ki."""
    return _MORA.findall(sound)


def consonants(sound: str) -> int:
    """Count the consonants of a sound."""
    return sum(phone not in _VOWELS for phone in sound)


def distance(a: str, b: str) -> float:
    """Return how far apart two sounds are, per consonant: 0 for the same, about 1 for strangers.

    What differs in the first phone counts more: a name is seldom heard wrongly there. Where one in
    ten names that are missing from 4,667 is taken for another, this finds 65 % of 259 names of places
    from English and 36 % of 261 from Chinese; RapidFuzz's distances find at most 49 % and 27 %.
    """
    row = [0.0]
    for j, y in enumerate(b):
        row.append(row[-1] + _GAPS.get(y, 1.0) + (0.0 if j else 0.5))
    for i, x in enumerate(a):
        before, row = row, [row[0] + _GAPS.get(x, 1.0) + (0.0 if i else 0.5)]
        for j, y in enumerate(b):
            change = before[j] + _change(x, y) * (1 if i or j else 2)
            row.append(min(change, before[j + 1] + _GAPS.get(x, 1.0), row[j] + _GAPS.get(y, 1.0)))
    return row[-1] / max(consonants(a), consonants(b), 1)


def is_there(sound: str, names: Names) -> bool:
    """Whether a name has exactly this sound."""
    return same(sound, names, least=0) is not None


def names_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield the names in a text with their readings: each part, and parts side by side as one."""
    row: list[Morpheme] = []
    for part in lexicon.morphemes(text):
        if is_name(part):
            row.append(part)
        elif row and part.surface() not in {"・", "＝"}:
            yield from _joined(row, text)
            row = []
    yield from _joined(row, text)


def is_name(morpheme: Morpheme) -> bool:
    """Whether a morpheme is a proper noun in kanji or katakana, or any noun in katakana."""
    speech = morpheme.part_of_speech()
    if speech[0] != "名詞":
        return False
    surface = morpheme.surface()
    return bool(KATAKANA.fullmatch(surface) or (speech[1] == "固有名詞" and HAN.fullmatch(surface)))


def _joined(row: Sequence[Morpheme], text: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a name, and the whole: ニコラス・バーンズ, 前原誠司."""
    yield from ((part.surface(), part.reading_form()) for part in row)
    if 1 < len(row) <= PARTS:
        whole = text[row[0].begin() : row[-1].end()]
        if KATAKANA.fullmatch(whole) or all(p.part_of_speech()[2] == "人名" for p in row):
            yield whole, "".join(part.reading_form() for part in row)


def same(sound: str, names: Names, *, least: int) -> str | None:
    """Return the name of exactly this sound, if that has at least so many moras."""
    row = int(np.searchsorted(names["sound"], sound))
    if row == len(names["sound"]) or names["sound"][row] != sound:
        return None
    return str(names["name"][row]) if len(moras(sound)) >= least else None


def slipped(sound: str, names: Names, *, least: int) -> str | None:
    """Return the katakana name that one slip makes this sound, or two in eight moras; None if several.

    Both must begin alike: the beginning is seldom mistaken, and other names have another.
    """
    typed = moras(sound)
    if len(typed) < least:
        return None
    first, last = np.searchsorted(names["sound"], [sound[:2], sound[:2] + "~"])
    rows = first + np.flatnonzero(names["foreign"][first:last])
    others = [moras(other) for other in names["sound"][rows].tolist()]
    found = process.extract(typed, others, scorer=OSA.distance, score_cutoff=2, limit=None)
    slips = [(n, row) for other, n, row in found if _may_slip(typed, other, n)]
    alone = len(slips) == 1 or (slips and slips[0][0] < slips[1][0])
    return str(names["name"][rows[slips[0][1]]]) if alone else None


def _may_slip(typed: list[str], name: list[str], slips: int) -> bool:
    """Whether two words in moras are long enough for their slips: サロナ is not サバナ."""
    short, long = sorted((len(typed), len(name)))
    swapped = sorted(typed) == sorted(name)
    return short >= 4 and (long >= 5 or swapped) and (slips < 2 or len(typed) >= 8)


def near(sound: str, names: Names) -> tuple[float, str]:
    """Return the distance of the katakana name nearest to a sound of another script, and the name."""
    rows = np.flatnonzero(names["foreign"])
    others = names["sound"][rows].tolist()
    found = process.extract(sound, others, scorer=Indel.normalized_similarity, limit=SHORTLIST)
    nearest = ((distance(sound, other), str(names["name"][rows[n]])) for other, _, n in found)
    return min(nearest, default=(1.0, ""))


@cache
def _change(x: str, y: str) -> float:
    if x == y or {x, y} == {"r", "R"}:
        return 0.0
    if x in _VOWELS and y in _VOWELS:
        return 0.3 if any({x, y} == set(pair) for pair in _NEAR_VOWELS) else 0.6
    if any(x in group and y in group for group in _CLOSE):
        return 0.2
    return 0.4 if any(x in group and y in group for group in _ALIKE) else 1.2


def _apply(text: str, rules: Rules) -> str:
    for pattern, phones in rules:
        text = re.sub(pattern, phones, text)
    return text
