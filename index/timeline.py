"""The timeline of a corpus: the days its articles came out, and the dates that their sentences speak of.

A list in HTML that says nothing in any language but the articles' own words.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape

from index.citations import article_address, article_name, quote_address
from index.store import Part
from index.text.characters import one_line
from index.text.spans import mentions

MOST = 1000
"""Lines of a timeline, the latest ones: about 400 kB."""
LONGEST = 160
"""Characters of a line."""

VERSION = "timeline-2"
"""Names how the lines are made; changes when the same article would give others."""

Line = tuple[date, date, str]
"""First and last day, and the line in HTML."""


def timeline_lines(part: Part) -> list[Line]:
    """Return the line of an article's publication, and one a date and sentence."""
    return sorted(set(_lines(part)))


def render(lines: Sequence[str], total: int) -> str:
    """Return lines, in order, as an ``ol``; empty where there are none.

    Its ``data-shown`` counts them, ``data-total`` those there would be without ``MOST``.
    """
    counts = f'data-shown="{len(lines)}" data-total="{total}"'
    return f'<ol class="timeline" {counts}>{"".join(lines)}</ol>' if lines else ""


def _lines(part: Part) -> Iterator[Line]:
    article = part.article
    name = article_name(article.title, article.source, article.id)
    day = article.published
    if day:
        link = _link(article_address(article.id), name)
        yield day, day, _item("published", day, str(day), link)
    for _, sentences in part.passages:
        for sentence in sentences:
            spans = mentions(sentence.text, day)
            if not spans:
                continue
            address = quote_address(article.id, sentence.start, sentence.end, sha256=article.sha256)
            told = f"{_link(address, sentence.text)} <cite>{_shown(name)}</cite>"
            for span in spans:
                yield span.first, span.last, _item("date", span.first, str(span), told)


def _item(kind: str, first: date, written: str, told: str) -> str:
    when = f'<time datetime="{first.isoformat()}">{written}</time>'
    return f'<li class="{kind}">{when} <p>{told}</p></li>'


def _link(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{_shown(text)}</a>'


def _shown(text: str) -> str:
    line = one_line(text)
    return escape(line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…")
