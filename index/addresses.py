"""Addresses of articles and quotes, and names fit to show, without places on somebody's machine."""

from pathlib import PurePath
from urllib.parse import quote as percent

SHA_DIGITS = 12
"""Hex digits of an article's sha256 in an address: enough to tell that the text has changed."""


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
    return f"{article_address(article_id, base=base)}{query}#quote-{start}-{end}"


def article_address(article_id: str, *, base: str = "") -> str:
    """Return the address that opens an article."""
    return f"{base}/article/{percent(article_id, safe='', errors='replace')}"


def source_name(source: str) -> str:
    """Return a source fit to show: of a path on somebody's machine, the file's name."""
    return PurePath(source).name if PurePath(source).is_absolute() else source


def article_name(title: str | None, source: str, article_id: str) -> str:
    """Return what an article is called: its title, else where it is from, else its id."""
    return title or source_name(source) or article_id
