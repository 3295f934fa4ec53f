"""What arrives to be added: files and pasted text, bounded and checked, as uploads."""

import logging
from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from index.errors import CorpusError
from index.ingest import Upload, paste, receive
from index.records import Skipped

logger = logging.getLogger(__name__)

FILES = 50
"""Files of one request."""

REQUEST_BYTES = 100 * 10**6
"""Bytes of one request with files."""

TEXT_CHARACTERS = 10**6
"""Characters of a pasted text."""

TEXT_BYTES = 8 * TEXT_CHARACTERS
"""Bytes of one request with a text."""

LINE_CHARACTERS = 500
"""Characters of a title, a publisher or an address."""

TORN = f"送られたものを読めません。一度に送れるのは {FILES} ファイルまでです。"
GONE = "送信が途中で切れました。もう一度お試しください。"
FULL = "受け取れませんでした。サーバーの空き容量を確かめてください。"


class Pasted(BaseModel):
    """A text with what is known of it."""

    title: str
    text: str
    publisher: str = ""
    published: str = ""
    url: str = ""


class Removal(BaseModel):
    """Articles to be taken out."""

    ids: list[str]


async def read_files(request: Request) -> list[UploadFile]:
    """Return the files of a request, spooled to the disk; the caller closes them.

    Raises:
        HTTPException: The request is broken off, too long or of another form, or the disk is full.
    """
    try:
        form = await request.form(max_files=FILES, max_fields=FILES)
    except ClientDisconnect as exc:
        raise HTTPException(400, GONE) from exc
    except OSError as exc:
        logger.error("an upload could not be spooled: %s", exc)
        raise HTTPException(507, FULL) from exc
    except HTTPException as exc:
        if exc.status_code != 400:
            raise
        raise HTTPException(400, TORN) from exc
    every = [(name, part) for name, part in form.multi_items() if isinstance(part, UploadFile)]
    for name, part in every:
        if name != "files":
            part.file.close()
    return [part for name, part in every if name == "files"]


def receive_files(
    sent: Sequence[UploadFile], *, largest: int
) -> tuple[list[Upload], list[Skipped]]:
    """Tell which of the files can be taken, and why the others cannot."""
    uploads: list[Upload] = []
    refused: list[Skipped] = []
    for part in sent:
        try:
            uploads.append(receive(part.filename or "", part.file, largest=largest))
        except CorpusError as exc:
            part.file.close()
            refused.append(Skipped(exc.path, exc.reason))
    return uploads, refused


def receive_text(pasted: Pasted) -> Upload:
    """Return a pasted text as an upload.

    Raises:
        HTTPException: Something needed is missing, too long or not of its form.
    """
    names = ("title", "publisher", "published", "url")
    fields = {name: getattr(pasted, name).strip() for name in names}
    text = pasted.text
    if not fields["title"] or not text.strip():
        raise HTTPException(400, "題と本文を入れてください。")
    if len(text) > TEXT_CHARACTERS:
        raise HTTPException(
            413, f"本文が長すぎます。{TEXT_CHARACTERS:,} 文字までにするか、分けてください。"
        )
    if any(len(value) > LINE_CHARACTERS for value in fields.values()):
        raise HTTPException(400, f"題などは {LINE_CHARACTERS} 文字までにしてください。")
    if fields["published"] and not _is_day(fields["published"]):
        raise HTTPException(400, "日付は 2025-01-31 の形で入れてください。")
    if fields["url"] and not fields["url"].startswith(("https://", "http://")):
        raise HTTPException(400, "アドレスは http:// か https:// で始めてください。")
    return paste(fields, text)


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
