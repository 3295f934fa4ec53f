"""What the page shows of a conversation: frozen records, gathered from the engine, ready to render."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from index.engine import Engine
from index.records import Answer, Article, Citation, Hit, Passage


@dataclass(frozen=True, slots=True)
class Source:
    """A passage beside the answer: heading, then ``before + quote + after``; no quote, no mark."""

    number: int
    title: str
    publisher: str | None
    published: date | None
    heading: str | None
    before: str
    quote: str
    after: str
    provenance: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and how far its answer has come.

    Attributes:
        number: Counts the turns of a conversation from 1; names the elements of the page.
        question: As typed.
        stage: ``waiting``, ``looking``, ``reading``, ``answer`` or ``error``.
        titles: At ``reading``, the titles of the articles found, best first.
        answer: At ``answer``.
        sources: What the answer cites; for a refusal, the nearest passages.
        error: At ``error``, what went wrong, fit to show.
    """

    number: int
    question: str
    stage: str
    titles: tuple[str, ...] = ()
    answer: Answer | None = None
    sources: tuple[Source, ...] = ()
    error: str = ""


def sources_of(engine: Engine, answer: Answer) -> tuple[Source, ...]:
    """Return the cited passages in order of their numbers; for a refusal, the nearest ones."""
    if answer.answered:
        return tuple(_cited(engine, citation) for citation in answer.citations)
    return tuple(_near(engine, hit) for hit in answer.nearest)


def titles_of(engine: Engine, hits: Iterable[Hit]) -> tuple[str, ...]:
    """Return the titles of the articles the hits stand in, each once, best first."""
    ids = dict.fromkeys(hit.passage.article_id for hit in hits)
    return tuple(title_of(engine.article(article_id)) for article_id in ids)


def title_of(article: Article) -> str:
    """Return the title, or the name of the file where the article has none."""
    return article.title or PurePath(article.source).name or article.id


def _cited(engine: Engine, citation: Citation) -> Source:
    article, passage = engine.cited(citation)
    before = passage.text[: citation.start - passage.start]
    after = passage.text[citation.end - passage.start :]
    return _source(citation.number, article, passage, before, citation.quote, after)


def _near(engine: Engine, hit: Hit) -> Source:
    article = engine.article(hit.passage.article_id)
    return _source(hit.rank, article, hit.passage, hit.passage.text, "", "")


def _source(
    number: int, article: Article, passage: Passage, before: str, quote: str, after: str
) -> Source:
    return Source(
        number,
        title_of(article),
        article.publisher,
        article.published,
        passage.heading,
        _without_heading(before, passage.heading),
        quote,
        after,
        None if PurePath(article.source).is_absolute() else article.source,
    )


def _without_heading(text: str, heading: str | None) -> str:
    """Drop the heading a passage may begin with: the card shows it above the text."""
    first, _, rest = text.partition("\n")
    return rest.lstrip("\n") if heading and first == heading else text
