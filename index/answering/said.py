"""Who said what: statements with a speaker, one a speaker, those that answer best first.

Of speakers that the question names, by name, office or as the writer, theirs alone are shown; of a single one up to
three. What it does not know: which of two bearers of one name is meant.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.answering.composing import Made, Section
from index.answering.reading import Found
from index.answering.speakers import speaker
from index.answering.timeline import written
from index.answering.topics import Placed, near
from index.questions import lexicon
from index.questions.tables import abroad
from index.text.spans import Span, mentions

PASSAGES, SPEAKERS, EACH = 12, 6, 3
"""Passages looked at, speakers shown at most, and statements of one alone."""
READ = 0.08
"""What a log-odd of the reading, up to 4 either way, adds to how near a statement is."""
FROM = 0.18
"""Confidence from which there is an answer: that of the plain fact, nearly."""
NEAR, LEAST = 0.7, 0.3
"""Share of the worth of the best statement that another must have, and what the best must be worth."""

_OFFICES = {
    r"市长|\bmayor\b": "市長",
    r"[町镇]长|\bmayor\b": "町長",
    r"省长|\bgovernor\b": "知事",
    r"\bprofessor\b": "教授",
    r"总经理|总裁|\b(?:company |firm |chief )?(?:president|executive|CEO)\b": "社長|会長",
    r"院长|\bdirector\b": "院長|所長",
    r"教练|\bcoach\b": "監督",
    r"副总统|\bvice[- ]president\b": "副大統領",
    r"国务卿|\bsecretary of state\b": "国務長官",
    r"专家|学者|専門家|研究者|識者|\b(?:expert|analyst|researcher|scholar)s?\b": "教授|研究員|フェロー|博士|専門家|アナリスト|学者|科部長",
    r"居民|[市町住村]民|\b(?:resident|citizen|townspeople)s?\b": "さん$|[住町市村]民",
    r"作者|笔者|著者|筆者|書き手|論考|\b(?:author|writer|columnist)s?\b": "^writer",
}
"""How speakers are asked for, in three languages, and what they are called in the articles."""
_OBJECTS = re.compile(
    r"[^、。はが]*?(?:について|に対して?|に関して?|への|をめぐって?|の(?=対|政策|姿勢|関係|件|問題))|[关對对][于於]?[^,，、怎如何]*?[,，]"
    r"|\b(?:about|on|regarding|toward|to)\b.*|对.+",
    re.I,
)
_ANYONE = re.compile(r"誰|だれ|\bwho\b|谁|哪些人", re.I)
_ASKS = re.compile(r"[?？]|か。?$|^[―Q問]")


@dataclass(frozen=True, slots=True, eq=False)
class Said(Placed):
    """A statement, whose it is, and how its article calls them."""

    name: str
    phrase: str


def said(found: Found) -> Made | None:
    """Answer with what was said, a section a speaker; None where nobody said anything, or not those asked for."""
    if found.asking is None:
        return None
    told = _asked_for(found, [*_statements(found)])
    if found.confidence < FROM:
        return None
    told = sorted(_weighed(told, found), key=lambda s: -s.worth)
    told = [s for s in told if s.worth >= max(LEAST, NEAR * told[0].worth)]
    speakers: list[list[Said]] = []
    for s in told:
        own = next((group for group in speakers if any(_is_same(s, o) for o in group)), None)
        if own is None:
            speakers.append([s])
        else:
            own.append(s)
    if not speakers:
        return None
    each = EACH if len(speakers) == 1 else 1
    language = found.asked.language
    return Made(tuple(_section(group, each, language) for group in speakers[:SPEAKERS]))


def _section(group: Sequence[Said], each: int, language: str) -> Section:
    best, name = group[0], max((s.phrase for s in group), key=len)
    days = [span for span in mentions(best.sentence.text, best.article.published) if span.days == 1]
    day = days[0] if days else best.article.published and Span(*[best.article.published] * 2)
    when = written(day, language) if day else ""
    heading = f"{name} ({when})" if language == "en" else f"{name}（{when}）"
    return Section(heading if when else name, tuple(s.quote() for s in group[:each]))


def _statements(found: Found) -> Iterator[Said]:
    asking = found.asking
    assert asking
    evidence = [*found.evidence, *asking.retrieve(found.asked.form.about, top_k=PASSAGES)]
    for e in {e.hit.passage.id: e for e in evidence}.values():
        article = asking.generation.article(e.hit.passage.article_id)
        texts = [s.text for s in e.sentences]
        for at, text in enumerate(texts):
            if text == e.hit.passage.heading or _ASKS.search(text):
                continue
            if name := speaker(text, texts[max(at - 2, 0) : at], article):
                written_by = {*article.authors, "、".join(article.authors), article.publisher}
                is_writer = name in written_by or name in ("筆者", "論考")
                yield Said(e, at, article, 0.0, name, name if is_writer else _phrase(text, name))


def _phrase(text: str, name: str) -> str:
    """The name with what its sentence puts before it: 瀬霧大の芦野真理教授 of 芦野真理教授."""
    *before, last = re.split("[、。]", text[: text.find(name) + len(name)])
    if last == name and before and re.search("[一-龥ァ-ヶー]$", before[-1]):
        last = f"{before[-1]}、{name}"
    last = re.sub("^(?:一方|これに対し|ただし|さらに|しかし|また)", "", last)
    whole = last.endswith(name) and last.count("「") == last.count("」") and len(last) <= 40
    return last if whole else name


def _is_same(one: Said, other: Said) -> bool:
    """Whether two statements are of one speaker: of a family name, or of one article and name."""
    names = [lexicon.names_of_kind(s.name, "人名") for s in (one, other)]
    if all(names):
        return bool(names[0] & names[1])
    within = one.name in other.name or other.name in one.name
    return one.name == other.name or (within and one.article.id == other.article.id)


def _weighed(told: Sequence[Said], found: Found) -> Iterator[Said]:
    asking = found.asking
    assert asking
    odds = {(s.hit.passage.article_id, s.sentence.start): s.evidence for s in found.sentences}
    its = near([found.asked.form.about], found.asked.language, told, asking) if told else {}
    for s in told:
        read = min(max(odds.get(s.place, -1.0), -4.0), 4.0)
        yield replace(s, worth=its[s.place] + READ * read)


def _asked_for(found: Found, told: Sequence[Said]) -> Sequence[Said]:
    """Statements of those whom the question names; all where it names nobody that speaks."""
    text = found.asked.text
    if _ANYONE.search(text):
        return told
    part = _OBJECTS.sub(" ", text)
    if found.asked.language == "ja":
        people = lexicon.names_of_kind(part, "人名")
        names = {word for term, word in lexicon.words(part) if term in people}
    else:
        names = {
            ja for ja, (en, zh) in abroad().items() if re.search(rf"\b{en}\b", part) or zh in part
        }
        names |= {*re.findall(r"[(（]([^()（）]+)[)）]", part)}
        names = {name for name in names if lexicon.names_of_kind(name, "人名")}
    rest = (
        re.sub("|".join(rf"{re.escape(n)}[一-龥ァ-ヶー・]*" for n in names), " ", part)
        if names
        else part
    )
    offices = [ja for words, ja in _OFFICES.items() if re.search(words, rest, re.I)]
    if found.asked.language == "ja":
        offices += [
            re.escape(word) for _, word, kind in lexicon.nouns(rest) if len(word) > 1 and not kind
        ]
    own = [s for s in told if any(n in s.name or n in s.phrase for n in names)]
    own += [s for s in told if s not in own and any(re.search(o, _called(s)) for o in offices)]
    return own if own or names else told


def _called(s: Said) -> str:
    """What offices are looked for in."""
    is_writer = s.name in ("筆者", "論考") or s.name == "、".join(s.article.authors)
    return f"writer {s.phrase}" if is_writer else s.phrase
