"""What happened, day by day: sentences that name a date, in the order of their dates.

They are looked for by the topic and by the years asked about. A range, or events that bound one (着工から再開まで),
filters them; of a topic those count that are near to it and to its nearest events. What it does not know: which of
several dates of a sentence is that of its main clause; the first one within the range is taken.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from index.answering.composing import Made, Section
from index.answering.outlines import may_carry
from index.answering.reading import Asks, Found
from index.answering.topics import Placed, near, newest
from index.questions import language_of, lexicon
from index.text.figures import without_figures
from index.text.spans import Span, asked_about, mentions
from index.text.wording import date_in

PASSAGES, CENTRES, MOST = 40, 3, 12
"""Passages for each way to look for them, nearest events that others are compared with, and events shown."""
NEAR, LEAST = 0.62, 0.48
"""How near to topic and centres an event must be, a share of the best, and what the nearest must have of nearness and
confidence together: of 16 questions on what stands in no article 10 are so left alone."""
WEIGHT, ALIKE, TOLD, SURE = 0.1, 0.6, 1.0, 0.75
"""What a date of a month or a day adds, the share of words by which two tell the same, the log-odds from which a
sentence tells when a bounding event was, and the confidence of a timeline: of our 30 questions that ask for one 29 are
answered rightly, and those were tuned on."""

_ON = re.compile(r"その後|そのあと|后来|之后|\bafterwards?\b|\bsince then\b", re.I)
_SINCE = re.compile(
    r"(?:^|[、を])([^、。を]{2,40}?)(?:から|(?<=[たて])(?:後|あと|以降|以来)(?![まで]))"
    r"|\b(?:from|after|since) (.{4,60}?)(?: (?:to|until) |[:,?]|$)|从(.{2,20}?)到|^([^,]{2,60}?)(?:之后|以后|以来)",
    re.I,
)
_UNTIL = re.compile(
    r"(?:.*から)?、?([^、。]{2,30}?)(?<![こそ]れ)(?<!今)まで(?=の|に|、)|\b(?:from .+ to|until) (.{4,60}?)(?:[:,?]|$)|到(.{2,20}?)(?:[,这期之]|$)",
    re.I,
)
"""Events that bound the time asked about."""
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


def timeline(found: Found) -> Made | None:
    """Answer with what happened, a section a date.

    Returns:
        The answer; one without sections where nothing is dated in the range that the question names; None
        where it names none, and there are less than two dates.
    """
    asking, language = found.asking, found.asked.language
    if asking is None:
        return None
    today = newest(asking)
    told, _ = asked_about(found.asked.text, today)
    span = _bounded(told, found, asking)
    _, topic = asked_about(found.asked.form.about, today)
    chosen = _choose(_on(topic, [*_dated(topic, span, asking, today)], found, asking))
    if len({event.span for event in chosen}) < (1 if span else 2):
        return Made() if told else None
    taken = [event.place for event in chosen]
    by_day = groupby(chosen, key=lambda event: event.span)
    sections = (
        Section(date_in(s, language), tuple(e.quote(taken) for e in es)) for s, es in by_day
    )
    return Made(tuple(sections), confidence=SURE)


def _dated(topic: str, span: Span | None, asking: Asks, today: date) -> Iterator[Event]:
    """Yield what is dated in a range; of a day without an end no plans of a year beyond today."""
    since, until = (span.first, span.last) if span else (date.min, date.max)
    until = today + timedelta(days=365) if span and until == date.max else until
    evidence = asking.retrieve(topic, top_k=PASSAGES)
    if span:
        years = "、".join(f"{year}年" for year in range(since.year, until.year + 1)[-10:])
        evidence += asking.retrieve(years, top_k=PASSAGES)
    for e in {e.hit.passage.id: e for e in evidence}.values():
        article = asking.generation.article(e.hit.passage.article_id)
        told: list[Span] = []
        for at, sentence in enumerate(e.sentences):
            spans = mentions(sentence.text, article.published, told)
            told += spans
            its = next((s for s in spans if since <= s.first and s.last <= until), None)
            if its and may_carry(e.hit.passage, sentence):
                yield Event(e, at, article, WEIGHT * (its.days < 32), its)


def _on(topic: str, events: Sequence[Event], found: Found, asking: Asks) -> Sequence[Event]:
    """The events that are near to a topic and to those nearest to it; none where these are not near."""
    if not events or not _BARE.sub("", topic):
        return events
    its = near([topic], found.asked.language, events, asking)
    nouns = {term for term, *_ in lexicon.nouns(topic)} if re.search("[ぁ-ん]", topic) else set()
    unknown = sum(term not in asking.generation.terms for term in nouns)
    if 2 * unknown > len(nouns) or max(its.values()) + found.confidence < LEAST:
        return []
    best = sorted(events, key=lambda event: its[event.place])[-CENTRES:]
    like = [f"{event.article.title or ''} {event.sentence.text}" for event in best]
    again = near(like, language_of(like[-1]), events, asking)
    both = {event: its[event.place] + again[event.place] for event in events}
    bar = NEAR * max(both.values())
    return [replace(e, worth=e.worth + both[e] / 2) for e in events if both[e] >= bar]


def _choose(events: Sequence[Event]) -> list[Event]:
    """The best of them, in the order of time; what is told twice is told once."""
    chosen: list[Event] = []
    for event in sorted(events, key=lambda event: -event.worth):
        if len(chosen) < MOST and not any(_same(event, other) for other in chosen):
            chosen.append(event)
    return sorted(chosen, key=lambda e: (e.span.first, -e.span.days, e.place))


def _same(one: Event, other: Event) -> bool:
    """Whether two sentences tell the same event: of one time, with most of the words of the shorter one."""
    words = [{*lexicon.terms(without_figures(event.sentence.text))} for event in (one, other)]
    meet = one.span.first <= other.span.last and other.span.first <= one.span.last
    return meet and len(words[0] & words[1]) >= ALIKE * min(map(len, words))


def _bounded(span: Span | None, found: Found, asking: Asks) -> Span | None:
    """The range with the ends that events tell."""
    text = found.asked.text
    since, until = (span.first, span.last) if span else (date.min, date.max)
    until = date.max if _ON.search(text) else until
    if since == date.min and (day := _day_of(_SINCE, found, asking)):
        since = day.first
    if until == date.max and (day := _day_of(_UNTIL, found, asking)):
        until = day.last
    bounded = Span(since, until)
    return bounded if bounded != Span(date.min, date.max) and since <= until else span


def _day_of(bound: re.Pattern[str], found: Found, asking: Asks) -> Span | None:
    """The day of an event that bounds the time, as the sentence tells that answers best."""
    event = bound.search(found.asked.text)
    for s in asking.find(next(filter(None, event.groups()))).sentences if event else ():
        article = found.generation.article(s.hit.passage.article_id)
        days = mentions(s.sentence.text, article.published)
        if days and s.evidence >= TOLD:
            return days[0]
    return None
