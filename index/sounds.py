"""What a word sounds like, whatever its script: ゼレンスキー, Zelensky and 泽连斯基 come close.

A sound is a string of phones: small letters, and capitals for sh (S), ch (C), ts (T) and an r that
ends a syllable (R). Long and short, single and doubled, l and r, b and v, y and i, w and u are one.
What it does not know: how English is spoken, tones, and which reading of a Chinese character is meant.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from anyascii import anyascii

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
    "u": 0.15,
    "o": 0.2,
    "i": 0.2,
    "a": 0.25,
    "e": 0.25,
    "R": 0.3,
    "h": 0.5,
    "n": 0.8,
    "r": 0.8,
}
"""What a phone costs that one of two sounds lacks, where it is not 1: the vowels that kana puts in,
and what it leaves out. These and the costs of ``_change`` were chosen on half of a list of names."""


def of_kana(reading: str) -> str:
    """Return the sound of a word in kana, hiragana or katakana."""
    katakana = unicodedata.normalize("NFKC", reading).translate(_HIRAGANA)
    return _phones(_apply(_KANA, katakana), _ROMAN_KANA)


def of_latin(word: str) -> str:
    """Return the sound of a word in Latin letters, read as if it were a foreign name."""
    return _phones(word, _LATIN)


def of_chinese(word: str) -> str:
    """Return the sound of Chinese characters in Mandarin, one for 习 and 習."""
    return _phones(re.sub("(?=[A-Z])", "-", anyascii(word)), _CHINESE)


def moras(sound: str) -> list[str]:
    """Cut a sound into moras, roughly: ze re n su ki."""
    return _MORA.findall(sound)


def consonants(sound: str) -> int:
    """Count the consonants of a sound."""
    return sum(phone not in _VOWELS for phone in sound)


def slips(a: Sequence[str], b: Sequence[str]) -> int:
    """Count the slips between two sequences: one left out, put in, mistaken, or two swapped.

    Source: optimal string alignment, https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance.
    """
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a):
        last, before, row = before, row, [i + 1]
        for j, y in enumerate(b):
            best = min(before[j + 1] + 1, row[j] + 1, before[j] + (x != y))
            if i and j and x == b[j - 1] and a[i - 1] == y:
                best = min(best, last[j - 1] + 1)
            row.append(best)
    return row[-1]


def distance(a: str, b: str) -> float:
    """Return how far apart two sounds are, per consonant: 0 for the same, about 1 for strangers.

    What differs in the first phone counts more: a name is seldom heard wrongly there.
    """
    row = [0.0]
    for j, y in enumerate(b):
        row.append(row[-1] + _gap(y) + (0.0 if j else 0.5))
    for i, x in enumerate(a):
        before, row = row, [row[0] + _gap(x) + (0.0 if i else 0.5)]
        for j, y in enumerate(b):
            change = before[j] + _change(x, y) * (1 if i or j else 2)
            row.append(min(change, before[j + 1] + _gap(x), row[j] + _gap(y)))
    return row[-1] / max(consonants(a), consonants(b), 1)


def _gap(phone: str) -> float:
    return _GAPS.get(phone, 1.0)


@cache
def _change(x: str, y: str) -> float:
    if x == y or {x, y} == {"r", "R"}:
        return 0.0
    if x in _VOWELS and y in _VOWELS:
        return 0.3 if any({x, y} == set(pair) for pair in _NEAR_VOWELS) else 0.6
    if any(x in group and y in group for group in _CLOSE):
        return 0.2
    return 0.4 if any(x in group and y in group for group in _ALIKE) else 1.2


def _phones(text: str, rules: Rules) -> str:
    return _apply(_ONE, _apply(rules, anyascii(text).lower()))


def _apply(rules: Rules, text: str) -> str:
    for pattern, phones in rules:
        text = re.sub(pattern, phones, text)
    return text
