"""Where a quote stands, and what is told of its article; what cannot be seen is made visible.

A citation is here the JSON object of an answer's payload; ``cited`` makes the same of the records.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import PurePath
from typing import Any
from urllib.parse import quote as percent

from index.exports.words import Words
from index.records import Article, Citation

Payload = Mapping[str, Any]

SHA_DIGITS = 12
"""Hex digits of an article's sha256 in an address: enough to tell that the text has changed."""

BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Controls that turn the direction of what follows.

Source: https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
"""

CONTROLS = (
    {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"}
    | {0x7F: "\u2421"}
    | dict.fromkeys((*range(0x80, 0xA0), *range(0xD800, 0xE000)), "\ufffd")
)
"""A picture for each control and each half of a surrogate pair, one character for one."""

_VISIBLE = CONTROLS | {ord(control): f"‹U+{ord(control):04X}›" for control in BIDI}


def quote_address(
    article_id: str, start: int, end: int, *, sha256: str = "", base: str = ""
) -> str:
    """Return the address that opens an article at a quote.

    Args:
        article_id: The article.
        start: Where the quote begins in the article's text.
        end: Where it ends.
        sha256: The text that was quoted, so that the page can say when it has changed.
        base: Address of the server, without a slash at its end; none gives a relative address.
    """
    query = f"?sha={sha256[:SHA_DIGITS]}" if sha256 else ""
    return f"{base}/article/{percent(article_id, safe='', errors='replace')}{query}#quote-{start}-{end}"


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
    return asdict(citation) | source_of(article)


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
    source = item.get("source") or ""
    return one_line(PurePath(source).name if PurePath(source).is_absolute() else source)


def one_line(text: str) -> str:
    """Return the text legible and in one line; an ideographic space stays one."""
    return legible(re.sub(r"[^\S\u3000]+", " ", text).strip())


def legible(text: str) -> str:
    """Return the text with every control in it visible, so that none works on what stands beside it."""
    return text.replace("\r\n", "\n").translate(_VISIBLE)
