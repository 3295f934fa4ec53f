"""What is read of an index that is open, by whoever shows it: articles, their places, what they are about.

Safe to use from several threads; what a build has just taken out is still there for who holds it.
"""

import contextlib
from collections.abc import Callable, Sequence
from typing import TypeVar

from index import answering, derived
from index.carriers import MOST
from index.errors import StoreError
from index.records import Article, Citation, Glance, Passage, Point
from index.store import Archive, Part, Serving

T = TypeVar("T")


class Opened:
    """The generation in use, and those before that somebody still holds."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    @property
    def damage(self) -> StoreError | None:
        """What everybody should know of the index: it is damaged, and the one before serves."""
        return self._serving.damage

    def article(self, article_id: str) -> Article:
        """Return an article as indexed; one that a build has just taken out is still there.

        Raises:
            StoreError: There is no such article.
        """
        return self._from_open(lambda generation: generation.article(article_id))

    def part(self, article_id: str) -> Part:
        """Return an article with its passages as they were cut in the build. Raises as ``article``."""
        return self._from_open(lambda generation: generation.part(article_id))

    def outline(self, article_id: str) -> tuple[Point, ...]:
        """Return the sentences that carry an article, in the order of the text. Raises as ``article``."""
        return self._from_open(
            lambda g: answering.outline(g.part(article_id), g.codes(article_id)[1])
        )

    def glance(self) -> Glance:
        """Return what the articles are: how many, from when, whose, about what. Raises as ``search``."""
        return derived.glance(self.generation())

    def suggestions(
        self, language: str, *, near: Sequence[str] = (), asked: Sequence[str] = (), most: int = 3
    ) -> tuple[str, ...]:
        """Return questions to ask, as ``derived.suggest`` does. Raises as ``search``."""
        return derived.suggest(self.generation(), language, near=near, asked=asked, most=most)

    def _from_open(self, read: Callable[[Archive], T]) -> T:
        """Read from the generation in use, or else from an older one that is still open."""
        current = self.generation()
        for generation in (current, *self._serving.opened):
            with contextlib.suppress(StoreError):
                return read(generation)
        return read(current)

    def articles(self) -> list[Article]:
        """Return every article of the index. Raises as ``search``."""
        return self.generation().articles()

    def cited(self, citation: Citation) -> tuple[Article, Passage]:
        """Return the article and passage that a citation was made from.

        Raises:
            StoreError: The article has changed or gone since; the generation before still serves.
        """
        for generation in reversed(self._serving.opened or [self.generation()]):
            try:
                article = generation.article(citation.article_id)
            except StoreError:
                continue
            if article.sha256 == citation.sha256:
                return article, generation.passage_at(article.id, citation.start)
        raise StoreError(
            f"{citation.article_id}: 引用した後に、記事が変わったか、索引から外されました。"
        )

    def carriers(self, one: str) -> list[Article]:
        """Return the others that carry the copy of an article, not all of very many. Raises as ``article``."""
        return self._from_open(
            lambda g: [g.article(i) for i in g.stories.get(one, ())[:MOST] if i != one]
        )

    def generation(self) -> Archive:
        """Return the generation that serves, opening it when it is another than the last. Raises as ``search``."""
        return self._serving.current()
