"""The page of one article as indexed, at which every quote has an address.

``/article/ID#quote-START-END`` marks the quote with a small script, ``?quote=START-END`` without one;
``?sha=`` says which text was quoted. Offsets are those of ``Article.text``: each block of the page
holds exactly the characters from its ``data-start`` on, controls shown one for one, and so a mark never
shifts. Nothing is marked in a text that has changed: the words there may be others.
"""

import itertools
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote as percent

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from index.citations import article_name, source_name
from index.engine import Engine
from index.errors import StoreError
from index.exports import document, page_policy, text_html, web_address
from index.exports.words import words_for
from index.records import Article, Loss
from index.store import Part
from index.text.characters import BIDI, CONTROLS, one_line
from index.web.article.blocks import HASHES, Block, Span, blocks, surroundings
from index.web.words import Words, scheme_of, words_of

MOST_QUOTES = 50
"""Quotes of one address that are marked."""

LOSSES = 20_000
"""Losses, and characters of one, that are shown: all that are kept of an article."""

_TURNING = re.compile(f"[{''.join(sorted(BIDI))}]")
_QUOTE = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")


def article_router(engine: Engine) -> APIRouter:
    """Return the routes of the page, to be included before Gradio takes the rest. The engine need not be warm."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/article/{article_id:path}", methods=["GET", "HEAD"])
    def read(article_id: str, request: Request) -> HTMLResponse:
        words, scheme = words_of(request), scheme_of(request)
        try:
            part = engine.part(article_id)
            summary = [(point.start, point.end) for point in engine.outline(article_id)]
        except StoreError:
            return HTMLResponse(render_unknown(words, scheme), 404, headers())
        asked = request.query_params
        quotes, sha = read_quotes(asked.getlist("quote")), asked.get("sha", "")
        page = render_article(part, words, quotes, sha=sha, scheme=scheme, summary=summary)
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
    text, edges = part.article.text, blocks(part)
    if not part.article.sha256.startswith(sha) or not 0 <= start < end <= len(text):
        raise StoreError("この記事は、引用された後に変わりました。ページを読み直してください。")
    first, last = surroundings(edges, start, end)
    more = surroundings(edges, first, last) != (first, last)
    before, after = (
        HASHES.sub("", piece.translate(CONTROLS)) for piece in (text[first:start], text[end:last])
    )
    return {"before": before, "after": after, "start": first, "end": last, "more": more}


def headers() -> dict[str, str]:
    """Return the headers of the page: a policy under which only its own style and script work."""
    policy = page_policy((_file("article.css"),), (_file("article.js"),))
    return policy | {"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"}


def read_quotes(values: Sequence[str]) -> tuple[Span, ...]:
    """Read START-END values, those that are something else left out."""
    found = (_QUOTE.fullmatch(value) for value in values[:MOST_QUOTES])
    return tuple((int(match[1]), int(match[2])) for match in found if match)


def render_article(
    part: Part,
    words: Words,
    quotes: Sequence[Span] = (),
    *,
    sha: str = "",
    scheme: str = "",
    summary: Sequence[Span] = (),
) -> str:
    """Render the page of an article, the quotes marked.

    ``sha`` has the first digits of the sha256 of the text that was quoted, if they are known;
    ``summary`` the places of the sentences that sum the article up.
    """
    article = part.article
    changed = not article.sha256.startswith(sha.lower())
    text = _text(part, () if changed else quotes, {} if changed else dict(summary), words)
    found = not quotes or "<mark" in text  # whatever the article holds is escaped
    listed = "".join(  # ? leads to the text of today
        f'<li><a href="{"?" * changed}#quote-{start}-{end}">{text_html(article.text[start:end])}</a></li>'
        for start, end in summary
    )
    language = f' lang="{escape(article.language)}"' if article.language else ""
    folded = f'<summary>{words.article_outline}</summary><ol id="outline"{language}>{listed}</ol>'
    tools = f'<a href="#outline">{words.article_sum_up}</a>' if listed else ""
    tools += f'<a href="../?article={percent(article.id, safe="")}">{words.article_ask_this}</a>'
    losses = render_losses(article.losses, words, most=LOSSES, longest=LOSSES)
    losses = losses.replace("<ul>", '<ul id="losses">', 1)
    body = (
        f"<main>{_notice(words, changed=changed, found=found)}{_head(article, words)}"
        f"{f'<details>{folded}</details>' if listed else ''}"
        f'<article id="text"{language}>{text}</article>{losses}</main>'
    )
    return _page(body, _title(article), words, scheme, tools)


def render_unknown(words: Words, scheme: str = "") -> str:
    """Render what stands at the address of no article."""
    body = f'<main><h1>{words.article_unknown}</h1><p class="refusal">{words.article_unknown_why}</p></main>'
    return _page(body, words.article_unknown, words, scheme)


def render_losses(losses: Sequence[Loss], words: Words, *, most: int, longest: int) -> str:
    """Render what was left out of a file, folded: so many losses, of each so many characters; empty without any."""
    told, lines = words_for(words.language), Counter[str]()
    for loss in losses:
        lines[loss.kind] += loss.lines
    items = "".join(
        f"<li><b>{text_html(told.loss(loss.kind))}</b> {text_html(loss.text[:longest])}"
        f"{words.cut.format(count=len(loss.text)) if len(loss.text) > longest else ''}</li>"
        for loss in losses[:most]
    )
    summary = f"<summary>{text_html(told.left_out(lines))}</summary>"
    return f"<details>{summary}<ul>{items}</ul></details>" if losses else ""


def _text(part: Part, quotes: Sequence[Span], named: Mapping[int, int], words: Words) -> str:
    parts, known = blocks(part), words_for(words.language)
    ends = [block.end for block in parts]
    told: dict[int, list[str]] = {}  # of the first block of each mark; article.css shows it
    for mark in part.article.marks:
        said = known.mark(mark.kind, mark.value)
        told.setdefault(bisect_right(ends, mark.start), []).append(text_html(said))
    return "\n".join(
        f'<{block.tag} data-start="{block.start}" data-told="{"・".join(told.get(n, ()))}">'
        f"{''.join(_pieces(part.article.text, block, quotes, named))}</{block.tag}>"
        for n, block in enumerate(parts)
    )


def _pieces(
    text: str, block: Block, quotes: Sequence[Span], named: Mapping[int, int]
) -> Iterator[str]:
    """Yield the block's text, marked where a quote covers it; the first mark on a page has the focus.

    What begins where a place is ``named`` has its id, for links that work without a script.
    """
    edges = {edge for place in (*quotes, *named.items()) for edge in place}
    inside = sorted(edge for edge in edges if block.start < edge < block.end)
    for start, end in itertools.pairwise((block.start, *inside, block.end)):
        piece = _exact(text[start:end])
        if any(first <= start and end <= last for first, last in quotes):
            focus = " autofocus" if start == quotes[0][0] else ""
            piece = f'<mark tabindex="-1"{focus}>{piece}</mark>'
        yield f'<span id="quote-{start}-{named[start]}">{piece}</span>' if start in named else piece


def _exact(text: str) -> str:
    """Escape a piece so that the browser's text has a character for each of its own.

    A control that turns the direction stands alone in an element, at whose end its work is over;
    article.css shows its name.
    """
    return _TURNING.sub(
        lambda control: (
            f'<bdi class="control" data-name="U+{ord(control[0]):04X}">{control[0]}</bdi>'
        ),
        escape(text.translate(CONTROLS)),
    )


def _notice(words: Words, *, changed: bool, found: bool) -> str:
    """Say that the text has changed, or that a place is not in it; the script may say that as well."""
    if changed:
        return f'<p class="notice" role="alert">{words.article_changed}</p>'
    return (
        f'<p class="notice" role="status" id="absent"{" hidden" * found}>{words.article_absent}</p>'
    )


def _head(article: Article, words: Words) -> str:
    published, title, url = article.published, _title(article), web_address(article.url)
    day = words_for(words.language).date.format(published) if published else None
    named = (article.publisher, day, *article.authors)
    origin = "".join(f"<bdi>{text_html(part)}</bdi>" for part in named if part)
    told = one_line(source_name(article.source))
    source = text_html(words.article_source.format(told)) if told != title else ""
    link = f' <a href="{escape(url)}" rel="noreferrer">{words.article_original}</a>' if url else ""
    lines = (line for line in (origin, source + link) if line)
    return f"<h1>{text_html(title)}</h1>" + "".join(f'<p class="origin">{x}</p>' for x in lines)


def _title(article: Article) -> str:
    return one_line(article_name(article.title, article.source, article.id))


def _page(body: str, title: str, words: Words, scheme: str, tools: str = "") -> str:
    """Put the head above a page; the place where the server is mounted is one level up."""
    top = (
        f'<header class="masthead"><a class="name" href="../">{words.name}</a>'
        f'<nav><a href="../">{words.send}</a><a href="../library">{words.library}</a>'
        f'<a href="../timeline">{words.library_timeline}</a><a href="../check">{words.check}</a></nav>'
        f'<p class="tools"><a class="back" href="../">{words.article_back}</a>{tools}</p></header>'
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
