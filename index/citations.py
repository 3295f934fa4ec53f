"""Citations: the one place that makes and checks them, and the addresses that open them.

The rule that nothing may break: ``article.text[start:end] == quote`` holds before anyone sees it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import quote as percent

from index.errors import CitationError
from index.records import Article, Citation, Mark

SHA_DIGITS = 12
"""Hex digits of an article's sha256 in an address: enough to tell that the text has changed."""


def cite(
    article: Article,
    start: int,
    end: int,
    *,
    number: int,
    score: float,
    key: tuple[int, int] | None = None,
) -> Citation:
    """Cite the words ``article.text[start:end]``, of which those of ``key`` answer.

    Raises:
        CitationError: The span is empty, blank or outside the text, or the key outside the span.
    """
    quote = article.text[start:end]
    if not 0 <= start < end <= len(article.text) or not quote.strip():
        raise CitationError(f"{article.id}: {start} から {end} に引用できる語句がありません。")
    if key and not start <= key[0] < key[1] <= end:
        raise CitationError(f"{article.id}: 答えの語句 {key} が引用の外にあります。")
    return Citation(number, article.id, article.sha256, start, end, quote, score, key)


def locate(quote: str, article: Article, *, number: int, score: float) -> Citation:
    """Cite words given by their wording, such as an LLM's quote.

    Raises:
        CitationError: The words do not stand in the article exactly once.
    """
    start = article.text.find(quote) if quote.strip() else -1
    if start < 0:
        raise CitationError(f"{article.id}: この語句は記事にありません: {quote!r}")
    if article.text.find(quote, start + 1) >= 0:
        raise CitationError(f"{article.id}: この語句は記事の複数の箇所にあります: {quote!r}")
    return cite(article, start, start + len(quote), number=number, score=score)


def verify(citation: Citation, article: Article) -> Citation:
    """Return the citation if it holds in this article.

    Raises:
        CitationError: The article is another one, has changed, or has other words there.
    """
    if citation.article_id != article.id:
        raise CitationError(
            f"引用 {citation.number} は {citation.article_id} のもので、{article.id} のものではありません。"
        )
    if citation.sha256 != article.sha256:
        raise CitationError(f"{article.id}: 引用した後に記事の内容が変わりました。")
    if article.text[citation.start : citation.end] != citation.quote:
        raise CitationError(f"{article.id}: 引用 {citation.number} が記事の語句と一致しません。")
    return citation


def marks_of(article: Article, start: int, end: int) -> tuple[Mark, ...]:
    """Return what is known of the lines of a place, by its first page and its kinds; one mark of each.

    A place that is more than one note or row is none.
    """
    found: dict[str, Mark] = {}
    for mark in article.marks:
        is_part = mark.start <= start and end <= mark.end
        if is_part or (mark.kind in ("page", "ocr") and mark.start < end and start < mark.end):
            found.setdefault(mark.kind, mark)
    return tuple(found.values())


def kinds_of_lines(spans: Sequence[tuple[int, int]], marks: Sequence[Mark]) -> list[str]:
    """Return of each line of a text ``row`` or ``note`` where it is one, else an empty string."""
    kinds = [""] * len(spans)
    starts = [start for start, _ in spans]
    for mark in marks:
        if mark.kind in ("row", "note"):
            own = range(bisect_left(starts, mark.start), bisect_left(starts, mark.end))
            kinds[own.start : own.stop] = [mark.kind] * len(own)
    return kinds


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
