"""Questions in English and Chinese about what a Japanese sentence says.

Only of names whose spelling is known: those of ``questions.tables.abroad``, and those that the article
itself gives in Latin letters.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
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
_ATTRIBUTES = {
    "GDP": ("GDP", "GDP"), "人口": ("population", "人口"), "首都": ("capital", "首都"), "役割": ("role", "作用"),
}  # fmt: skip
# What a verb behind a name makes to ask: where the first is done to another, whether only if it is dated.
_DEEDS = (
    (r"を[^、。]{0,6}訪(?:問|れ)", True, "When did {s} visit {o}?", "{s}什么时候访问了{o}？"),
    (r"と[^、。]{0,24}会談", True, "When did {s} meet {o}?", "{s}什么时候与{o}会谈？"),
    (r"[へに](?:軍事)?侵攻", True, "When did {s} invade {o}?", "{s}什么时候入侵了{o}？"),
    (r"を併合", True, "When did {s} annex {o}?", "{s}什么时候吞并了{o}？"),
    (r"に加盟", True, "When did {s} join {o}?", "{s}什么时候加入了{o}？"),
    (r"[へに](?:供給|供与|提供|送)", False, "What does {s} supply to {o}?", "{s}向{o}提供什么？"),
    (r"[へに][^、。]{0,12}輸出", False, "What does {s} export to {o}?", "{s}向{o}出口什么？"),
    (r"(?:産|から)[^、。]{0,10}(?:購入|買|輸入)", False, "What does {s} buy from {o}?", "{s}从{o}购买什么？"),
    (r"(?:が|は)[^、。]{0,40}話し合", False, "What did {s} and {o} discuss?", "{s}和{o}讨论了什么？"),
    (r"[にへ][^、。]{0,12}制裁を(?:科|課)", False, "What sanctions did {s} impose on {o}?", "{s}对{o}实施了什么制裁？"),
    (r"を[^、。]{0,4}(?:批判|非難)", False, "Why did {s} criticize {o}?", "{s}为什么批评{o}？"),
)  # fmt: skip
_DEEDS_ALONE = (
    (r"当選", True, "When was {s} elected?", "{s}什么时候当选？"),
    (r"就任", True, "When did {s} take office?", "{s}什么时候就任？"),
    (r"(?:を|と)(?:発表|公表)", False, "What did {s} announce?", "{s}宣布了什么？"),
    (r"を(?:強く)?(?:求め|要求)", False, "What did {s} demand?", "{s}要求什么？"),
    (r"を約束", False, "What did {s} promise?", "{s}承诺了什么？"),
    (r"を提案", False, "What did {s} propose?", "{s}提出了什么建议？"),
    (r"を(?:決めた|決定)", False, "What did {s} decide?", "{s}决定了什么？"),
)
_HARM = (
    (r"[0-9０-９]人[^。、]{0,6}(?:死亡|亡くな)", "How many people died in {s}?", "{s}有多少人死亡？"),
    (r"[0-9０-９]人[^。、]{0,6}感染", "How many people were infected in {s}?", "{s}有多少人感染？"),
)  # fmt: skip
_BODY = r"(?:政府|側|当局|[一-龥]{1,6}省)?"
_THE = re.compile(
    r"^(?:US|UK|UN|EU|European Union|UAE|Philippines|Netherlands|Middle East|West|Kremlin|White House|G7|Soviet Union|Baltic.*|.* Sea|.* Islands|.* Strait)$"
)


def deeds(text: str, names: Sequence[Named]) -> Made:
    """What one whose name is known did, alone or to another, and how many came to harm in a place."""
    dated = re.search(DATE, text) is not None
    for one in names:
        behind = text[one.end :]
        for verb, needs_date, en, zh in _DEEDS_ALONE:
            done = re.match(rf"{TITLE}{_BODY}[はが][^。はが]{{0,50}}?{verb}", behind)
            if done and (dated or not needs_date):
                yield from in_both("when" if needs_date else "deed", en, zh, one, one)
        for harm, en, zh in _HARM if len(names) == 1 else ():
            if re.match("[^、。は]{0,24}[でに]", behind) and re.search(harm, behind):
                yield from in_both("figure", en, zh, one, one)
        for other in (n for n in names if n.start >= one.end and n[2:] != one[2:]):
            yield from _deeds_to(text, one, other, dated=dated)


def _deeds_to(text: str, one: Named, other: Named, *, dated: bool) -> Made:
    between = re.fullmatch(rf"{TITLE}([はがもと])[^。はが]{{0,40}}", text[one.end : other.start])
    for verb, needs_date, en, zh in _DEEDS if between else ():
        together = ("話し合" in verb) == (between is not None and between[1] == "と")
        done = re.match(f"{TITLE}(?:{verb})", text[other.end :])
        if done and together and (dated or not needs_date):
            yield from in_both("when" if needs_date else "what", en, zh, one, other)


def attributes(text: str, names: Sequence[Named]) -> Made:
    """What a place that is known has: a figure, a capital, a role."""
    for one in names:
        found = re.match(rf"{TITLE}の(?P<what>{'|'.join(_ATTRIBUTES)})(?:は|が)", text[one.end :])
        if found is None or not one.en or not one.zh:
            continue
        en, zh = _ATTRIBUTES[found["what"]]
        year = re.search(r"([0-9]{4})年の$", text[: one.start])
        when, then = (f" in {year[1]}", f"{year[1]}年") if year else ("", "")
        many = found["what"] in ("GDP", "人口")
        yield "en", "attribute", f"What {'was' if many else 'is'} {_the(one.en)}'s {en}{when}?"
        yield "zh", "attribute", f"{then}{one.zh}的{zh}是{'多少' if many else '什么'}？"


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
