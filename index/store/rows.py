"""What stands in the rows of an archive on Milvus, and how its collections are named.

    tenkyo_<home>_1_passages   vectors and pairs of characters: what proposes passages
    tenkyo_<home>_1_sentences  terms: what proposes sentences
    tenkyo_<home>_1_articles   articles with their places, read by number
    tenkyo_<home>_4            generation 4: what it holds of them, and the document frequencies of all terms
    tenkyo                     the alias of the generation in use: it alone is switched, so all changes at once

Their names tell which home wrote them. A row belongs to all generations from the one it was ``born`` in up to
the one before it ``died``; so a build writes what is new, and a roll-back is the alias put back. Another encoder
begins collections anew. Rows are counted on, article after article. Dates, outlets and articles are whole
numbers, so that no text of an article is ever read as a condition.
"""

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from index.store.postings import key
from index.store.tables import deflated, to_json
from index.store.vectors import Codes, Rows

ALIAS = "tenkyo"
KINDS = ("passages", "sentences", "articles")
SCHEMA = 1
"""Version of what stands in the rows; another one is refused."""
NONE = [0.0, 0.0]
"""The vector of what is only read: a collection must have one."""
FOREVER = 1 << 62
"""In which generation a row that is there dies."""
PAGE = 48_000
"""Bytes of a page of content; in base64 they fit into the 65,535 of a VARCHAR."""
_STEM = re.compile(rf"({ALIAS}_([0-9a-f]{{16}})_([1-9][0-9]*))(_({'|'.join(KINDS)}))?")
_LAST = 0xFFFF_FFFE
"""The last dimension of a sparse vector: of what has no terms."""
Row = dict[str, Any]
Packed = tuple[Codes, NDArray[np.uint64], NDArray[np.uint8]]


class Stem(NamedTuple):
    """What the names of a generation's collections begin with."""

    name: str
    writer: str
    number: int

    @classmethod
    def of(cls, writer: str, number: int) -> Self:
        """Return that of a home's generation."""
        return cls(f"{ALIAS}_{writer}_{number}", writer, number)

    @classmethod
    def read(cls, collection: str) -> Self | None:
        """Return that of a collection; None where it is none of ours."""
        found = _STEM.fullmatch(collection)
        return cls(found[1], found[2], int(found[3])) if found else None


def content_of(row: Row) -> bytes:
    """Return the content of a row."""
    return b"".join(map(base64.b64decode, row["content"]))


def pages(content: bytes) -> list[str]:
    """Return bytes as the content of a row, at least one page."""
    starts = range(0, len(content) or 1, PAGE)
    return [base64.b64encode(content[at : at + PAGE]).decode() for at in starts]


def pack(code: Codes, keys: NDArray[np.uint64], weights: NDArray[np.uint8]) -> list[str]:
    """Return the code of a text, and the keys and weights of its terms, as the content of a row."""
    return pages(code.tobytes() + keys.tobytes() + weights.tobytes())


def unpack(row: Row, dimensions: int) -> Packed:
    """Read what ``pack`` wrote into a row."""
    raw = content_of(row)
    terms = (len(raw) - dimensions) // 9
    keys = np.frombuffer(raw, np.uint64, terms, dimensions)
    weights = np.frombuffer(raw, np.uint8, terms, dimensions + 8 * terms)
    return np.frombuffer(raw, np.int8, dimensions), keys, weights


def sparse(keys: Sequence[int], weights: Sequence[float]) -> dict[int, float]:
    """Return terms as a sparse vector: its dimensions have 32 bits, so two terms in 10**9 pairs share one."""
    found: dict[int, float] = {}
    for one, weight in zip(keys, weights, strict=True):
        at = one % _LAST
        found[at] = found.get(at, 0.0) + weight
    return found or {_LAST: 1.0}  # an empty one is refused


def day_of(published: date | None) -> int:
    """Return a day as 20260131, and 0 for none."""
    return int(f"{published:%Y%m%d}") if published else 0


def outlet_of(publisher: str | None) -> int:
    """Return the number by which a publisher is known, and 0 for none."""
    return 0 if publisher is None else key(repr(publisher))  # a filter may hold half a character


def to_blob(value: Any) -> bytes:
    """Write a value as deflated JSON."""
    return deflated(to_json(value))


def from_blob(content: bytes) -> Any:
    """Read what ``to_blob`` wrote."""
    return json.loads(zlib.decompress(content))


def digest(content: bytes) -> str:
    """Return the SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()


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
