"""Questions in English and Chinese about what a Japanese sentence says.

Only of names whose spelling is known: those of ``questions.tables.abroad``, and those that the article
itself gives in Latin letters.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from index.questions.tables import abroad

Made = Iterator[tuple[str, str, str]]
"""Questions: the language of each, what it asks for, and its words."""


class Named(NamedTuple):
    """A name in a sentence, by its place there, and what it is called in English and Chinese, empty if unknown."""

    start: int
    end: int
    en: str
    zh: str


TITLE = r"(?:氏|さん|(?:副|前|元|次期)?(?:大統領|首相|国家主席|主席|総書記|国務長官|長官|外相|政権|議員|教授))?"
DATE = r"(?:(?:19|20)[0-9]{2}年(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?)?|[0-9]{1,2}月[0-9]{1,2}日|(?:昨年|今年|来年)[0-9]{1,2}月(?:[0-9]{1,2}日)?)"
_GLOSSED = re.compile(
    r"(?<![ァ-ヴー・＝])([ァ-ヴー・＝]{2,40})[（(]([A-Z][A-Za-zÀ-ɏ.'’ -]{1,60})[)）]"
)
_THE = re.compile(
    r"^(?:US|UK|UN|EU|European Union|UAE|Philippines|Netherlands|Middle East|West|Kremlin|White House|G7|Soviet Union|Baltic.*|.* Sea|.* Islands|.* Strait)$"
)


def in_both(kind: str, en: str, zh: str, one: Named, other: Named) -> Made:
    """Fill in a question in each language in which both names are known."""
    if one.en and other.en:
        yield "en", kind, en.format(s=_the(one.en), o=_the(other.en))
    if one.zh and other.zh:
        yield "zh", kind, zh.format(s=one.zh, o=other.zh)


def _the(name: str) -> str:
    return f"the {name}" if _THE.match(name) else name


def names_given(text: str) -> dict[str, tuple[str, str]]:
    """Return the names that an article itself gives in Latin letters: マルコ・ルビオ（Marco Rubio）."""
    told: dict[str, tuple[str, str]] = {}
    for found in _GLOSSED.finditer(text):
        last, latin = re.split("[・＝]", found[1])[-1], found[2].split()[-1]
        if len(last) > 1 and last not in abroad():
            told[last] = (latin, "")
    return told


def names_known(text: str, given: dict[str, tuple[str, str]]) -> Iterator[Named]:
    """Yield the names of a text whose spelling abroad is known, in its order."""
    known = abroad() | given
    found = {m.span(): known[m[0]] for p in (_pattern(), _any_of(given)) for m in p.finditer(text)}
    for (start, end), (en, zh) in sorted(found.items()):
        yield Named(start, end, en, zh)


@cache
def _pattern() -> re.Pattern[str]:
    return _any_of(abroad())


def _any_of(names: Mapping[str, object]) -> re.Pattern[str]:
    longest = "|".join(sorted(map(re.escape, names), key=len, reverse=True)) or "(?!)"
    return re.compile(rf"(?<![ァ-ヴー])(?:{longest})(?![ァ-ヴー])")
