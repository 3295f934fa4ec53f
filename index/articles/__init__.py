"""Read a file (txt, md, html, pdf, docx) into an Article."""

from index.articles.files import find_files
from index.articles.reader import ArticleReader, read_article
from index.articles.settled import TYPES, Limits
from index.articles.version import READER_VERSION

__all__ = ["READER_VERSION", "TYPES", "ArticleReader", "Limits", "find_files", "read_article"]
