"""The page of one article as indexed, at which every quote has an address.

page.py                    the page, its route, and that of what stands around a passage
blocks.py                  the headings and paragraphs of a text
texts.py                   its words, in three languages
article.css, article.js    what the browser gets
"""

from index.web.article.blocks import blocks, surroundings
from index.web.article.page import article_router, read_quotes, render_article
from index.web.article.texts import article_texts

__all__ = [
    "article_router",
    "article_texts",
    "blocks",
    "read_quotes",
    "render_article",
    "surroundings",
]
