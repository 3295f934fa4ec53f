"""Records to what leaves the engine (``index.schema``), and what is asked of it from foreign values."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, get_args

from index import checked, records, reports, schema
from index.answering import ANSWER_FROM, Found
from index.carriers import agency_of, find
from index.citations import cite, marks_of, verify
from index.engine import Engine
from index.errors import QuestionError
from index.records import Filter
from index.retriever import Evidence

EXPLAINED = 5
"""Passages and sentences explained."""


def ask(
    engine: Engine,
    question: str,
    *,
    previous: str | None = None,
    filter: Filter | None = None,
    explain: bool = False,
) -> schema.Answer:
    """Ask a question; on demand, with what lies behind the answer. Raises as ``Engine.ask``."""
    started = time.perf_counter()
    if not explain:
        answer = engine.ask(question, previous=previous, filter=filter)
        return answer_of(answer, engine, seconds=time.perf_counter() - started)
    answer, found = engine.explain(question, previous=previous, filter=filter)
    made = answer_of(answer, engine, seconds=time.perf_counter() - started)
    return made.model_copy(update={"explanation": explanation_of(found, engine)})


def check_steps(engine: Engine, draft: str) -> Iterator[checked.Check]:
    """Hold a draft against the articles, sentence by sentence. Raises as ``Engine.check_steps``."""
    started, cited = time.perf_counter(), list[schema.Citation]()
    for check in engine.check_steps(draft):
        for citation in check.citations[len(cited) :]:
            cited.append(_carried(citation_of(citation, *engine.cited(citation)), engine))
        counts = Counter(dict.fromkeys(get_args(checked.Verdict), 0))
        counts.update(s.verdict for s in check.sentences)
        told = [asdict(s) | {"text": draft[s.start : s.end]} for s in check.sentences]
        yield checked.Check.model_validate(
            {
                "schema": schema.VERSION,
                "text": draft,
                "total": check.total,
                "counts": counts,
                "sentences": told,
                "citations": tuple(cited),
                "seconds": time.perf_counter() - started,
            }
        )


def search(
    engine: Engine, question: str, *, top_k: int, filter: Filter | None = None
) -> schema.Found:
    """Rank passages. Raises as ``Engine.search``."""
    hits = engine.search(question, top_k=top_k, filter=filter)
    told = tuple(hit_of(hit, engine) for hit in hits)
    return schema.Found(
        schema=schema.VERSION, hits=told, undated=engine.generation().undated(filter)
    )


def library_of(articles: Sequence[records.Article]) -> schema.Library:
    """Return a list of articles, without their texts."""
    listed = tuple(schema.Listed.model_validate(article) for article in articles)
    return schema.Library(schema=schema.VERSION, articles=len(listed), library=listed)


def article_of(article: records.Article) -> schema.Article:
    """Return an article with its text as indexed."""
    return schema.Article.model_validate({"schema": schema.VERSION, **asdict(article)})


def answer_of(answer: records.Answer, engine: Engine, *, seconds: float) -> schema.Answer:
    """Return an answer with its citations and the passages they stand in.

    Raises:
        CitationError: A citation does not hold.
        StoreError: An article has changed or gone since.
    """
    cited = [_carried(citation_of(c, *engine.cited(c)), engine) for c in answer.citations]
    nearest = [hit_of(hit, engine).passage for hit in answer.nearest]
    for t in answer.translations:
        own = cited[t.citation - 1]
        cited[t.citation - 1] = own.model_copy(update={"translation": t.text})
    resolved = {"citations": cited, "nearest": nearest, "seconds": seconds}
    return schema.Answer.model_validate({"schema": schema.VERSION, **asdict(answer), **resolved})


def citation_of(
    citation: records.Citation, article: records.Article, passage: records.Passage
) -> schema.Citation:
    """Return a citation with what is told of its article, and the passage it stands in.

    Raises:
        CitationError: It does not hold in this article.
    """
    verify(citation, article)
    key = citation.key and {"start": citation.key[0], "end": citation.key[1]}
    resolved = {"key": key, "heading": passage.heading, "passage": passage}
    told = _place(article, citation.start, citation.end)
    return schema.Citation.model_validate({**told, **asdict(citation), **resolved})


def disagreements(engine: Engine) -> list[tuple[schema.Citation, schema.Citation]]:
    """Return sentences of different articles that give another figure, which is their key; numbered on."""
    places = (place for pair in engine.generation().overview.get("apart", ()) for place in pair)
    cited = []
    for number, (one, start, end, figure) in enumerate(places, 1):
        article = engine.article(one)
        at = article.text.find(figure, start, end)
        key = (at, at + len(figure)) if at >= 0 else None
        made = cite(article, start, end, number=number, score=0.0, key=key)
        cited.append(citation_of(made, *engine.cited(made)))
    return [*zip(cited[::2], cited[1::2], strict=True)]


def _carried(citation: schema.Citation, engine: Engine) -> schema.Citation:
    """Add the other articles that hold the words cited in the same copy, and whose copy it is."""
    copies = engine.carriers(citation.article_id)
    held = [(one, at) for one in copies if (at := find(citation.quote, one.text))]
    if not held:
        return citation
    own = engine.article(citation.article_id)
    agency = next(filter(None, map(agency_of, (own, *(one for one, _ in held)))), None)
    places = tuple(
        schema.Place(
            **_place(one, start, end), article_id=one.id, heading=None, start=start, end=end
        )
        for one, (start, end) in held
    )
    return citation.model_copy(update={"carriers": places, "agency": agency})


def passage_of(passage: records.Passage, article: records.Article) -> schema.Passage:
    """Return a passage with what is told of its article."""
    told = _place(article, passage.start, passage.end)
    return schema.Passage.model_validate({**told, **asdict(passage)})


def _place(article: records.Article, start: int, end: int) -> dict[str, Any]:
    """Return what is told of an article, and of a place in it where something is known."""
    told = {name: getattr(article, name) for name in (*schema.Origin.model_fields, "sha256")}
    known = {mark.kind: mark.value for mark in marks_of(article, start, end)}
    page = known.pop("page", "")
    told |= {"page": int(page)} if page.isdecimal() else {}
    return told | ({"kinds": tuple(known)} if known else {})


def hit_of(hit: records.Hit, engine: Engine) -> schema.Hit:
    """Return one search result."""
    passage = passage_of(hit.passage, engine.article(hit.passage.article_id))
    return schema.Hit(schema=schema.VERSION, rank=hit.rank, score=hit.score, passage=passage)


def explanation_of(found: Found, engine: Engine) -> schema.Explanation:
    """Return what an answer was made of; the numbers of ``views`` and ``signals`` add up to a score."""
    asked, known = found.asked, found.generation.terms
    chosen = {scored.sentence for scored in found.chosen}
    return schema.Explanation(
        language=asked.language,
        kind=asked.kind,
        form=asked.form.name,
        told_by=asked.form.told_by,
        unit=asked.counted,
        terms=tuple(
            schema.Term(word=word, rarity=known.rarity(term), known=term in known)
            for term, word in asked.terms.items()
        ),
        passages=tuple(_viewed(e, engine) for e in found.evidence[:EXPLAINED]),
        sentences=tuple(
            schema.Scored(
                **asdict(scored.sentence),
                article_id=scored.hit.passage.article_id,
                rank=scored.hit.rank,
                score=scored.score,
                signals=dict(scored.parts),
                chosen=scored.sentence in chosen,
            )
            for scored in found.sentences[:EXPLAINED]
        ),
        trust=found.trust,
        confidence=found.confidence,
        answer_from=ANSWER_FROM,
    )


def _viewed(found: Evidence, engine: Engine) -> schema.Viewed:
    hit = hit_of(found.hit, engine)
    return schema.Viewed(
        schema=schema.VERSION,
        rank=hit.rank,
        score=hit.score,
        passage=hit.passage,
        views=dict(found.views),
    )


def build_json(report: reports.BuildReport) -> dict[str, Any]:
    """Return what a build did."""
    return {"schema": schema.VERSION, **asdict(report), "seconds": round(report.seconds, 3)}


def status_json(status: reports.Status) -> dict[str, Any]:
    """Return what a home holds, with the places of its files."""
    library = library_of(status.articles).as_json(paths=True)
    return {
        **library,
        "home": str(status.home),
        **({"store": status.store} if status.store else {}),
        "generation": status.generation,
        "passages": status.passages,
        "sentences": status.sentences,
        "encoder": status.encoder,
        "usable": status.usable,
        "bytes": status.bytes,
        "intact": not status.damaged,
        "damaged": list(status.damaged),
    }


def read_filter(values: Mapping[str, Any]) -> Filter:
    """Read a filter from the names of the command line: since, until, publisher, article, undated.

    Raises:
        QuestionError: A date is not YYYY-MM-DD, a name no text, or ``undated`` neither true nor false.
    """
    return Filter(
        since=_day(values, "since"),
        until=_day(values, "until"),
        publishers=_names(values, "publisher"),
        article_ids=_names(values, "article"),
        undated=_flag(values, "undated"),
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
        day = date.fromisoformat(value)
        if day.isoformat() != value:  # 20250131 and 2025-W05-5 are days to Python, too
            raise ValueError(value)
        return day
    except (TypeError, ValueError) as exc:
        raise QuestionError(
            f"{name} は 2025-01-31 の形の日付にしてください（{value!r}）。", code="date"
        ) from exc


def _flag(values: Mapping[str, Any], name: str) -> bool:
    value = values.get(name)
    if not isinstance(value, bool | None):
        raise QuestionError(f"{name} は true か false にしてください（{value!r}）。")
    return bool(value)


def _names(values: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = values.get(name) or ()
    chosen = (value,) if isinstance(value, str) else value
    if not isinstance(chosen, list | tuple) or not all(isinstance(c, str) for c in chosen):
        raise QuestionError(f"{name} は文字列か、文字列の並びにしてください（{value!r}）。")
    return tuple(chosen)
