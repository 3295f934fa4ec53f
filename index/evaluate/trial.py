"""An index to try things in: made in a folder of its own, looked up and read by the real models."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from index import answering, ingest
from index.answering import FOUND
from index.crossencoder import CrossEncoder
from index.derived import derive
from index.encoder import Encoder
from index.models import Models
from index.passages import cut
from index.records import Article, OnProgress
from index.retriever import Evidence, retrieve
from index.store import Generation, Home, Part


@dataclass(frozen=True, slots=True)
class Trial:
    """A generation and the models that answer from it."""

    generation: Generation
    encoder: Encoder
    crossencoder: CrossEncoder

    def retrieve(self, text: str, top_k: int = FOUND) -> list[Evidence]:
        """Find passages."""
        return retrieve(self.generation, self.encoder, text, top_k=top_k)

    def read(self, text: str, evidence: Sequence[Evidence]) -> answering.Found:
        """Let the cross-encoder read what was found."""
        return answering.read(text, evidence, self.generation, self.crossencoder)


@contextmanager
def index_articles(
    home: Home, articles: Iterable[Article], models: Models, report: OnProgress
) -> Iterator[Trial]:
    """Index articles in place of what a home holds; vectors of passages that stay are used again."""
    encoder, crossencoder = models.encoder(report), models.crossencoder(report)
    parts = (Part.at(article, cut(article.text)) for article in articles)
    ingest.publish(home, encoder, parts, derive=derive, report=report)
    generation = home.open()
    try:
        yield Trial(generation, encoder, crossencoder)
    finally:
        generation.close()


def article(
    number: int,
    title: str | None,
    text: str,
    source: str,
    *,
    publisher: str | None = None,
    published: date | None = None,
    language: str | None = None,
) -> Article:
    """Return an article whose id is its number."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    name = f"{number:08d}"
    return Article(name, title, (), publisher, published, language, None, source, text, digest)
