"""What the page shows of a conversation: frozen records, gathered from the engine, ready to render."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from index.addresses import quote_address
from index.conversations import Verdict
from index.engine import Engine
from index.records import Answer, Article, Citation, Filter, Hit, Passage

EVERYTHING = Filter()

Span = tuple[int, int]

INNER_QUOTES = str.maketrans("「」", "『』")
"""What a quotation becomes inside another one."""


@dataclass(frozen=True, slots=True)
class Source:
    """A passage beside the answer: heading, then ``before + quote + after``; no quote, no mark.

    ``article_id`` with ``sha256`` names the article as quoted, in whose text ``before`` begins at
    ``start``; ``state`` is ``changed`` or ``gone`` where it stands no longer in the index, else empty.
    ``key`` is where in the quote the words stand that answer, if that is known.
    """

    number: int
    article_id: str
    sha256: str
    title: str
    publisher: str | None
    published: date | None
    heading: str | None
    start: int
    before: str
    quote: str
    after: str
    provenance: str | None = None
    state: str = ""
    key: Span | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and how far its answer has come.

    Attributes:
        number: Counts the turns of a conversation from 1; names the elements of the page.
        question: As typed.
        stage: ``waiting``, ``looking``, ``reading``, ``answer``, ``stopped`` or ``error``.
        filter: Which articles might answer.
        within: The titles of the articles that the filter names.
        titles: At ``reading``, the titles of the articles found, best first.
        answer: At ``answer``.
        sources: What the answer cites; for a refusal, the nearest passages.
        kept: The number of the exchange in the file of conversations, which verdicts name.
        verdicts: What the reader said of the answer and its citations.
        error: At ``error``, what went wrong, fit to show.
    """

    number: int
    question: str
    stage: str
    filter: Filter = EVERYTHING
    within: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    answer: Answer | None = None
    sources: tuple[Source, ...] = ()
    kept: int | None = None
    verdicts: tuple[Verdict, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation as a page holds it; without an id it is not in the file of conversations."""

    id: str | None = None
    turns: tuple[Turn, ...] = ()


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
    return name_of(article.title, article.source) or article.id


def name_of(title: str | None, source: str) -> str:
    """Return the title, or the name of the file."""
    return title or PurePath(source).name


def address_of(source: Source) -> str:
    """Return the address that opens the article at the words cited, else at the passage."""
    start = source.start + len(source.before) if source.quote else source.start
    end = start + len(source.quote or source.before)
    return quote_address(source.article_id, start, end, sha256=source.sha256)


def _cited(engine: Engine, citation: Citation) -> Source:
    article, passage = engine.cited(citation)
    before = passage.text[: citation.start - passage.start]
    after = passage.text[citation.end - passage.start :]
    key = key_within(citation.key, citation.start)
    return _source(citation.number, article, passage, before, citation.quote, after, key)


def _near(engine: Engine, hit: Hit) -> Source:
    article = engine.article(hit.passage.article_id)
    return _source(hit.rank, article, hit.passage, hit.passage.text, "", "")


def _source(
    number: int,
    article: Article,
    passage: Passage,
    before: str,
    quote: str,
    after: str,
    key: Span | None = None,
) -> Source:
    shown = without_heading(before, passage.heading)
    return Source(
        number,
        article.id,
        article.sha256,
        title_of(article),
        article.publisher,
        article.published,
        passage.heading,
        passage.start + len(before) - len(shown),
        shown,
        quote,
        after,
        provenance_of(article.source),
        key=key,
    )


def key_within(key: Span | None, start: int) -> Span | None:
    """Return where a key of the article stands in the quote that begins at ``start``."""
    return key and (key[0] - start, key[1] - start)


def provenance_of(source: str) -> str | None:
    """Return where an article came from, unless it is only a place on the server's disk."""
    return None if PurePath(source).is_absolute() else source


def without_heading(text: str, heading: str | None) -> str:
    """Drop the heading a passage may begin with: the card shows it above the text."""
    first, _, rest = text.partition("\n")
    return rest.lstrip("\n") if heading and first == heading else text
