"""The page of one article as indexed, at which every quote has an address.

page.py                    the page and its route
texts.py                   its words, in three languages
article.css, article.js    what the browser gets
"""

from index.web.article.page import article_router, blocks, read_quotes, render_article
from index.web.article.texts import article_texts

__all__ = ["article_router", "article_texts", "blocks", "read_quotes", "render_article"]
