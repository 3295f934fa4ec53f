"""Which articles an archive on Milvus holds, and which rows are theirs: one list of them for each thing told."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.store.milvus import KINDS, outlet_of
from index.store.vectors import Rows


class Entry(NamedTuple):
    """An article: its id, the digest of its part, day and outlet, and of each kind its first row and how many."""

    id: str
    key: str
    day: int
    outlet: int
    first: Sequence[int]
    many: Sequence[int]


class Directory:
    """The articles of a generation, in the order in which they were written."""

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
