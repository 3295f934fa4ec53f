"""An HTML document that needs nothing beside it: its style inside, and a policy that lets in no more."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

from index.legible import legible


@cache
def tokens() -> str:
    """Return the colours and faces of every page of the house."""
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
    connects: bool = False,
) -> str:
    """Wrap a body of HTML.

    Args:
        body: HTML, in which whatever is not the house's own is escaped.
        title: Of the document; escaped here.
        language: Of the document's own words.
        styles: Sheets after the document's own.
        scripts: At the end of the body.
        scheme: ``light`` or ``dark``; empty where the device decides.
        forms: Whether forms may be sent to the server.
        connects: Whether scripts may ask the server for more.
    """
    sheets = (style(), *styles)
    chosen = f' data-scheme="{scheme}"' if scheme else ""
    allowed = policy(sheets, scripts, forms=forms, connects=connects)
    return (
        f'<!doctype html>\n<html lang="{language}"{chosen}>\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{allowed}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{text_html(title)}</title>\n"
        + "".join(f"<style>{sheet}</style>\n" for sheet in sheets)
        + f"</head>\n<body>\n{body}\n"
        + "".join(f"<script>{script}</script>\n" for script in scripts)
        + "</body>\n</html>\n"
    )


def policy(
    styles: Sequence[str],
    scripts: Sequence[str],
    *,
    forms: bool = False,
    connects: bool = False,
) -> str:
    """Return a Content-Security-Policy under which only these styles and scripts work, each by its hash."""
    lists = (("style-src", styles), ("script-src", scripts))
    allowed = [f"{name} {' '.join(map(source_hash, texts))}" for name, texts in lists if texts]
    allowed += ["connect-src 'self'"] if connects else []
    sent = "form-action 'self'" if forms else "form-action 'none'"
    return "; ".join(["default-src 'none'", *allowed, "img-src 'self'", "base-uri 'none'", sent])


def page_policy(
    styles: Sequence[str] = (),
    scripts: Sequence[str] = (),
    *,
    forms: bool = False,
    connects: bool = False,
) -> dict[str, str]:
    """Return the header of a ``document`` that is served: its policy, and that no page frames it."""
    allowed = policy((style(), *styles), scripts, forms=forms, connects=connects)
    return {"Content-Security-Policy": f"{allowed}; frame-ancestors 'none'"}


def text_html(text: str) -> str:
    """Escape a piece of text, its controls made visible."""
    return escape(legible(text))


def source_hash(text: str) -> str:
    """Return what names a style or script in a policy.

    Source: https://www.w3.org/TR/CSP3/#grammardef-hash-source
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
