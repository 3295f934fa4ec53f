"""The page of the library as served: its own style and scripts, and a policy that lets in no others."""

from functools import cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse

from index.exports import document, page_policy
from index.web.languages import language_of, scheme_of
from index.web.library.rendering import render_library
from index.web.library.texts import LANGUAGES

STYLES = ("library.css", "changes.css", "tools.css", "table.css", "pictures.css")
SCRIPTS = ("base.js", "table.js", "work.js", "pictures.js", "library.js")
"""In the order in which they need one another."""


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


def headers() -> dict[str, str]:
    """Return the headers of the page: its scripts speak to this server and nobody else."""
    styles, scripts = tuple(map(_file, STYLES)), tuple(map(_file, SCRIPTS))
    return page_policy(styles, scripts, connects=True) | {
        "Cache-Control": "no-cache",
        "Vary": "Accept-Language, Cookie",
    }


@cache
def _file(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
