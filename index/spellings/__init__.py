"""Names as people type them, led to how the articles write them."""

from index.spellings.names import VERSION, Names, collect
from index.spellings.question import respell

__all__ = ["VERSION", "Names", "collect", "respell"]
