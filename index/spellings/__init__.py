"""Names as people type them, led to how the articles write them."""

from index.spellings.names import VERSION, Names, collect, is_there
from index.spellings.question import respell

__all__ = ["VERSION", "Names", "collect", "is_there", "respell"]
