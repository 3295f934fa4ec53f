"""Who said what: statements with a speaker, one a speaker, those that answer best first.

Of speakers that the question names, by name, office or as the writer, theirs alone are shown; of a single one up to
three. What it does not know: which of two bearers of one family name is meant.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from index.answering.composing import Made, Section
from index.answering.reading import ANSWER_FROM, Asks, Found
from index.answering.speakers import can_speak, speaker
from index.answering.topics import Placed, near, newest, telling
from index.questions import lexicon
from index.questions.tables import abroad
from index.text.spans import Span, asked_about, mentions
from index.text.wording import date_in

PASSAGES, SPEAKERS, EACH = 12, 6, 3
"""Passages looked at, speakers shown at most, and statements of one alone."""
READ, NEAR, OWN = 0.08, 0.7, 0.48
"""What a log-odd of the reading adds, up to 4 either way, to how near a statement is, and the share of the best that
another speaker's must have, or another of one who is asked for. Tried on our 28 questions who said what."""

_OFFICES = {
    r"市长|\bmayor\b": "市長",
    r"[町镇]长|\bmayor\b": "町長",
    r"知事|省长|\bgovernor\b": "知事",
    r"教授|\bprofessor\b": "教授",
    r"总经理|总裁|\b(?:president|executive|CEO)\b": "社長|会長",
    r"院长|\bdirector\b": "院長|所長",
    r"教练|\bcoach\b": "監督",
    r"副总统|\bvice[- ]president\b": "副大統領",
    r"国务卿|\bsecretary of state\b": "国務長官",
    r"专家|学者|専門家|研究者|識者|\b(?:expert|analyst|researcher|scholar)s?\b": "教授|研究員|フェロー|博士|専門家|アナリスト|学者|科部長",
    r"居民|[市町住村]民|\b(?:resident|citizen)s?\b": "さん$|[住町市村]民",
    r"作者|笔者|著者|筆者|書き手|論考|\b(?:author|writer)s?\b": "^writer ",
}
"""How offices are asked for, in three languages, and what they are called in the articles."""
_OBJECTS = re.compile(
    r"[^、。はが]*?(?:について|に対して?|に関して?|への|をめぐって?|の(?=対|政策|姿勢|関係|件|問題))|[关對对][于於]?[^,，、怎如何]*?[,，]"
    r"|\b(?:about|on|regarding|toward|to)\b.*|对.+",
    re.I,
)
_ANYONE = re.compile(r"誰|だれ|\bwho\b|谁|哪些人", re.I)
_ASKS = re.compile(r"[?？]|か。?$|^[―Q問]")


@dataclass(frozen=True, slots=True, eq=False)
class Said(Placed):
    """A statement, whose it is, and how its article calls them; of its writer, ``writer`` stands before that."""

    name: str
    phrase: str


def said(found: Found) -> Made | None:
    """Answer with what was said, a section a speaker; None where nobody said anything, or not those asked for."""
    asking, language = found.asking, found.asked.language
    if asking is None or found.confidence < ANSWER_FROM:
        return None
    every = [*_statements(found, asking)]
    told, is_named = _asked_for(found, every)
    speakers: list[list[Said]] = []
    for s in sorted(_weighed(told, found, asking), key=lambda s: -s.worth):
        own = next((group for group in speakers if _is_same(s, group[0])), None)
        best = (own or speakers[0])[0].worth if speakers else 0.0
        if s.worth >= best * (OWN if is_named else NEAR):
            own.append(s) if own else speakers.append([s])
    sections = []
    for group in speakers[:SPEAKERS]:
        others = [s.place for s in every if not _is_same(s, group[0])]  # words of theirs stay out
        quotes = (s.quote(others) for s in group[: 1 if len(speakers) > 1 else EACH])
        sections.append(Section(_heading(group, language), tuple(quotes)))
    return Made(tuple(sections)) if sections else None


def _heading(group: Sequence[Said], language: str) -> str:
    """Who speaks, by the longest name, and when they did, or the article came out."""
    best, name = group[0], max((s.phrase.removeprefix("writer ") for s in group), key=len)
    published = best.article.published
    days = [span for span in mentions(best.sentence.text, published) if span.days == 1]
    days += [Span(published, published)] if published else []
    when = date_in(days[0], language) if days else ""
    return name + ((f" ({when})" if language == "en" else f"（{when}）") if when else "")


def _statements(found: Found, asking: Asks) -> Iterator[Said]:
    evidence = [*found.evidence, *asking.retrieve(found.asked.form.about, top_k=PASSAGES)]
    for e in {e.hit.passage.id: e for e in evidence}.values():
        article, texts = (
            found.generation.article(e.hit.passage.article_id),
            [s.text for s in e.sentences],
        )
        writers = {"筆者", "論考", "、".join(article.authors), article.publisher}
        for at, text in enumerate(texts):
            name = speaker(text, texts[max(at - 2, 0) : at], article)
            if name and text != e.hit.passage.heading and not _ASKS.search(text):
                phrase = f"writer {name}" if name in writers else _phrase(text, name)
                yield Said(e, at, article, 0.0, name, phrase)


def _phrase(text: str, name: str) -> str:
    """The name with what its sentence puts before it: 瀬霧大の芦野真理教授 of 芦野真理教授."""
    *before, last = re.split("[、。]", text[: text.find(name) + len(name)])
    if last == name and before and re.search("[一-龥ァ-ヶー](?<![年月日])$", before[-1]):
        last = f"{before[-1]}、{name}"
    last = re.sub(
        "^(?:一方|これに対し|ただし|さらに|しかし|また|.*(?:について|[だるたい]と))", "", last
    )
    whole = last.endswith(name) and last.count("「") == last.count("」") and len(last) <= 40
    return last if whole else name


def _is_same(one: Said, other: Said) -> bool:
    """Whether two statements are of one speaker: of a family name, of one writer, or of one office in an article."""
    writers = [s.phrase.startswith("writer ") and s.article.publisher for s in (one, other)]
    people = [lexicon.names_of_kind(f"{s.name}氏", "人名") for s in (one, other)]
    if all(people):
        return bool(people[0] & people[1])
    ends = one.name.endswith(other.name) or other.name.endswith(one.name)
    same = one.name == other.name or (ends and one.article.id == other.article.id)
    return same or (all(writers) and writers[0] == writers[1])


def _weighed(told: Sequence[Said], found: Found, asking: Asks) -> Iterator[Said]:
    """The statements, with what they are worth; of a time that the question names, where there are any."""
    odds = telling(found)
    its = near([found.asked.form.about], found.asked.language, told, asking) if told else {}
    span, _ = asked_about(found.asked.text, newest(asking))
    own = [s for s in told if span and any(span.first <= day <= span.last for day in _days(s))]
    for s in own or told:
        read = min(max(odds.get(s.place, -1.0), -4.0), 4.0)
        yield replace(s, worth=its[s.place] + READ * read)


def _days(s: Said) -> list[date]:
    published = s.article.published
    told = [span.first for span in mentions(s.sentence.text, published)]
    return told + ([published] if published else [])


def _asked_for(found: Found, told: Sequence[Said]) -> tuple[Sequence[Said], bool]:
    """Statements of those whom the question names, else all; and whether it names somebody."""
    part = _OBJECTS.sub(" ", found.asked.text)
    if _ANYONE.search(found.asked.text):
        return told, False
    if found.asked.language == "ja":
        people = lexicon.names_of_kind(part, "人名")
        words = [word for term, word in lexicon.words(part) if term in people]
        called = {
            w: "".join(re.findall(rf"{re.escape(w)}[一-龥ァ-ヶー・]*", part)[:1]) for w in words
        }
        names = {word for word, whole in called.items() if can_speak(whole)}  # not 青沢 of 青沢橋
    else:
        known = abroad().items()
        names = {
            ja for ja, (en, zh) in known if re.search(rf"\b{en}\b", part) or (zh and zh in part)
        }
        names |= {*re.findall(r"[(（]([^()（）]+)[)）]", part)}
        names = {name for name in names if lexicon.names_of_kind(f"{name}氏", "人名")}
        names |= {*re.findall("(?<=[a-z] )[A-Z][a-z]+ [A-Z][a-z]+", part)}
    rest = re.sub("|".join(rf"{re.escape(n)}[一-龥ァ-ヶー・]*" for n in names) or "$^", " ", part)
    offices = [ja for words, ja in _OFFICES.items() if re.search(words, rest, re.I)]
    titles = re.findall("[一-龥々ァ-ヶー]{2,}", rest) if found.asked.language == "ja" else []
    offices += [f"^{w}$" if lexicon.names(w) else w for w in titles if can_speak(w)]
    own = [s for s in told if any(name in s.phrase for name in names)]
    own += [s for s in told if any(_holds(s, office) for office in offices)]
    own = [s for s in told if any(s is o or _is_same(s, o) for o in own)]
    return (own, True) if own or names else (told, False)


def _holds(s: Said, office: str) -> bool:
    """Whether a speaker is called by an office: not 前市長, nor 市長の与党だった市議の川原氏 by 市長."""
    held = re.search(rf"(?<![前元])(?:{office})", s.phrase)
    between = s.phrase[held.end() : -len(s.name)] if held else ""
    return held is not None and not re.search("^の.*の$", between)
