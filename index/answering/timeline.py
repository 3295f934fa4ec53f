"""What happened, day by day: sentences that name a date, in the order of their dates.

They are looked for by the question, by its dates written out, and among the articles of those days. A range, or
events that bound one (着工から再開まで), filters them; of a topic those count that are near to it and to its
nearest events. What it does not know: which of several dates of a sentence is that of its main clause; the first
one within the range is taken.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from index.answering.composing import Made, Section
from index.answering.outlines import may_carry
from index.answering.quotes import leans
from index.answering.reading import Asks, Found
from index.answering.topics import Placed, near, newest, telling
from index.questions import language_of, lexicon
from index.records import Filter
from index.retriever import Evidence
from index.text.characters import nfkc
from index.text.figures import without_figures
from index.text.spans import Span, asked_about, mentions
from index.text.wording import date_in

PASSAGES, CENTRES, MOST = 40, 3, 12
"""Passages for each way to look for them, articles whose nearest events others are compared with, and events shown."""
NEAR, FLOOR, ALONE = 0.62, 0.45, 0.85
"""How near to topic and centres an event must be, and then to the topic, or to the topic alone: shares of the best."""
READ, CHRONICLE = 0.3, 0.02
"""What it adds to a centre to be of the article that answers best, at full confidence, and for each of up to ten events
of its article: without these three, at least 3 of 72 questions of our own that were read went astray."""
LEAST, PART = 0.48, 0.65
"""What the nearest event must have of nearness and confidence together, and of the nearness of any outside the range.
Of 36 questions on what stands in no article 29 are so left alone, and none of our 30 that ask for a timeline."""
WEIGHT, SPREAD, ALIKE, TOLD, SURE = 0.1, 0.08, 0.6, 1.0, 0.75
"""What each sign of telling what happened adds, what an event takes from others of its month and again of its day, the
share of words by which two tell the same, the log-odds from which a sentence tells when a bounding event was, and the
confidence of a timeline: of our 30 questions that ask for one 29 are answered rightly, and those were tuned on."""

_WHEN_EACH = re.compile(r"いつ、?|when |什么时候|何时")
_HAS_DATE = re.compile(r"[0-9０-９]|[昨今来同翌前本][年月日]|去年|同じ|先月|一昨|元年")
_AT = re.compile(r"[年月日](?:午[前後]|[朝夜春夏秋冬末度]|[上中下]旬|前後)*(?:[、に]|から|まで)")
_PAST = re.compile(r"た。[」』]?$")
_ON = re.compile(r"その後|そのあと|后来|之后|\bafterwards?\b|\bsince then\b", re.I)
_BOUNDS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"^(?!.*から)(?P<until>(?!これ|今|それ|いつ|どこ|ここ)[^、。]{2,30}?)まで(?=の|に|、)",
        r"(?P<since>[^、。]{2,30}?)から、?(?P<until>[^、。]{2,30}?)まで",
        r"\bfrom (?P<since>.{4,60}?) (?:to|until) (?P<until>.{4,60}?)(?:[:,?]|$)",
        r"从(?P<since>.{2,20}?)到(?P<until>.{2,20}?)(?:[,这期之]|$)",
        r"(?P<since>[^、。]{3,40}?(?:た|(?<!そ)の|て))(?:後|あと|から|以降|以来)(?![まで])",
        r"(?:^|[、を])(?P<since>[^、。を]{2,20})から|\b(?:after|since) (?P<after>.{4,60}?)(?:[:,?]|$)",
        r"^(?P<since>[^,，]{2,60}?)(?:之后|以后|以来|后)",
    )
)
_BARE = re.compile(
    r"\W|[ぁ-ん]+|何|起|動|流|主|順|並|教|知|出来事|時代|世界|国内|県内|全体|記事|中|間|頃|年|月|日|前後|期間"
    r"|[的了都有哪些什么事发生过在是呢吗这那件大做出来请说一下告诉我期间和从到以后之前以来]"
    r"|\b(?:what|when|all|the|an?|in|on|of|at|to|by|and|from|between|during|since|until|after|before|ha[sd]|have|did|do|does|is|was|were"
    r"|me|us|please|tell|give|show|list|main|news|world|there|events?|things?|happen\w*|took|place|articles?)\b",
    re.I,
)


@dataclass(frozen=True, slots=True, eq=False)
class Event(Placed):
    """A dated sentence and its days."""

    span: Span


Dated = tuple[Event, list[Span]]
"""An event at the first date of its sentence, and all dates of it."""


def timeline(found: Found) -> Made | None:
    """Answer with what happened, a section a date.

    Returns:
        The answer; one without sections where nothing is dated in the range that the question names; None
        where it names none, and there are less than two dates.
    """
    asking, text, language = found.asking, found.asked.text, found.asked.language
    if asking is None:
        return None
    last = newest(asking)
    later = last + timedelta(days=365)  # undated articles may tell of a later March
    for today in (last, later):
        told, _ = asked_about(text, today)
        span = _bounded(told, found, asking, today)
        chosen = _choose(_events(span, found, asking, today))
        if chosen or told == asked_about(text, later)[0]:
            break
    if len({event.span for event in chosen}) < (1 if span else 2):
        return Made() if told else None
    taken = [event.place for event in chosen]
    by_day = {
        s: tuple(e.quote(taken) for e in chosen if e.span == s) for s in (e.span for e in chosen)
    }
    sections = tuple(Section(date_in(s, language), quotes) for s, quotes in by_day.items())
    return Made(sections, confidence=SURE)


def _events(span: Span | None, found: Found, asking: Asks, today: date) -> list[Event]:
    """The events of a range that are on the topic; where several days are asked for, those that answer."""
    _, topic = asked_about(found.asked.form.about, today)
    dated = [*_dated(_looked_up(found, span, topic, asking, today), asking)]
    events = _within(span, dated, today)
    if _BARE.sub("", topic):
        events = _on(topic, events, dated, found, asking)
    if _WHEN_EACH.fullmatch(found.asked.form.told_by):
        odds = telling(found)
        own = [event for event in events if odds.get(event.place, -1.0) >= 0]
        return own if len(own) > 1 else events
    return events


def _looked_up(
    found: Found, span: Span | None, topic: str, asking: Asks, today: date
) -> list[Evidence]:
    evidence = [*found.evidence, *asking.retrieve(topic, top_k=PASSAGES)]
    if span:
        years = [*range(span.first.year, min(span.last.year, today.year) + 1)][-10:]
        month = f"{span.first.month}月" if span.days < 32 else ""
        evidence += asking.retrieve("、".join(f"{y}年{month}" for y in years), top_k=PASSAGES)
        own = asking.filter or Filter()
        since, until = max(span.first, own.since or date.min), min(span.last, own.until or date.max)
        if since <= until:
            within = replace(own, since=since, until=until)
            evidence += asking.retrieve(found.asked.text, top_k=PASSAGES, filter=within)
    return [*{e.hit.passage.id: e for e in evidence}.values()]


def _dated(evidence: Sequence[Evidence], asking: Asks) -> Iterator[Dated]:
    for e in evidence:
        article = asking.generation.article(e.hit.passage.article_id)
        told: list[Span] = []
        for at, sentence in enumerate(e.sentences):
            if _HAS_DATE.search(sentence.text):
                spans = mentions(sentence.text, article.published, told)
                told += spans
                if spans and may_carry(e.hit.passage, sentence):
                    yield Event(e, at, article, 0.0, spans[0]), spans


def _within(span: Span | None, dated: Sequence[Dated], today: date) -> list[Event]:
    """The events of a range; those told only by a longer time where there are no others, and no plans beyond today."""
    whole = span or Span(date.min, date.max)
    open_ended = span is not None and span.last == date.max
    found: list[Event] = []
    for loosely in (False, True):
        for event, spans in dated:
            most = today if open_ended and event.article.published else date.max
            its = [s for s in spans if _lies(s, whole, loosely) and s.first <= most]
            if its:
                first = WEIGHT * (its[0] == spans[0])
                found.append(replace(event, span=its[0], worth=first + _tells(event, its[0])))
        if found:
            break
    return found


def _lies(one: Span, other: Span, loosely: bool) -> bool:
    if loosely:
        return one.days <= 366 and one.first <= other.last and other.first <= one.last
    return other.first <= one.first and one.last <= other.last


def _tells(event: Event, span: Span) -> float:
    """What speaks for a sentence that tells what happened, and against plans and what needs others."""
    text, day = nfkc(event.sentence.text), event.article.published
    told = bool(_PAST.search(text)) + bool(_AT.search(text)) + (span.days < 32)
    planned = day is not None and span.first > day
    return WEIGHT * (told - (leans(text) and text[0] != "同") - 2 * planned)


def _on(
    topic: str, events: Sequence[Event], dated: Sequence[Dated], found: Found, asking: Asks
) -> list[Event]:
    """The events that are near to a topic and to those nearest to it; none where these are not near."""
    every, known = [event for event, _ in dated], asking.generation.terms
    its = near([topic], found.asked.language, every, asking)
    nearest = max((its[event.place] for event in events), default=0.0)
    nouns = {term for term, *_ in lexicon.nouns(topic)} if re.search("[ぁ-ん]", topic) else set()
    unknown = 2 * sum(term not in known for term in nouns) > len(nouns)
    elsewhere = nearest < PART * max(its.values(), default=0.0)
    if unknown or elsewhere or nearest + found.confidence < LEAST or not events:
        return []
    read = found.sentences[0].hit.passage.article_id if found.sentences else ""
    many = Counter(event.article.id for event in events)
    led = {e: its[e.place] + CHRONICLE * min(many[e.article.id], 10) for e in events}
    led = {e: had + READ * found.confidence * (e.article.id == read) for e, had in led.items()}
    bar = ALONE * max(led.values())
    first = {e.article.id: e for e in sorted(events, key=led.__getitem__) if led[e] >= bar}
    like = [f"{e.article.title or ''} {e.sentence.text}" for e in first.values()][-CENTRES:]
    again = near(like, language_of(like[-1]), every, asking)
    both = {e: its[e.place] + again[e.place] for e in events}
    bar = NEAR * max(both.values())
    return [
        replace(e, worth=e.worth + both[e] / 2)
        for e in events
        if (both[e] >= bar and its[e.place] >= FLOOR * nearest) or its[e.place] >= ALONE * nearest
    ]


def _choose(events: Sequence[Event]) -> list[Event]:
    """The best of them, spread over the time, in its order; what is told twice is told once."""
    chosen: list[Event] = []
    left, taken = [*events], Counter[object]()
    while left and len(chosen) < MOST:
        best = max(left, key=lambda e: e.worth - SPREAD * (taken[e.span] + taken[str(e.span)[:7]]))
        left.remove(best)
        if not any(_same(best, other) for other in chosen):
            chosen.append(best)
            taken.update((best.span, str(best.span)[:7]))
    return sorted(chosen, key=lambda e: (e.span.first, -e.span.days, e.place))


def _same(one: Event, other: Event) -> bool:
    """Whether two sentences tell the same event: of one time, with most of the words of the shorter one."""
    words = [{*lexicon.terms(without_figures(event.sentence.text))} for event in (one, other)]
    meet = one.span.first <= other.span.last and other.span.first <= one.span.last
    return meet and len(words[0] & words[1]) >= ALIKE * min(map(len, words))


def _bounded(span: Span | None, found: Found, asking: Asks, today: date) -> Span | None:
    """The range with the ends that events tell."""
    text = found.asked.text
    since, until = (span.first, span.last) if span else (date.min, date.max)
    until = date.max if _ON.search(text) else until
    match = next(filter(None, (bound.search(text) for bound in _BOUNDS)), None)
    if match and (since == date.min or (until == date.max and span is None)):
        ends = match.groupdict()
        start = ends.get("since") or ends.get("after") if since == date.min else None
        since = max(since, _day_of(start, since, found, asking, today) or since)
        if until == date.max:
            until = _day_of(ends.get("until"), since, found, asking, today, last=True) or until
    bounded = Span(since, until)
    return bounded if bounded != Span(date.min, date.max) and since <= until else span


def _day_of(
    event: str | None, since: date, found: Found, asking: Asks, today: date, *, last: bool = False
) -> date | None:
    """The first day of an event, or its last, as the sentence tells that answers best."""
    if not event or asked_about(event, today)[0]:
        return None
    for s in asking.find(event).sentences:
        if min(s.evidence, s.score) >= TOLD:
            article = found.generation.article(s.hit.passage.article_id)
            for span in mentions(s.sentence.text, article.published):
                if span.last >= since:
                    return span.last if last else span.first
    return None
