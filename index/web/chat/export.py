"""What is fetched of a kept conversation: files to take away and text to copy.

Whoever asks sees their own conversations only, as on the page.
"""

import re
from collections.abc import Sequence
from typing import Literal
from urllib.parse import quote as percent

from fastapi import APIRouter, HTTPException, Request, Response

from index import exports
from index.conversations import Conversations
from index.engine import Engine
from index.errors import StoreError
from index.schema import Answer
from index.text.characters import one_line
from index.web.chat.visit import visit_of
from index.web.words import language_of

SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
KINDS = {
    "markdown": ("Markdown", "md", "text/markdown"),
    "html": ("HTML", "html", "text/html"),
    "bibtex": ("BibTeX", "bib", "application/x-bibtex"),
    "ris": ("RIS", "ris", "application/x-research-info-systems"),
}
"""The forms in which a conversation and its sources can be taken away: name, ending and type of each file."""

LONGEST_NAME = 60
"""Characters of a file's name: with its ending, 255 bytes in UTF-8 are not reached."""

_UNFIT = re.compile(r'[\\/:*?"<>|\s\u200e\u200f\u061c]+')

Format = Literal["markdown", "html", "bibtex", "ris"]
Copied = Literal["text", "markdown"]


def conversation_router(engine: Engine) -> APIRouter:
    """Return the routes below ``/conversation``. The engine need not be warm."""
    kept = Conversations(engine.settings.home / "conversations.sqlite")
    router = APIRouter(prefix="/conversation/{conversation_id}", include_in_schema=False)

    @router.get("/export")
    def export(conversation_id: str, request: Request, format: Format) -> Response:
        answers = [*_read(kept, conversation_id, request).values()]
        title = kept.title(conversation_id, owner=visit_of(request).own)
        _, ending, kind = KINDS[format]
        headers = SAFE | {"Content-Disposition": _attached(title, ending)}
        text = _written(format, answers, title, **_options(request))
        return Response(text.encode("utf-8", "replace"), headers=headers, media_type=kind)

    @router.get("/copy")
    def copy(
        conversation_id: str,
        request: Request,
        turn: int,
        citation: int | None = None,
        format: Copied = "text",
    ) -> Response:
        answer = _read(kept, conversation_id, request).get(turn)
        text = _copied(answer, citation, format, **_options(request))
        return Response(text.encode("utf-8", "replace"), headers=SAFE, media_type="text/plain")

    return router


def _written(format: Format, answers: Sequence[Answer], title: str, **options: str) -> str:
    if format == "markdown":
        return exports.conversation_markdown(answers, title=title, **options)
    if format == "html":
        return exports.conversation_html(answers, title=title, **options)
    cited = [citation for answer in answers for citation in answer.citations]
    return exports.bibtex(cited) if format == "bibtex" else exports.ris(cited)


def _copied(answer: Answer | None, citation: int | None, format: Copied, **options: str) -> str:
    if answer and citation is None:
        write = exports.answer_text if format == "text" else exports.answer_markdown
        return write(answer, **options)
    cited = {c.number: c for c in answer.citations} if answer else {}
    if citation not in cited:
        raise HTTPException(404, "その答えか引用は、この会話にありません。")
    write_one = exports.citation_text if format == "text" else exports.citation_markdown
    return write_one(cited[citation], **options)


def _read(kept: Conversations, conversation_id: str, request: Request) -> dict[int, Answer]:
    """Return the answers that can be read, by their numbers; the page says of the others that they cannot."""
    try:
        exchanges = kept.read(conversation_id, owner=visit_of(request).own)
    except StoreError as exc:
        raise HTTPException(404, exc.told) from exc
    return {exchange.number: exchange.answer for exchange in exchanges if exchange.answer}


def _options(request: Request) -> dict[str, str]:
    return {"base": str(request.base_url).rstrip("/"), "language": language_of(request)}


def _attached(title: str, ending: str) -> str:
    """Name the file after the conversation.

    Source: https://www.rfc-editor.org/rfc/rfc6266#appendix-D
    """
    name = _UNFIT.sub("_", one_line(title))[:LONGEST_NAME].strip("._") or "tenkyo"
    encoded = percent(f"{name}.{ending}", safe="", errors="replace")
    return f"attachment; filename=\"tenkyo.{ending}\"; filename*=UTF-8''{encoded}"
