"""Short follow-ups (それはいつ？, What about Iran?, 那俄罗斯呢？) made to stand alone.

Three forms are filled in from the question before, in this order; all else is left as it is.

- Another of its kind (ではロシアは？): the name or year takes the place of one of the same kind.
  Sudachi tells people from places, in English too; in Chinese it is what the question begins with.
  Where nothing fits, it goes in front (NATO：…), if the words can mean nothing else (については, 呢).
- Another question word (なぜ？, いつ完成した？): it takes the place of the one before, or is put to
  the topic, which is the question before without what it asked. もっと詳しく asks the same again.
- A word that points back (彼は…, その…, When did he…?): the name or the topic takes its place.

What it does not know: answers (who その人 turned out to be), questions before the last, and whether
one plain noun (費用は？) opens a new subject: it is taken to ask on. 冷戦とは？, NATO and all that
has a name or two terms of its own and points nowhere are new questions.
"""

import re
from collections.abc import Callable

from index.questions import lexicon
from index.questions.question import LONGEST, language_of, read_question
from index.records import Answer

TOPIC = 100
"""Characters of a topic that is taken over whole; of a longer one, its last terms."""
FRAGMENT = 12
"""Characters a question may have that has one term and points nowhere, to be taken to ask on."""

# The words that follow-ups are told by, in Japanese, English and Chinese. No names among them.
_HAN = "[一-龥々]"
_QUESTION_WORD = (
    r"(?:(?:\b(?:since|by|from|to|for|with) )?\b(?:when|where|why|who(?:m|se)?"
    r"|how(?: (?:many|much|old|long|far|large|big|often))?"
    r"|(?:what|which)(?: (?:year|date|day|month|country|city|place|reason))?)\b"
    r"|什么时候|什么地方|为什么|什么|为何|何时|哪一?[年天里儿位国]|哪个国家|谁|多少[年人个次倍]?|几[个人次岁年月倍位]"
    r"|怎么样?|如何"
    r"|(?:いつ|なぜ|何故|どうして|なんで|誰|だれ|何処|どこ|いくら|いくつ|幾つ|どれ(?:くらい|ぐらい|ほど)"
    rf"|どの(?:くらい|ぐらい|程度|よう|{_HAN}+)|どんな{_HAN}*|どう"
    rf"|何[十百千万億兆]*(?:曜日|世紀|[時年]代|[ァ-ヴー]+|{_HAN})?)"
    r"(?:から|まで|[をがにとへ]|で(?![すし])|の(?!こと))?)"
)
_COPULA = r"(?:の?こと)?(?:でしょう|でした|です|だった|だろう|である|だ|なの)?(?:の?か|の)?"
_STOP = re.compile(r"[?？!！。.\s]*$")
_LEAD = re.compile(
    r"^(?:それでは|それじゃあ?|では|じゃあ?|で、|ちなみに|(?:and|but|so|then)\b|那么|那)[、,，\s]*",
    re.I,
)
# A question word with what belongs to it, anywhere in a question.
_ASKED = re.compile(_QUESTION_WORD + _COPULA, re.I)
# A noun that asks for a reason without a question word: 発表した理由は？
_REASON = re.compile(r"の?(?:理由|原因)(?=[はをがとも]|$)")
# What a question holds beside its topic once the question word is gone.
_ENDINGS = {
    "ja": re.compile(
        r"(?<=[たるうくすつぬむぐぶんい])(?:のか|の|か)$|の?(?:でしょう|です)$"
        r"|(?:とは|って|のは|は|が|を|について)$"
        r"|(?:について|に関して|を)?(?:教えて|説明して|知りたい)(?:ください|下さい|ほしい|です)?$"
    ),
    "en": re.compile(r"(?:^|(?<=：))\s*(?:was|were|is|are|did|does|do|has|have|will|can)\s", re.I),
    "zh": re.compile(r"[吗呢的是在]$"),
}
# A question word and nothing else: なぜ？, それはいつですか, When was that?
_BARE = re.compile(
    rf"^(?:(?:それ|これ|そのこと)(?:は|って|が)?|[这它]?是?在?)(?P<asked>{_QUESTION_WORD})(?:{_COPULA}"
    rf"|[的呢啊呀]*| (?:was|is|were|are|did|does) (?:that|it|this|they|s?he)){_STOP.pattern}",
    re.I,
)
# 是谁设计的？, 在哪里签的？
_WITHOUT_SUBJECT = re.compile(rf"^(?:是{_QUESTION_WORD}|在?{_QUESTION_WORD}[^是]{{1,4}}的[?？]?$)")
# Tells a short Japanese question that names its subject, or points back to it.
_STANDS = re.compile("とは|って何|^[そこ]の|^[そこ]れ|^同[氏国]|^彼")
_MORE = re.compile(
    r"^(?:(?:もっと|もう少し|さらに|より)*(?:詳しく|具体的に|詳細|例えば|たとえば|ほかに|他に)[はを]?"
    r"(?:教えて|説明して)?(?:ください|下さい)?"
    r"|(?:tell me )?more(?: details)?(?: about (?:it|that))?|for example|what else"
    rf"|还有(?:什么|呢)?|(?:再?详细|具体)一?[些点]?|比如呢?){_STOP.pattern}",
    re.I,
)
# Something else to be asked the same of. After ``about``, ``object`` and ``case`` it is sure.
_ANOTHER = re.compile(
    r"^(?P<about>(?:what|how) about )?(?:in )?(?P<other>[^、，,?？]{1,30}?)"
    r"(?:(?P<object>に(?:ついて|関して|対して)は)|(?P<case>の場合は?|呢|怎么样)"
    r"|(?P<topic>なら|だと|(?<!と)では|には|(?<!と)は))?"
    rf"(?:どう|いかが)?(?:ですか|でしょうか|だった)?{_STOP.pattern}",
    re.I,
)
# Words that point back, by what they point to. ``it is … that`` and rain point to nothing.
_BACK = {
    "ja": re.compile(
        r"^(?P<before>[^、。]{0,12}?[はがも])??(?:(?P<who>(?:彼女?|その人物?|この人|同氏)(?=[はがのをにもと]))"
        r"|(?P<where>(?:同国|そこ)(?=[はがのをにもで]))|(?P<whose>^その(?!他|ほか|まま|うち))"
        r"|(?P<what>(?:それ|これ)(?=[はがを]|の|に(?:対|つい|関|よ|は|ど)|への)))"
    ),
    "en": re.compile(
        r"\b(?:(?P<who>s?he|him|her(?! \w))|(?P<whose>his|her|their)|(?P<where>its)"
        r"|(?P<what>they|them|it(?! (?:take|rain|snow|\w+ (?:that|to|for))\b)"
        r"|(?:that|this)(?=[?.! ]*$)))\b",
        re.I,
    ),
    "zh": re.compile(r"^(?:(?P<who>[他她])(?![国们])|(?P<what>[它这此](?=[是在对有会为怎和与])))"),
}
_YEAR = re.compile(r"[0-9０-９]{4}年?(?:[0-9０-９]{1,2}月)?")
# A name in English; the first word of a question is none.
_CAPITALS = re.compile(r"(?<=\s)(?:the )?[A-Z][A-Za-z0-9-]*(?:\s[A-Z][A-Za-z0-9-]*)*")
# What a Chinese question begins with, up to a word that cannot be part of a name.
_ENDS_HEAD = "的是在为怎对有几多谁何如哪什会曾"
_HEAD = re.compile(rf"(?:^|(?<=[0-9]年))[^0-9了：{_ENDS_HEAD}]{{2,6}}(?=[{_ENDS_HEAD}])")


def complete(question: str, previous: str, answered: Callable[[], Answer] | None = None) -> str:
    """Return the question as one that needs no other.

    Args:
        question: As asked.
        previous: The question before, as understood; empty when there is none.
        answered: Returns the answer to it.
    """
    topic = _topic(previous)
    if set(lexicon.terms(topic)) <= set(lexicon.terms(question)):
        return question
    body = _LEAD.sub("", question)
    completed = (
        _another(body, previous, led=body != question)
        or _ask_again(body, previous, topic)
        or _point_back(body, previous, topic)
        or question
    )
    return completed[:LONGEST]


def _topic(question: str) -> str:
    """Return what a question is about: its words without what it asks."""
    topic = _ASKED.sub("", _REASON.sub("", _STOP.sub("", question))).strip()
    ending, before = _ENDINGS[language_of(question)], ""
    while topic != before:
        before, topic = topic, ending.sub("", topic).strip()
    return topic if len(topic) <= TOPIC else " ".join([w for _, w in lexicon.words(topic)][-12:])


def _subject(topic: str) -> str:
    """Return what stands before は, where what follows adds no more than a verb."""
    found = re.match(r"(.{2,40}?)は(.*)", topic)
    return found[1] if found and len(set(lexicon.terms(found[2]))) < 2 else topic


def _another(body: str, previous: str, *, led: bool) -> str | None:
    """Put a name or year in the place of one of its kind, else in front where that is sure."""
    found = _ANOTHER.search(body)
    if not found or _ASKED.search(found["other"]):
        return None
    other = found["other"]
    sure = any(found[group] for group in ("about", "object", "case"))
    if not (sure or led or found["topic"]):
        return None
    if spots := _spots(other, previous):
        spot = _contrasted(spots, previous, with_object=bool(found["object"]))
        return previous[: spot.start()] + other + previous[spot.end() :]
    if found["topic"] or language_of(body) == "en":
        sure |= bool(_YEAR.fullmatch(other) or (led and lexicon.names(other)))
    # What was put in front the last time goes.
    return f"{other}：{re.sub('^[^：]{1,30}：', '', previous)}" if sure else None


def _contrasted(spots: list[re.Match[str]], previous: str, *, with_object: bool) -> re.Match[str]:
    """Choose the name a new one stands against: Xは？ the topic, Xについては？ another."""
    if language_of(previous) == "en":
        return spots[-1]
    return next((s for s in spots if _is_topic(s, previous) != with_object), spots[0])


def _is_topic(name: re.Match[str], text: str) -> bool:
    return re.match(f"{_HAN}*[はがも]", text[name.end() :]) is not None


def _spots(other: str, previous: str) -> list[re.Match[str]]:
    """Return the places of a question where a name or year of the same kind stands."""
    if _YEAR.fullmatch(other):
        return list(_YEAR.finditer(previous))
    found = [spot for kind in ("人名", "地名") for spot in _of_kind(kind, other, previous)]
    if found:
        found.sort(key=re.Match.start)
        return [spot for spot in found if lexicon.names(spot[0])] or found
    if language_of(previous) == "zh" and re.fullmatch(f"{_HAN}{{2,6}}", other):
        return list(_HEAD.finditer(previous))[:1]
    return []


def _of_kind(kind: str, other: str, previous: str) -> list[re.Match[str]]:
    own = re.fullmatch(f"(?:{_any_name(other, kind)})({_HAN}*)", other)
    if own is None:
        return []
    spots = _names(previous, kind, titled=bool(own[1]))
    # バイデン政権 may stand for トランプ氏, but ロシア経済 for nothing but another 経済.
    return [spot for spot in spots if kind == "人名" or spot[0].endswith(own[1])]


def _names(text: str, kind: str, *, titled: bool = False) -> list[re.Match[str]]:
    """Return where names of a kind stand, if asked with what is joined to them (氏, 政権)."""
    if language_of(text) == "en":
        return [name for name in _CAPITALS.finditer(text) if _may_be(name[0], kind)]
    return list(re.finditer(_any_name(text, kind) + (f"{_HAN}*" if titled else ""), text))


def _may_be(name: str, kind: str) -> bool:
    return not lexicon.names(name) or bool(lexicon.names_of_kind(name, kind))


def _any_name(text: str, kind: str) -> str:
    """Return a pattern of the names of a kind in a text."""
    if _CAPITALS.fullmatch(f" {text}", 1) and _may_be(text, kind):
        return re.escape(text)
    known = lexicon.names_of_kind(text, kind)
    written = {re.escape(surface) for term, surface in lexicon.words(text) if term in known}
    name = "|".join(sorted(written, key=len, reverse=True)) or "(?!)"
    return f"(?:{name})(?:[・＝ ]?(?:{name}))*"


def _ask_again(body: str, previous: str, topic: str) -> str | None:
    """Ask something else of the same topic, or more of the same."""
    if _MORE.search(body):
        return previous
    if bare := _BARE.search(body):
        return _ask_in_place(bare["asked"], previous) or _put(topic, bare["asked"])
    if _WITHOUT_SUBJECT.search(body):
        head = _HEAD.search(previous)
        return f"{head[0] if head else topic}{body}"
    if language_of(body) != "ja" or len(body) > FRAGMENT or _STANDS.search(body):
        return None
    if len(set(lexicon.terms(body))) > 1 or lexicon.names(body):
        return None
    if re.search(f"^{_HAN}+は|は[？?]?$", body):
        return _of(_subject(topic), body)
    return _put(_subject(topic), body) if _ASKED.search(body) and "は" not in body else None


def _ask_in_place(asked: str, previous: str) -> str | None:
    """Put a question word where the one before stood, if something is said behind it."""
    found, language = _ASKED.search(previous), language_of(previous)
    if found is None or language_of(asked) != language:
        return None
    rest = _ASKED.sub("", previous[found.end() :])
    if language == "ja" and not lexicon.terms(rest):
        return None
    asked = {"誰": "誰が", "どこ": "どこで"}.get(asked, asked)
    filled = previous[: found.start()] + asked + rest
    return filled if read_question(filled).kind == read_question(asked).kind else None


def _point_back(body: str, previous: str, topic: str) -> str | None:
    """Put the name or the topic in the place of the word that points back to it."""
    language = language_of(body)
    found = _BACK[language].search(body)
    if found is None or _names(body[: found.start(found.lastgroup or 0)], "人名"):
        return None  # What did Trump say when he …: the question has its own
    role = found.lastgroup or ""
    before, after = body[: found.start(role)], body[found.end(role) :]
    if language == "ja" and role == "whose":
        return before + _of(_subject(topic), after)
    name = _name(role, previous)
    if name is None and language == "zh" and role == "who":
        return f"{topic}，{body}"
    possessive = "'s" if language == "en" and role in {"whose", "where"} else ""
    return f"{before}{name or _as_noun(_subject(topic), role)}{possessive}{after}"


def _name(role: str, previous: str) -> str | None:
    """Return the person or place of a question that a word points to, first its topic."""
    if role == "what":
        return None
    if language_of(previous) == "zh":
        head = _HEAD.search(previous)
        return head[0] if head else None
    names = _names(previous, "地名" if role == "where" else "人名")
    return next((n[0] for n in names if _is_topic(n, previous)), names[0][0] if names else None)


def _as_noun(topic: str, role: str) -> str:
    noun = {"who": "人", "where": "所", "what": "こと"}.get(role, "")
    return topic + noun if _is_clause(topic) else topic


def _put(topic: str, asked: str) -> str:
    """Put a question to a topic."""
    language = language_of(asked)
    if language == "ja" == language_of(topic):
        return f"{topic}{'のは' if _is_clause(topic) else 'は'}{asked.rstrip('がを?？')}？"
    return f"{asked} {topic}" if language == "en" else f"{topic} {asked}"


def _of(topic: str, rest: str) -> str:
    return f"{topic}{'' if _is_clause(topic) else 'の'}{rest}"


def _is_clause(topic: str) -> bool:
    return topic.endswith(tuple("なたるうくすつぬむぐぶいん"))
