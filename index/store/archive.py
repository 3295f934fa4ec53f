"""What a question needs of an index, wherever that lies: candidates with their scores, and what is read.

``Generation`` is the form on local files, ``RemoteArchive`` that on Milvus.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any, Protocol

from numpy.typing import NDArray

from index.encoder import Vectors
from index.errors import StoreError
from index.records import Article, Filter, Passage
from index.store.proposals import Candidates
from index.store.tables import Part, Place, StoredPassage
from index.store.vectors import Codes


class Terms(Protocol):
    """The terms of a field."""

    def __contains__(self, term: str, /) -> bool:
        """Whether any document holds a term."""

    def rarity(self, term: str, /) -> float:
        """Return a term's inverse document frequency, highest for one that stands nowhere."""


class Archive(Protocol):
    """An index at one time. What is read of it raises a StoreError where it is damaged or cannot be reached.

    Attributes:
        number: Of what it holds; another where that has changed.
        encoder: Fingerprint of what made the vectors.
        analyser: Names how terms and names were made.
        names: Names in several spellings, with how they sound.
        overview: What was derived of all articles: themes, suggestions, copies, disagreements.
        terms: The words of sentences.
        bigrams: The pairs of characters of passages.
        close: Lets go of what is held open.
    """

    number: int
    encoder: str
    analyser: str
    names: Mapping[str, NDArray[Any]]
    overview: Mapping[str, Any]
    terms: Terms
    bigrams: Terms
    close: Callable[[], object]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many articles, passages and sentences are there."""

    @property
    def published(self) -> Counter[tuple[str | None, str | None]]:
        """How many articles there are of each publisher and day, in ISO 8601."""

    @property
    def writers(self) -> Set[str]:
        """The names of all authors and publishers."""

    def ids(self) -> set[str]:
        """Return the ids of all articles."""

    def sizes(self) -> Mapping[str, int]:
        """Return how many passages each article has."""

    def article(self, article_id: str, /) -> Article:
        """Return one article.

        Raises:
            StoreError: There is no such article.
        """

    def articles(self) -> list[Article]:
        """Return all articles, in the order of their sources."""

    def part(self, article_id: str, /) -> Part:
        """Return one article with all its passages. Raises as ``article``."""

    def codes(self, article_id: str, /) -> tuple[Codes, Codes]:
        """Return the codes of an article's passages and those of its sentences. Raises as ``article``."""

    def passages(self, rows: Sequence[int], /) -> list[StoredPassage]:
        """Return the passages of these rows, in this order."""

    def passages_at(self, article_id: str, start: int, end: int, /) -> list[StoredPassage]:
        """Return the passages of an article that hold characters from ``start`` up to ``end``, in order."""

    def candidates(
        self,
        vector: Vectors,
        terms: Sequence[str],
        bigrams: Sequence[str],
        *,
        most: int,
        filter: Filter | None = None,
    ) -> Candidates:
        """Return the passages that each view of a question puts forward, ``most`` each, with all views.

        Args:
            vector: Of the question, ``(d,)``, L2-normalised.
            terms: Its words, repeats included.
            bigrams: Its pairs of characters.
            most: Passages a view may put forward.
            filter: What may be found.
        """

    def stands_together(self, bigrams: Iterable[str], /) -> bool:
        """Whether all of these pairs of characters stand in one passage."""

    def undated(self, filter: Filter | None, /) -> int:
        """Return how many articles a filter leaves out for want of a date alone."""

    def timeline(self) -> str:
        """Return the timeline as HTML; empty where nothing has a date."""

    def verify(self) -> list[str]:
        """Compare all that is stored with what was written; return the names of what differs."""

    def check(self) -> list[str]:
        """Do as ``verify``, but for what was compared before."""

    def naming_damage(self) -> AbstractContextManager[None]:
        """Turn what a library raises over a damaged or distant file into a StoreError that names it."""

    @cached_property
    def stories(self) -> dict[str, list[str]]:
        """Of each article whose copy others carry, too, the ids of them all."""
        return {one: story for story in self.overview.get("stories", ()) for one in story}

    @cached_property
    def apart(self) -> dict[str, list[tuple[Place, Place]]]:
        """Of each article its sentences with which one of another article disagrees, each with that one."""
        pairs = [p for told in self.overview.get("apart", ()) for p in (told, told[::-1])]
        return {own: [p for p in pairs if p[0][0] == own] for (own, *_), _ in pairs}

    def passage_at(self, article_id: str, start: int) -> Passage:
        """Return the passage of an article that holds the character at an offset, or raise a StoreError."""
        for stored in self.passages_at(article_id, start, start + 1):
            return stored.passage
        raise StoreError(f"{article_id} の {start} 文字目を含む一節はありません。")


def no_article(article_id: str) -> StoreError:
    """Return what is raised where an archive has no such article."""
    return StoreError(
        f"{article_id} という記事はありません。一覧は `tenkyo status --json` と"
        " /api/articles で見られます。",
        code="no-article",
    )
