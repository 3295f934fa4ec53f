"""What arrives to be added: files that Gradio has taken and pasted text, bounded and checked, as uploads."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import IO, Any

from index.errors import CorpusError, TenkyoError
from index.ingest import Upload, receive
from index.reports import Skipped

FILES = 50
"""Files at a time."""

REQUEST_BYTES = 100 * 10**6
"""Bytes of the files of one request."""

TEXT_CHARACTERS = 10**6
"""Characters of a pasted text."""

TEXT_BYTES = 8 * TEXT_CHARACTERS
"""Bytes of one request with a text."""

LINE_CHARACTERS = 500
"""Characters of a title, a publisher or an address."""

GONE = "送信が途中で切れました。もう一度お試しください。"
NO_ROOM = "一時ファイルを置く場所がありません。空き容量を確かめるか、TMPDIR に別のフォルダーを指定してください。"
TOO_MANY = f"一度に送れるのは{FILES}個までです。これは次に送ってください。"


@cache
def upload_folder() -> Path:
    """Return Gradio's folder for what it receives, of this process alone. Raises TenkyoError without room for it."""
    try:
        made = tempfile.mkdtemp(prefix="tenkyo-")
    except OSError as exc:
        raise TenkyoError(NO_ROOM) from exc
    os.environ["GRADIO_TEMP_DIR"] = made
    return Path(made).resolve()


def is_uploaded(path: Path) -> bool:
    """Whether a file lies where Gradio keeps what it receives."""
    return path.resolve().is_relative_to(upload_folder())


def take(
    files: Sequence[Mapping[str, Any]], *, largest: int
) -> tuple[list[Upload], tuple[Skipped, ...]]:
    """Take files (Gradio's ``FileData`` as JSON); tell which are uploads now, and why the others are not."""
    uploads: list[Upload] = []
    refused: list[Skipped] = []
    for number, file in enumerate(files):
        try:
            uploads.append(_taken(file, number, largest))
        except CorpusError as exc:
            refused.append(Skipped(exc.path, exc.reason))
    return uploads, tuple(refused)


def _taken(file: Mapping[str, Any], number: int, largest: int) -> Upload:
    name = str(file.get("orig_name") or "")
    content = _held(Path(file["path"]), name)
    try:
        if number >= FILES:
            raise CorpusError(name, TOO_MANY)
        return receive(name, content, largest=largest)
    except CorpusError:
        content.close()
        raise


def _held(path: Path, name: str) -> IO[bytes]:
    """Open a file and take its name away, so that nothing is left when it is closed, however that is."""
    if not is_uploaded(path):
        raise CorpusError(name, GONE)
    try:
        content = path.open("rb")
    except OSError as exc:
        raise CorpusError(name, GONE) from exc
    with suppress(OSError):
        path.unlink()
        path.parent.rmdir()
    return content


def fault_of(fields: Mapping[str, str], text: str) -> str:
    """Return the name of the words that say why a pasted text cannot be taken; empty where it can."""
    if not fields["title"] or not text.strip():
        return "library_paste_empty"
    if len(text) > TEXT_CHARACTERS or any(len(v) > LINE_CHARACTERS for v in fields.values()):
        return "library_paste_long"
    if fields["published"] and not _is_day(fields["published"]):
        return "library_paste_day"
    if fields["url"] and not fields["url"].startswith(("https://", "http://")):
        return "library_paste_url"
    return ""


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
