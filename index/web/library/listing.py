"""The articles of the index in use as rows of a table: searched, sorted, chosen."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from index.citations import article_name, source_name
from index.engine import Engine
from index.errors import StoreError
from index.records import Article, Loss
from index.store import Archive
from index.text.characters import nfkc

ROWS = 200
"""Rows shown before one asks for more, and each time one does."""

COLUMNS = ("title", "publisher", "published", "passages", "source")


@dataclass(frozen=True, slots=True)
class Row:
    """An article in the table; ``folded`` is what it is found by."""

    id: str
    title: str
    publisher: str
    published: date | None
    passages: int
    source: str
    language: str
    folded: str
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """What a reader wants to see of the table, and the ids chosen in it."""

    asked: str = ""
    column: str = "published"
    down: bool = True
    most: int = ROWS
    chosen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shelf:
    """The rows of a generation; its number is None where there is no index."""

    number: int | None = None
    rows: tuple[Row, ...] = ()


class Listing:
    """The rows of the generation in use, made anew for each."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._last = Shelf()

    def read(self) -> Shelf:
        """Return the rows of the generation in use."""
        try:
            generation = self._engine.generation()
        except StoreError:
            return Shelf()
        if self._last.number != generation.number:
            self._last = Shelf(generation.number, tuple(_rows(generation)))
        return self._last


def arrange(rows: Sequence[Row], view: View) -> list[Row]:
    """Return the rows that are asked for, in the order that is; what is not known comes last."""
    asked = _fold(view.asked).split()
    found = [row for row in rows if all(word in row.folded for word in asked)]
    known = [row for row in found if getattr(row, view.column)]
    unknown = [row for row in found if not getattr(row, view.column)]
    return sorted(known, key=lambda row: _order(row, view.column), reverse=view.down) + unknown


def _order(row: Row, column: str) -> tuple[object, str]:
    value = getattr(row, column)
    if isinstance(value, str):  # numbers in names by their size
        value = re.sub(r"\d+", lambda digits: digits[0].zfill(12), _fold(value))
    return value, row.id


def _fold(text: str) -> str:
    return nfkc(text).lower()


def _rows(generation: Archive) -> Iterator[Row]:
    counts = generation.sizes()
    for article in generation.articles():
        yield _row(article, counts[article.id])


def _row(article: Article, passages: int) -> Row:
    name = article_name(article.title, article.source, article.id)
    publisher, source = article.publisher or "", source_name(article.source)
    folded = _fold("\n".join((name, publisher, source)))
    language = article.language or ""
    told = article.id, name, publisher, article.published, passages, source, language, folded
    return Row(*told, article.losses)
