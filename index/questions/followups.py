"""Short follow-ups (それはいつ？, What about Iran?, 那俄罗斯呢？) made to stand alone.

What is asked for beside the question, or of its answer, becomes a mark behind the question before (``wants``):
more, one of its items, another language. All else is filled in by the first that fits, or left as it is:

- what came of it (その後は？), asked of the topic: the question before without what it asked;
- a time that counts from that of the question before, or of its answer (翌年, two years later);
- another of its kind (ではロシアは？, 野党は？), in the place of a time, a name or a noun (``topics``), or in front of
  all (FIFA：…) where the words can mean nothing else (については, 呢);
- another question word (なぜ？), in the place of the one before, or put to the topic;
- a word that points back (彼は…, その…): the person or place of the question, or of its answer, or the topic;
- a question of one thing (いつ再開した？, Any side effects?), behind the topic as a sentence of its own.

What it does not know: questions before the last, and whether one plain noun (費用は？) opens a new subject. 冷戦とは？,
NATO and all that has a name or two things of its own and points nowhere are new questions.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from index.questions import lexicon, topics
from index.questions.forms import Form, form_of
from index.questions.pointing import Answered, key, point_back, points
from index.questions.question import LONGEST, language_of, read_question
from index.questions.topics import ASKED, COPULA, QUESTION_WORD, STOP, TIME, is_clause, units
from index.questions.wants import LAST, Wants, wants
from index.text.figures import number
from index.text.spans import Span, mentions
from index.text.wording import date_in

_LEAD = re.compile(
    r"(?i)^(?:それでは|それじゃあ?|それで(?!も)|では|じゃあ?|で、|ちなみに|(?:and|but|so|then|ok(?:ay)?)\b|那么|那)[、,，\s]*"
)
_PLEASE = r"を?(?:教えて|説明して|話して|聞かせて|知りたい|お願い(?:します)?)?(?:ください|下さい|くれる|です)?"
_MORE = re.compile(
    rf"(?i)(?:それ|これ|その(?:件|話))?(?:について|を)?(?:もっと|もう少し|もうちょっと|さらに|より)*(?:の?(?:詳し[くい](?:は|話)?|くわしく|具体的(?:に(?:は)?)?|具体例は?|詳細は?|例えば|たとえば"
    rf"|続きは?|続けて|もっと|(?:他|ほか|その他|それ以外)(?:に(?:[はも])?|は)(?:何か)?(?:ある|あります|ない)?か?))+{_PLEASE}"
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
_OPPOSITES = {"賛成": "反対", "反対": "賛成", "赞成": "反对", "反对": "赞成"}
_WORDS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": LAST}
# What is said of one item of a list beside its number.
_OF_ITEM = re.compile(
    r"(?i)もう少し|もっと|詳し[くい]|くわしく|教えて|説明して|ください|について|もの|やつ|とは|いう|こと|です|[のはをがとも何か?？、。,.\s]"
    r"|\b(?:and|what|about|tell|me|more|could|can|you|explain|describe|in|details?|please|is|was)\b|[呢是那说]|什么|详细|一下|一点|具体"
)
_AFTER = re.compile(
    r"(?i)(?P<ja>(?:その|この)(?:後|あと)(?:は|に|、)?(?:(?:どう|何|なに)[^、]{0,12})?)"
    r"|(?:what (?:happened|came|happens) )?(?:next|then|afterwards?|after (?:that|this|it)|later)"
    r"|(?P<zh>(?:[在]?[这那此]?之后|后来|然后|接下来)(?:呢|怎么样了?|怎么了|如何|发生了什么|有什么发展)?)"
)
_COUNTED = re.compile(
    r"(?i)(?:その|in |on )?(?:the )?(?:(?P<n>[0-9]+|[一二三五十]|ten|five|two|three|a|one) ?(?P<u>年|か?月|日|years?|months?|days?) ?(?P<way>前|後|后|later|after|before|earlier)"
    r"|(?P<far>翌|次の|前の|第二|前一|后一|上一|下一|next |following |previous )(?P<v>年|月|日|天|year|month|day)|(?P<w>year|month|day) (?P<by>after|before))(?:に|の)?(?!と比)"
)
_NOTHING = re.compile(r"(?:は|には|なら|呢)?(?:どう)?(?:だった|でした|ですか|怎么样)?[?？\s]*")
_BACKWARDS = ("前", "上", "before", "earlier", "previous")
_SMALL = {"ten": 10, "five": 5, "two": 2, "three": 3, "a": 1, "one": 1}
_HAPPENED = {"ja": "{}に何があった？", "en": "What happened in {}?", "zh": "{}发生了什么？"}
# A question word and nothing else: なぜ？, それはいつですか, When was that?
_BARE = re.compile(
    rf"(?i)^(?:(?:それ|これ|そのこと)(?:は|って|が)?|[这它]?是?在?)(?P<asked>{QUESTION_WORD})(?:{COPULA}"
    rf"|[的呢啊呀]*|(?<!much)(?<!many) (?:was|is|were|are|did|does) (?:that|it|this|they|s?he)| not| so)?{STOP.pattern}"
)
# Tells a short Japanese question that names its subject, or points back to it.
_STANDS = re.compile(
    "とは|って何|^[そこ]の|^[そこ]れ|^同[氏国]|^彼|^什么是|是什么[?？]?$|^what (?:is|are) ", re.I
)
# Something else to be asked the same of. After ``about``, ``object`` and ``case`` it is sure.
_ANOTHER = re.compile(
    r"(?i)^(?P<about>(?:what|how) about )?(?:in |关于|对)?(?P<other>[^、，,?？]{1,40}?)(?:の(?:ほう|方))?"
    r"(?:(?P<object>に(?:ついて|関して|対して)は?)|(?P<case>の場合は?|(?:(?<=とき)|(?<=ころ)|(?<=[時頃際]))は?|呢|怎么样)"
    r"|(?P<topic>なら|だと|(?<!と)では|には|とは|(?<!と)は))?"
    rf"(?:どう|いかが)?(?:ですか|でしょうか|だった|なった|だったの|なったの)?{STOP.pattern}"
)
_OF_ALL = re.compile(
    r"(?i)主な|(?:この|これらの)?記事|全体|全部|すべて|内容|話|文章|article|the|main|these|all"
)
_POINTS = re.compile(r"(?i)[こそ]れ(?!ら)|その|\b(?:it|this|that)\b|[这那它]个?(?![些篇])")
# Asks what somebody says.
_SAYS = re.compile(
    r"(?i)(?:どう|何と|何て|なんて|なんと)(?:言|い[っう]|述べ|話|見て|考え|答え|評|反応)|(?:反応|意見|見方|見解|主張|コメント|評価|考え|立場|姿勢|対応)は|(?:怎么|如何)(?:说|看|评价)|说了?什么|\bwhat (?:did|does|do) .+ (?:say|think)[?.! ]*$|\bhow (?:did|does|do) .+ (?:react|respond)\b"
)


def complete(question: str, previous: str, answered: Answered | None = None) -> str:
    """Return the question as one that needs no other.

    Args:
        question: As asked.
        previous: The question before, as understood; empty when there is none.
        answered: Returns the answer to it.
    """
    before, asked = wants(previous), wants(question)
    about = topics.topic(before.text)
    form = form_of(question)
    if "talk" in (form_of(before.text).name, form.name) or _of_all(form, question):
        return question
    own = set(lexicon.terms(TIME.sub("", about) if TIME.search(asked.text) else about))
    if own <= set(lexicon.terms(question)) and (own or not lexicon.terms(about)):
        return question
    body = _LEAD.sub("", asked.text)
    plain = STOP.sub("", body)
    language = asked.language or before.language
    wanted = replace(before, language=language)
    if _MORE.fullmatch(plain) or (_ELSE.search(plain) and not units(_ELSE.sub("", plain))):
        wanted = replace(wanted, more=before.more + 1)
    elif item := _item(plain, before.text):
        wanted = replace(wanted, item=item, more=0)
    elif asked.text:
        filled = next(filter(None, _filled(body, asked.text, before.text, about, answered)), None)
        if filled is None:
            return question
        wanted = replace(filled, language=language)
    return wanted.marked(language_of(question))[:LONGEST]


def _of_all(form: Form, question: str) -> bool:
    """Whether a question wants an overview of no topic, and points to nothing before."""
    bare = form.name == "overview" and not lexicon.terms(_OF_ALL.sub("", form.about))
    return bare and not _POINTS.search(question)


def _filled(
    body: str, asked: str, previous: str, about: str, answered: Answered | None
) -> Iterator[Wants | None]:
    """Try each kind in turn; what fits fills the question in."""
    yield _afterwards(body, about)
    yield _counted(body, previous, answered)
    yield _another(body, previous, led=body != asked)
    if bare := _BARE.search(body):
        yield Wants(_ask_in_place(bare["asked"], previous) or _put(about, bare["asked"]))
    yield point_back(body, previous, about, answered)
    if _behind(body, previous, led=body != asked):
        context = previous.rpartition("。")[0] or (
            about if is_clause(about) else topics.subject(about)
        )
        yield Wants(f"{context}{'. ' if language_of(body) == 'en' else '。'}{asked}")


def _item(plain: str, previous: str) -> int:
    """Return which item of a list is asked for, and nothing else; 0 for none."""
    found = _ORDINAL.search(plain)
    rest = _OF_ITEM.sub("", _ORDINAL.sub("", plain))
    strange = not set(lexicon.terms(rest)) <= set(lexicon.terms(previous))
    if found is None or (strange and units(rest)):
        return 0
    if found["en"] or found["n"]:
        word = found["en"] or found["n"]
        return _WORDS.get(word.lower()) or int(number(word) or 0)
    return 1 if found["first"] else LAST


def _afterwards(body: str, about: str) -> Wants | None:
    """Ask what came of it."""
    found = _AFTER.fullmatch(STOP.sub("", body))
    if found is None:
        return None
    if found["ja"]:
        told = re.sub("^(?:その|この)(?:後|あと)(?:は|に|、)?", "", found["ja"]) or "どうなった"
        return Wants(f"{about}{'、' if is_clause(about) else 'の'}その後{told}？")
    return Wants(f"{about}之后发生了什么？" if found["zh"] else f"What happened after {about}?")


def _counted(body: str, previous: str, answered: Answered | None) -> Wants | None:
    """Write out a time that counts from that of the question before, or of its answer."""
    found = _COUNTED.search(body)
    since = _when(previous, answered) if found else None
    if not found or not since:
        return None
    way, told = found["way"] or found["far"] or found["by"], (found["n"] or "1").lower()
    many = _SMALL.get(told) or int(number(told) or 0)
    many = -many if way.strip().lower().startswith(_BACKWARDS) else many
    then = _moved(since, many, found["u"] or found["v"] or found["w"])
    if then is None:
        return None
    language, before, after = language_of(body), body[: found.start()], body[found.end() :]
    when = date_in(then, language)
    if not _NOTHING.fullmatch(before + after):
        return Wants(f"{before}{'in ' * (language == 'en')}{when}{after}")
    put = TIME.sub(lambda spot: when + spot[0][-1] * (spot[0][-1] in "期度"), previous, count=1)
    return Wants(put if put != previous else _HAPPENED[language].format(when))


def _when(previous: str, answered: Answered | None) -> Span | None:
    """Return the first time that a question names, or the words that answer it, or a sentence of its answer."""
    told = answered().citations if answered and not mentions(previous, None) else ()
    texts = [previous, *map(key, told), *(citation.quote for citation in told)]
    return next((date for text in texts for date in mentions(text, None)), None)


def _moved(span: Span, by: int, unit: str) -> Span | None:
    """Return the time so many years or days after another; None where there is none, or it is not told so nearly."""
    first, last = span.first, span.last
    try:
        if unit[0] in "年yY":
            return Span(first.replace(year=first.year + by), last.replace(year=last.year + by))
        day = first + timedelta(days=by)
    except (ValueError, OverflowError):
        return None
    return Span(day, day) if unit[0] in "日天dD" and first == last else None


def _another(body: str, previous: str, *, led: bool) -> Wants | None:
    """Put a time, a name or a noun in the place of one of its kind, else in front where that is sure."""
    found = _ANOTHER.search(body)
    if not found or ASKED.search(found["other"]) or points(f"{found['other']}は"):
        return None
    other = re.sub("^(?:the )?ones? (?:with|in|of|for|from|by) |'s$", "", found["other"])
    sure = any(found[group] for group in ("about", "object", "case"))
    if not (sure or led or found["topic"]) or any(n.text == other for n in topics.nouns(previous)):
        return None
    if any(word in other and opposite in previous for word, opposite in _OPPOSITES.items()):
        return None
    spot = topics.noun_like(other, previous, aside=bool(found["object"]))
    if found["topic"] == "とは" and not (spot and previous[spot.end :].startswith("と")):
        return None
    if spot:
        put = previous[: spot.start] + spot.text + previous[spot.end :]
        was = previous[spot.start : spot.end]
        return Wants(put, instead=None if TIME.search(was) else (spot.text, was))
    if found["topic"] or language_of(body) == "en":
        known = led and topics.kinds(other, language_of(body)) and lexicon.names(other)
        sure |= bool(TIME.fullmatch(other) or known)
    # What was put in front the last time goes.
    ahead = f"{other}：{re.sub('^[^：]{1,30}：', '', previous)}"
    return Wants(ahead) if sure and not topics.ATTRIBUTE.search(other) else None


def _ask_in_place(asked: str, previous: str) -> str | None:
    """Put a question word where the one before stood, if something is said behind it."""
    found, language = ASKED.search(previous), language_of(previous)
    if found is None or language_of(asked) != language:
        return None
    rest = ASKED.sub("", previous[found.end() :])
    if language != "en" and (not lexicon.terms(rest) or found[0].endswith("の")):
        return None
    asked = {"誰": "誰が", "どこ": "どこで"}.get(asked, asked)
    filled = previous[: found.start()] + asked + rest
    return filled if read_question(filled).kind == read_question(asked).kind else None


def _behind(body: str, previous: str, *, led: bool) -> bool:
    """Whether a question speaks of one thing at most beside what the question before spoke of."""
    asks, language = ASKED.search(body) or re.search(r"[?？かのは吗呢]$", body), language_of(body)
    if not asks or points(body) or _STANDS.search(body):
        return bool(asks and points(body))
    types = ("place",) if language == "zh" else ("actor", "place")
    names = [name for kind in types for name in topics.named(body, kind)]
    strange = [name for name in names if name not in previous]
    own = units(re.sub("|".join(map(re.escape, strange)) or "(?!)", "、", body))
    if names and not strange and not led:
        return False
    if _SAYS.search(body) or (strange and _SAYS.search(previous)):
        return own < 2
    if own > 1 + (led or (language == "zh" and "是" not in body)) - bool(strange):
        return False
    if topics.named(body, "named") or (language == "zh" and re.search("[ァ-ヴ]", body)):
        return False  # キューバ危機
    if (first := next((w for _, w in lexicon.words(body)), "")) and re.match("[ぁ-ん]{3}", first):
        return False  # いわし雲
    timed = TIME.search(body) and not re.search(rf"{TIME.pattern}の{topics.HAN}", body)
    return led or not (strange or timed)


def _put(about: str, asked: str) -> str:
    """Put a question to a topic."""
    language = language_of(asked)
    if language == "ja" == language_of(about):
        whole = read_question(asked).kind in ("reason", "date", "place")
        about = about if whole else topics.subject(about)
        return f"{about}{'のは' if is_clause(about) else 'は'}{asked.rstrip('がを?？')}？"
    return f"{asked} {about}" if language == "en" else f"{about}，{asked}？"
