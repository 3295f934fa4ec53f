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

_HOW_MANY = re.compile(
    r"(?:(?P<ja>[2-9二三四五六七八九])(?:つ|点|個|項目|種類)|(?P<zh>[2-9二两三四五六七八九])[个個项点条])"
    r"|\b(?P<en>two|three|four|five|six|[2-9])\b(?! percent)", re.IGNORECASE
)
_NUMBERS = {word: n for n, words in enumerate(("二 两 two", "三 three", "四 four", "五 five", "六 six", "七", "八", "九"), 2) for word in (*words.split(), str(n))}
_LIST = re.compile(
    r"(?P<n>[2-9二三四五六七八九])(?:つ|点|個|項目|種類|人|[かカヵヶ]?国|社|名)(?:の(?!うち)[^はを、]+?)?(?:とは|って|は何|はどれ|はだれ|は誰|を?(?:挙げ|あげて|教え|述べ|示し|答え|列挙)|$)"
    r"|挙げ(?:て|よ|る)|列挙|列記|リストアップ|箇条書き|一覧|名前を(?:全部|すべて)?教え|(?:全部|ぜんぶ|すべて|全て)(?:教え|挙げ|$)"
    r"|(?P<pair>何|だれ|誰|どこ|どれ|どの国)と(?P=pair)|何々|(?:どんな|どのような|どういう|何|どこの国)[^。]{0,16}(?:が|は)(?:ある|あった|あり|含まれ|出て|挙げ|並ぶ|並ん)"
    r"|(?:人|国|団体|企業|学者|議員|地域)(?:たち|々)は(?:だれ|誰|どこ|どれ)?$|(?:例|具体例|一覧|内訳|顔ぶれ|理由|要因)を[2-9二三四五]つ"
    r"|(?:だれ|誰|どの国|どんな人)が.*(?:批判|非難|反対|賛成|支持|歓迎|懸念|疑問|反発|評価)"
    r"|(?:批判|非難|反対|賛成|支持|歓迎|懸念|疑問|反発|評価)[^。]*のは(?:だれ|誰|どの国|どんな人)"
    r"|^(?:please |can you |could you )?(?:list|name|enumerate|give (?:me )?(?:\w+ )?examples?)\b|\blist (?:them|all)\b"
    r"|\b(?:which|what) (?:\w+ ){0,2}?(?!(?:is|was|does|has|this|its|us|business|process|crisis|status|basis)\b)\w{2,}s\b(?! (?:is|was|does|has)\b)"
    r"|\bwho (?:all|else)\b|\bwho (?:has |have )?(?:criti|oppos|support|welcom|comment|object|condemn|object|react)"
    r"|\bexamples of\b|哪些|哪几|列出|列举|列一下|举出|举例|分别是|都有(?:谁|什么)|有(?:什么|何)例子"
    r"|[谁谁](?:都)?[^。]{0,6}(?:批评|反对|支持|欢迎|指责|谴责|赞成|担心|骂)",
    re.IGNORECASE,
)


def _counted(plain: str) -> int:
    found = _HOW_MANY.search(plain)
    return _NUMBERS[next(filter(None, found.groups())).lower()] if found else 0


def _list(plain: str) -> Iterator[Form]:
    if found := _LIST.search(plain):
        yield Form("list", found[0], plain, count=_counted(plain))


_RULES: tuple[Callable[[str], Iterator[Form]], ...] = (_talk, _comparison, _list)
