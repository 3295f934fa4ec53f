"""The page of the library as HTML: everything on it but the articles, which its script puts in.

Whoever may not change the library gets a page without the means to: there is nothing to press, and a
sentence says why. Knows neither engine nor request.
"""

import json
import re
from dataclasses import asdict
from html import escape

from index.web.library.texts import LibraryTexts

ACCEPTED = ".txt,.text,.md,.markdown,.html,.htm,.pdf,.docx,text/plain,text/markdown,text/html,application/pdf"
"""What the file chooser shows first; the server looks at what a file holds, whatever its name."""

TITLE_LENGTH = 300
SHORT_LENGTH = 200
ADDRESS_LENGTH = 500


def render_library(words: LibraryTexts, *, writable: bool) -> str:
    """Render the body of the page.

    Args:
        words: Of the page.
        writable: Whether its reader may add and remove.
    """
    change = f"{_adding(words)}{_work(words)}" if writable else _closed(words)
    return (
        f'{_masthead(words)}<main id="library">'
        f"<header><h1>{text(words.title)}</h1><p>{text(words.lead)}</p>"
        f"<noscript><p>{text(words.no_script)}</p></noscript>"
        '<p id="trouble" class="notice" role="alert" hidden></p></header>'
        f'<div id="desk"><aside>{change}</aside>{_articles(words, writable=writable)}</div>'
        "</main>"
        f"{_pasting(words) + _dropping(words) if writable else ''}{_data(words)}"
    )


def render_timeline(words: LibraryTexts, timeline: str) -> str:
    """Render the body of the timeline's page.

    Args:
        words: Of the page.
        timeline: HTML of the build; may be empty.
    """
    part = ""
    counts = re.search(r'data-shown="(\d+)" data-total="(\d+)"', timeline)
    if counts and counts[1] != counts[2]:
        part = words.timeline_part.format(shown=counts[1], total=counts[2])
    return (
        f'{_masthead(words)}<main id="library"><header><h1>{text(words.timeline)}</h1>'
        f"<p>{text(words.timeline_how)} {text(part)}</p></header>"
        f"{timeline or f'<p>{text(words.timeline_none)}</p>'}</main>"
    )


def text(words: str) -> str:
    """Escape the words of the interface."""
    return escape(words)


def _masthead(words: LibraryTexts) -> str:
    other = "ja" if words.language == "en" else "en"
    return (
        f'<header class="masthead"><a class="name" href="/">{text(words.name)}</a>'
        f'<span lang="{other}">{text(words.other_name)}</span>'
        f'<nav><a href="/">{text(words.ask)}</a><a href="/library">{text(words.title)}</a>'
        f'<a href="/library/timeline">{text(words.timeline)}</a></nav><p id="held"></p></header>'
    )


def _closed(words: LibraryTexts) -> str:
    return f'<p class="note">{text(words.closed)}</p>'


def _adding(words: LibraryTexts) -> str:
    return (
        f'<section id="adding" aria-labelledby="adding-title">'
        f'<h2 id="adding-title">{text(words.add)}</h2>'
        f'<button type="button" class="main" id="choose" aria-describedby="accepted">{text(words.choose_files)}</button>'
        f'<input type="file" id="files" multiple hidden accept="{ACCEPTED}">'
        f'<button type="button" class="second" id="paste" aria-haspopup="dialog">{text(words.paste)}</button>'
        f'<p class="drop">{text(words.add_how)}</p>'
        f'<p class="note" id="accepted">{text(words.formats)}<span id="limits"></span></p></section>'
    )


def _work(words: LibraryTexts) -> str:
    """Render the place of the work at hand and its outcome; the script fills it."""
    return (
        '<section id="work" role="group" aria-labelledby="work-title" tabindex="-1">'
        '<div role="status"><h2 id="work-title"></h2><p id="stage"></p></div>'
        '<progress id="bar" aria-labelledby="work-title" hidden></progress>'
        '<p id="item"></p>'
        f'<p class="note" id="meanwhile" hidden>{text(words.meanwhile)}</p>'
        '<p id="wrong" role="alert"></p><p id="summary"></p>'
        f'<div id="undoing" hidden><button type="button" class="second" id="undo" aria-describedby="undo-to">{text(words.undo)}</button>'
        '<p class="note" id="undo-to"></p></div><div id="outcome"></div></section>'
    )


def _articles(words: LibraryTexts, *, writable: bool) -> str:
    every = f'<input type="checkbox" id="every" aria-label="{text(words.choose_all)}">'
    heads = f'<th scope="col" role="columnheader" class="choose">{every}</th>' if writable else ""
    heads += "".join(
        f'<th scope="col" role="columnheader" class="{key}" aria-sort="none">'
        f'<button type="button" data-key="{key}">{text(column)}</button></th>'
        for key, column in words.columns.items()
    )
    return (
        f'<section id="articles" aria-label="{text(words.title)}"><div class="tools">{_search(words)}'
        f'<p id="count" role="status"></p>{_chosen(words) if writable else ""}</div>'
        f'<p id="loading" class="quiet-line" role="status">{text(words.loading)}</p>'
        f'<div id="empty" hidden><h2>{text(words.empty)}</h2>'
        f"<p>{text(words.empty_how if writable else words.empty_closed)}</p></div>"
        f'<table role="table" aria-label="{text(words.title)}" hidden><thead role="rowgroup"><tr role="row">'
        f'<td class="sort" aria-hidden="true">{text(words.sort)}</td>{heads}</tr></thead>'
        '<tbody role="rowgroup"></tbody></table>'
        f'<p id="none" class="quiet-line" hidden>{text(words.none_found)}</p>'
        '<button type="button" class="quiet" id="more" hidden></button>'
        f"{_rebuilding(words) if writable else ''}</section>"
    )


def _search(words: LibraryTexts) -> str:
    return (
        '<form role="search" id="finding">'
        f'<input type="search" id="search" aria-label="{text(words.search)}" placeholder="{text(words.search_hint)}" '
        'autocomplete="off" spellcheck="false"></form>'
    )


def _chosen(words: LibraryTexts) -> str:
    return (
        '<div id="chosen"><p role="status"></p><div hidden>'
        f'<button type="button" class="second" id="remove">{text(words.remove)}</button>'
        f'<button type="button" class="quiet" id="release">{text(words.release)}</button></div></div>'
    )


def _rebuilding(words: LibraryTexts) -> str:
    return (
        '<div id="rebuilding" hidden><button type="button" class="quiet" id="rebuild" '
        f'aria-describedby="rebuild-how">{text(words.rebuild)}</button>'
        f'<p class="note" id="rebuild-how">{text(words.rebuild_how)}</p></div>'
    )


def _pasting(words: LibraryTexts) -> str:
    names = words.paste_fields
    day = '<input name="published" type="date">'
    short = f'<input name="publisher" maxlength="{SHORT_LENGTH}">'
    address = f'<input name="url" type="url" maxlength="{ADDRESS_LENGTH}" placeholder="https://" inputmode="url">'
    return (
        '<dialog id="pasting" aria-labelledby="pasting-title"><form>'
        f'<h2 id="pasting-title">{text(words.paste)}</h2><p class="note">{text(words.paste_how)}</p>'
        f"<label><span>{text(names['title'])}</span>"
        f'<input name="title" required maxlength="{TITLE_LENGTH}"></label>'
        f"<label><span>{text(names['text'])}</span>"
        '<textarea name="text" required rows="10" aria-describedby="characters"></textarea></label>'
        '<p class="note" id="characters"></p><div class="row">'
        f"{_optional(words, 'publisher', short)}"
        f"{_optional(words, 'published', day)}</div>"
        f"{_optional(words, 'url', address)}"
        '<p id="paste-wrong" role="alert"></p><div class="row">'
        f'<button class="main">{text(words.paste_send)}</button>'
        f'<button type="button" class="quiet" id="paste-close">{text(words.close)}</button>'
        "</div></form></dialog>"
    )


def _optional(words: LibraryTexts, name: str, field: str) -> str:
    label = f"{text(words.paste_fields[name])} <small>{text(words.optional)}</small>"
    return f"<label><span>{label}</span>{field}</label>"


def _dropping(words: LibraryTexts) -> str:
    return f'<div id="dropping" hidden><p>{text(words.drop)}</p></div>'


def _data(words: LibraryTexts) -> str:
    """Render the words for the script: data, which no policy need let in and no browser runs."""
    told = json.dumps(asdict(words), ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="words">{told}</script>'
