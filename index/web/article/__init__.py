"""The page of one article as indexed, at which every quote has an address, and what stands around a passage."""

from index.web.article.page import article_router

__all__ = ["article_router"]
