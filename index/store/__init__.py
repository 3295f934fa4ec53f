"""The durable index: caches, immutable generations, and the name of the one in use."""

from index.store.caches import ArticleCache, VectorCache
from index.store.generation import SCHEMA, Generation, sync
from index.store.home import Home
from index.store.library import Part, StoredPassage
from index.store.terms import TermIndex

__all__ = [
    "SCHEMA",
    "ArticleCache",
    "Generation",
    "Home",
    "Part",
    "StoredPassage",
    "TermIndex",
    "VectorCache",
    "sync",
]
