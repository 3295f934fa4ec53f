"""Milvus, reached by its address: the collections of an archive, and what stands in their rows.

    tenkyo_1_passages   vectors and pairs of characters: what proposes passages
    tenkyo_1_sentences  terms: what proposes sentences
    tenkyo_1_articles   articles with their places, read by number
    tenkyo_4            generation 4: what it holds of them, and the document frequencies of all terms
    tenkyo              the alias of the generation in use: it alone is switched, so all changes at once

A row belongs to all generations from the one it was ``born`` in up to the one before it ``died``; so a build
writes what is new, and a roll-back is the alias put back. Another encoder begins collections anew. Rows are
counted on, article after article. Dates, outlets and articles are whole numbers, so that no text of an article
is ever read as a condition.
"""

import base64
import contextlib
import hashlib
import json
import logging
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import StoreError, TenkyoError
from index.store.files import broken
from index.store.postings import key
from index.store.segment import FIELDS
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
"""Bytes of a row's content; in base64 they fit into the 65,535 of a VARCHAR."""
ROWS = 2000
"""Rows asked for, or written, at once."""
MOST = 16_384
"""Rows that one search may return."""
SECONDS = 60.0
"""Longest that one call may take."""

_LAST = 0xFFFF_FFFE
"""The last dimension of a sparse vector: of what has no terms."""
_BASE = ("born", "died", "article", "day", "outlet")
_NUMBERS = {
    "passages": (*_BASE, "first", "many"),
    "sentences": (*_BASE, "passage"),
    "articles": _BASE,
}
_VECTORS = {"passages": ("vector", "bigrams"), "sentences": ("terms",)}

Row = dict[str, Any]
Packed = tuple[Codes, NDArray[np.uint64], NDArray[np.uint8]]


class Milvus:
    """A server of Milvus, or a cluster. Connects when it is first asked; safe to use from several threads."""

    def __init__(self, uri: str, token: str = "") -> None:
        self.uri = uri
        self._token = token

    @cached_property
    def _client(self) -> Any:
        pymilvus = _pymilvus()
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # what fails is told by us
        # More often than every five minutes, servers of gRPC take it for an attack.
        calm = {"grpc.keepalive_time_ms": 300_000}
        return pymilvus.MilvusClient(self.uri, token=self._token, timeout=10, grpc_options=calm)

    @contextlib.contextmanager
    def telling(self) -> Iterator[None]:
        """Turn what the client raises into a StoreError that names the server."""
        try:
            yield
        except TenkyoError:
            raise
        except Exception as exc:
            kind = type(exc).__module__.partition(".")[0]
            if kind not in ("pymilvus", "grpc"):
                raise
            told = " ".join(str(getattr(exc, "message", "") or exc).split())[:200]
            raise StoreError(
                "索引の保存先を使えません。Milvus が動いているか、TENKYO_STORE と TENKYO_STORE_TOKEN が"
                "正しいか確かめてください。",
                code="store-away",
                at=f"{self.uri}（{told}）",
            ) from exc

    def call(self, name: str, *values: Any, **told: Any) -> Any:
        """Call a method of the client. Raises StoreError: the server cannot be reached, or refuses."""
        with self.telling():
            return getattr(self._client, name)(*values, timeout=SECONDS, **told)

    def current(self) -> int | None:
        """Return the number of the generation in use; None where there is none."""
        return next((n for n in self.numbers() if self._aliases(collection_of(n))), None)

    def numbers(self) -> list[int]:
        """Return the numbers of all generations, also of one that was broken off, the latest first."""
        names = (name.removeprefix(f"{ALIAS}_") for name in self._collections())
        return sorted((int(name) for name in names if name.isdigit()), reverse=True)

    def rows(self, collection: str, numbers: Rows, *fields: str) -> dict[int, Row]:
        """Return fields of rows by their numbers. Raises DamagedError: one is not there."""
        found: dict[int, Row] = {}
        for start in range(0, len(numbers), ROWS):
            where = f"row in {numbers[start : start + ROWS].tolist()}"
            told = self.call("query", collection, filter=where, output_fields=["row", *fields])
            found |= {row["row"]: row for row in told}
        if len(found) < len({*numbers.tolist()}):
            raise broken(collection)
        return found

    def contents(self, collection: str, numbers: Rows) -> dict[int, bytes]:
        """Return the content of some rows, by their numbers, in this order."""
        found = self.rows(collection, numbers, "content")
        return {n: base64.b64decode(found[n]["content"]) for n in numbers.tolist()}

    def count(self, collection: str, where: str) -> int:
        """Return how many rows fulfil a condition, of all that was written before."""
        told = {"filter": where, "output_fields": ["count(*)"], "consistency_level": "Strong"}
        [row] = self.call("query", collection, **told)
        return int(row["count(*)"])

    def numbers_where(self, collection: str, where: str) -> list[int]:
        """Return the numbers of all rows that fulfil a condition, of all that was written before."""
        told = {"filter": where, "output_fields": ["row"], "consistency_level": "Strong"}
        found: list[int] = []
        pages = self.call("query_iterator", collection, batch_size=ROWS, **told)
        with self.telling():
            while page := pages.next():
                found += (row["row"] for row in page)
        return found

    def create(self, collection: str, kind: str, dimensions: int) -> None:
        """Make an empty collection of a kind of rows, exactly searched."""
        kinds = _pymilvus().DataType
        schema = self.call("create_schema")
        schema.add_field("row", kinds.INT64, is_primary=True)
        for name in _NUMBERS.get(kind, ()):
            schema.add_field(name, kinds.INT64)
        schema.add_field("content", kinds.VARCHAR, max_length=65_535)
        indexes = self.call("prepare_index_params")
        for name in _VECTORS.get(kind, ("none",)):
            if name in FIELDS:
                schema.add_field(name, kinds.SPARSE_FLOAT_VECTOR)
            else:  # of what is only read, too: a collection must have a vector
                size = dimensions if name == "vector" else len(NONE)
                schema.add_field(name, kinds.FLOAT_VECTOR, dim=size)
            index = "SPARSE_INVERTED_INDEX" if name in FIELDS else "FLAT"
            indexes.add_index(name, index_type=index, metric_type="IP")
        self.call("create_collection", collection, schema=schema, index_params=indexes)

    def write(self, collection: str, rows: Sequence[Row], *, partial: bool = False) -> None:
        """Write rows, or, where it is ``partial``, some fields of rows that are there."""
        for start in range(0, len(rows), ROWS):
            own = rows[start : start + ROWS]
            told: dict[str, Any] = {"partial_update": True} if partial else {}
            self.call("upsert" if partial else "insert", collection, own, **told)

    def delete(self, collection: str, where: str) -> None:
        """Delete the rows that fulfil a condition."""
        self.call("delete", collection, filter=where)

    def flush(self, collections: Sequence[str]) -> None:
        """Have all that was written to some collections kept on disk."""
        for collection in collections:
            self.call("flush", collection)

    def switch(self, number: int) -> None:
        """Put a generation in use."""
        verb = "create_alias" if self.current() is None else "alter_alias"
        self.call(verb, collection_of(number), ALIAS)

    def sweep(self, is_needed: Callable[[int], bool]) -> None:
        """Drop all collections of numbers that are not needed, but never what is in use."""
        for name in self._collections():
            number = name.removeprefix(f"{ALIAS}_").partition("_")[0]
            if number.isdigit() and not is_needed(int(number)) and not self._aliases(name):
                self.call("drop_collection", name)

    def _collections(self) -> list[str]:
        found = self.call("list_collections")
        return [name for name in found if name.startswith(f"{ALIAS}_")]

    def _aliases(self, collection: str) -> list[str]:
        return list(self.call("list_aliases", collection)["aliases"])


def _pymilvus() -> Any:
    try:
        import pymilvus
    except ImportError as exc:
        raise StoreError(
            "TENKYO_STORE を使うには pymilvus が要ります。"
            "`pip install 'tenkyo[milvus]'` で入れてください。"
        ) from exc
    return pymilvus


def collection_of(number: int, kind: str = "") -> str:
    """Name the collection of a generation, or one whose rows are of a kind."""
    return "_".join(filter(None, (ALIAS, str(number), kind)))


def pages(content: bytes) -> list[str]:
    """Return bytes as contents of rows, at least one."""
    starts = range(0, len(content) or 1, PAGE)
    return [base64.b64encode(content[at : at + PAGE]).decode() for at in starts]


def pack(code: Codes, keys: NDArray[np.uint64], weights: NDArray[np.uint8]) -> str:
    """Return the code of a text, and the keys and weights of its terms, as the content of a row."""
    return base64.b64encode(code.tobytes() + keys.tobytes() + weights.tobytes()).decode()


def unpack(content: str, dimensions: int) -> Packed:
    """Read what ``pack`` wrote."""
    raw = base64.b64decode(content)
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
    return key(publisher) if publisher else 0


def to_blob(value: Any) -> bytes:
    """Write a value as deflated JSON."""
    return zlib.compress(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def from_blob(content: bytes) -> Any:
    """Read what ``to_blob`` wrote."""
    return json.loads(zlib.decompress(content).decode("utf-8", "surrogatepass"))


def digest(content: bytes) -> str:
    """Return the SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()
