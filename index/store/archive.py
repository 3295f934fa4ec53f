"""What a question needs of an index, wherever that lies: candidates with their scores, and what is read.

``Generation`` is the form on local files; segments come into it by ``Home.put``.
"""

from collections.abc import Mapping, Sequence, Set
from contextlib import AbstractContextManager
from typing import Any, Protocol

from numpy.typing import NDArray

from index.encoder import Vectors
from index.records import Article, Filter
from index.store.proposals import Candidates
from index.store.tables import Place, StoredPassage
from index.store.vectors import Rows


class Terms(Protocol):
    """The terms of a field."""

    def __contains__(self, term: str, /) -> bool:
        """Whether any document holds a term."""

    def rarity(self, term: str, /) -> float:
        """Return a term's inverse document frequency."""

    def holding(self, term: str, /) -> Rows:
        """Return the documents that hold a term, ascending."""


class Archive(Protocol):
    """An index at one time; its methods are told of in ``Generation``."""

    names: Mapping[str, NDArray[Any]]

    @property
    def stories(self) -> Mapping[str, Sequence[str]]:
        """Which articles are one copy."""

    @property
    def apart(self) -> Mapping[str, Sequence[tuple[Place, Place]]]:
        """Sentences of an article, each with one of another that disagrees with it."""

    @property
    def terms(self) -> Terms:
        """The words of sentences."""

    @property
    def bigrams(self) -> Terms:
        """The pairs of characters of passages."""

    @property
    def writers(self) -> Set[str]:
        """The names of all authors and publishers."""

    def naming_damage(self) -> AbstractContextManager[None]:
        """Turn what a damaged file makes others raise into a DamagedError."""

    def candidates(
        self,
        vector: Vectors,
        terms: Sequence[str],
        bigrams: Sequence[str],
        *,
        most: int,
        filter: Filter | None = None,
    ) -> Candidates:
        """Return what each view of a question puts forward, scored by all of them."""

    def passages(self, rows: Sequence[int], /) -> list[StoredPassage]:
        """Return passages by row."""

    def passages_at(self, article_id: str, start: int, end: int, /) -> list[StoredPassage]:
        """Return passages by their place in an article."""

    def article(self, article_id: str, /) -> Article:
        """Return an article."""

    def articles(self) -> list[Article]:
        """Return all articles."""

    def undated(self, filter: Filter | None, /) -> int:
        """Return how many articles a filter leaves out for want of a date alone."""
