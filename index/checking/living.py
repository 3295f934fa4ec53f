"""Citations that were made before, held against the articles as they are now."""

import re

from index.answering import Asking
from index.checking import quotations
from index.checking.findings import Living
from index.errors import StoreError
from index.records import Article
from index.schema import Citation


def recheck(citation: Citation, asking: Asking) -> Living:
    """Tell whether the words of a citation still stand where they stood, elsewhere, otherwise, or nowhere."""
    try:
        article = asking.generation.article(citation.article_id)
    except StoreError:  # it is gone; another may hold the words
        return _told(quotations.find(citation.quote, asking))
    if article.text[citation.start : citation.end] == citation.quote:
        return Living("unchanged", article.id, citation.start, citation.end)
    places = [m.start() for m in re.finditer(re.escape(citation.quote), article.text)]
    if places:
        start = min(places, key=lambda at: abs(at - citation.start))
        return Living("moved", article.id, start, start + len(citation.quote))
    return _told(_nearest(citation, article) or quotations.find(citation.quote, asking))


def _nearest(citation: Citation, article: Article) -> quotations.Found | None:
    return quotations.within(citation.quote, article, (0, len(article.text)))


def _told(found: quotations.Found | None) -> Living:
    if found is None:
        return Living("gone")
    state = "altered" if found.apart else "moved"
    return Living(state, found.article.id, found.start, found.end, found.apart)
