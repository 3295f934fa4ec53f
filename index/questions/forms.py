"""Which form of answer a question wants: told by its words, in Japanese, English and Chinese.

The rules are tried in the order of ``_RULES``; the first that fits tells the form, and what is left of the
question without the words that told it. The plain fact is the default.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from index.questions.sides import sides_of
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


def _comparison(plain: str) -> Iterator[Form]:
    told, sides = sides_of(plain)
    if sides:
        yield Form("comparison", told, plain, sides)


# Lists: several things are asked for.

_MANY = {"二": 2, "两": 2, "two": 2, "三": 3, "three": 3, "四": 4, "four": 4, "五": 5, "five": 5}
_LIST = re.compile(
    r"([2-9二三四五])(?:つ|点|人|[かカ]?国|社)(?:の[^はを、]+?)?(?:とは|は何|は誰|を?(?:挙げ|教え|列挙)|(?<=つ)$)"
    r"|挙げ(?:て|よ)|列挙|リストアップ|(?:全部|すべて)(?:教え|$)|(何|だれ|誰|どこ)と\2|何々"
    r"|(?:どんな|どういう)[^。]{0,16}[がは](?:ある|あった|含まれ)(?!から)|には何があ|(?:人たち|国々)は(?:だれ|誰|どこ)?$"
    r"|(?:だれ|誰|どの国)が.*(?:批判|反対|賛成|支持|歓迎)|(?:批判|反対|賛成|支持|歓迎).*のは(?:だれ|誰|どの国)"
    r"|^(?:please )?(?:list|name)\b|list them|examples of|consist of|^who (?:critic|oppos|support|welcom|comment|call)"
    r"|\b(?:which|what) (?:(two|three|four|five) )?(?!do\b)(?:\w+ )?(?!is\b|was\b|does\b|has\b)\w{2,}s\b(?! (?:is|was|does|has)\b)"
    r"|what are the (two|three|four|five)|(?:哪些|哪几)(?!事|文章)|列出|列举|列一下|([两三四五])[个点]|谁都?[^。]{0,6}(?:批评|反对|支持|欢迎|骂)",
    re.IGNORECASE,
)


def _list(plain: str) -> Iterator[Form]:
    if found := _LIST.search(plain):
        told = next((group.lower() for group in found.groups() if group), "")
        yield Form("list", found[0], plain, count=_MANY.get(told) or int(told.isdecimal() and told))


_RULES: tuple[Callable[[str], Iterator[Form]], ...] = (_talk, _comparison, _list)
