"""A server of Milvus, or a cluster, reached by its address. What stands there ``rows`` tells."""

import contextlib
import logging
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

from index.errors import DamagedError, StoreError, TenkyoError
from index.store.files import broken
from index.store.rows import ALIAS, NONE, PAGE, Row, Stem, content_of
from index.store.segment import FIELDS
from index.store.vectors import Rows

ROWS, BYTES = 2000, 8_000_000
"""Rows asked for or written at once, and about how many bytes: a server takes 64 MB."""
MOST = 16_384
"""Rows that one search may return."""
SECONDS, WRITING = 10.0, 60.0
"""Longest that one call may take, and one that writes."""
AWAY = 3.0
"""Seconds for which a server that did not answer is not asked again: questions must not wait for each other."""

_NOT_LOADED, _NO_CONNECTION = 101, 2
"""Codes of errors of Milvus."""
_BASE = ("born", "died", "article", "day", "outlet")
_NUMBERS = {
    "passages": (*_BASE, "first", "many"),
    "sentences": (*_BASE, "passage"),
    "articles": _BASE,
}
_VECTORS = {"passages": ("vector", "bigrams"), "sentences": ("terms",)}


class Milvus:
    """A server of Milvus, or a cluster. Connects when it is first asked; safe to use from several threads."""

    def __init__(self, uri: str, token: str = "") -> None:
        self.uri = uri
        self._token = token
        self._away: tuple[float, StoreError] | None = None

    @cached_property
    def _client(self) -> Any:
        pymilvus = _pymilvus()
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # what fails is told by us
        # More often than every five minutes, servers of gRPC take it for an attack.
        calm = {"grpc.keepalive_time_ms": 300_000}
        return pymilvus.MilvusClient(
            self.uri, token=self._token, timeout=SECONDS, grpc_options=calm
        )

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
            if re.search("collection.*not (exist|found)", told):
                raise DamagedError(
                    "保存先の索引が替わったか、壊れています。もう一度試すか、索引を作るマシンで"
                    " `tenkyo build` を実行してください。",
                    at=f"{self.uri}（{told}）",
                ) from exc
            error = StoreError(
                "索引の保存先を使えません。Milvus が動いているか、TENKYO_STORE と TENKYO_STORE_TOKEN が"
                "正しいか確かめてください。",
                code="store-away",
                at=f"{self.uri}（{told}）",
            )
            if kind == "grpc" or getattr(exc, "code", None) == _NO_CONNECTION:
                self._away = time.monotonic() + AWAY, error
            raise error from exc

    def call(self, name: str, *values: Any, seconds: float = SECONDS, **told: Any) -> Any:
        """Call a method of the client. Raises StoreError: the server cannot be reached, or refuses."""
        if self._away and time.monotonic() < self._away[0]:
            raise self._away[1].with_traceback(None)
        with self.telling():
            try:
                return getattr(self._client, name)(*values, timeout=seconds, **told)
            except Exception as exc:
                if getattr(exc, "code", None) != _NOT_LOADED:
                    raise
            self._client.load_collection(values[0], timeout=WRITING)  # the server began anew
            return getattr(self._client, name)(*values, timeout=seconds, **told)

    def current(self) -> Stem | None:
        """Return the generation in use; None where there is none.

        Raises:
            StoreError: The alias is somebody else's, or the server cannot be reached.
        """
        try:
            name = self.call("describe_alias", ALIAS)["collection_name"]
        except StoreError as exc:
            told = str(exc.__cause__)
            if "alias" in told and re.search("not (exist|found)", told):
                return None
            raise
        stem = Stem.read(name)
        if stem is None:
            raise StoreError(
                f"保存先の {ALIAS} という別名は、ほかのプログラムが使っています。",
                code="store-away",
                at=self.uri,
            )
        return stem

    def collections(self) -> dict[str, Stem]:
        """Return all collections that homes of ours have made, also those that were broken off."""
        found = {name: Stem.read(name) for name in self.call("list_collections")}
        return {name: stem for name, stem in found.items() if stem}

    def generations(self) -> list[Stem]:
        """Return all generations, the latest first."""
        found = (stem for name, stem in self.collections().items() if name == stem.name)
        return sorted(found, key=lambda stem: -stem.number)

    def rows(
        self,
        collection: str,
        numbers: Rows,
        *fields: str,
        fresh: bool = False,
        at_once: int = ROWS,
    ) -> dict[int, Row]:
        """Return fields of rows by their numbers, ``fresh`` of all that was written before.

        Raises:
            DamagedError: One is not there.
        """
        told: dict[str, Any] = {
            "output_fields": ["row", *fields],
            "consistency_level": _level(fresh),
        }
        found: dict[int, Row] = {}
        for start in range(0, len(numbers), at_once):
            where = f"row in {numbers[start : start + at_once].tolist()}"
            found |= {r["row"]: r for r in self.call("query", collection, filter=where, **told)}
        if len(found) < len({*numbers.tolist()}):
            raise broken(collection)
        return found

    def contents(self, collection: str, numbers: Rows, *, fresh: bool = False) -> dict[int, bytes]:
        """Return the content of some rows, by their numbers, in this order. Raises as ``rows``."""
        at_once = BYTES // PAGE
        found = self.rows(collection, numbers, "content", fresh=fresh, at_once=at_once)
        return {n: content_of(found[n]) for n in numbers.tolist()}

    def search(
        self, collection: str, field: str, query: Any, *, most: int, where: str, output: str
    ) -> list[tuple[int, float]]:
        """Return a field of the rows nearest to a query, and how near they are, best first."""
        told: dict[str, Any] = {"anns_field": field, "filter": where, "output_fields": [output]}
        level = _level(fresh=False)
        [hits] = self.call(
            "search", collection, [query], limit=most, consistency_level=level, **told
        )
        return [(hit["entity"][output], hit["distance"]) for hit in hits]

    def count(self, collection: str, where: str) -> int:
        """Return how many rows fulfil a condition, of all that was written before."""
        [row] = self.call("query", collection, filter=where, output_fields=["count(*)"])
        return int(row["count(*)"])

    def numbers_where(self, collection: str, where: str) -> list[int]:
        """Return the numbers of all rows that fulfil a condition, of all that was written before."""
        told: dict[str, Any] = {"filter": where, "output_fields": ["row"]}
        found: list[int] = []
        pages = self.call("query_iterator", collection, **told, batch_size=ROWS)
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
        pages = {"element_type": kinds.VARCHAR, "max_capacity": 4096, "max_length": 65_535}
        schema.add_field("content", kinds.ARRAY, **pages)
        indexes = self.call("prepare_index_params")
        for name in _VECTORS.get(kind, ("none",)):
            if name in FIELDS:
                schema.add_field(name, kinds.SPARSE_FLOAT_VECTOR)
            else:  # of what is only read, too: a collection must have a vector
                size = dimensions if name == "vector" else len(NONE)
                schema.add_field(name, kinds.FLOAT_VECTOR, dim=size)
            index = "SPARSE_INVERTED_INDEX" if name in FIELDS else "FLAT"
            indexes.add_index(name, index_type=index, metric_type="IP")
        # Whoever does not ask for less sees all that was written before.
        level = _level(fresh=True)
        self.call("create_collection", collection, schema=schema, consistency_level=level)
        self.call("create_index", collection, indexes, sync=False)  # nothing is there yet
        self.call("load_collection", collection, seconds=WRITING)

    def write(self, collection: str, rows: Sequence[Row], *, partial: bool = False) -> None:
        """Write rows, or, where it is ``partial``, some fields of rows that are there."""
        verb, told = ("upsert", {"partial_update": True}) if partial else ("insert", {})
        for own in _batches(rows):
            self.call(verb, collection, own, seconds=WRITING, **told)

    def delete(self, collection: str, where: str) -> None:
        """Delete the rows that fulfil a condition."""
        self.call("delete", collection, seconds=WRITING, filter=where)

    def seal(self, collection: str) -> None:
        """Have what was written be searched by its index from now on, where the server has time for it."""
        # A cluster does so every ten seconds at most, and by itself later.
        with contextlib.suppress(StoreError):
            self.call("flush", collection, seconds=WRITING)

    def switch(self, stem: Stem, before: Stem | None) -> None:
        """Put a generation in use in place of the one before, or raise a StoreError where that is another now."""
        now = self.current()
        if now != before:
            raise StoreError(
                "書いているあいだに、別のホームが索引を替えました。もう一度実行してください。",
                code="not-writer",
                at=self.uri,
            )
        self.call("alter_alias" if now else "create_alias", stem.name, ALIAS)

    def sweep(self, is_needed: Callable[[str], bool]) -> None:
        """Drop all collections of ours whose names are not needed, but never what is in use."""
        for name in self.collections():
            if not is_needed(name) and not self.call("list_aliases", name)["aliases"]:
                self.call("drop_collection", name, seconds=WRITING)


def _level(fresh: bool) -> str:
    """Whether a call sees all that was written before, or what was some seconds ago, and need not wait."""
    return "Strong" if fresh else "Bounded"


def _batches(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield rows, so many at once as a server takes."""
    batch: list[Row] = []
    size = 0
    for row in rows:
        own = sum(map(len, row.get("content", ()))) + 16 * sum(
            len(row.get(name, ())) for name in ("vector", *FIELDS)
        )
        if batch and (len(batch) == ROWS or size + own > BYTES):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += own
    if batch:
        yield batch


def _pymilvus() -> Any:
    try:
        import pymilvus
    except ImportError as exc:
        raise StoreError(
            "TENKYO_STORE を使うには pymilvus が要ります。"
            "`pip install 'tenkyo[milvus]'` で入れてください。"
        ) from exc
    return pymilvus
