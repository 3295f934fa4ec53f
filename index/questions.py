"""What a question asks for: its language, its terms, and the kind of thing that answers it.

Kinds are told from question words in Japanese, English and Chinese; a question without one has no
kind. What it does not know: 何 with a noun other than those listed, and choices (AかBか).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index import lexicon

LONGEST = 2000
"""Characters a question may have."""

_CHINESE = re.compile(r"[吗呢么谁哪怎们这说对为与级国际战争议员总统书记时间东]|什|的|是|多少|几")
_KANA = re.compile(r"[ぁ-んァ-ヺ]")
_HAN = re.compile(r"[\u3400-\u9fff]")

_KINDS = (
    ("date", r"いつ|何[年月日]|何曜日|何世紀|\bwhen\b|\bwhat (?:year|date|day|month)\b|什么时候|何时|哪[一]?年|几月"),
    ("reason", r"なぜ|何故|どうして|なんで|理由|原因|\bwhy\b|为什么|为何"),
    ("person", r"誰|だれ|何者|\bwho(?:m|se)?\b|谁|哪位"),
    ("number", r"いくら|いくつ|幾つ|どれ(?:くらい|ぐらい|ほど)|どの(?:くらい|ぐらい|程度)|何(?:人|回|倍|位|番|歳|才|割|度|個|件|カ国|か国|ヶ国|か所|%|％|パーセント|兆|億|万|ドル|円|キロ|メートル|トン|分の|年間|時間|日間|か月)"
     r"|\bhow (?:many|much|old|long|far|large|big|often)\b|多少|几[个人次倍岁]|第几"),
    ("place", r"どこ|何処|どの(?:国|都市|場所|地域)|\bwhere\b|哪里|哪儿|在哪|哪个国家"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)

_DIGITS = r"[0-9０-９一二三四五六七八九十百千数]"
_ANSWERS = {
    "date": re.compile(
        _DIGITS + r"+\s*(?:年|月|日|世紀)|[昨今来前翌同]年|先[週月日]|[0-9]{4}|時代"
    ),
    "number": re.compile(_DIGITS),
    "reason": re.compile(
        r"ため|から[、。だで]|からで|ので|によ[りっる]|ゆえ|理由|根拠|原因|背景|せい[だで]|おかげ|だから|必要|恐れ|狙い|目的"
    ),
    "person": re.compile(
        r"氏|さん|大統領|首相|大臣|長官|教授|博士|主席|代表|王|皇|選手|監督|作家|者"
    ),
}
_NAMES = {"person": "人名", "place": "地名"}


@dataclass(frozen=True, slots=True)
class Question:
    """A question as understood.

    Attributes:
        text: The words.
        language: ja, en or zh.
        kind: date, number, person, place, reason; None when no question word tells.
        terms: Its content words, normalised, each once.
    """

    text: str
    language: str
    kind: str | None
    terms: tuple[str, ...]


def read_question(text: str) -> Question:
    """Tell what a question asks for."""
    kind = next((kind for kind, pattern in _PATTERNS if pattern.search(text)), None)
    return Question(text, language_of(text), kind, tuple(dict.fromkeys(lexicon.terms(text))))


def language_of(text: str) -> str:
    """Tell Japanese, Chinese and English apart by script; Han alone is Chinese by its function words."""
    if _KANA.search(text):
        return "ja"
    if _HAN.search(text):
        return "zh" if _CHINESE.search(text) else "ja"
    return "en" if re.search(r"[A-Za-z]", text) else "ja"


def holds_kind(kind: str | None, sentence: str) -> bool | None:
    """Whether a sentence holds the kind of thing asked for; None when no kind was."""
    if kind is None:
        return None
    pattern = _ANSWERS.get(kind)
    if pattern and pattern.search(sentence):
        return True
    return kind in _NAMES and lexicon.names(sentence, _NAMES[kind])


def covers(term: str, terms: Sequence[str], pairs: frozenset[str]) -> float:
    """How well a sentence covers a term: 1 if it holds it, else the share of its character pairs.

    A share below three quarters counts as nothing; above, it forgives a misspelling.
    """
    if term in terms:
        return 1.0
    own = lexicon.bigrams(term)
    share = sum(pair in pairs for pair in own) / len(own) if len(own) > 1 else 0.0
    return share if share >= 0.75 else 0.0
