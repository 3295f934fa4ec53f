"""Citations: the one place that makes and checks them.

The rule that nothing may break: ``article.text[start:end] == quote`` holds before anyone sees it.
"""

from index.errors import CitationError
from index.records import Article, Citation


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
