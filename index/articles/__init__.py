"""Read a file (txt, md, html, pdf, docx) into an Article."""

from index.articles.draft import READER_VERSION, TYPES, Limits
from index.articles.files import find_files
from index.articles.sandbox import ArticleReader

__all__ = ["READER_VERSION", "TYPES", "ArticleReader", "Limits", "find_files"]
