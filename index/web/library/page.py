"""The pages of the library as served: their own style and scripts, and a policy that lets in no others."""

from functools import cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse

from index.exports import document, page_policy
from index.web.languages import language_of, scheme_of
from index.web.library.rendering import render_library, render_timeline
from index.web.library.texts import LANGUAGES

STYLES = ("library.css", "changes.css", "tools.css", "table.css")
SCRIPTS = ("base.js", "table.js", "work.js", "library.js")
"""In the order in which they need one another."""
TIMELINE_STYLES = ("library.css", "timeline.css")
PRIVATE = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"}


def library_page(request: Request, *, language: str, writable: bool) -> HTMLResponse:
    """Return the page for who asks.

    Args:
        request: Says which language, and whether light or dark.
        language: For a browser that asks for none that the page speaks.
        writable: Whether who comes here may change the library.
    """
    words = LANGUAGES[language_of(request, language)]
    page = document(
        render_library(words, writable=writable),
        title=f"{words.title} – {words.name}",
        language=words.language,
        styles=tuple(map(_file, STYLES)),
        scripts=tuple(map(_file, SCRIPTS)),
        scheme=scheme_of(request),
        connects=True,
    )
    return HTMLResponse(page, headers=headers())


def timeline_page(request: Request, timeline: str, *, language: str) -> HTMLResponse:
    """Return the page of the timeline, as ``timeline.make_timeline`` made it, for who asks."""
    words = LANGUAGES[language_of(request, language)]
    styles = tuple(map(_file, TIMELINE_STYLES))
    page = document(
        render_timeline(words, timeline),
        title=f"{words.timeline} – {words.name}",
        language=words.language,
        styles=styles,
        scheme=scheme_of(request),
    )
    return HTMLResponse(page, headers=page_policy(styles) | PRIVATE)


def headers() -> dict[str, str]:
    """Return the headers of the page: its scripts speak to this server and nobody else."""
    styles, scripts = tuple(map(_file, STYLES)), tuple(map(_file, SCRIPTS))
    return page_policy(styles, scripts, connects=True) | PRIVATE


@cache
def _file(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
