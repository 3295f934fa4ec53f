"""Where a quote stands, and what is told of its article.

A citation is here the JSON object of an answer's payload; ``cited`` makes the same of the records.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from index.addresses import quote_address, source_name
from index.citations import key_place
from index.exports.words import Words
from index.legible import one_line
from index.records import Article, Citation

Payload = Mapping[str, Any]

Parts = tuple[str, str, str]
"""What stands before the words that answer, those words, and the rest; of a quote without any, all
of it stands before."""


def citation_address(citation: Citation, *, base: str = "") -> str:
    """Return the address that opens the article at the words cited."""
    return passage_address(asdict(citation), base=base)


def passage_address(passage: Payload, *, base: str = "") -> str:
    """Return the address of a citation or passage of an answer's payload."""
    return quote_address(
        passage["article_id"],
        passage["start"],
        passage["end"],
        sha256=passage.get("sha256", ""),
        base=base,
    )


def cited(citation: Citation, article: Article) -> dict[str, Any]:
    """Return a citation as an answer's payload has it, with what is told of its article."""
    return asdict(citation) | {"key": key_place(citation)} | source_of(article)


def quote_parts(citation: Payload) -> Parts:
    """Return a quote in its parts. What was kept before there were keys has none."""
    quote, key = citation["quote"], citation.get("key")
    if not key:
        return quote, "", ""
    start, end = (key[edge] - citation["start"] for edge in ("start", "end"))
    return quote[:start], quote[start:end], quote[end:]


def statement_parts(statement: Payload, answer: Payload) -> Parts:
    """Return a statement of an answer in the parts of the quote that it is."""
    text, numbers = statement["text"], statement["citations"]
    cited = (c for c in answer["citations"] if c["number"] in numbers and c["quote"] == text)
    return next(map(quote_parts, cited), (text, "", ""))


def source_of(article: Article) -> dict[str, Any]:
    """Return what is told of an article."""
    return {
        "article_id": article.id,
        "title": article.title,
        "authors": list(article.authors),
        "publisher": article.publisher,
        "published": article.published and article.published.isoformat(),
        "language": article.language,
        "url": article.url,
        "source": article.source,
    }


def sources_of(answers: Iterable[Payload]) -> list[Payload]:
    """Return a citation of each article that answers cite, in order; ``bibtex`` and ``ris`` read them."""
    every = (citation for answer in answers for citation in answer["citations"])
    return list({citation["article_id"]: citation for citation in every}.values())


def origin(item: Payload, words: Words) -> str:
    """Name where a citation or passage comes from in one line: title, publisher, date."""
    published = item.get("published")
    day = words.date.format(date.fromisoformat(published)) if published else None
    return " / ".join(filter(None, (name_of(item), one_line(item.get("publisher") or ""), day)))


def name_of(item: Payload) -> str:
    """Return the title, else the source, else the id, in one line."""
    return one_line(item.get("title") or provenance(item) or item["article_id"])


def provenance(item: Payload) -> str:
    """Return the source in one line; of a path on somebody's machine, the file's name."""
    return one_line(source_name(item.get("source") or ""))
