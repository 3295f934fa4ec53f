"""The rules by which a follow-up is filled in; the package says them in words."""

import re

from index import lexicon
from index.followups import forms
from index.questions import LONGEST, language_of, read_question

TOPIC = 100
"""Characters of a topic that is taken over whole; of a longer one, its last terms."""

FRAGMENT = 12
"""Characters a question may have that has one term and points nowhere, to be taken to ask on."""

KINDS = ("人名", "地名")


def understand(question: str, previous: str) -> str:
    """Return the question as one that needs no other.

    Args:
        question: As asked.
        previous: The question before, as understood; empty when there is none.
    """
    topic = _topic(previous)
    if set(lexicon.terms(topic)) <= set(lexicon.terms(question)):
        return question
    body = forms.LEAD.sub("", question)
    understood = (
        _another(body, previous, led=body != question)
        or _ask_again(body, previous, topic)
        or _point_back(body, previous, topic)
        or question
    )
    return understood[:LONGEST]


def _topic(question: str) -> str:
    """Return what a question is about: its words without what it asks."""
    ending = forms.ENDINGS[language_of(question)]
    topic, before = forms.REASON.sub("", forms.STOP.sub("", question)), ""
    topic = forms.ASKED.sub("", topic).strip()
    while topic != before:
        before, topic = topic, ending.sub("", topic).strip()
    return topic if len(topic) <= TOPIC else " ".join([w for _, w in lexicon.words(topic)][-12:])


def _subject(topic: str) -> str:
    """Return what stands before は, where what follows adds no more than a verb."""
    found = re.match(r"(.{2,40}?)は(.*)", topic)
    return found[1] if found and len(set(lexicon.terms(found[2]))) < 2 else topic


def _another(body: str, previous: str, *, led: bool) -> str | None:
    """Put a name or year in the place of one of its kind, else in front where that is sure."""
    found = forms.ANOTHER.search(body)
    if not found or forms.ASKED.search(found["other"]):
        return None
    other = found["other"]
    sure = any(found[group] for group in ("about", "object", "case"))
    if not (sure or led or found["topic"]):
        return None
    if spots := _spots(other, previous):
        spot = _contrasted(spots, previous, with_object=bool(found["object"]))
        return previous[: spot.start()] + other + previous[spot.end() :]
    if found["topic"] or language_of(body) == "en":
        sure |= bool(forms.YEAR.fullmatch(other) or (led and lexicon.names(other)))
    # What was put in front the last time goes.
    return f"{other}：{re.sub('^[^：]{1,30}：', '', previous)}" if sure else None


def _contrasted(spots: list[re.Match[str]], previous: str, *, with_object: bool) -> re.Match[str]:
    """Choose the name a new one stands against: Xは？ the topic, Xについては？ another."""
    if language_of(previous) == "en":
        return spots[-1]
    return next((s for s in spots if _is_topic(s, previous) != with_object), spots[0])


def _is_topic(name: re.Match[str], text: str) -> bool:
    return re.match(f"{forms.HAN}*[はがも]", text[name.end() :]) is not None


def _spots(other: str, previous: str) -> list[re.Match[str]]:
    """Return the places of a question where a name or year of the same kind stands."""
    if forms.YEAR.fullmatch(other):
        return list(forms.YEAR.finditer(previous))
    found = sorted(
        (spot for kind in KINDS for spot in _of_kind(kind, other, previous)), key=re.Match.start
    )
    if found:
        return [spot for spot in found if lexicon.names(spot[0])] or found
    if language_of(previous) == "zh" and re.fullmatch(f"{forms.HAN}{{2,6}}", other):
        return list(forms.HEAD.finditer(previous))[:1]
    return []


def _of_kind(kind: str, other: str, previous: str) -> list[re.Match[str]]:
    own = re.fullmatch(f"(?:{_any_name(other, kind)})({forms.HAN}*)", other)
    if own is None:
        return []
    spots = _names(previous, kind, titled=bool(own[1]))
    # バイデン政権 may stand for トランプ氏, but ロシア経済 for nothing but another 経済.
    return [spot for spot in spots if kind == "人名" or spot[0].endswith(own[1])]


def _names(text: str, kind: str, *, titled: bool = False) -> list[re.Match[str]]:
    """Return where names of a kind stand, if asked with what is joined to them (氏, 政権)."""
    if language_of(text) == "en":
        return [m for m in forms.CAPITALS.finditer(text) if _may_be(m[0], kind)]
    return list(re.finditer(_any_name(text, kind) + (f"{forms.HAN}*" if titled else ""), text))


def _may_be(name: str, kind: str) -> bool:
    return not lexicon.names(name) or bool(lexicon.names_of_kind(name, kind))


def _any_name(text: str, kind: str) -> str:
    """Return a pattern of the names of a kind in a text."""
    if forms.CAPITALS.fullmatch(f" {text}", 1) and _may_be(text, kind):
        return re.escape(text)
    known = lexicon.names_of_kind(text, kind)
    written = {re.escape(surface) for term, surface in lexicon.words(text) if term in known}
    name = "|".join(sorted(written, key=len, reverse=True)) or "(?!)"
    return f"(?:{name})(?:[・＝ ]?(?:{name}))*"


def _ask_again(body: str, previous: str, topic: str) -> str | None:
    """Ask something else of the same topic, or more of the same."""
    if forms.MORE.search(body):
        return previous
    if bare := forms.BARE.search(body):
        return _ask_in_place(bare["asked"], previous) or _put(topic, bare["asked"])
    if forms.WITHOUT_SUBJECT.search(body):
        head = forms.HEAD.search(previous)
        return f"{head[0] if head else topic}{body}"
    if language_of(body) != "ja" or len(body) > FRAGMENT or forms.STANDS.search(body):
        return None
    if len(set(lexicon.terms(body))) > 1 or lexicon.names(body):
        return None
    if re.search(f"^{forms.HAN}+は|は[？?]?$", body):
        return _of(_subject(topic), body)
    return _put(_subject(topic), body) if forms.ASKED.search(body) and "は" not in body else None


def _ask_in_place(asked: str, previous: str) -> str | None:
    """Put a question word where the one before stood, if something is said behind it."""
    found, language = forms.ASKED.search(previous), language_of(previous)
    if found is None or language_of(asked) != language:
        return None
    rest = forms.ASKED.sub("", previous[found.end() :])
    if language == "ja" and not lexicon.terms(rest):
        return None
    asked = {"誰": "誰が", "どこ": "どこで"}.get(asked, asked)
    filled = previous[: found.start()] + asked + rest
    return filled if read_question(filled).kind == read_question(asked).kind else None


def _point_back(body: str, previous: str, topic: str) -> str | None:
    """Put the name or the topic in the place of the word that points back to it."""
    language = language_of(body)
    found = forms.BACK[language].search(body)
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
        head = forms.HEAD.search(previous)
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
