"""Sources that disagree on the figure or date asked for.

Two sentences of different articles disagree when they speak of the same thing and differ in one
figure only, of the kind asked for. The same thing: the names of each stand in the other or around
it, and they share most of their other words. Rather silent than wrong: another year, another name
or a second figure that differs, and nothing is said.

What it does not know: which of the sources is right, and figures told in other words (倍、半分).
"""

from collections.abc import Iterator, Sequence

from index.answering.likeness import words
from index.answering.reading import Scored
from index.dates import spell_out
from index.figures import DATE, Figure, agree, figures
from index.questions import Question, lexicon
from index.records import Article
from index.store import Generation

SHARED = 0.75
"""Share of the words of the sentence with fewer that the other must share."""
FEWEST = 3
"""Words two sentences must share."""

Claim = tuple[Scored, Figure]


def disagreeing(
    asked: Question, chosen: Sequence[Scored], scored: Sequence[Scored], generation: Generation
) -> tuple[Claim, ...]:
    """Return the best sentence with the figure asked for and those that give another one.

    Returns:
        Sentences, each of another article, with the figure each gives; none when all agree.
    """
    if asked.kind not in ("number", "date") and asked.unit is None:
        return ()
    best = next((s for s in sorted(chosen, key=lambda s: -s.score) if _answers(asked, s)), None)
    if best is None:
        return ()
    claims: dict[str, Claim] = {}
    for other in scored:
        article = other.hit.passage.article_id
        if article == best.hit.passage.article_id or article in claims:
            continue
        if pair := _difference(asked, best, other, generation):
            claims.setdefault(best.hit.passage.article_id, (best, pair[0]))
            claims[article] = (other, pair[1])
    return tuple(claims.values())


def _difference(
    asked: Question, one: Scored, other: Scored, generation: Generation
) -> tuple[Figure, Figure] | None:
    """The figures in which two sentences about the same thing differ."""
    mine, theirs = figures(one.sentence.text), figures(other.sentence.text)
    if sorted(f.unit for f in mine) != sorted(f.unit for f in theirs):
        return None
    apart = [(a, b) for a, b in _pairs(mine, theirs) if not agree(a, b)]
    if len(apart) != 1 or not _asked_for(asked, apart[0][0]):
        return None
    articles = [generation.article(s.hit.passage.article_id) for s in (one, other)]
    return apart[0] if _about_the_same(asked, one, other, articles) else None


def _pairs(mine: Sequence[Figure], theirs: Sequence[Figure]) -> Iterator[tuple[Figure, Figure]]:
    for unit in {f.unit for f in mine}:
        own = [f for f in mine if f.unit == unit]
        yield from zip(own, [f for f in theirs if f.unit == unit], strict=True)


def _about_the_same(
    asked: Question, one: Scored, other: Scored, articles: Sequence[Article]
) -> bool:
    own_names = asked.text if asked.language == "ja" else ""  # others are written otherwise
    texts = one.sentence.text, other.sentence.text
    spoken = [spell_out(text, a.published) for text, a in zip(texts, articles, strict=True)]
    if spoken[0] != spoken[1]:  # 昨年 of one year is not that of another
        return False
    for text, s, article in zip(texts, (other, one), reversed(articles), strict=True):
        around = f"{article.title or ''}\n{s.hit.passage.text}"
        if not lexicon.names(f"{text}\n{own_names}") <= lexicon.names(around):
            return False
    own = [words(text) for text in texts]
    common = len(own[0] & own[1])
    return common >= max(FEWEST, SHARED * min(map(len, own)))


def _answers(asked: Question, s: Scored) -> bool:
    return any(_asked_for(asked, figure) for figure in figures(s.sentence.text))


def _asked_for(asked: Question, figure: Figure) -> bool:
    if asked.unit is not None:
        return bool(asked.unit.search(figure.written))
    return (figure.unit == DATE) == (asked.kind == "date") and figure.written not in asked.text
