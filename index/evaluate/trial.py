"""An index to try things in: made in a folder of its own, looked up and read by the real models."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from index import ingest
from index.answering import Asking
from index.derived import derive
from index.models import Models
from index.passages import cut
from index.records import Article
from index.reports import OnProgress
from index.store import Home, Part


@contextmanager
def index_articles(
    home: Home, articles: Iterable[Article], models: Models, report: OnProgress
) -> Iterator[Asking]:
    """Index articles in place of what a home holds; vectors of passages that stay are used again."""
    encoder, crossencoder = models.encoder(report), models.crossencoder(report)
    parts = (Part.at(article, cut(article.text)) for article in articles)
    ingest.publish(home, encoder, parts, derive=derive, report=report)
    generation = home.open()
    try:
        yield Asking(generation, encoder, crossencoder)
    finally:
        generation.close()


def article(number: int, title: str | None, text: str, source: str) -> Article:
    """Return an article whose id is its number, of which nothing else is known."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Article(f"{number:08d}", title, (), None, None, None, None, source, text, digest)
