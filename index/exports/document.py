"""HTML documents that need nothing beside them: the frame of every page, and a conversation as a file.

Their style is inside, and their policy lets in no more.
"""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

from index.exports.text import links
from index.exports.words import Words, words_for
from index.schema import Answer, Citation, Parts, Place
from index.text.characters import legible


@cache
def tokens() -> str:
    """Return the colours and faces of every page."""
    return (Path(__file__).parent / "tokens.css").read_text(encoding="utf-8")


@cache
def style() -> str:
    """Return the style of a document: the colours, the faces, a page of text."""
    return tokens() + (Path(__file__).parent / "document.css").read_text(encoding="utf-8")


def document(
    body: str,
    *,
    title: str,
    language: str,
    styles: Sequence[str] = (),
    scripts: Sequence[str] = (),
    scheme: str = "",
    forms: bool = False,
) -> str:
    """Wrap a body of HTML.

    Args:
        body: HTML, in which whatever others wrote is escaped.
        title: Of the document; escaped here.
        language: Of the document's own words.
        styles: Sheets after the document's own.
        scripts: At the end of the body.
        scheme: ``light`` or ``dark``; empty where the device decides.
        forms: Whether forms may be sent to the server.
    """
    chosen = f' data-scheme="{scheme}"' if scheme else ""
    allowed = _policy(styles, scripts, forms)
    return (
        f'<!doctype html>\n<html lang="{language}"{chosen}>\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{allowed}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{text_html(title)}</title>\n"
        + "".join(f"<style>{sheet}</style>\n" for sheet in (style(), *styles))
        + f"</head>\n<body>\n{body}\n"
        + "".join(f"<script>{script}</script>\n" for script in scripts)
        + "</body>\n</html>\n"
    )


def _policy(styles: Sequence[str], scripts: Sequence[str], forms: bool) -> str:
    """Return a policy under which only these styles and scripts of a document work, each by its hash."""
    lists = (("style-src", (style(), *styles)), ("script-src", scripts))
    allowed = [f"{name} {' '.join(map(source_hash, texts))}" for name, texts in lists if texts]
    sent = "form-action 'self'" if forms else "form-action 'none'"
    return "; ".join(["default-src 'none'", *allowed, "img-src 'self'", "base-uri 'none'", sent])


def page_policy(
    styles: Sequence[str] = (), scripts: Sequence[str] = (), *, forms: bool = False
) -> dict[str, str]:
    """Return the header of a ``document`` that is served: its policy, and that no page frames it."""
    policy = _policy(styles, scripts, forms)
    return {"Content-Security-Policy": f"{policy}; frame-ancestors 'none'"}


def text_html(text: str) -> str:
    """Escape a piece of text, its controls made visible."""
    return escape(legible(text))


def source_hash(text: str) -> str:
    """Return what names a style or script in a policy.

    Source: https://www.w3.org/TR/CSP3/#grammardef-hash-source
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def conversation_html(
    answers: Sequence[Answer], *, title: str, base: str = "", language: str = "ja"
) -> str:
    """Return the answers of a conversation as an HTML file that opens by itself.

    Args:
        answers: Oldest first.
        title: The conversation's.
        base: Address of the server, told where it is public.
        language: That of the file's own words.
    """
    words = words_for(language)
    sections = "\n".join(_section(answer, n, words, base) for n, answer in enumerate(answers, 1))
    body = f"<main>\n<h1>{text_html(title)}</h1>\n{sections}\n</main>"
    return document(body, title=title, language=words.language)


def _section(answer: Answer, turn: int, words: Words, base: str) -> str:
    marker = f'<a class="cite" href="#source-{turn}-{{0}}">[{{0}}]</a>'.format
    notes = filter(None, (words.understood(answer), words.wrote(answer)))
    parts = [f"<h2>{text_html(answer.question)}</h2>"]
    parts += [f'<p class="note">{text_html(said)}</p>' for said in notes]
    parts += [f'<p class="refusal">{text_html(line)}</p>' for line in words.refusal(answer)]
    parts += [f"<p>{text_html(answer.lead)}</p>"] if answer.lead else []
    for group in answer.parts_of:
        parts += [f"<h3>{text_html(group.heading)}</h3>"] if group.heading else []
        parts += [f'<p class="note">{text_html(group.note)}</p>'] if group.note else []
        for statement in (answer.statements[n] for n in group.statements):
            text, markers = _emphasised(answer.parts(statement)), map(marker, statement.citations)
            said = words.spoken(statement, text_html) + text_html(f" {statement.gloss}".rstrip())
            parts.append(f"<p>{text}{''.join(markers)}<small>{said}</small></p>")
    if figures := words.differing(answer, text_html, marker):
        parts.append(f'<p class="note">{figures}</p>')
    parts.append(_sources(answer, turn, words, base))
    return f'<section class="turn">{"".join(parts)}</section>'


def _emphasised(parts: Parts) -> str:
    before, key, after = map(text_html, parts)
    return f"{before}<strong>{key}</strong>{after}" if key else before


def _sources(answer: Answer, turn: int, words: Words, base: str) -> str:
    cards = [
        f'<li id="source-{turn}-{c.number}" value="{c.number}">'
        f"{card(c, _emphasised(c.parts), words, base)}{_around(c, words)}</li>"
        for c in answer.citations
    ]
    near = [f"<li>{card(p, text_html(p.text), words, base)}</li>" for p in answer.nearest]
    listed = _list(words.sources, "ol", cards) + _list(words.nearest, "ul", near)
    return f'<div class="sources">{listed}</div>' if listed else ""


def _list(title: str, tag: str, items: Sequence[str]) -> str:
    return f"<h3>{title}</h3><{tag}>{''.join(items)}</{tag}>" if items else ""


def card(place: Place, quote: str, words: Words, base: str = "") -> str:
    """Return a quote, as HTML, with where it comes from and the addresses it has."""
    cited = text_html(words.cited(place)) + "".join(
        f' <a href="{escape(to)}" rel="noreferrer">{text_html(label)}</a>'
        for label, to in links(place, words, base)
    )
    turned = f"<p>{text_html(said)}</p>" if (said := words.turned(place)) else ""
    return f'<blockquote>{quote}</blockquote>{turned}<p class="origin">{cited}</p>'


def _around(citation: Citation, words: Words) -> str:
    """Show the quote inside its passage, folded."""
    before, after = map(text_html, citation.around)
    if not before and not after:
        return ""
    return (
        f"<details><summary>{words.around}</summary><blockquote>"
        f"{before}<mark>{text_html(citation.quote)}</mark>{after}</blockquote></details>"
    )
