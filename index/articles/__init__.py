"""Read a file of a type in TYPES into an Article, and cut it, in a child process."""

from index.articles.files import READER_VERSION, TYPES, Limits, find_files, sha256_of
from index.articles.sandbox import ArticleReader

__all__ = ["READER_VERSION", "TYPES", "ArticleReader", "Limits", "find_files", "sha256_of"]
