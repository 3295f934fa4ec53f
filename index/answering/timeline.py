"""What happened, day by day: sentences that name a date, in the order of their dates.

They are looked for by the question, by its dates written out, and among the articles of those days. A range,
or the events that bound one (着工から再開まで), filters them; of a topic those count that are near to it and
share its words. What it does not know: which of several dates of a sentence is that of its main clause; the
first one within the range is taken.
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
from index.answering.topics import Placed, near
from index.questions import language_of, lexicon
from index.records import Filter
from index.retriever import Evidence
from index.text.characters import nfkc
from index.text.figures import without_figures
from index.text.spans import Span, asked_about, mentions

PASSAGES = 40
"""Passages looked at for each way to look for them."""
MOST = 12
"""Sentences of a timeline."""
CENTRES = 3
"""Articles with the nearest events that others are compared with."""
READ, CHRONICLE = 0.3, 0.02
"""What it adds to be of the article that answers best, times the confidence that it does, and each of up to ten
events of an article."""
NEAR, FLOOR, ALONE = 0.62, 0.45, 0.85
"""How near to topic and nearest events together another must be, and then how near to the topic, or to the topic
alone, as a share of how near the nearest is."""
LEAST, PART = 0.48, 0.65
"""What the nearest event must have: so much of nearness and confidence together, and so much of the nearness of
the nearest one outside the range. Of 18 questions on what stands in no article, asked of two corpora, 26 are
so refused, and of 50 others one."""
TOLD = 1.0
"""Log-odds, and score, from which a sentence tells when an event was that bounds a range."""
WEIGHT = 0.1
"""What each sign that a sentence tells what happened adds to how near it is."""
SPREAD = 0.08
"""What each event takes from others of its month, and once more from those of its day."""
ALIKE = 0.6
"""Share of the words of the shorter of two sentences that makes them tell the same."""
SURE = 0.75
"""Confidence of a timeline: of the 30 questions of ours that ask for one 28 are answered rightly."""

_LEADS = {
    "ja": "{}の日付がある記述を、日付の順に示します。",
    "en": "What is dated {} in the articles, in order.",
    "zh": "以下按日期顺序列出日期在{}的记述。",
}
_OPEN = {"ja": ("{}以降", "{}まで"), "en": ("from {} on", "up to {}"), "zh": ("{}以后", "{}以前")}
_WHEN = {"ja": "{}のはいつか", "en": "When {}?", "zh": "{}是什么时候？"}
_WHEN_EACH = re.compile(r"いつ、?|when |什么时候|何时")
_HAS_DATE = re.compile(r"[0-9０-９]|[昨今来同翌前本][年月日]|去年|同じ|先月|一昨|元年")
_AT = re.compile(r"[年月日](?:午[前後]|[朝夜春夏秋冬末度]|[上中下]旬|前後)*(?:[、に]|から|まで)")
_PAST = re.compile(r"(?:た|だった)。[」』]?$")
_ON = re.compile(r"その後|そのあと|后来|之后|\bafterwards?\b|\bsince then\b", re.I)
_BOUNDS = (
    re.compile(
        r"^(?!.*から)(?P<until>(?!これ|今|それ|いつ|どこ|ここ)[^、。]{2,30}?)まで(?=の|に|、)"
    ),
    re.compile(r"(?P<since>[^、。]{2,30}?)から、?(?P<until>[^、。]{2,30}?)まで"),
    re.compile(
        r"\bfrom (?P<since>.{4,60}?) (?:up )?(?:to|until) (?P<until>.{4,60}?)(?:[:,?]|$)", re.I
    ),
    re.compile(r"从(?P<since>.{2,20}?)到(?P<until>.{2,20}?)(?:[,这期之]|$)"),
    re.compile(r"(?P<since>[^、。]{3,40}?(?:た|(?<!そ)の|て))(?:後|あと|から|以降|以来)(?![まで])"),
    re.compile(r"(?:^|[、を])(?P<since>[^、。を]{2,20})から"),
    re.compile(r"\b(?:after|since) (?P<since>.{4,60}?)(?:[:,?]|$)", re.I),
    re.compile(r"^(?P<since>[^,，]{2,60}?)(?:之后|以后|以来|后)"),
)
_BARE = re.compile(
    r"[^\w]|[ぁ-ん]+|何|起|動|流|主|順|並|教|知|出来事|時代|世界|国内|県内|全体|記事|中|間|頃|年|月|日|前後|期間"
    r"|[的了都有哪些什么事发生过在是呢吗这那件大做出来请说一下告诉我期间和从到以后之前以来]"
    r"|\b(?:what|which|when|where|all|the|a|an|in|on|of|at|to|by|and|from|between|during|since|until|after|before|has|have|had"
    r"|did|do|does|is|was|were|me|us|please|tell|give|show|list|main|news|world|there|events?|things?|happen\w*|took|place|articles?)\b",
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
    if found.asking is None:
        return None
    days = [day for _, day in found.asking.generation.published if day]
    newest = date.fromisoformat(max(days)) if days else date.today()
    for today in (
        newest,
        newest + timedelta(days=365),
    ):  # undated articles may tell of later months
        told, _ = asked_about(found.asked.text, today)
        span = _bounded(told, found, today)
        chosen = _choose(_events(span, found, today))
        if chosen or told == asked_about(found.asked.text, newest + timedelta(days=365))[0]:
            break
    if len({event.span for event in chosen}) < (1 if span else 2):
        return Made() if told else None
    language = found.asked.language
    lead = _LEADS[language].format(_range(span, language)) if span else ""
    return Made(tuple(_sections(chosen, language)), lead, confidence=SURE)


def _events(span: Span | None, found: Found, today: date) -> list[Event]:
    """The events of a range that are on the topic; where several days are asked for, those that answer."""
    asking, (_, topic) = found.asking, asked_about(found.asked.form.about, today)
    assert asking
    dated = [*_dated(_looked_up(found, span, topic, today), asking)]
    events = _within(span, dated, today)
    if not _is_bare(topic):
        events = _on(topic, events, dated, found, asking)
    if _WHEN_EACH.fullmatch(found.asked.form.told_by):
        odds = {(s.hit.passage.article_id, s.sentence.start): s.evidence for s in found.sentences}
        telling = [event for event in events if odds.get(event.place, -1.0) >= 0]
        events = telling if len(telling) > 1 else events
    return events


def _is_bare(topic: str) -> bool:
    return not _BARE.sub("", topic)


def _looked_up(found: Found, span: Span | None, topic: str, today: date) -> list[Evidence]:
    asking = found.asking
    assert asking
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


def _dated(evidence: Sequence[Evidence], asking: Asks) -> Iterator[tuple[Event, list[Span]]]:
    """Yield the sentences that name dates, with the first and all of them."""
    for e in evidence:
        article = asking.generation.article(e.hit.passage.article_id)
        told: list[Span] = []
        for at, sentence in enumerate(e.sentences):
            if not _HAS_DATE.search(sentence.text):
                continue
            spans = mentions(sentence.text, article.published, told)
            told += spans
            if spans and may_carry(e.hit.passage, sentence):
                yield Event(e, at, article, 0.0, spans[0]), spans


def _within(span: Span | None, dated: Sequence[Dated], today: date) -> list[Event]:
    """The events of a range; those that are only told by a longer time where there are no others."""
    found: list[Event] = []
    if not span:
        found = [event for event, _ in dated]
    for is_near in (_inside, _around):
        if found or not span:
            break
        for event, spans in dated:
            planned = span.last == date.max and event.article.published is not None
            its = [s for s in spans if is_near(s, span) and not (planned and s.first > today)]
            found += (
                [replace(event, span=its[0], worth=WEIGHT * (its[0] == spans[0]))] if its else []
            )
    return [replace(event, worth=event.worth + _tells(event)) for event in found]


def _inside(one: Span, other: Span) -> bool:
    return other.first <= one.first and one.last <= other.last


def _around(one: Span, other: Span) -> bool:
    return one.days <= 366 and one.first <= other.last and other.first <= one.last


def _tells(event: Event) -> float:
    """What speaks for a sentence that tells what happened, and against plans and the background of others."""
    text, day = nfkc(event.sentence.text), event.article.published
    told = bool(_PAST.search(text)) + bool(_AT.search(text)) + (event.span.days < 32)
    return WEIGHT * (
        told - (leans(text) and text[0] != "同") - 2 * (day is not None and event.span.first > day)
    )


def _on(
    topic: str, events: Sequence[Event], dated: Sequence[Dated], found: Found, asking: Asks
) -> list[Event]:
    """The events that are near to a topic and to that which is nearest to it; none where that is not near."""
    its = near([topic], found.asked.language, [event for event, _ in dated], asking)
    read = found.sentences[0].hit.passage.article_id if found.sentences else ""
    many = Counter(e.article.id for e in events)
    led = {
        e: its[e.place]
        + CHRONICLE * min(many[e.article.id], 10)
        + READ * found.confidence * (e.article.id == read)
        for e in events
    }
    best = max(led.values(), default=0.0)
    nearest = max((its[event.place] for event in events), default=0.0)
    if nearest + found.confidence < LEAST or nearest < PART * max(its.values(), default=0.0):
        return []
    nouns = {term for term, *_ in lexicon.nouns(topic)} if re.search("[ぁ-ん]", topic) else set()
    if 2 * sum(term not in asking.generation.terms for term in nouns) > len(nouns):
        return []
    first = {e.article.id: e for e in sorted(events, key=led.__getitem__) if led[e] >= ALONE * best}
    like = [f"{e.article.title or ''} {e.sentence.text}" for e in first.values()][-CENTRES:]
    again = near(like, language_of(like[-1]), [event for event, _ in dated], asking)
    both = {place: its[place] + again[place] for place in its}
    bars = NEAR * max(both[event.place] for event in events), ALONE * nearest
    on = [e for e in events if both[e.place] >= bars[0] and its[e.place] >= FLOOR * nearest]
    on += [e for e in events if its[e.place] >= bars[1] and e not in on]
    return [replace(e, worth=e.worth + both[e.place] / 2) for e in on]


def _choose(events: Sequence[Event]) -> list[Event]:
    """The best of them, spread over the time, in its order; what is told twice is told once."""
    chosen: list[Event] = []
    left = [*events]
    while left and len(chosen) < MOST:
        days = Counter((event.span.first.year, event.span.first.month) for event in chosen)
        days.update(event.span for event in chosen)
        best = max(
            left,
            key=lambda e: (
                e.worth - SPREAD * (days[e.span] + days[e.span.first.year, e.span.first.month])
            ),
        )
        left.remove(best)
        if not any(_same(best, other) for other in chosen):
            chosen.append(best)
    return sorted(
        chosen, key=lambda e: (e.span.first, -e.span.days, str(e.article.published), e.place)
    )


def _same(one: Event, other: Event) -> bool:
    """Whether two sentences tell the same event: of one time, with most of the words of the shorter one."""
    words = [{*lexicon.terms(without_figures(event.sentence.text))} for event in (one, other)]
    least = min(map(len, words))
    meet = one.span.first <= other.span.last and other.span.first <= one.span.last
    return meet and len(words[0] & words[1]) >= ALIKE * least


def _sections(events: Sequence[Event], language: str) -> Iterator[Section]:
    taken = [event.place for event in events]
    for span in dict.fromkeys(event.span for event in events):
        quotes = (event.quote(taken) for event in events if event.span == span)
        yield Section(written(span, language), tuple(quotes))


def written(span: Span, language: str) -> str:
    """Write a span in a language: 2025年3月17日, March 2025, 1970–1979年."""
    first, last = span.first, span.last
    if first.year != last.year:
        return f"{first.year}–{last.year}" + ("" if language == "en" else "年")
    if language == "en":
        month = "" if span.days > 31 else f"{first:%B} "
        return f"{month}{first.day}, {first.year}" if span.days == 1 else f"{month}{first.year}"
    month = "" if span.days > 31 else f"{first.month}月"
    return f"{first.year}年{month}" + (f"{first.day}日" if span.days == 1 else "")


def _range(span: Span, language: str) -> str:
    """Write a range: as one day, month or years, else by its first and last day."""
    first, last = span.first, span.last
    since, until = (written(Span(day, day), language) for day in (first, last))
    if last == date.max:
        return _OPEN[language][0].format(since)
    if first == date.min:
        return _OPEN[language][1].format(until)
    years = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    if years or span.days == 1 or (first.day == 1 and 28 <= span.days <= 31):
        return written(span, language)
    return f"{since}–{until}"


def _bounded(span: Span | None, found: Found, today: date) -> Span | None:
    """The range with the ends that are told by events."""
    text = found.asked.text
    if span and _ON.search(text):
        span = Span(span.first, date.max)
    since, until = (span.first, span.last) if span else (date.min, date.max)
    if date.min < since and until < date.max:
        return span
    match = next(filter(None, (bound.search(text) for bound in _BOUNDS)), None)
    ends = match.groupdict() if match else {}
    if since == date.min and (day := _day_of(ends.get("since"), since, found, today)):
        since = day.first
    if until == date.max and (day := _day_of(ends.get("until"), since, found, today)):
        until = day.last
    if (since, until) == (date.min, date.max) or since > until:
        return span
    return Span(since, until)


def _day_of(event: str | None, since: date, found: Found, today: date) -> Span | None:
    """The days of an event, as the sentence tells that answers best; of several those that tell when it was."""
    asking = found.asking
    if not asking or not event or asked_about(event, today)[0]:
        return None
    for s in asking.find(event).sentences:
        day = found.generation.article(s.hit.passage.article_id).published
        spans = mentions(s.sentence.text, day) if min(s.evidence, s.score) >= TOLD else []
        if len(spans) > 1:
            when = asking.find(_WHEN[found.asked.language].format(event)).sentences
            start = s.sentence.start
            keys = [t.key for t in when if t.sentence == s.sentence and t.key]
            told = [s.sentence.text[k[0] - start : k[1] - start] for k in keys]
            spans = [*(x for text in told for x in mentions(text, day)), *spans]
        if spans := [span for span in spans if span.last >= since]:
            return spans[0]
    return None
