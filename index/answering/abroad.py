"""Questions in English and Chinese about what a Japanese sentence says, and what can be told of it untranslated.

Only of names whose spelling is known: those of ``questions.tables.abroad``, and those that the article
itself gives in Latin letters.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from index.questions.tables import abroad
from index.records import Article
from index.text.wording import dates_in, figures_in

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
_HAN = re.compile(r"[一-龥々]")
# What may stand behind a name in kanji that is not part of a longer one: 中国政府, but not 中国地方.
_BEHIND = re.compile(
    r"[^一-龥々]|氏|(?:副|前|元|次期)?大統領|国家主席|主席|首相|政府|政権|軍|側|産|製|国境|共産党|両国|経済|国内|$"
)
_SEA = re.compile("[洋海湾川山島系]|半島")
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


def gloss(text: str, article: Article, language: str) -> str:
    """Return names, dates and figures of a quote on one line; empty for Japanese, and where none is sure."""
    if language == "ja":
        return ""
    dates = dates_in(text, article.published, language)
    told = (", ".join(filter(None, dict.fromkeys(part))) for part in (_names(text, article, language), dates, figures_in(text, language)))  # fmt: skip
    return " · ".join(filter(None, told))


def _names(text: str, article: Article, language: str) -> Iterator[str]:
    for name in names_known(text, names_given(article.text)):
        written, before = text[name.start : name.end], text[: name.start][-1:]
        kanji = _HAN.search(written)
        part = before in tuple("東西南北") or (
            kanji and (_HAN.match(before) or not _BEHIND.match(text, name.end))
        )
        if not part and not _SEA.match(text, name.end):
            yield name.zh if language == "zh" else name.en
