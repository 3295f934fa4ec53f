"""Who is at the page: the language it speaks, the owner of its conversations, the filter in force.

The browser tells all but the owner with every event, as one JSON object (page.js, ``said``).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from index.answers import read_filter
from index.conversations import VISITOR
from index.errors import StoreError
from index.records import Filter
from index.web.chat.texts import JA, LANGUAGES, Texts


@dataclass(frozen=True, slots=True)
class Visit:
    """What an event of the page brings with it.

    Attributes:
        texts: The interface's words.
        address: From which it comes.
        owner: Whose conversations are shown and kept; None where that cannot be told.
        conversation: The one that the page's address names.
        words: What the list of conversations is searched for.
        narrowing: The filter's form, by the names of the command line.
    """

    texts: Texts = JA
    address: str = ""
    owner: str | None = None
    conversation: str | None = None
    words: str = ""
    narrowing: Mapping[str, Any] | None = None

    @property
    def own(self) -> str:
        """The owner. Raises StoreError where there is none, and so neither list nor keeping."""
        return known(self.owner)

    @property
    def is_visitor(self) -> bool:
        """Whether nothing but the browser tells who it is."""
        return (self.owner or "").startswith(VISITOR)

    def filter(self) -> Filter:
        """Return the filter in force.

        Raises:
            QuestionError: A date is none, or a name is not text.
        """
        return read_filter(self.narrowing or {})


def visit_of(said: str, request: gr.Request) -> Visit:
    """Read what the browser said, as far as it makes sense; the owner is the server's to say."""
    try:
        values = json.loads(said)
    except (TypeError, ValueError):
        values = None
    if not isinstance(values, dict):
        values = {}
    narrowing = values.get("filter")
    return Visit(
        texts=LANGUAGES.get(str(values.get("language")), JA),
        address=address_of(request),
        owner=owner_of(request),
        conversation=str(values.get("conversation") or "") or None,
        words=str(values.get("words") or ""),
        narrowing=narrowing if isinstance(narrowing, dict) else None,
    )


def address_of(request: gr.Request) -> str:
    """Return where a request comes from, as the rate of questions is counted."""
    return str(request.client.host) if request.client else ""


def owner_of(request: Any) -> str | None:
    """Return whose conversations are meant, as the server found; None for who cannot be told from others.

    Args:
        request: Starlette's or Gradio's.
    """
    owner: str | None = getattr(getattr(request, "state", None), "owner", None)
    return owner


def known(owner: str | None) -> str:
    """Return the owner.

    Raises:
        StoreError: There is none.
    """
    if owner is None:
        raise StoreError(
            "このブラウザーは Cookie を受け付けていないため、会話を残せません。"
            "Cookie を許可して、ページを開き直してください。",
            code="no-owner",
        )
    return owner
