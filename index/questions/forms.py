"""Which form of answer a question wants: told by its words, in Japanese, English and Chinese.

The rules are tried in the order of ``_RULES``; the first that fits tells the form, and what is left of the
question without the words that told it. The plain fact is the default.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
    plain = re.sub(_END, "", nfkc(question)).strip()
    return next((form for rule in _RULES for form in rule(plain)), FACT)


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


_RULES: tuple[Callable[[str], Iterator[Form]], ...] = (_talk,)
