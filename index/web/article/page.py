"""The page of one article as indexed, at which every quote has an address.

``/article/ID#quote-START-END`` marks the quote with a small script, ``?quote=START-END`` without one;
``?sha=`` says which text was quoted. Offsets are those of ``Article.text``: each block of the page
holds exactly the characters from its ``data-start`` on, controls shown one for one, and so a mark never
shifts. Nothing is marked in a text that has changed: the words there may be others.
"""

import itertools
import logging
import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from index.citations import article_name, source_name
from index.engine import Engine
from index.errors import StoreError
from index.exports import document, page_policy, text_html, web_address
from index.exports.words import words_for
from index.records import Article
from index.store import Part
from index.text.characters import BIDI, CONTROLS, one_line
from index.web.article.blocks import Block, blocks, surroundings
from index.web.article.texts import ArticleTexts, article_texts
from index.web.languages import language_of, scheme_of

logger = logging.getLogger(__name__)

Span = tuple[int, int]

MOST_QUOTES = 50
"""Quotes of one address that are marked."""

_TURNING = re.compile(f"[{''.join(sorted(BIDI))}]")
_HASHES = re.compile(r"^#{1,6}[ \u3000]+", re.MULTILINE)
_QUOTE = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")


def article_router(engine: Engine, language: str = "ja") -> APIRouter:
    """Return the routes of the article page, to be included before Gradio takes the rest.

    Args:
        engine: Need not be warm.
        language: Of the page, for a browser that asks for none it speaks.
    """
    router = APIRouter(include_in_schema=False)

    @router.api_route("/article/{article_id:path}", methods=["GET", "HEAD"])
    def read(article_id: str, request: Request) -> HTMLResponse:
        asked = request.query_params
        words, scheme = article_texts(language_of(request, language)), scheme_of(request)
        try:
            part = engine.part(article_id)
        except StoreError as exc:
            logger.info("no page of an article: %s", exc)
            return HTMLResponse(render_unknown(words, scheme), 404, headers())
        quotes = read_quotes(asked.getlist("quote"))
        sha = asked.get("sha", "")
        page = render_article(part, words, quotes=quotes, sha=sha, scheme=scheme)
        return HTMLResponse(page, headers=headers())

    @router.get("/around/{article_id:path}")
    def around(article_id: str, start: int, end: int, sha: str) -> dict[str, Any]:
        try:
            return _around(engine.part(article_id), start, end, sha)
        except StoreError as exc:
            raise HTTPException(404, exc.told) from exc

    return router


def _around(part: Part, start: int, end: int, sha: str) -> dict[str, Any]:
    """Return the text before and after a passage, which may go on before ``start`` and after ``end``."""
    article, edges = part.article, blocks(part)
    length = len(article.text)
    if not article.sha256.startswith(sha) or not 0 <= start < end <= length:
        raise StoreError("この記事は、引用された後に変わりました。ページを読み直してください。")
    first, last = surroundings(edges, start, end)
    return {
        "before": _shown(article.text[first:start]),
        "after": _shown(article.text[end:last]),
        "start": first,
        "end": last,
        "more": surroundings(edges, first, last) != (first, last),
    }


def _shown(text: str) -> str:
    return _HASHES.sub("", text.translate(CONTROLS))


def headers() -> dict[str, str]:
    """Return the headers of the page: a policy under which only its own style and script work."""
    return page_policy((_file("article.css"),), (_file("article.js"),)) | {
        "Cache-Control": "no-cache",
        "Vary": "Accept-Language, Cookie",
    }


def read_quotes(values: Sequence[str]) -> tuple[Span, ...]:
    """Read START-END values, those that are something else left out."""
    found = (_QUOTE.fullmatch(value) for value in values[:MOST_QUOTES])
    return tuple((int(match[1]), int(match[2])) for match in found if match)


def render_article(
    part: Part,
    words: ArticleTexts,
    *,
    quotes: Sequence[Span] = (),
    sha: str = "",
    scheme: str = "",
) -> str:
    """Render the page.

    Args:
        part: An article as indexed.
        words: Of the page.
        quotes: Places to mark.
        sha: First digits of the sha256 of the text that was quoted; empty when unknown.
        scheme: ``light`` or ``dark``; empty where the device decides.
    """
    article = part.article
    changed = not article.sha256.startswith(sha.lower())
    text = _text(part, () if changed else quotes)
    found = not quotes or "<mark" in text  # whatever the article holds is escaped
    body = (
        f"<main>{_notice(words, changed=changed, found=found)}{_head(article, words)}"
        f'<article id="text"{_language(article)}>{text}</article></main>'
    )
    return _page(body, _title(article), words, scheme)


def render_unknown(words: ArticleTexts, scheme: str = "") -> str:
    """Render what stands at the address of no article."""
    body = f'<main><h1>{words.unknown}</h1><p class="refusal">{words.unknown_why}</p></main>'
    return _page(body, words.unknown, words, scheme)


def _text(part: Part, quotes: Sequence[Span]) -> str:
    return "\n".join(
        f'<{block.tag} data-start="{block.start}">'
        f"{''.join(_pieces(part.article.text, block, quotes))}</{block.tag}>"
        for block in blocks(part)
    )


def _pieces(text: str, block: Block, quotes: Sequence[Span]) -> Iterator[str]:
    """Yield the block's text, marked where a quote covers it; the first mark on a page has the focus."""
    inside = {edge for quote in quotes for edge in quote if block.start < edge < block.end}
    for start, end in itertools.pairwise((block.start, *sorted(inside), block.end)):
        piece = _exact(text[start:end])
        if any(first <= start and end <= last for first, last in quotes):
            focus = " autofocus" if start == quotes[0][0] else ""
            piece = f'<mark tabindex="-1"{focus}>{piece}</mark>'
        yield piece


def _exact(text: str) -> str:
    """Escape a piece so that the browser's text has a character for each of its own.

    A control that turns the direction stands alone in an element, at whose end its work is over;
    article.css shows its name.
    """
    return _TURNING.sub(_named, escape(text.translate(CONTROLS)))


def _named(control: re.Match[str]) -> str:
    return f'<bdi class="control" data-name="U+{ord(control[0]):04X}">{control[0]}</bdi>'


def _notice(words: ArticleTexts, *, changed: bool, found: bool) -> str:
    """Say that the text has changed, or that a place is not in it; the script may say that as well."""
    if changed:
        return f'<p class="notice" role="alert">{words.changed}</p>'
    hidden = " hidden" if found else ""
    return f'<p class="notice" role="status" id="absent"{hidden}>{words.absent}</p>'


def _head(article: Article, words: ArticleTexts) -> str:
    published = article.published
    day = words_for(words.language).date.format(published) if published else None
    named = [text_html(part) for part in (article.publisher, day, *article.authors) if part]
    origin = "".join(f"<bdi>{part}</bdi>" for part in named)
    lines = (origin, _source(article, words))
    return f"<h1>{text_html(_title(article))}</h1>" + "".join(
        f'<p class="origin">{line}</p>' for line in lines if line
    )


def _title(article: Article) -> str:
    return one_line(article_name(article.title, article.source, article.id))


def _source(article: Article, words: ArticleTexts) -> str:
    told = one_line(source_name(article.source))
    source = "" if told == _title(article) else text_html(words.source.format(told))
    return " ".join(filter(None, (source, _original(article, words))))


def _original(article: Article, words: ArticleTexts) -> str:
    url = web_address(article.url)
    return f'<a href="{escape(url)}" rel="noreferrer">{words.original}</a>' if url else ""


def _language(article: Article) -> str:
    return f' lang="{escape(article.language)}"' if article.language else ""


def _page(body: str, title: str, words: ArticleTexts, scheme: str) -> str:
    top = (
        f'<header class="masthead"><a class="name" href="/">{words.name}</a>'
        f'<a class="back" href="/">{words.back}</a></header>'
    )
    return document(
        top + body,
        title=f"{title} – {words.name}",
        language=words.language,
        styles=(_file("article.css"),),
        scripts=(_file("article.js"),),
        scheme=scheme,
    )


@cache
def _file(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
