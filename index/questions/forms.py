"""Which form of answer a question wants: told by its words, in Japanese, English and Chinese.

The rules are tried in the order of ``_RULES``; the first that fits tells the form, and what is left of the
question without the words that told it. The plain fact is the default.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from index.questions import lexicon
from index.text.characters import nfkc


@dataclass(frozen=True, slots=True)
class Form:
    """A form of answer.

    Attributes:
        name: talk, comparison, timeline, overview, said, list, yesno, profile or fact.
        told_by: The words that told it; empty for the plain fact.
        about: What is asked about: the question without those words. Of talk what kind it is.
        sides: Of a comparison, what stands against what, each as a label and a question of its own.
        count: Of a list, how many items are asked for; 0 where that is not said.
    """

    name: str = "fact"
    told_by: str = ""
    about: str = ""
    sides: tuple[tuple[str, str], ...] = ()
    count: int = 0


FACT = Form()

_END = r"[?？!！。.…~〜\s]*$"


def form_of(question: str) -> Form:
    """Tell the form of a question, as understood."""
    whole = nfkc(question).strip()
    plain = re.sub(_END, "", whole)
    told = (form for rule in _RULES for form in rule(plain))
    return next(chain(told, _yesno(plain, marked="?" in whole[-3:])), FACT)


# Talk: said of nothing in the articles.

_TALK = {
    "greeting": r"こんにち[はわ]|こんばん[はわ]|おはよう(?:ございます)?|はじめまして|やあ|よろしく(?:お願いします)?|どうも"
    r"|hello|hi|hey|good (?:morning|afternoon|evening)|你好|您好|嗨|早上好|晚上好",
    "thanks": r"(?:どうも)?(?:本当に)?ありがとう(?:ございま(?:す|した))?|助かりました?|サンキュー|(?:many )?thanks(?: a lot)?|thank you(?: (?:so|very) much)?"
    r"|谢谢(?:你|您)?|多谢|非常感谢",
    "bye": r"さようなら|さよなら|またね|バイバイ|(?:good)?bye|see you(?: later)?|再见|拜拜",
}  # fmt: skip
_TALK_WORDS = {name: re.compile(rf"(?:{words})[、,，!！\s]*") for name, words in _TALK.items()}


def _talk(plain: str) -> Iterator[Form]:
    for kind, words in _TALK_WORDS.items():
        if re.fullmatch(words, plain.lower()):
            yield Form("talk", plain, kind)


# Yes or no: nothing else is asked for, and the question ends as one or, in English, begins as one.

_WH = re.compile(
    r"何|なに|なん(?:で|の|と|人|回|度)|誰|だれ|どこ|どれ|どの|どう|どちら|どっち|どんな|いつ|いくつ|いくら|なぜ|幾"
    r"|什么|谁|哪|怎么|怎样|如何|为何|多少|几[个人次年月天]|\b(?:what|who|whom|whose|which|when|where|why|how)\b",
    re.IGNORECASE,
)
_ASKS_FOR = re.compile(
    r"(?:たい|ほしい|欲しい)(?:です|のですが|んですが)?$|教え|説明|挙げ|ください|下さい|まとめ|比べ|お願い"
    r"|それとも|(?:[くでて]|理由|違い)$|\bor\b|还是|還是"
)
_FOREIGN_YESNO = re.compile(
    r"^(?:(?:so|but|and|ok|then|hey),? )?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)"
    r"(?:n't)?\b|[吗嗎么麼没]$|是否|是不是|有没有|有沒有|会不会|能不能|对不对|對不對",
    re.IGNORECASE,
)
_ASKING = ("か", "の", "かな", "っけ", "よね", "ね")
_PREDICATES = {"動詞", "助動詞", "形容詞", "形状詞"}


def _yesno(plain: str, *, marked: bool) -> Iterator[Form]:
    """``marked``: whether it ended in a question mark."""
    if _WH.search(plain) or _ASKS_FOR.search(plain):
        return
    if found := _FOREIGN_YESNO.search(plain):
        yield Form("yesno", found[0])
    elif re.search("[ぁ-ん]", plain):
        told = [(m.surface(), m.part_of_speech()[0]) for m in lexicon.morphemes(plain)]
        before, last = [("", ""), *told][-2:]
        asks = last[0] in _ASKING and (before[1] != "名詞" or "は" in plain)
        still = marked and last[1] == "名詞" and re.search("は.*(?:も|まだ|もう|本当に)", plain)
        if asks or still or last[1] in _PREDICATES:
            yield Form("yesno", before[0] + last[0])


_RULES: tuple[Callable[[str], Iterator[Form]], ...] = (_talk,)
