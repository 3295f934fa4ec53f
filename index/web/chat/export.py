"""What is fetched of a kept conversation: files to take away, text to copy, questions to go on with.

Whoever asks sees their own conversations only, as on the page.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, Literal
from urllib.parse import quote as percent

from fastapi import APIRouter, HTTPException, Request, Response

from index import exports
from index.conversations import Conversations, Exchange
from index.engine import Engine
from index.errors import StoreError
from index.legible import one_line
from index.web.chat.followups import Followups
from index.web.chat.recall import is_readable
from index.web.chat.texts import LANGUAGES
from index.web.languages import language_of

SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
KINDS = {
    "markdown": ("md", "text/markdown"),
    "html": ("html", "text/html"),
    "bibtex": ("bib", "application/x-bibtex"),
    "ris": ("ris", "application/x-research-info-systems"),
}
"""Ending and type of each file."""

LONGEST_NAME = 60
"""Characters of a file's name: with its ending, 255 bytes in UTF-8 are not reached."""

_UNFIT = re.compile(r'[\\/:*?"<>|\s\u200e\u200f\u061c]+')

Answers = Sequence[exports.Payload]
Format = Literal["markdown", "html", "bibtex", "ris"]
Copied = Literal["text", "markdown"]


def conversation_router(engine: Engine, language: str = "ja") -> APIRouter:
    """Return the routes below ``/conversation``.

    Args:
        engine: Need not be warm.
        language: Of exports, for a browser that asks for none that is known.
    """
    kept = Conversations(engine.settings.home / "conversations.sqlite")
    router = APIRouter(prefix="/conversation/{conversation_id}", include_in_schema=False)
    _add_exports(router, kept, language)
    _add_followups(router, kept, Followups(engine), language)
    return router


def _add_exports(router: APIRouter, kept: Conversations, language: str) -> None:
    @router.get("/export")
    def export(conversation_id: str, request: Request, format: Format) -> Response:
        answers = [exchange.answer for exchange in _read(kept, conversation_id, request)]
        title = kept.title(conversation_id, owner=_owner(request))
        options = {"base": _base(request), "language": language_of(request, language)}
        ending, kind = KINDS[format]
        headers = SAFE | {"Content-Disposition": _attached(title, ending)}
        text = _written(format, answers, title, options)
        return Response(text.encode("utf-8", "replace"), headers=headers, media_type=kind)

    @router.get("/copy")
    def copy(
        conversation_id: str,
        request: Request,
        turn: int,
        citation: int | None = None,
        format: Copied = "text",
    ) -> Response:
        exchanges = {e.number: e for e in _read(kept, conversation_id, request)}
        options = {"base": _base(request), "language": language_of(request, language)}
        text = _copied(exchanges.get(turn), citation, format, options)
        return Response(text.encode("utf-8", "replace"), headers=SAFE, media_type="text/plain")


def _add_followups(
    router: APIRouter, kept: Conversations, followups: Followups, language: str
) -> None:
    @router.get("/followups")
    def follow_up(conversation_id: str, request: Request) -> dict[str, Any]:
        exchanges = _read(kept, conversation_id, request)
        texts = LANGUAGES[language_of(request, language)]
        made = followups.after(exchanges, texts.suggestion) if exchanges else ()
        return {"questions": made}


def _written(format: Format, answers: Answers, title: str, options: dict[str, str]) -> str:
    if format == "markdown":
        return exports.conversation_markdown(answers, title=title, **options)
    if format == "html":
        return exports.conversation_html(answers, title=title, **options)
    write = exports.bibtex if format == "bibtex" else exports.ris
    return write(exports.sources_of(answers))


def _copied(
    exchange: Exchange | None, citation: int | None, format: Copied, options: dict[str, str]
) -> str:
    write: Callable[..., str]
    if exchange and citation is None:
        write = exports.answer_text if format == "text" else exports.answer_markdown
        return write(exchange.answer, **options)
    cited = exchange.answer["citations"] if exchange else ()
    found = next((c for c in cited if c["number"] == citation), None)
    if found is None:
        raise HTTPException(404, "その答えか引用は、この会話にありません。")
    write = exports.citation_text if format == "text" else exports.citation_markdown
    return write(found, **options)


def _read(kept: Conversations, conversation_id: str, request: Request) -> list[Exchange]:
    """Return the exchanges that can be read; the page says of the others that they cannot."""
    try:
        exchanges = kept.read(conversation_id, owner=_owner(request))
    except StoreError as exc:
        raise HTTPException(404, exc.told) from exc
    return [exchange for exchange in exchanges if is_readable(exchange)]


def _owner(request: Request) -> str:
    return str(getattr(request.state, "user", ""))


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _attached(title: str, ending: str) -> str:
    """Name the file after the conversation.

    Source: https://www.rfc-editor.org/rfc/rfc6266#appendix-D
    """
    name = _UNFIT.sub("_", one_line(title))[:LONGEST_NAME].strip("._") or "tenkyo"
    encoded = percent(f"{name}.{ending}", safe="", errors="replace")
    return f"attachment; filename=\"tenkyo.{ending}\"; filename*=UTF-8''{encoded}"
