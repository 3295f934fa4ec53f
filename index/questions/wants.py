"""What a question wants beside its answer: more than was told, one thing of a list, a language.

Each is asked for as a follow-up (もっと詳しく, the second one, 用中文回答) and then stands as a mark in brackets at
the end of the question that it follows, so that this one needs no other: …は何？（もっと詳しく2） (in English).
"""

import re
from dataclasses import dataclass, replace

_LANGUAGES = {"ja": "（日本語で）", "en": " (in English)", "zh": "（用中文）"}
_MORE = {"ja": "（もっと詳しく{}）", "en": " (tell me more{})", "zh": "（再详细{}）"}
_ITEM = {"ja": "（{}つ目）", "en": " (item {})", "zh": "（第{}个）"}
_LAST = {"ja": "（最後の項目）", "en": " (the last item)", "zh": "（最后一个）"}
LAST = 9
"""The number of the last item."""

_MARKS = re.compile(
    r"\s?[(（](?:(?P<told>もっと詳しく|tell me more|再详细)(?P<more>[0-9]*)|(?P<ja>日本語で)|(?P<en>in English)"
    r"|(?P<zh>用中文)|item (?P<item>[0-9])|第?(?P<th>[0-9])(?:つ目|个)|(?P<last>最後の項目|the last item|最后一个))[)）]$"
)
_NAMED = {
    "ja": "日本語|japanese|日[语文語]",
    "en": "英[語语文]|english",
    "zh": "中国語|chinese|中文|[汉漢][语語]",
}
_ANY = f"(?:{'|'.join(_NAMED.values())})"
_PLEASE = (
    r"(?:[、,，]?\s*(?:お願い(?:します)?|頼む|ください|下さい|ほしい|please|吧|吗))*[。.!！?？\s]*"
)
_SAY = "(?:答え|回答|説明|書い|言っ|教え|返答|話し|翻?訳し)"
# As words for themselves, or at the end of a question; there not what may be a part of it (英語で何と言う？).
_BARE = rf"(?:in|into|to) {_ANY}|{_ANY}で(?:も|の回答を)?|[用以]{_ANY}"
_SPOKEN = (
    rf"(?:[、,，]\s*)?(?:{_ANY}で(?:の?{_SAY}(?:を|し)?て?)|(?:[请請能]|可以)*[用以]{_ANY}(?:来|來)?(?:回答|说|說|告[诉訴]我|解[释釋])(?:一下)?"
    rf"|(?:^|(?<=[?.!] ))(?:(?:can|could) you )?(?:please )?(?:answer|reply|respond|say|tell me|translate|explain)(?: it| that| this)? (?:in|into) {_ANY})"
)
_ALONE = re.compile(rf"(?:{_BARE}|{_SPOKEN}){_PLEASE}", re.I)
_BEHIND = re.compile(
    rf"(?i)(?:{_SPOKEN}|(?<=[?？。.!！、,，(（])\s*(?:{_BARE})|\s*,?\s*\bin {_ANY}(?=,? please)){_PLEASE}[)）]?$"
)


@dataclass(frozen=True, slots=True)
class Wants:
    """A question and what it wants beside.

    Attributes:
        text: The question without the marks; empty where nothing else was asked.
        more: How many answers to it were read before, of which nothing is to be said again.
        item: Which item of the answer is to be told of, from 1, or ``LAST``; 0 for none.
        language: In which to answer; None where that is not said.
    """

    text: str
    more: int = 0
    item: int = 0
    language: str | None = None

    def marked(self, language: str) -> str:
        """Write the question with its marks, those of its language but for that of the answer."""
        item = (
            (_LAST if self.item == LAST else _ITEM)[language].format(self.item) if self.item else ""
        )
        more = _MORE[language].format(self.more if self.more > 1 else "") if self.more else ""
        return f"{self.text}{item}{more}{_LANGUAGES.get(self.language or '', '')}"


def wants(question: str) -> Wants:
    """Tell what a question wants by its marks, and the language also by words at its end."""
    wanted = Wants(question)
    while found := _MARKS.search(wanted.text):
        language = next((name for name in _LANGUAGES if found[name]), wanted.language)
        more = int(found["more"] or 1) if found["told"] else wanted.more
        item = LAST if found["last"] else int(found["item"] or found["th"] or wanted.item)
        wanted = Wants(wanted.text[: found.start()].rstrip(), more, item, language)
    if found := _ALONE.fullmatch(wanted.text.strip()) or _BEHIND.search(wanted.text):
        language = next(name for name, own in _NAMED.items() if re.search(own, found[0], re.I))
        text = wanted.text[: found.start()].rstrip("を、,，(（ ")
        wanted = replace(wanted, text=text, language=language)
    return wanted
