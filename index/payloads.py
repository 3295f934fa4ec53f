"""Records to the JSON objects of the command line and, with the same names, of the REST API."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from index.answering import ANSWER_FROM, Found
from index.citations import key_place
from index.engine import Engine
from index.errors import QuestionError
from index.records import Answer, Article, BuildReport, Citation, Filter, Hit, Passage, Status

SCHEMA = 1
EXPLAINED = 5
"""Passages and sentences explained."""

Payload = dict[str, Any]


def build_payload(report: BuildReport) -> Payload:
    """Return what a build did."""
    return {"schema": SCHEMA, **asdict(report), "seconds": round(report.seconds, 3)}


def status_payload(status: Status) -> Payload:
    """Return what a home holds."""
    return {
        "schema": SCHEMA,
        "home": str(status.home),
        "generation": status.generation,
        "articles": len(status.articles),
        "passages": status.passages,
        "sentences": status.sentences,
        "encoder": status.encoder,
        "usable": status.usable,
        "bytes": status.bytes,
        "intact": not status.damaged,
        "damaged": list(status.damaged),
        "library": [{"id": article.id, **_origin(article)} for article in status.articles],
    }


def library_payload(articles: Sequence[Article]) -> Payload:
    """Return the articles of an index, without their texts."""
    return {
        "schema": SCHEMA,
        "articles": len(articles),
        "library": [{"id": article.id, **_origin(article)} for article in articles],
    }


def article_payload(article: Article) -> Payload:
    """Return an article with its text as indexed."""
    return {
        "schema": SCHEMA,
        "id": article.id,
        **_origin(article),
        "sha256": article.sha256,
        "text": article.text,
    }


def hit_payload(hit: Hit, engine: Engine) -> Payload:
    """Return one search result."""
    return {
        "schema": SCHEMA,
        "rank": hit.rank,
        "score": round(hit.score, 4),
        "passage": passage_payload(hit.passage, engine.article(hit.passage.article_id)),
    }


def passage_payload(passage: Passage, article: Article) -> Payload:
    """Return a passage with where it comes from."""
    return {
        "id": passage.id,
        "article_id": article.id,
        **_origin(article),
        "heading": passage.heading,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
    }


def answer_payload(answer: Answer, engine: Engine, *, seconds: float) -> Payload:
    """Return an answer with its citations and the passages they stand in."""
    return {
        "schema": SCHEMA,
        "question": answer.question,
        "understood": answer.understood,
        "reader": answer.reader,
        "answered": answer.answered,
        "text": answer.text,
        "statements": [
            {"text": s.text, "citations": list(s.citations), "speaker": s.speaker}
            for s in answer.statements
        ],
        "citations": [_citation(citation, engine) for citation in answer.citations],
        "differing": [
            {"citation": d.citation, "figure": d.figure, "published": _iso(d.published)}
            for d in answer.differing
        ],
        "missing": list(answer.missing),
        "nearest": [
            passage_payload(hit.passage, engine.article(hit.passage.article_id))
            for hit in answer.nearest
        ],
        "confidence": round(answer.confidence, 4),
        "seconds": round(seconds, 4),
    }


def ask_payload(
    engine: Engine,
    question: str,
    *,
    previous: str | None,
    filter: Filter,
    explain: bool,
) -> Payload:
    """Ask a question and return its answer, on demand with what lies behind it. Raises as ``Engine.ask``."""
    started = time.perf_counter()
    answer, found = engine.explain(question, previous=previous, filter=filter)
    payload = answer_payload(answer, engine, seconds=time.perf_counter() - started)
    return payload | ({"explanation": explanation_payload(found, engine)} if explain else {})


def explanation_payload(found: Found, engine: Engine) -> Payload:
    """Return what an answer was made of; the numbers of ``views`` and ``signals`` add up to a score."""
    asked, known = found.asked, found.generation.terms
    chosen = {s.sentence for s in found.chosen}
    return {
        "language": asked.language,
        "kind": asked.kind,
        "unit": asked.unit and asked.unit.pattern,
        "terms": [
            {"word": word, "rarity": known.rarity(term), "known": term in known}
            for term, word in asked.terms.items()
        ],
        "passages": [
            hit_payload(e.hit, engine) | {"views": _rounded(e.views)}
            for e in found.evidence[:EXPLAINED]
        ],
        "sentences": [
            {
                "article_id": s.hit.passage.article_id,
                "rank": s.hit.rank,
                "start": s.sentence.start,
                "end": s.sentence.end,
                "text": s.sentence.text,
                "score": round(s.score, 4),
                "signals": _rounded(s.parts),
                "chosen": s.sentence in chosen,
            }
            for s in found.sentences[:EXPLAINED]
        ],
        "trust": _rounded(found.trust),
        "confidence": round(found.confidence, 4),
        "answer_from": ANSWER_FROM,
    }


def _rounded(parts: Mapping[str, float]) -> Payload:
    return {name: round(added, 4) for name, added in parts.items()}


def _citation(citation: Citation, engine: Engine) -> Payload:
    article, passage = engine.cited(citation)
    return {
        "number": citation.number,
        "score": round(citation.score, 4),
        "article_id": citation.article_id,
        "sha256": citation.sha256,
        **_origin(article),
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "key": key_place(citation),
        "passage": {"start": passage.start, "end": passage.end, "text": passage.text},
    }


def _origin(article: Article) -> Payload:
    return {
        "title": article.title,
        "authors": list(article.authors),
        "publisher": article.publisher,
        "published": _iso(article.published),
        "language": article.language,
        "url": article.url,
        "source": article.source,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def read_filter(values: Mapping[str, Any]) -> Filter:
    """Read a filter from the names of the command line: since, until, publisher, article.

    Raises:
        QuestionError: A date is not YYYY-MM-DD, or a name is not text.
    """
    return Filter(
        since=_day(values, "since"),
        until=_day(values, "until"),
        publishers=_names(values, "publisher"),
        article_ids=_names(values, "article"),
    )


def read_text(values: Mapping[str, Any], name: str) -> str | None:
    """Read a text that may be left out.

    Raises:
        QuestionError: It is something else.
    """
    value = values.get(name)
    if not isinstance(value, str | None):
        raise QuestionError(f"{name} は文字列にしてください（{value!r}）。")
    return value


def _day(values: Mapping[str, Any], name: str) -> date | None:
    value = values.get(name)
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as exc:
        raise QuestionError(
            f"{name} は 2025-01-31 の形の日付にしてください（{value!r}）。", code="date"
        ) from exc


def _names(values: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = values.get(name) or ()
    chosen: Iterable[Any] = (value,) if isinstance(value, str) else value
    if not isinstance(chosen, list | tuple) or not all(isinstance(c, str) for c in chosen):
        raise QuestionError(f"{name} は文字列か、文字列の並びにしてください（{value!r}）。")
    return tuple(chosen)
