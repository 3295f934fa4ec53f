"""Turns to what is kept of them and back; an old citation shows the words as they were quoted."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from index import payloads
from index.conversations import Exchange
from index.engine import Engine
from index.records import Answer, Citation, Differing, Filter, Hit, Passage, Statement
from index.web.chat.catalogue import Catalogue
from index.web.chat.turns import (
    Source,
    Span,
    Turn,
    key_within,
    name_of,
    provenance_of,
    without_heading,
)

Kept = Mapping[str, Any]

BROKEN = (AttributeError, KeyError, TypeError, ValueError)
"""What reading a record raises that is of another version, or was touched by hand."""


def kept_of(turn: Turn, engine: Engine, *, seconds: float) -> dict[str, Any]:
    """Return what is kept of an answer: the object of the command line, with headings."""
    assert turn.answer is not None
    payload = payloads.answer_payload(turn.answer, engine, seconds=seconds)
    for citation, source in zip(payload["citations"], turn.sources, strict=False):
        citation["heading"] = source.heading
    return payload


def turn_of(exchange: Exchange, catalogue: Catalogue | None, *, unreadable: str) -> Turn:
    """Return a kept exchange as it is shown; one that cannot be read says so."""
    number, question = exchange.number, exchange.question
    try:
        turn = Turn(
            number,
            question,
            "answer",
            answer=_answer(exchange.answer),
            sources=_sources(exchange.answer),
            kept=number,
            verdicts=exchange.verdicts,
        )
    except BROKEN:
        return Turn(number, question, "error", error=unreadable)
    return renewed(narrowed(turn, exchange.filter, catalogue), catalogue)


def is_readable(exchange: Exchange) -> bool:
    """Whether a kept exchange can be shown."""
    return turn_of(exchange, None, unreadable="unreadable").answer is not None


def narrowed(turn: Turn, filter: Filter, catalogue: Catalogue | None) -> Turn:
    """Return the turn with its filter, and the titles of the articles that names."""
    titles = catalogue.titles if catalogue else {}
    within = tuple(titles.get(article_id, article_id) for article_id in filter.article_ids)
    return replace(turn, filter=filter, within=within)


def renewed(turn: Turn, catalogue: Catalogue | None) -> Turn:
    """Return the turn with sources that tell whether their articles are still as they were quoted."""
    if catalogue is None:
        return turn
    return replace(turn, sources=tuple(_compared(s, catalogue) for s in turn.sources))


def _compared(source: Source, catalogue: Catalogue) -> Source:
    now = catalogue.contents.get(source.article_id)
    same = now == source.sha256 or (now and not source.sha256)
    return replace(source, state="" if same else "changed" if now else "gone")


def _answer(kept: Kept) -> Answer:
    return Answer(
        question=kept["question"],
        understood=kept["understood"],
        reader=kept["reader"],
        answered=kept["answered"],
        text=kept["text"],
        statements=tuple(
            Statement(s["text"], tuple(s["citations"]), s.get("speaker"))
            for s in kept["statements"]
        ),
        citations=tuple(map(_citation, kept["citations"])),
        missing=tuple(kept["missing"]),
        nearest=tuple(_hits(kept["nearest"])),
        confidence=kept["confidence"],
        differing=tuple(
            Differing(d["citation"], d["figure"], _day(d["published"]))
            for d in kept.get("differing", ())
        ),
    )


def _citation(kept: Kept) -> Citation:
    names = ("number", "article_id", "sha256", "start", "end", "quote", "score")
    return Citation(**{name: kept[name] for name in names}, key=_key(kept))


def _key(kept: Kept) -> Span | None:
    """Where the words stand that answer; what was kept before there were any has none.

    Raises:
        ValueError: They stand outside the quote, which would show words that nobody wrote.
    """
    key = kept.get("key")
    if not key:
        return None
    if not kept["start"] <= key["start"] < key["end"] <= kept["end"]:
        raise ValueError(key)
    return key["start"], key["end"]


def _hits(nearest: Iterable[Kept]) -> Iterable[Hit]:
    names = ("id", "article_id", "heading", "text", "start", "end")
    for rank, kept in enumerate(nearest, 1):
        yield Hit(Passage(**{name: kept[name] for name in names}), 0.0, rank)


def _sources(kept: Kept) -> tuple[Source, ...]:
    if not kept["answered"]:
        return tuple(_near(rank, passage) for rank, passage in enumerate(kept["nearest"], 1))
    return tuple(map(_cited, kept["citations"]))


def _cited(kept: Kept) -> Source:
    passage, quote = kept["passage"], kept["quote"]
    at = kept["start"] - passage["start"]
    before, after = passage["text"][:at], passage["text"][at + len(quote) :]
    key = key_within(_key(kept), kept["start"])
    return _source(kept["number"], kept, passage["start"], before, quote, after, key)


def _near(rank: int, kept: Kept) -> Source:
    return _source(rank, kept, kept["start"], kept["text"], "", "")


def _source(
    number: int,
    kept: Kept,
    start: int,
    before: str,
    quote: str,
    after: str,
    key: Span | None = None,
) -> Source:
    heading = kept.get("heading")
    shown = without_heading(before, heading)
    return Source(
        number,
        kept["article_id"],
        kept.get("sha256", ""),
        name_of(kept["title"], kept["source"]) or kept["article_id"],
        kept["publisher"],
        _day(kept["published"]),
        heading,
        start + len(before) - len(shown),
        shown,
        quote,
        after,
        provenance_of(kept["source"]),
        key=key,
    )


def _day(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None
