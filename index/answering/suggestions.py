"""Questions to offer: made of the articles, asked once, and kept where they are answered as they should be.

A candidate is kept when what is found first holds a sentence that the question was made of, the answer is
sure enough, and its best sentence is one of those.
Which of those that are kept are shown depends on the reader: in his language, of the articles at hand first,
unlike what was asked and unlike each other.
"""

import logging
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, islice, zip_longest

from index.answering.answers import answer
from index.answering.candidates import Candidate, Span, candidates
from index.answering.reading import DEPTH, read
from index.crossencoder import CrossEncoder
from index.encoder import Encoder
from index.errors import TenkyoError
from index.questions import Question, lexicon, understand
from index.records import Answer, Passage
from index.retriever import Evidence, retrieve
from index.store import Archive, Part
from index.text.characters import nfkc

logger = logging.getLogger(__name__)

VERSION = "suggestions-1"
"""Names how they are made and kept; changes when the same article would give others."""
LOOKED, ASKED, OF_ONE, ARTICLES = 120, 40, 40, 40
"""In a build at most: questions looked up, those of them that are read as well (half of them in one language),
looked up for one article, and articles. Where the passage found first is the one meant, four in five are kept; of
others one in four, so they are read only where a language would have few."""
FEW = 6
"""Questions that are few for a language."""
KEPT = 600
"""Questions that an index keeps, and shows a choice of."""
LONG = 34
"""Characters of a question that comes after shorter ones; more than that fit no button."""
SURE = {"ja": 0.4, "en": 0.3, "zh": 0.3}
"""Least confidence of an answer to what is offered; with its sentence known beforehand."""
ALIKE = 0.6
"""Share of the pairs of characters of the shorter of two questions from which both ask the same."""

_ASKING = re.compile(
    r"について|何と|何か|どう|どのような|のは|いつ|誰|[なでと]?(?:した|って|た)?か[。?]?$|述べ|語っ|話し|訴え|見方を示し|強調|指摘|主張|説明"
    r"|\b(?:what|when|who|how|many|did|does|was|were|is|say|about|the|in|to|from|people)\b|什么时候|什么|说了|多少|[对是了的和与向从]",
    re.I,
)
Ask = Callable[[str, Callable[[Passage], bool], int], Answer | None]
"""Answers a question where one of so many passages found first is meant, else with None."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that an article answers, and where.

    ``key`` begins that of the article's part; ``kind`` is what is asked for.
    """

    key: str
    article_id: str
    language: str
    kind: str
    question: str
    start: int


def tried(
    parts: Mapping[str, Part], ask: Ask, on_asked: Callable[[int, int], None]
) -> list[Suggestion]:
    """Ask what articles may answer, and return what they do.

    Args:
        parts: Articles by key, those first that matter most.
        ask: As ``asking`` makes it.
        on_asked: Told how many questions were asked, and how many will be.
    """
    planned, places = _planned(parts)
    keys = {part.article.id: key for key, part in parts.items()}
    found: list[Suggestion] = []
    asked: Counter[str] = Counter()
    for done, (one, depth) in enumerate(planned):
        on_asked(done, len(planned))
        own, kept = places[one.question], sum(s.language == one.language for s in found)
        enough = (depth > 1 and kept >= FEW) or any(s.question == one.question for s in found)
        if enough or asked.total() >= ASKED or asked[one.language] >= ASKED // 2:
            continue
        told = _answered(one.question, ask, own, depth)
        asked[one.language] += told is not None
        if told and told.answered and told.confidence >= SURE[one.language]:
            best = max(told.citations, key=lambda citation: citation.score)
            if _is_within(best.start, best.end, own.get(best.article_id, ())):
                of = keys[best.article_id], best.article_id, one.language, one.kind
                found.append(Suggestion(*of, one.question, best.start))
    on_asked(len(planned), len(planned))
    return found


def _planned(
    parts: Mapping[str, Part],
) -> tuple[list[tuple[Candidate, int]], dict[str, dict[str, tuple[Span, ...]]]]:
    """What to look up, twice: where the first passage found should be meant, then one of those read.

    Returns:
        Candidates, of the articles in turn, with how many passages may be meant; and the sentences that
        should answer each question, by article.
    """
    made = [[*_varied(candidates(part))] for part in parts.values()]
    places: dict[str, dict[str, tuple[Span, ...]]] = {}
    for part, of_one in zip(parts.values(), made, strict=True):
        for one in of_one:
            places.setdefault(one.question, {})[part.article.id] = one.spans
    turns = chain.from_iterable(zip_longest(*(of_one[:OF_ONE] for of_one in made)))
    fresh = {one.question: one for one in reversed([*filter(None, turns)])}
    planned = [*islice(reversed(fresh.values()), LOOKED)]
    return [(one, depth) for depth in (1, DEPTH) for one in planned], places


def asking(generation: Archive, encoder: Encoder, crossencoder: CrossEncoder) -> Ask:
    """Return what answers a question from a generation, if one of the first passages found is meant."""

    @cache
    def looked_up(question: str) -> tuple[Question, Sequence[Evidence]]:
        asked = understand(question, generation.names, generation.terms)
        return asked, retrieve(generation, encoder, asked.text)

    def ask(question: str, is_meant: Callable[[Passage], bool], depth: int) -> Answer | None:
        asked, evidence = looked_up(question)
        if not any(is_meant(e.hit.passage) for e in evidence[:depth]):
            return None
        return answer(read(question, evidence, generation, crossencoder, understood=asked))

    return ask


def _answered(
    question: str, ask: Ask, own: Mapping[str, Sequence[Span]], depth: int
) -> Answer | None:
    def is_meant(passage: Passage) -> bool:
        return _is_within(passage.start, passage.end, own.get(passage.article_id, ()))

    try:
        return ask(question, is_meant, depth)
    except TenkyoError as exc:
        logger.info("not offered, %s: %s", question, exc)
        return None


def _is_within(start: int, end: int, spans: Sequence[Span]) -> bool:
    """Whether any of some spans stands, at least in part, between two places."""
    return any(a < end and start < b for a, b in spans)


def _varied(made: Iterable[Candidate]) -> Iterator[Candidate]:
    """Candidates in turn by language, and of a language by kind, those first that ask for most."""
    kinds: dict[str, dict[str, list[Candidate]]] = {"ja": {}, "en": {}, "zh": {}}
    for one in sorted(made, key=lambda one: ORDER.index(one.kind)):
        kinds.get(one.language, {}).setdefault(one.kind, []).append(one)
    turns = [
        [one for row in zip_longest(*of.values()) for one in row if one] for of in kinds.values()
    ]
    return filter(None, chain.from_iterable(zip_longest(*turns)))


ORDER = ("what", "said", "when", "attribute", "phrase", "cleft", "figure", "heading", "relations", "who", "deed",
         "profile")  # fmt: skip
"""Kinds of candidates, those first that readers ask most and that are answered best."""


def offer(
    kept: Sequence[Suggestion],
    language: str,
    *,
    near: Collection[str] = (),
    asked: Collection[str] = (),
    most: int = 3,
) -> tuple[str, ...]:
    """Return questions in a language, of these articles first, none like another or like what was asked."""
    order = {article_id: rank for rank, article_id in enumerate(near)}
    left = [s for s in kept if s.language == language]
    left = [s for s in left if not any(_alike(s.question, other) for other in asked)]
    taken: list[Suggestion] = []
    while left and len(taken) < most:
        taken.append(min(left, key=lambda s: _repeats(s, taken, order)))
        left = [s for s in left if not _alike(s.question, taken[-1].question)]
    return tuple(s.question for s in taken)


def _repeats(
    one: Suggestion, taken: Sequence[Suggestion], order: Mapping[str, int]
) -> tuple[int, ...]:
    """How far a question is from the articles at hand, and of a piece with those taken: article, kind, names."""
    far = order.get(one.article_id, len(order))
    kinds = sum(s.kind == one.kind for s in taken)
    names = sum(bool(_names(one.question) & _names(s.question)) for s in taken)
    articles = sum(s.article_id == one.article_id for s in taken)
    long = len(one.question) > LONG
    return (far, kinds, long, names) if order else (long, kinds, articles, names)


def _alike(one: str, other: str) -> bool:
    """Whether two questions share most pairs of characters beside those by which they ask."""
    pairs = _pairs(one), _pairs(other)
    fewer = min(map(len, pairs))
    return one == other or (fewer > 0 and len(pairs[0] & pairs[1]) >= ALIKE * fewer)


@lru_cache(2 * KEPT)
def _pairs(question: str) -> frozenset[str]:
    return frozenset(lexicon.bigrams(_ASKING.sub(" ", nfkc(question))))


@lru_cache(2 * KEPT)
def _names(question: str) -> frozenset[str]:
    return frozenset(lexicon.names(question))
