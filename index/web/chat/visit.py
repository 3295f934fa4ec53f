"""Who is at the page: the language it speaks, and the owner of its conversations."""

from dataclasses import dataclass
from typing import Any

from index.answers import read_filter
from index.conversations import VISITOR
from index.errors import StoreError
from index.records import Filter
from index.web.words import LANGUAGES, Words, words_of

FIELDS = ("since", "until", "publisher", "article", "undated")
"""What makes up a filter, in the order of the form."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What an event of the page brings with it.

    Attributes:
        words: The interface's, in the reader's language.
        address: From which it comes.
        owner: Whose conversations are shown and kept; None where that cannot be told.
    """

    words: Words = LANGUAGES["ja"]
    address: str = ""
    owner: str | None = None

    @property
    def own(self) -> str:
        """The owner. Raises StoreError where there is none, and so neither list nor keeping."""
        if self.owner is None:
            raise StoreError(
                "このブラウザーは Cookie を受け付けていないため、会話を残せません。"
                "Cookie を許可して、ページを開き直してください。",
                code="no-owner",
            )
        return self.owner

    @property
    def is_visitor(self) -> bool:
        """Whether nothing but the browser tells who it is."""
        return (self.owner or "").startswith(VISITOR)


def visit_of(request: Any) -> Visit:
    """Read who sends a request (Starlette's or Gradio's); the owner is the server's to say."""
    return Visit(words_of(request), address_of(request), owner_of(request))


def filter_of(narrowing: tuple[Any, ...]) -> Filter:
    """Return the filter that the form holds, as values of ``FIELDS``.

    Raises:
        QuestionError: A date is none, or a name is not text.
    """
    given = zip(FIELDS, narrowing, strict=False)
    return read_filter({name: value or None for name, value in given})


def address_of(request: Any) -> str:
    """Return where a request comes from, as the rate of questions is counted."""
    return str(request.client.host) if request.client else ""


def owner_of(request: Any) -> str | None:
    """Return whose conversations are meant, as the server found; None for who cannot be told from others."""
    owner: str | None = getattr(getattr(request, "state", None), "owner", None)
    return owner
