"""Read a file (txt, md, html, pdf, docx) into an Article."""

from index.articles.files import READER_VERSION, TYPES, Limits, find_files
from index.articles.sandbox import ArticleReader

__all__ = ["READER_VERSION", "TYPES", "ArticleReader", "Limits", "find_files"]
