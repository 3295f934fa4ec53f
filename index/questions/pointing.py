"""Words that point back (彼は…, その…, When did he…?) and what they point to."""

import re
from collections.abc import Callable

from index.questions import topics
from index.questions.question import language_of, read_question
from index.questions.topics import is_clause, units
from index.questions.wants import Wants
from index.records import Answer, Citation

Answered = Callable[[], Answer]

# Words that point back, by what they point to. ``it is … that`` and rain point to nothing.
_BACK = {
    "ja": re.compile(
        r"^(?P<before>[^、。]{0,12}?[はがも、き])??(?:(?P<who>(?:彼女?|その(?:人物?|子|方|男性|女性)|この人|同氏|本人)(?=[はがのをにもと]))"
        r"|(?P<where>(?:同国|そこ|その(?:国|町|市|会社))(?=[はがのをにもで]))|(?P<whose>^その(?!他|ほか|まま|うち))"
        r"|(?P<what>(?:それ|これ)(?=[はがを]|って|の|に(?:対|つい|関|よ|は|ど)|への)))"
    ),
    "en": re.compile(
        r"\b(?:(?P<who>s?he|him|her(?! \w))|(?P<whose>his|her|their)|(?P<where>its)"
        r"|(?P<what>they|them|it(?! (?:take|rain|snow|\w+ (?:that|to|for))\b)"
        r"|there(?=[?.! ]*$)|(?:that|this)(?=[?.! ]*$)|(?<=is )(?:that|this)|(?<=was )(?:that|this)))\b",
        re.I,
    ),
    "zh": re.compile(r"^(?:(?P<who>[他她])(?![国们])|(?P<what>[它这此](?=[是在对有会为怎和与])))"),
}
_OF_EVENTS = "(?:理由|原因|影響|結果|目的|背景|根拠|狙い|経緯)"


def points(body: str) -> re.Match[str] | None:
    """Return the word that points back, unless the question names somebody before it."""
    found = _BACK[language_of(body)].search(body)
    if found is None:
        return None  # What did Trump say when he …: the question has its own
    person = found.lastgroup in ("who", "whose")
    return (
        None
        if person and topics.named(body[: found.start(found.lastgroup or 0)], "actor")
        else found
    )


def point_back(body: str, previous: str, about: str, answered: Answered | None) -> Wants | None:
    """Put the name or the topic in the place of the word that points back to it."""
    language, found = language_of(body), points(body)
    if found is None:
        return None
    role = found.lastgroup or ""
    before, after = body[: found.start(role)], body[found.end(role) :]
    if language == "ja" and role == "whose":
        whole = is_clause(about) and re.match(_OF_EVENTS, after)
        owner = about.replace("は", "が", 1) if whole else topics.subject(about)
        return Wants(before + _of(owner, after)) if units(after) < 2 else None
    name = _named(role, previous, answered) if role != "what" else None
    if name is None and language != "ja":
        return None
    possessive = "'s" if language == "en" and role in {"whose", "where"} else ""
    return Wants(f"{before}{name or _as_noun(about, role)}{possessive}{after}")


def _named(role: str, previous: str, answered: Answered | None) -> str | None:
    """Return the person or place that a word points to: what answers a question for one, else the question's."""
    kind, asks = ("place", ("place", "country")) if role == "where" else ("actor", ("person",))
    own = [] if read_question(previous).kind in asks else topics.named(previous, kind)
    if not own and answered:
        told = answered()
        own = [key for key in map(key, told.citations) if 1 < len(key) < 20]
        own += [s.speaker for s in told.statements if s.speaker and kind == "actor"]
        own += [name for s in told.statements for name in topics.named(s.text, kind)]
    return next(iter(own), None)


def key(citation: Citation) -> str:
    """The words of a quote that answer; empty where the reader does not tell."""
    start, end = citation.key or (citation.start, citation.start)
    return citation.quote[start - citation.start : end - citation.start]


def _as_noun(about: str, role: str) -> str:
    noun = {"who": "人", "where": "所", "what": "こと"}.get(role, "")
    return about.replace("は", "が", 1) + noun if is_clause(about) else topics.subject(about)


def _of(about: str, rest: str) -> str:
    return f"{about}{'' if is_clause(about) else 'の'}{rest}"
