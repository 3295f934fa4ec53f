"""The records of a segment: articles, their passages and sentences, in SQLite.

A passage's row is its row among the vectors and the pairs of characters, a sentence's row its row among
the sentence vectors and the terms.
"""

import contextlib
import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Self

from index.records import Article, Loss, Mark, Passage, Sentence

_LIBRARY = """
    CREATE TABLE articles (
        row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, key BLOB NOT NULL, sha256 TEXT NOT NULL,
        publisher TEXT, published TEXT, record TEXT NOT NULL, text BLOB NOT NULL
    );
    CREATE TABLE passages (
        row INTEGER PRIMARY KEY, article INTEGER NOT NULL REFERENCES articles, heading TEXT,
        start INTEGER NOT NULL, end INTEGER NOT NULL, sentences TEXT NOT NULL
    );
    CREATE INDEX articles_by_text ON articles (sha256);
    CREATE INDEX passages_of_article ON passages (article, start);
"""
"""``text`` is deflated. ``sentences`` is a JSON list: where each begins and ends, from the passage's start."""


_KNOWN = {"marks": Mark, "losses": Loss}
_ARTICLE = "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_PASSAGE = "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)"
Ask = Callable[..., list[tuple[Any, ...]]]


class StoredPassage(NamedTuple):
    """A passage with its sentences."""

    passage: Passage
    sentences: tuple[Sentence, ...]


Place = tuple[str, int, int, str]
"""The id of an article, where in it a sentence begins and ends, and the figure that is another elsewhere."""


@dataclass(frozen=True)
class Part:
    """An article with its passages, each with its sentences, in the order of the text."""

    article: Article
    passages: tuple[tuple[Passage, tuple[Sentence, ...]], ...]

    @classmethod
    def at(cls, article: Article, places: Iterable[Sequence[Any]]) -> Self:
        """Return an article with its passages, of what ``passages.cut`` told of its text."""
        passages = (
            stored_passage(article.id, heading, article.text[start:end], start, spans)
            for heading, start, end, spans in places
        )
        return cls(article, tuple(passages))

    @cached_property
    def key(self) -> bytes:
        """A digest of all that is kept: the article, its record and how it is cut."""
        return hashlib.sha256(to_json(self.record()).encode("utf-8", "surrogatepass")).digest()

    def record(self) -> dict[str, Any]:
        """Return all values of the article, and the places of its passages and sentences."""
        values = {name: getattr(self.article, name) for name in Article.__slots__}
        published = self.article.published and self.article.published.isoformat()
        places = [
            (p.heading, p.start, p.end, [(s.start, s.end) for s in own]) for p, own in self.passages
        ]
        known = {name: [[*astuple(one)] for one in values.pop(name)] for name in _KNOWN}
        kept = {name: own for name, own in known.items() if own}  # the key of others stays
        return values | kept | {"published": published, "passages": places}


def open_library(path: Path) -> sqlite3.Connection:
    """Make an empty library."""
    db = sqlite3.connect(path)
    db.executescript(_LIBRARY)
    return db


def write_library(path: Path, parts: Sequence[Part]) -> None:
    """Write the articles with their passages and sentences, numbered in this order."""
    with contextlib.closing(open_library(path)) as db, db:
        passages = 0
        for row, part in enumerate(parts):
            article, record = part.article, part.record()
            text = zlib.compress(record.pop("text").encode())
            del record["passages"]
            told = article.id, part.key, article.sha256, article.publisher, record["published"]
            db.execute(_ARTICLE, (row, *told, to_json(record), text))
            for number, (p, own) in enumerate(part.passages, passages):
                spans = to_json([place - p.start for s in own for place in (s.start, s.end)])
                db.execute(_PASSAGE, (number, row, p.heading, p.start, p.end, spans))
            passages += len(part.passages)


def read_part(ask: Ask, row: int) -> Part:
    """Read an article with its passages from a library, by its number.

    Raises:
        ValueError: It is not as it was written.
    """
    [(key, record, text)] = ask("SELECT key, record, text FROM articles WHERE row = ?", row)
    query = "SELECT heading, start, end, sentences FROM passages WHERE article = ? ORDER BY row"
    places = [(*place, spans_of(spans, place[1])) for *place, spans in ask(query, row)]
    part = Part.at(article_of(record, text), places)
    if part.key != key:
        raise ValueError(f"{part.article.id} が記録と違います")
    return part


def parts_in(path: Path, gone: Collection[str]) -> Iterator[Part]:
    """Yield what can be read of a library, whatever is damaged, but for some articles by their ids."""
    with contextlib.suppress(sqlite3.Error):
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as db:
            for row, one in db.execute("SELECT row, id FROM articles ORDER BY row"):
                if one not in gone:
                    with contextlib.suppress(Exception):  # a damaged file raises anything
                        yield read_part(lambda q, *v: db.execute(q, v).fetchall(), row)


def copy_article(ask: Ask, row: int, db: sqlite3.Connection, number: int, passages: int) -> None:
    """Copy an article with its passages from one library into another.

    Args:
        ask: Asks the library it comes from.
        row: Its number there.
        db: The library it goes to.
        number: Its number there.
        passages: How many passages are there already.
    """
    [told] = ask("SELECT * FROM articles WHERE row = ?", row)
    db.execute(_ARTICLE, (number, *told[1:]))
    found = ask("SELECT * FROM passages WHERE article = ? ORDER BY row", row)
    rows = ((n, number, *values[2:]) for n, values in enumerate(found, passages))
    db.executemany(_PASSAGE, rows)


def stored_passage(
    article_id: str, heading: str | None, text: str, start: int, spans: Iterable[Sequence[int]]
) -> StoredPassage:
    """Return a passage, of its text and the places of its sentences in the article."""
    end = start + len(text)
    passage = Passage(f"{article_id}:{start}-{end}", article_id, heading, text, start, end)
    sentences = tuple(Sentence(text[a - start : b - start], a, b) for a, b in spans)
    return StoredPassage(passage, sentences)


def spans_of(stored: str, start: int) -> list[tuple[int, int]]:
    """Read the places of the sentences of a passage that begins at ``start``."""
    places = json.loads(stored)
    return [(start + a, start + b) for a, b in zip(places[::2], places[1::2], strict=True)]


def article_of(record: str, text: bytes) -> Article:
    """Read an article."""
    return article_from(json.loads(record) | {"text": zlib.decompress(text).decode()})


def part_bytes(part: Part) -> bytes:
    """Write an article with its passages, as it is kept of a file and in a distant store."""
    return deflated(to_json(part.record()))


def part_from(record: bytes) -> Part:
    """Read what ``part_bytes`` wrote; builds up to schema 3 did not deflate it."""
    values = json.loads(record if record[:1] == b"{" else zlib.decompress(record))
    places = values.pop("passages", ())
    return Part.at(article_from(values), places)


def deflated(text: str) -> bytes:
    """Write a text in few bytes, also one with half a character."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def is_unchanged(article: Article) -> bool:
    """Whether the text of an article is the one that it was made with: others would be quoted in its name."""
    return hashlib.sha256(article.text.encode()).hexdigest() == article.sha256


def to_json(value: object) -> str:
    """Write a value as JSON, as short as it can be."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def article_from(values: dict[str, Any]) -> Article:
    """Read the values of an article."""
    published = values["published"] and date.fromisoformat(values["published"])
    known = {
        name: tuple(kind(*one) for one in values.get(name, ())) for name, kind in _KNOWN.items()
    }
    told = {"authors": tuple(values["authors"]), "published": published}
    return Article(**values | told | known)
