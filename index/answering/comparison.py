"""Sides set against each other: what the articles say of each, found by a question of its own.

A sentence is of a side that it names, by its nouns or a day of its time, else that the nearest words before it name:
of its paragraph, its heading, its title or its publisher. Where none names a side, sentences that are of no other
speak of the present, and of a side whose words no article holds because it is told in another language.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from index.answering.composing import Made, Quote, Section, quote_of
from index.answering.reading import ANSWER_FROM, BELONGS, Found, Scored, choose, probability
from index.questions import lexicon, tables
from index.text.spans import Span, mentions

BESIDE, ALONE = 0.19, 0.5
"""Confidence from which a side stands beside another that answers, and from which it stands without: of 38 questions
of our own about what the articles do not tell of their sides 12 are answered, 10 as plain facts."""
_NONE = {
    "ja": "「{}」については、答えになる記述が見つかりませんでした。",
    "en": "I found no answer about “{}” in the articles.",
    "zh": "关于“{}”，文章中没有找到能回答的内容。",
}
_NOW = re.compile(r"今(?!後)|いま|現在|现在|目前|\b(?:now|today)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<![0-9])([12][0-9]{3})(?:\([^()]*\)年|(?![0-9年s]))")


@dataclass(frozen=True, slots=True)
class _Side:
    """A side: what was found to its question, and what names it: days, else any or all of its terms."""

    label: str
    found: Found
    spans: tuple[Span, ...]
    terms: frozenset[str]
    by_any: bool

    def is_named(self, text: str, published: date | None) -> bool:
        """Whether a text of an article of that day names it."""
        if self.spans:
            days = mentions(text, published)
            return any(a.first <= b.last and b.first <= a.last for a in self.spans for b in days)
        held = self.terms.intersection(lexicon.terms(text))
        return bool(held) and (self.by_any or held == self.terms)


def compare(found: Found) -> Made | None:
    """Quote what is said of each side, and tell of which nothing is; None where of none anything is."""
    asking, form = found.asking, found.asked.form
    if asking is None:
        return None
    foreign = not re.search("[ぁ-ん]", found.question)
    founds = [asking.find(question) for _, question in form.sides]
    pairs = zip(form.sides, founds, strict=True)
    sides = [_side(label, own, founds, foreign) for (label, _), own in pairs]
    told = [_told(side, sides) for side in sides]
    chosen = [choose(own.sentences) if own.confidence >= BESIDE else [] for own in told]
    sure = [own.confidence for own in told if own.confidence >= BESIDE]
    if max(sure, default=0.0) < (ANSWER_FROM if all(chosen) else ALONE):
        return None
    return Made(tuple(_sections(sides, chosen, found)), confidence=min(sure))


def _sections(
    sides: Sequence[_Side], chosen: Sequence[Sequence[Scored]], found: Found
) -> Iterator[Section]:
    """Yield a section a side; what is quoted for one already is not quoted again."""
    taken: list[Quote] = []
    for side, some in zip(sides, chosen, strict=True):
        own: list[Quote] = []
        for s in some:
            both = (quote_of(s, found), quote_of(s, found, (s.sentence,)))
            own += [quote for quote in both if not any(map(quote.overlaps, taken + own))][:1]
        taken += own
        note = "" if own else _NONE[found.asked.language].format(side.label)
        yield Section(side.label, tuple(own), note)


def _told(side: _Side, sides: Sequence[_Side]) -> Found:
    """What was found to the question of a side, only the sentences that are of it."""
    at, mine, neither = sides.index(side), [], []
    for s in side.found.sentences:
        named = _named(s, sides)
        if named[at]:
            mine.append(s)
        elif probability(s.evidence) < BELONGS or any(named):
            continue
        elif not (side.spans or side.terms) or _NOW.search(side.label):
            neither.append(s)
    return replace(side.found, sentences=tuple(mine or neither))


def _named(s: Scored, sides: Sequence[_Side]) -> list[bool]:
    """Which sides a sentence names, or else the nearest words before it."""
    passage = s.hit.passage
    article = sides[0].found.generation.article(passage.article_id)
    before = passage.text[: s.sentence.start - passage.start].rpartition("\n")[2]
    around = s.sentence.text, before, passage.heading, article.title, article.publisher
    told = ([side.is_named(text, article.published) for side in sides] for text in around if text)
    return next(filter(any, told), [False for _ in sides])


def _side(label: str, found: Found, founds: Sequence[Found], foreign: bool) -> _Side:
    """Tell what names a side: of its label what the questions of the others lack."""
    shared = {term for other in founds if other is not found for term in other.asked.terms}
    own = found.asked.terms.items() if foreign else [noun[:2] for noun in lexicon.nouns(label)]
    mine = {term: word for term, word in own if term not in shared}
    names: set[str] = set()
    if foreign:
        held = found.generation.terms
        named = (
            ja
            for ja, (en, zh) in tables.abroad().items()
            if re.search(rf"\b{en or ja}|{zh or ja}", label, re.IGNORECASE)
        )
        names = {term for name in named for term in lexicon.terms(name)}
        mine = {term: word for term, word in mine.items() if term in held}
    long = {term for term, word in mine.items() if len(word) > 1 or word.isupper()}
    spans = tuple(mentions(_YEAR.sub(r"\1年", label), None))
    return _Side(label, found, spans, frozenset(names or long or mine), bool(names))
