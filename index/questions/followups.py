"""Short follow-ups (それはいつ？, What about Iran?, 那俄罗斯呢？) made to stand alone.

What is asked for beside the question, or of its answer, becomes a mark behind the question before (``wants``):
more, one of its items, another language. In front of any other follow-up stands what the question before was
about, as a sentence: 青沢運河は開通した。それはなぜ？ For 彼 that is who answers a question for a person, or whom the
question names; another year (1995年は？) takes the place of the one before.

A follow-up points back, is led in (では, and, 那), names something else to be asked the same of (野党は？), or speaks
of one thing at most and of no name. What it does not know: questions before the last but for what they were about,
and whether one plain noun (費用は？) opens a new subject. 冷戦とは？ is a new question.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from index.questions import lexicon
from index.questions.forms import END, NO_NAME, form_of
from index.questions.question import LONGEST, language_of, read_question
from index.questions.tables import places_in
from index.questions.wants import LAST, Wants, wants
from index.records import Answer
from index.text.normal import number

Answered = Callable[[], Answer]

TOPIC = 100
"""Characters of a topic that is taken over."""
PARTS = re.compile(r"(?<=。)(?=.)|(?<=[a-z]{3}\.) (?=[A-Z])")
"""Where what a question is about ends, and the follow-up begins."""

_LEAD = re.compile(
    r"(?i)^(?:それでは|それじゃあ?|それで(?!も)|では|じゃあ?|で、|ちなみに|(?:and|but|so|then|ok(?:ay)?|any)\b|那么|那)[、,，\s]*"
)
_MORE = re.compile(
    r"(?i)(?:それ|これ|その(?:件|話))?(?:について|を)?(?:もっと|もう少し|もうちょっと|さらに|より)*(?:の?(?:詳し[くい](?:は|話)?|くわしく|具体的(?:に(?:は)?)?|具体例は?|詳細は?|例えば|たとえば"
    r"|続きは?|続けて|もっと|(?:他|ほか|その他|それ以外)(?:に(?:[はも])?|は)(?:何か)?(?:ある|あります|ない)?か?))+を?(?:教えて|説明して|話して|聞かせて|知りたい|お願い(?:します)?)?(?:ください|下さい|くれる|です)?"
    r"|(?:(?:can|could) you )?(?:please )?(?:tell me |say |give me )?(?:some )?more(?: (?:details|information|detail|info))?(?: (?:about|on) (?:it|that|this))?(?:,? please)?"
    r"|(?:for example|(?:what|who|anything|something) else(?: (?:is there|was there|happened))?|(?:is|are) there (?:any )?more|go on|continue|elaborate(?: on that)?|in (?:more )?detail)"
    r"|[还還]有(?:什[么麼]|别的|其他的?|呢|吗)*|(?:其他|别)的?呢|(?:能|可以|请)?(?:再|更|说得?|讲)*(?:详细|具体)(?:说明|说说?|讲讲?|介绍)?(?:一?下|一?[些点])?(?:吗)?|继续|更多|多说一?点|(?:比如|例如)呢?"
)
_ELSE = re.compile(
    r"^(?:他|ほか)(?:に[はも]?|の)|(?<=\w) else\b|^any other |^[还還]有(?:其他)?|^其他"
)
_ORDINAL = re.compile(
    r"(?i)第?(?P<n>[1-9１-９一二三四五六])(?:つ目|番目|点目|個目|个|点|项|條|条)|(?P<first>最初|ひとつ目)|(?P<last>最後|最后一?[个点项])"
    r"|\bthe (?P<en>first|second|third|fourth|fifth|last|[1-5](?=st|nd|rd|th))(?:st|nd|rd|th)?(?: one)?\b"
)
_WORDS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": LAST}
# A question word with what belongs to it.
_ASKED = re.compile(
    r"(?i)(?:\b(?:when|where|why|who(?:m|se)?|how(?: (?:many|much|old|long|far|large|big|often))?|what|which)\b"
    r"|为什么|什么时候|什么|为何|何时|哪一?[年天里儿位国些个]|谁|多少|几[个人次岁年月倍位]|怎么样?|如何"
    r"|(?:いつ|なぜ|何故|どうして|なんで(?![すし])|誰|だれ|どこ|いくら|いくつ|ど(?:れ|の)(?:くらい|ぐらい|ほど|程度)|どの[一-龥]*|どんな[一-龥]*"
    r"|どう(?:なっ[たて]|だった|なる)?|何[一-龥ァ-ヴー]*)(?:から|まで|[をがにとへ]|で(?![すし])|の(?!こと))?)"
    r"(?:の?こと)?(?:でしょう|でした|です|だった|だろう|である|だ|なの)?(?:の?か|の)?"
)
# What a question holds beside its topic once the question word is gone.
_ENDING = re.compile(
    r"の?(?:理由|原因)は?$|(?<=[たるうくすつぬむぐぶんい])(?:のか|の|か)$|(?:なん|の)?(?:でしょう|です)か?$"
    r"|(?:とは|って|のは|は|が|を|について)$|(?<=した)と?(?:言っ|述べ)た$"
    r"|(?:について|に関して|を)?(?:教えて|説明して|知りたい)(?:ください|下さい|ほしい|です)?$|[吗呢的是在]$"
    r"|^,?\s*(?:was|were|is|are|did|does|do|has|have|will|can)\s",
    re.IGNORECASE,
)
# Words that point back, those in a group to a person or place. ``it is … that`` and rain point to nothing.
_POINTS = re.compile(
    r"^[^はが。]{0,12}?(?:(?P<ja>彼女?(?=[はがのをにもと])|同[氏国](?=[はがのをにも])|その(?:人物?|方|国|男性|女性)|この人|本人)|その(?!他|ほか|まま|うち)|それ(?!でも|ぞれ)|これ|そこ)"
    r"|\b(?:(?P<en>s?he|him|his|her|its|their)|they|them|it(?! (?:take|rain|snow|\w+ (?:that|to|for))\b)|(?:there|that|this)(?=[?.! ]*$)|(?<=is |as )(?:that|this)|(?:about|after|of|in) (?:that|this|these|those))\b"
    r"|^(?P<zh>[他她])(?![国们])|^[它这此]|[这那][次个些种样么]",
    re.IGNORECASE,
)
# Something else to be asked the same of, and nothing else.
_ANOTHER = re.compile(
    r"(?i)(?:what|how) about (.+)|([^、，,]{1,20}?)(?:の(?:ほう|方|場合))?(?:は|なら|だと|では|には|に(?:ついて|関して|対して)は?)(?:どう|いかが)?(?:ですか|だった)?|(.{1,20})呢"
)
_NEW = re.compile(
    "とは|って何|^什么是|是什么$|^what (?:is|are) (?!that|this|it)|(?:について|を)教えて", re.I
)
_TIME = re.compile(r"[0-9]+(?:年代?|月|日)(?:[0-9]+(?:月|日))*|(?:19|20)[0-9]{2}")
# Who a question is about.
_ABOUT = re.compile(
    r"^(?:[^はがにをで、]*の)?(?P<ja>[^はがのにをで、]{2,20})[はがのに]|(?<=\s)(?P<en>[A-Z][\w-]+(?: [A-Z][\w-]+)*)|^(?P<zh>[一-龥]{2,8}?)(?:[在对为是说和]|怎么|如何|什么)"
)
# What says nothing of its own in a question.
_EMPTY = {
    "思う", "教える", "知る", "理由", "原因", "例", "点", "人", "国", "今", "他", "筈", "つく", "場合", "方", "時", "前", "後", "年", "もっと", "もう少し", "詳しい", "詳しく", "くわしく", "教え", "説明",
    "a", "an", "the", "be", "been", "about", "one", "say", "said", "think", "many", "much", "old", "again", "him", "them", "please", "explain", "tell", "me", "more",
}  # fmt: skip
_EMPTY_ZH = re.compile("[请又了吗呢的是在]|详细|具体|[说讲]|介绍|一[下点]|[还還]?有|没有?")


def complete(question: str, previous: str, answered: Answered | None = None) -> str:
    """Return the question as one that needs no other.

    Args:
        question: As asked.
        previous: The question before, as understood; empty when there is none.
        answered: Returns the answer to it.
    """
    before, asked = wants(previous), wants(question)
    about = topic(before.text)
    again = set(lexicon.terms(_TIME.sub("", about) or about)) <= set(lexicon.terms(question))
    if not about or again or "talk" in (form_of(before.text).name, form_of(question).name):
        return question
    body = _LEAD.sub("", asked.text)
    plain = END.sub("", body)
    language = asked.language or before.language
    wanted = replace(before, language=language)
    if _MORE.fullmatch(plain) or (_ELSE.search(plain) and not units(_ELSE.sub("", plain))):
        wanted = replace(wanted, more=before.more + 1)
    elif put := _other_time(plain, before.text):
        wanted = replace(wanted, text=put, more=0, item=0)
    elif item := _item(plain, before.text):
        wanted = replace(wanted, item=item, more=0)
    elif asked.text:
        if not _follows(body, before.text, led=body != asked.text or body[0] in "还還"):
            return question
        found = points(body)
        who = _who(before.text, answered) if found and found.lastgroup else ""
        stop = ". " if language_of(body) == "en" else "。"
        wanted = Wants(f"{who or about}{stop}{asked.text}", language=language)
    return wanted.marked(language_of(question))[:LONGEST]


def topic(question: str) -> str:
    """Return what a question is about: its words without what it asks, of a follow-up its first and last part."""
    parts = PARTS.split(question)
    kept = [_without_asking(part) for part in (*parts[:-1][:1], parts[-1])]
    return "。".join(filter(None, kept))[-TOPIC:]


def _without_asking(part: str) -> str:
    left, before = _ASKED.sub("", END.sub("", _LEAD.sub("", part))).strip(), ""
    while left != before:
        before, left = left, _ENDING.sub("", left).strip()
    return left


def _item(plain: str, previous: str) -> int:
    """Return which item of a list is asked for, and nothing else; 0 for none."""
    found = _ORDINAL.search(plain)
    own = units(_ORDINAL.sub("", plain), previous) > (language_of(plain) == "zh")
    if found is None or own:
        return 0
    if found["en"] or found["n"]:
        word = found["en"] or found["n"]
        return _WORDS.get(word.lower()) or int(number(word) or 0)
    return 1 if found["first"] else LAST


def _other_time(plain: str, previous: str) -> str:
    """Return the question before with another year, month or day in it; empty where not just that is told."""
    another = _ANOTHER.fullmatch(plain)
    time = another and _TIME.fullmatch(next(filter(None, another.groups())))
    return _TIME.sub(time[0], previous, count=1) if time and _TIME.search(previous) else ""


def _follows(body: str, previous: str, *, led: bool) -> bool:
    """Whether a question needs the one before it: it points there, or says too little of its own."""
    plain, language = END.sub("", body), language_of(body)
    if _NEW.search(plain):
        return False
    if points(body):
        return True
    if not (led or _ASKED.search(body) or re.search("[?？かのは吗呢]$", body)):
        return False
    another = _ANOTHER.fullmatch(plain)
    if another and lexicon.is_noun(next(filter(None, another.groups()))):
        return True
    few = units(plain, previous) < (3 if language != "ja" and (led or another) else 2)
    return few and bool(led or another or not _names(body))


def points(body: str) -> re.Match[str] | None:
    """Return the word that points back, unless the question names somebody before it."""
    found = _POINTS.search(body)
    named = found and found["en"] and re.search(r"\s[A-Z]", body[: found.start()])
    return None if named else found


def _names(body: str) -> bool:
    """Whether a question names somebody or something."""
    if language_of(body) == "en":
        return bool(re.search(r"\s[A-Z]\w", body))
    return any((lexicon.names(body), lexicon.names_of_kind(body, "人名"), *places_in(body)))


def units(text: str, previous: str = "") -> int:
    """Count the things that a question speaks of, beside its question word and those of the question before."""
    left, language = _ASKED.sub(" ", text), language_of(text)
    if language == "ja":
        own = {term for term, word in lexicon.words(left) if not {term, word} & _EMPTY}
        return len(own - set(lexicon.terms(previous)))
    left = _EMPTY_ZH.sub("", NO_NAME.sub(" ", left.lower()))
    words = set(re.findall(r"[a-z'-]+|[一-龥]", left)) - _EMPTY
    return len(words) if language == "en" else (len(words) + 2) // 3


def _who(previous: str, answered: Answered | None) -> str:
    """Return the person or place that answers a question for one, else whom the question names; or nothing."""
    if answered and read_question(previous).kind in ("person", "place", "country"):
        told = (citation.key_words for citation in answered().citations)
        return next((word for word in told if 1 < len(word) < 20), "")
    found = _ABOUT.search(previous)
    named = found and found[found.lastgroup or 0]
    return named if named and _names(f"a {named}") else ""
