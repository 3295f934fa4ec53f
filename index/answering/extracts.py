"""Articles and sentences of them as answers show them: within the filter, by name, quoted whole."""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np

from index.answering.composing import Quote, Section
from index.answering.outlines import Placed, middles
from index.answering.quotes import place_in_list, quoted
from index.answering.reading import Asks
from index.carriers import once
from index.records import Article, Filter, Hit
from index.retriever import Evidence
from index.store import Codes

WHOLE = 300
"""Characters of a list that is quoted whole, at most."""


def named(article: Article) -> str:
    """Name an article: its title, and where and when it was published."""
    told = [str(one) for one in (article.publisher, article.published) if one]
    return (article.title or article.source) + (f" — {'、'.join(told)}" if told else "")


def articles_within(asking: Asks) -> list[Article]:
    """Return the articles that may answer, the latest first, those without a day last."""
    wanted = asking.filter or Filter()
    since, until = wanted.since or date.min, wanted.until or date.max
    everyday = wanted.undated or wanted.since is wanted.until is None
    within = [
        one
        for one in asking.generation.articles()
        if (since <= one.published <= until if one.published else everyday)
        and (not wanted.publishers or one.publisher in wanted.publishers)
        and (not wanted.article_ids or one.id in wanted.article_ids)
    ]
    return sorted(within, key=lambda one: one.published or date.min, reverse=True)


def spread(asking: Asks, articles: Sequence[Article], most: int) -> list[Article]:
    """Return so many articles, unlike each other: those in the middle of groups of near ones."""
    if len(articles) <= most:
        return [*articles]
    kept = middles(asking.generation, [one.id for one in articles], most)
    return [one for one in articles if one.id in kept]


def gathered(asking: Asks, text: str, top_k: int) -> tuple[list[Placed], Codes]:
    """Return the sentences of the passages found for a text, by article, best first; and their codes, ``(n, d)``."""
    found: dict[str, set[int]] = {}
    for e in asking.retrieve(text, top_k=top_k):
        found.setdefault(e.hit.passage.article_id, set()).add(e.hit.passage.start)
    placed: list[Placed] = []
    codes: list[Codes] = []
    for one, starts in found.items():
        own = [(p, s) for p, those in asking.generation.part(one).passages for s in those]
        kept = [at for at, (passage, _) in enumerate(own) if passage.start in starts]
        placed += [own[at] for at in kept]
        codes.append(asking.generation.codes(one)[1][kept])
    told = [(p.article_id, s.text) for p, s in placed]
    first = once(range(len(placed)), told.__getitem__, asking.generation.stories)
    return [placed[at] for at in first], np.concatenate(codes or [np.zeros((0, 1), np.int8)])[first]


def by_article(asking: Asks, places: Iterable[Placed]) -> tuple[Section, ...]:
    """Quote sentences under the names of their articles, in the order of the first of each."""
    starts: dict[str, list[int]] = {}
    for passage, sentence in places:
        starts.setdefault(passage.article_id, []).append(sentence.start)
    articles = [asking.generation.article(one) for one in starts]
    return tuple(Section(named(a), quotes_at(asking, a, starts[a.id])) for a in articles)


def quotes_at(asking: Asks, article: Article, starts: Iterable[int]) -> tuple[Quote, ...]:
    """Quote the sentences of an article that begin at some places, with those that they need, none twice."""
    quotes: list[Quote] = []
    for rank, start in enumerate(sorted(starts)):
        quote = _quote(asking, article, start, -float(rank))
        if quotes and quote.overlaps(quotes[-1]):
            sentences = {s.start: s for s in (*quotes.pop().sentences, *quote.sentences)}
            own = tuple(sentences[at] for at in sorted(sentences))
            quote = Quote(article, own, quote.chosen, quote.score)
        quotes.append(quote)
    return tuple(quotes)


def _quote(asking: Asks, article: Article, start: int, score: float) -> Quote:
    [(passage, sentences)] = asking.generation.passages_at(article.id, start, start + 1)
    at = next(n for n, sentence in enumerate(sentences) if sentence.start == start)
    own = quoted(Evidence(Hit(passage, score, 1), {}, sentences), at)
    items = [n for n, sentence in enumerate(sentences) if place_in_list(sentence.text)]
    if at in items:  # a list is told whole, with what announces it
        run = sentences[max(items[0] - 1, 0) : items[-1] + 1]
        own = run if run[-1].end - run[0].start <= WHOLE else own
    return Quote(article, own, sentences[at], score)
