"""Plain text: one article, perhaps with the chrome of the page it was copied from."""

from index.articles.characters import drop_ruby
from index.articles.encodings import decode
from index.articles.settled import Draft, Limits


def parse(raw: bytes, limits: Limits) -> Draft:  # noqa: ARG001
    """Decode a text file and drop ruby readings."""
    return Draft(drop_ruby(decode(raw)), chrome=True)
