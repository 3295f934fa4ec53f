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


# Timeline: what happened, day by day. The words of the second pattern need a time beside them.

_DAY_BY_DAY = re.compile(
    r"経緯|(?:[てた](?:から|以降|以来)|後|あと)(?:は|に|、)*[^、。]{0,16}何[がは]?(?:起[きこ]|あっ)\w*|まで(?=の(?:流れ|動き|歩み|道のり))|いきさつ|年表|時系列|日付順|順を追って|順番に並べ|いつ、?(?:誰が|どこで)?何[がをの]|いつ(?!から)(?=.+いつ(?!まで))"
    r"|(?:後|あと|それから)(?:は|に|、)*[^、。]{0,16}どう(?:なっ|な[るた]|動い|進ん)"
    r"|time ?line|chronolog\w*|step by step|sequence of events|in (?:date|chronological) order|what became of|\bwhen (?=.+\bwhen\b)"
    r"|what (?:has |have )?hap+e?n+(?:e?d)? (?:to|with|after|since|between|before|next)"
    r"|history of|来龙去脉|经过(?=是|如何|怎|$)|始末|时间线|大事记|按(?:照)?(?:时间|日期)|后来(?:呢|怎么|如何|发生|又)|(?:之后|以后)[又还都]?发生|(?:什么时候|何时)(?=.+(?:什么时候|何时))"
)
_HAPPENED = re.compile(
    r"何(?:[がはか]|ごとが)?(?:起[きこ]|あっ|あり)\w*|何をし(?:た|て)\w*|(?:起きた|起こった|あった)(?:こと|事|の)|(?:出来|でき)事|できごと|(?:動き|流れ|推移|変遷|歩み|ニュース)(?=[はをが](?!ど)|$)|経過"
    r"|what (?:all )?(?:hap+e?n+\w*|took place|occurred|went on|was going on)|what did .{2,40} do\b|\bevents?\b|developments?"
    r"|发生|经[过历]|[哪什][些么]事|大事|做了(?:什么|哪些)|变化|动[向态]|进展|历程"
)
_TIME = re.compile(
    r"[0-9〇一二三四五六七八九十][年月日]|[年時]代|[昨今先去本]年|[先今上本]个?月|[年月]間|令和|平成|昭和|以[降来后]|から.+まで|从.+到|[てた](?:から|後|以降|以来)|の(?:後|あと)|之后|以后|\b(?:after|since|between)\b"
    r"|\b(?:1[0-9]|20)[0-9][0-9]s?\b|\b(?:last|this|past) (?:\w+ )?(?:year|month|decade)s?|\b(?:in|of|since|between|until) (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)  # fmt: skip


def _timeline(plain: str) -> Iterator[Form]:
    asked = plain.lower()
    if found := _DAY_BY_DAY.search(asked) or (_TIME.search(asked) and _HAPPENED.search(asked)):
        yield Form("timeline", found[0], f"{plain[: found.start()]} {plain[found.end() :]}".strip())


# Who said what.

_SAID = re.compile(
    r"(?:の|な)?(?:見方|見解|見立て|意見|コメント|発言|反応|受け止め|言い分|言葉|評価|主張|声|評)(?=は?$|[をはもが](?:教え|知り|まとめ|聞|並べ|紹介|読|挙げ|どう|何))"
    r"|(?:誰|だれ)[がはでも、]*(?:何|なん|どう|どんな)|(?:何|なん)(?:と|て|を)\w{0,2}(?:言|いっ|述べ|語|話|発言|コメント|訴え|答え|反論|批判|主張)|どんな(?:言い方|発言|反応|意見|見方|声)"
    r"|どう(?:反応|見[てる]|みて|みる|評[しす]|考え[てる]|思っ|話し|語|言っ|述べ|受け止め|コメント|批判|捉え|評価)"
    r"|(?:what|how) (?:do|did|does|have|has) .{2,60}?\b(?:sa(?:y|id)|think|thought|react\w*|respond\w*|comment\w*|view|see|read|assess\w*|feel|felt)\b"
    r"|\bwho (?:has |have )?(?:said|criticised|criticized|commented)\b|\b(?:views?|opinions?|remarks?|reactions?|comments?|statements?)\b (?:of|on|about|by|to|from)\b|according to (?:experts|residents)"
    r"|怎么(?:说|看|评|回应|讲|想)|如何(?:评价|看待|回应|看)|谁(?:怎么|说了?什么)|说了?(?:什么|些什么)|有什么(?:说法|看法|意见|反应|观点)|各方|(?:看法|反应|观点|评论|说法|言论|表态)(?=是|有|如何|怎|$)|觉得|认为.{0,6}(?:怎|什么|应)"
)


def _said(plain: str) -> Iterator[Form]:
    if found := _SAID.search(plain.lower()):
        yield Form("said", found[0], f"{plain[: found.start()]} {plain[found.end() :]}".strip())


_RULES: tuple[Callable[[str], Iterator[Form]], ...] = (_talk, _timeline, _said)
