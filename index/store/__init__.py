"""The index on disk: immutable generations, the name of the one in use, and two caches.

tables.py       articles, passages and sentences, and the caches: SQLite
indexes.py      nearest vectors (FAISS) and BM25 over terms (bm25s)
generation.py   one build: its files, written once, then only read
home.py         the generations, which of them is in use, and what the user asked to index
"""

from index.store.generation import SCHEMA, Content, Generation
from index.store.home import Home
from index.store.indexes import Rows
from index.store.tables import ArticleCache, Part, StoredPassage

__all__ = [
    "SCHEMA",
    "ArticleCache",
    "Content",
    "Generation",
    "Home",
    "Part",
    "Rows",
    "StoredPassage",
]
