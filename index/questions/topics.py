"""What a question is about, and which of its words another can stand for: 今期 for 前期, Iran for Russia.

Words are told apart by kind: times, places, those who act (people, parties, offices), and other names. What
it does not know: meanings; a noun that shares no character with another and is of no kind stands for none.
"""

import re
from typing import NamedTuple

from index.questions import lexicon
from index.questions.question import language_of
from index.questions.tables import places_in

TOPIC = 100
"""Characters of a topic that is taken over whole; of a longer one, its last terms."""

HAN = "[一-龥々]"
QUESTION_WORD = (
    r"(?:(?:\b(?:since|by|from|to|for|with) )?\b(?:when|where|why|who(?:m|se)?"
    r"|how(?: (?:many|much|old|long|far|large|big|often))?"
    r"|(?:what|which)(?: (?:year|date|day|month|country|city|place|reason))?)\b"
    r"|什么时候|什么地方|为什么|什么|为何|何时|哪一?[年天里儿位国]|哪个国家|谁|多少[年人个次倍]?|几[个人次岁年月倍位]"
    r"|怎么样?|如何"
    r"|(?:いつ|なぜ|何故|どうして|なんで(?![すし])|誰|だれ|何処|どこ|いくら|いくつ|幾つ|どれ(?:くらい|ぐらい|ほど)"
    rf"|どの(?:くらい|ぐらい|程度|よう|{HAN}+)|どんな{HAN}*|どう(?:なっ[たて]|だった|なる)?"
    rf"|何[十百千万億兆]*(?:曜日|世紀|[時年]代|[ァ-ヴー]+|{HAN})?)"
    r"(?:から|まで|[をがにとへ]|で(?![すし])|の(?!こと))?)"
)
COPULA = r"(?:の?こと)?(?:でしょう|でした|です|だった|だろう|である|だ|なの)?(?:の?か|の)?"
STOP = re.compile(r"[?？!！。.\s]*$")
# A question word with what belongs to it, anywhere in a question.
ASKED = re.compile(QUESTION_WORD + COPULA, re.I)
# A noun that asks for a reason without a question word: 発表した理由は？
_REASON = re.compile(r"の?(?:理由|原因)(?=[はをがとも]|$)")
# What a question holds beside its topic once the question word is gone.
_ENDINGS = {
    "ja": re.compile(
        r"(?<=[たるうくすつぬむぐぶんい])(?:のか|の|か)$|(?:なん|の)?(?:でしょう|です)か?$"
        r"|(?:とは|って|のは|は|が|を|について)$|(?<=した)と?(?:言っ|述べ)た$"
        r"|(?:について|に関して|を)?(?:教えて|説明して|知りたい)(?:ください|下さい|ほしい|です)?$"
    ),
    "en": re.compile(r"(?:^|(?<=：))\s*(?:was|were|is|are|did|does|do|has|have|will|can)\s", re.I),
    "zh": re.compile(r"[吗呢的是在]$"),
}
_TIME = (
    r"(?:(?:令和|平成|昭和)?[0-9０-９元]{1,4}年(?:度|代|期)?(?:[0-9０-９]{1,2}月(?:[0-9０-９]{1,2}日|期)?)?"
    r"|[0-9０-９]{1,2}月(?:[0-9０-９]{1,2}日)?|[昨去今来前当][年期月季]|[0-9]期目"
    r"|(?:\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* (?:[0-9]{1,2},? )?)?\b[12][0-9]{3}\b)"
)
TIME = re.compile(_TIME)
_ACTS = re.compile(
    r"(?:氏|さん|様|君|長|知事|議員?|教授|監督|[社人者員相使派側党省庁局軍親]|[門治論作]家|政[府権]|大統領|主席|選手|博士|医[師生]|记者"
    r"|総書記|代表|新聞|日報|通信|大学?|病院|銀行|組合|協会|委員会|裁判?所|[地高]裁|国会"
    r"|\b(?:company|mayor|governor|minister|president|party|opposition|government|expert|people|resident|doctor"
    r"|coach|teacher|student|critic|supporter|professor|union|hospital|police|court)s?(?: of .+)?)$"
)
ATTRIBUTE = re.compile(
    "(?:结果|原因|理由|目的|内容|影响|意义|时间|地点|人数|人口|成本|[额量率数价费润])$"
)
_PART = r"(?:[一-龥々ァ-ヴー]+|[A-Z]\w+)"
_PLACE = re.compile(rf"(?:{HAN}|[ァ-ヴー])+[国國市県縣町村州省]$")
# A name in English; the first word of a question is none.
_CAPITALS = re.compile(r"(?<=[\s“\"])(?:the )?[A-Z][A-Za-z0-9-]*(?:(?: of)?\s[A-Z][A-Za-z0-9-]*)*")
_SUBJECT = re.compile(
    r"(?i)\b(?:did|does|do|has|have|will|can|would|should) (?P<np>[^?]+?) (?=(?:say|think|see|call|want|do|make|give|plan|propose|criti[cs]i[sz]e"
    r"|demand|promise|announce|declare|describe|react|respond|feel|believe|argue|expect|get|have|take|support|oppose|said|accuse|warn|blame|praise)\b)"
)
# What a Chinese question begins with, up to a word that cannot be part of a name.
_ENDS_HEAD = "的是在为怎对有几多谁何如哪什会曾把将被向说"
HEAD = re.compile(rf"(?:^|(?<=\0)|(?<=[0-9]年))[^0-9\0了：。{_ENDS_HEAD}]{{2,8}}(?=[{_ENDS_HEAD}])")
# What says nothing of its own in a question.
_EMPTY = {"出る", "起きる", "起こる", "思う", "教える", "知る", "理由", "原因", "例", "点", "人", "国", "今", "他", "ほか"}  # fmt: skip
_WORDS_EMPTY = re.compile(
    r"(?i)\b(?:a|an|the|any|some|of|in|on|at|to|by|for|with|from|and|or|is|are|was|were|be|been|did|do|does|has|have|had|will|can|would|there|it|that|this|they|them|he|she|his|her|him|again|also|then|so|not|say|said|think|react|respond|many|much|old|long|else|other|reasons?)\b"
)


def topic(question: str) -> str:
    """Return what a question is about: its words without what it asks."""
    left = ASKED.sub("", _REASON.sub("", STOP.sub("", question))).strip()
    ending, before = _ENDINGS[language_of(question)], ""
    while left != before:
        before, left = left, ending.sub("", left).strip()
    return left if len(left) <= TOPIC else " ".join([w for _, w in lexicon.words(left)][-12:])


def subject(left: str) -> str:
    """Return what stands before は in a topic, where what follows adds no more than a verb."""
    found = re.match(r"(.{2,40}?)は(.*)", left)
    return found[1] if found and len(set(lexicon.terms(found[2]))) < 2 else left


class Noun(NamedTuple):
    """A time, a name or another run of nouns, and where in a text it stands, or can stand."""

    start: int
    end: int
    text: str

    def stands_first(self, text: str) -> bool:
        """Whether a question is about it: はが stands behind, or, where it has none, nothing before."""
        alone = not self.start and not re.search("[はが]", text)
        return alone or bool(re.match(rf"{HAN}*(?:[はがも]|って|では)", text[self.end :]))


def nouns(text: str) -> list[Noun]:
    """Return the times, names and other runs of nouns of a question, in order."""
    found = [Noun(*m.span(), m[0]) for m in TIME.finditer(text)]
    free = TIME.sub(_blank, text)
    if language_of(text) == "ja":
        return sorted([*found, *_runs(free)])
    named = (places_in(free), HEAD.finditer(free), _CAPITALS.finditer(free))
    found += [Noun(*m.span(), m[0]) for matches in named for m in matches]
    return sorted({*found, *(Noun(*m.span(1), m[1]) for m in _SUBJECT.finditer(free))})


def _runs(text: str) -> list[Noun]:
    runs: list[Noun] = []
    for part in lexicon.morphemes(text):
        noun = part.part_of_speech()[0] in ("名詞", "接尾辞", "接頭辞")
        if noun and "\0" not in part.surface():
            goes_on = runs and runs[-1].end == part.begin()
            start = runs.pop().start if goes_on else part.begin()
            runs.append(Noun(start, part.end(), text[start : part.end()]))
    return runs


def kinds(noun: str, language: str) -> set[str]:
    """Return what a noun may be: a time, a place, one who acts, another name; nothing, if none of these."""
    noun = noun.removeprefix("the ")
    if TIME.fullmatch(noun):
        return {"time"}
    own, found = set(lexicon.terms(noun)), set()
    if any(place[0] == noun for place in places_in(noun)) or _PLACE.search(noun):
        found.add("place")
    for kind, name in (("地名", "place"), ("人名", "actor")):
        if own and "の" not in noun and own <= lexicon.names_of_kind(noun, kind):
            found.add(name)
    if _ACTS.search(noun) or (_CAPITALS.fullmatch(f" {noun}", 1) and not found):
        found.add("actor")
    if not found and language == "zh" and not ATTRIBUTE.search(noun):
        return {"actor"}
    return found or ({"named"} if lexicon.names(noun) and len(own) > 1 else set())


def named(text: str, kind: str) -> list[str]:
    """Return the names of a kind in a question (place, actor), first those of what it is about."""
    language = language_of(text)
    found = [noun for noun in nouns(text) if kind in kinds(noun.text, language)]
    found.sort(key=lambda noun: not noun.stands_first(text))
    texts = [noun.text for noun in found]
    return [
        t for t in texts if language != "ja" or lexicon.names(t) or lexicon.names_of_kind(t, "人名")
    ]


def noun_like(other: str, text: str, *, aside: bool = False) -> Noun | None:
    """Return the noun of a question that another can stand for: one of its kind, else one nearly alike.

    Args:
        other: The other one.
        text: The question.
        aside: Whether it stands for something else than what the question is about.
    """
    tail = re.search(r"(?:と|へ|から|で)?の.+$", other)  # 日本との取引 for 北朝鮮との取引
    if tail and tail[0] in text:
        held = [own for own in nouns(text) if own.end == text.index(tail[0])]
        return held[0]._replace(text=other[: tail.start()]) if held else None
    language = language_of(text)
    pair, own = re.search(r".(と|和|与| and ).", other), kinds(other, language)
    if pair and (two := re.search(rf"{_PART}{pair[1]}{_PART}", text)):
        return Noun(*two.span(), other)
    if "actor" in own and (found := _SUBJECT.search(text)):
        return Noun(*found.span(1), other)
    there = [noun for noun in nouns(text) if noun.text != other]
    same = [noun for noun in there if own & kinds(noun.text, language)]
    same = same[::-1] if language == "en" else same
    size = len(other)
    heads = (Noun(n.start, n.start + size, n.text[:size]) for n in there if len(n.text) != size + 1)
    near = [head for head in heads if _nearly(other, head.text)]
    first = [noun for noun in same if noun.stands_first(text) != aside]
    return next((noun._replace(text=other) for noun in (*first, *same, *near)), None)


def _nearly(one: str, other: str) -> bool:
    """Whether two words of a length differ in one character: 女子 and 男子."""
    alike = len(one) == len(other) > 1 and not re.search("[ぁ-ん]", one)
    return alike and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def units(text: str) -> int:
    """Count the things a question speaks of, beside its question word: runs of nouns, verbs, adjectives."""
    language = language_of(text)
    if language == "en":
        words = re.findall(r"[a-z'-]+", _WORDS_EMPTY.sub(" ", ASKED.sub(" ", text.lower())))
        return 1 if text.lower().startswith("any ") else len(words)
    if language == "zh":
        return (
            len(re.findall(HAN, re.sub("[的了是吗呢在有说把被那]", "", ASKED.sub("", text)))) + 2
        ) // 3
    free = TIME.sub(_blank, ASKED.sub(_blank, text))
    count = end = 0
    for term, word in lexicon.words(text):
        start = text.index(word, end)
        apart = not end or not re.fullmatch(f"{HAN}*", text[end:start])
        count += apart and free[start] != "\0" and not _EMPTY & {term, word}
        end = start + len(word)
    return count


def _blank(found: re.Match[str]) -> str:
    return "\0" * len(found[0])


def is_clause(about: str) -> bool:
    """Whether a topic is a clause, and no noun."""
    return about.endswith(tuple("なたるうくすつぬむぐぶいん")) and not about.endswith("さん")
