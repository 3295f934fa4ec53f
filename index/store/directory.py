"""What a generation on Milvus says of itself, and which articles it holds."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.errors import OutdatedError
from index.store.files import broken
from index.store.milvus import Milvus
from index.store.rows import KINDS, SCHEMA, Stem, digest, from_blob, outlet_of
from index.store.vectors import Rows


class Stored:
    """A generation on a server, as far as it tells of itself.

    Raises a DamagedError where it is not as it was written, an OutdatedError where it is of another version.

    Attributes:
        stem: What the names of its collections begin with.
        facts: What holds of all of it; ``writing`` tells what that is.
    """

    def __init__(self, server: Milvus, stem: Stem) -> None:
        self.stem = stem
        self._server = server
        self._blobs: dict[str, list[Any]] = from_blob(self._pages(0, 1))
        self.facts: Mapping[str, Any] = from_blob(self.blob("facts"))
        if self.facts["schema"] != SCHEMA:
            raise OutdatedError(
                f"保存先の形式が違います（{self.facts['schema']!r}、このプログラムは {SCHEMA}）。"
                "`tenkyo build` で書き直してください。"
            )

    def blob(self, name: str) -> bytes:
        """Return what is stored under a name. Raises DamagedError: it is not what was written."""
        first, many, sha256 = self._blobs[name]
        content = self._pages(first, many)
        if digest(content) != sha256:
            raise broken(f"{self.stem.name}/{name}")
        return content

    def _pages(self, first: int, many: int) -> bytes:
        rows = np.arange(first, first + many)
        return b"".join(self._server.contents(self.stem.name, rows, fresh=True).values())


class Entry(NamedTuple):
    """An article: its id, the digest of its part, day and outlet, and of each kind its first row and how many."""

    id: str
    key: str
    day: int
    outlet: int
    first: Sequence[int]
    many: Sequence[int]


class Directory:
    """The articles of a generation in the order in which they were written: a list for each thing told of them."""

    def __init__(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Take what ``columns`` returned."""
        self._columns = columns
        self.ids: Sequence[str] = columns["id"]

    @classmethod
    def columns(cls, entries: Sequence[Entry]) -> dict[str, Sequence[Any]]:
        """Return some articles as what is stored."""
        told = zip(*entries, strict=True) if entries else ((),) * len(Entry._fields)
        return dict(zip(Entry._fields, map(list, told), strict=True))

    def entries(self) -> list[Entry]:
        """Return all articles."""
        return [Entry(*own) for own in zip(*self._columns.values(), strict=True)]

    def many(self, kind: str) -> list[int]:
        """Return how many rows of a kind each article has."""
        return [own[KINDS.index(kind)] for own in self._columns["many"]]

    def rows(self, kind: str, article_id: str) -> Rows:
        """Return the rows of an article, or raise a KeyError."""
        at, of = self._at[article_id], KINDS.index(kind)
        first = self._columns["first"][at][of]
        return np.arange(first, first + self._columns["many"][at][of])

    def place(self, passage: int) -> tuple[str, int]:
        """Return the article of a passage by its row, and which of its passages it is."""
        at = int(self._firsts.searchsorted(passage, "right")) - 1
        return self.ids[self._order[at]], passage - int(self._firsts[at])

    def numbers(self, article_ids: Collection[str]) -> list[int]:
        """Return the numbers by which some articles are known, of those that are there."""
        own = (self._at[one] for one in article_ids if one in self._at)
        return [self._columns["first"][at][KINDS.index("articles")] for at in own]

    def undated(self, publishers: Collection[str], article_ids: Collection[str]) -> int:
        """Return how many articles without a day there are of some publishers, and of these ids; of all for none."""
        outlets = {*map(outlet_of, publishers)}
        return sum(
            not day
            and (not outlets or outlet in outlets)
            and (not article_ids or one in article_ids)
            for one, day, outlet in zip(
                self.ids, self._columns["day"], self._columns["outlet"], strict=True
            )
        )

    @cached_property
    def _at(self) -> dict[str, int]:
        return {one: at for at, one in enumerate(self.ids)}

    @cached_property
    def _order(self) -> NDArray[np.int64]:
        return np.argsort([first for first, *_ in self._columns["first"]], kind="stable")

    @cached_property
    def _firsts(self) -> Rows:
        """The first passage of each article, ascending."""
        return np.array([first for first, *_ in self._columns["first"]], np.int64)[self._order]
