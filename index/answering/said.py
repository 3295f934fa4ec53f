"""Who said what: statements with a speaker, one a speaker, the nearest to what is asked first.

Of speakers that the question names, by name, office or as the writer, theirs alone are shown; of a single one up to
three. What it does not know: which of two bearers of one family name is meant.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.answering.composing import Made, Section
from index.answering.reading import ANSWER_FROM, Asks, Found
from index.answering.speakers import can_speak, speaker
from index.answering.topics import Placed, near, newest
from index.carriers import once
from index.questions import lexicon
from index.questions.tables import abroad
from index.text.spans import Span, asked_about, mentions
from index.text.wording import date_in

PASSAGES, SPEAKERS, EACH = 12, 6, 3
"""Passages looked at, speakers shown at most, and statements of one alone."""
NEAR, OWN = 0.7, 0.48
"""Share of the best nearness that another speaker's statement must have, or another of one who is asked for. Tried on
our 28 questions who said what."""

_OFFICES = {
    r"市长|\bmayor\b": "市長",
    r"[町镇]长|\bmayor\b": "町長",
    r"知事|省长|\bgovernor\b": "知事",
    r"教授|\bprofessor\b": "教授",
    r"总经理|总裁|\b(?:president|executive|CEO)\b": "社長|会長",
    r"院长|\bdirector\b": "院長|所長",
    r"专家|学者|専門家|研究者|識者|\b(?:expert|analyst|researcher|scholar)s?\b": "教授|研究員|フェロー|博士|専門家|アナリスト|学者|科部長",
    r"居民|[市町住村]民|\b(?:resident|citizen)s?\b": "さん$|[住町市村]民",
    r"作者|笔者|著者|筆者|書き手|論考|\b(?:author|writer)s?\b": "^writer ",
}
"""How offices are asked for, in three languages, and what they are called in the articles."""
_OBJECTS = re.compile(
    r"[^、。はが]*?(?:について|に対|に関し|への|をめぐ)|[关對对][于於]?.*?[,，怎如]|\b(?:about|on|to|toward)\b.*",
    re.I,
)
_ONE = re.compile(r"[長相]$|大統領$|知事$|首席$|主席$|書記$|大使$|総裁$")
"""How an office ends that one alone holds: where none of them spoke, nobody else is shown in their place."""
_OPENS = re.compile("^(?:一方|これに対し|ただし|さらに|しかし|また|.*について)")
_ASKS = re.compile(r"[?？]$|か。$|^――")


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
    copies = asking.generation.stories
    every = once(_statements(found, asking), lambda s: (s.article.id, s.sentence.text), copies)
    own = _asked_for(found, every, asking)
    its = near([found.asked.form.about], language, every, asking)
    told = [replace(s, worth=its[s.place]) for s in (every if own is None else own)]
    speakers: list[list[Said]] = []
    for s in sorted(told, key=lambda s: -s.worth):
        group = next((group for group in speakers if _is_same(s, group[0])), None)
        best = (group or speakers[0])[0].worth if speakers else 0.0
        if s.worth >= best * (OWN if own else NEAR):
            group.append(s) if group else speakers.append([s])
    sections = []
    for group in speakers[:SPEAKERS]:
        others = [s.place for s in every if not _is_same(s, group[0])]  # words of theirs stay out
        quotes = (s.quote(others) for s in group[: 1 if len(speakers) > 1 else EACH])
        sections.append(Section(_heading(group[0], language), tuple(quotes)))
    return Made(tuple(sections)) if sections else None


def _heading(s: Said, language: str) -> str:
    """Who speaks, and when the article came out."""
    name, day = s.phrase.removeprefix("writer "), s.article.published
    if day is None:
        return name
    when = date_in(Span(day, day), language)
    return f"{name} ({when})" if language == "en" else f"{name}（{when}）"


def _statements(found: Found, asking: Asks) -> Iterator[Said]:
    for e in asking.retrieve(found.asked.text, top_k=PASSAGES):
        article = found.generation.article(e.hit.passage.article_id)
        texts = [s.text for s in e.sentences]
        writers = {"筆者", "論考", "、".join(article.authors), article.publisher}
        for at, text in enumerate(texts):
            name = speaker(text, texts[max(at - 2, 0) : at], article)
            if name and not _ASKS.search(text):
                phrase = f"writer {name}" if name in writers else _phrase(text, name)
                yield Said(e, at, article, 0.0, name, phrase)


def _phrase(text: str, name: str) -> str:
    """The name with what its sentence puts before it: 瀬霧大の芦野真理教授 of 芦野真理教授."""
    *before, last = re.split("[、。]", text[: text.find(name) + len(name)])
    if last == name and before and re.search("[一-龥ァ-ヶー](?<![年月日])$", before[-1]):
        last = f"{before[-1]}、{name}"
    last = _OPENS.sub("", last)
    whole = last.endswith(name) and last.count("「") == last.count("」") and len(last) <= 40
    return last if whole else name


def _is_same(one: Said, other: Said) -> bool:
    """Whether two statements are of one speaker, of one family name, or of one writer."""
    writers = [s.phrase.startswith("writer ") and s.article.publisher for s in (one, other)]
    people = [lexicon.names_of_kind(f"{s.name}氏", "人名") for s in (one, other)]
    writes = all(writers) and writers[0] == writers[1]
    return writes or one.name == other.name or bool(people[0] & people[1])


def _asked_for(found: Found, every: Sequence[Said], asking: Asks) -> Sequence[Said] | None:
    """The statements of those whom the question names, of its time if there are any; None where it names nobody."""
    part = _OBJECTS.sub(" ", found.asked.text)
    called = [ja for words, ja in _OFFICES.items() if re.search(words, part, re.I)]
    if found.asked.language == "ja":
        runs = [*filter(can_speak, re.findall("[一-龥々ァ-ヶー・]{2,}", part))]
        words = [word for run in runs for _, word in lexicon.words(run)]
        called += [run for run in runs if not lexicon.names(run)]
    else:
        known = abroad().items()
        words = [ja for ja, (en, zh) in known if re.search(rf"\b{en or ja}\b|{zh or ja}", part)]
        words += re.findall(r"[(（]([^()（）]+)[)）]", part)
    people = [word for word in words if lexicon.names_of_kind(f"{word}氏", "人名")]
    pattern = rf"(?<![前元])(?:{'|'.join(called + people)})"
    own = [s for s in every if re.search(pattern, s.phrase)] if called or people else []
    span, _ = asked_about(found.asked.text, newest(asking))
    days = ((s, [*mentions(s.sentence.text, s.article.published), span]) for s in own or every)
    timely = [
        s for s, told in days if span and told[0] and span.first <= told[0].first <= span.last
    ]
    return timely or own or ([] if people or any(map(_ONE.search, called)) else None)
