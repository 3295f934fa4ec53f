"""What Gradio may receive: from its own page, files in the folder that is for them, and swept out of there."""

import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from index.web.library import REQUEST_BYTES, TEXT_BYTES, is_uploaded, upload_folder

UPLOAD = "/gradio_api/upload"

SENDING = {"POST": UPLOAD, "GET": "/gradio_api/upload_progress"}
"""What Gradio's box for files asks besides, where the library may be changed."""

LARGE = {UPLOAD: REQUEST_BYTES + 10**6, "/gradio_api/queue/join": TEXT_BYTES}
"""Paths where a request may be larger than elsewhere, and how large, in bytes."""

ABANDONED = 600
"""Seconds without a byte after which a file is no longer being received."""

FOREIGN = "ほかのサイトのページからは使えません。この画面を開き直してください。"
FULL = "受け取れませんでした。サーバーの空き容量を確かめてください。"


def is_foreign(headers: Headers, *, by_origin: bool = True) -> bool:
    """Whether a page of another site sends this.

    Browsers that do not tell the site tell the origin; but that of a form is null, even of our own, for our
    pages send no referrer.

    Source: https://www.w3.org/TR/fetch-metadata/
    """
    if site := headers.get("sec-fetch-site"):
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    return by_origin and origin is not None and urlsplit(origin).netloc != headers.get("host")


def is_received(data: Any) -> bool:
    """Whether every file that an event names has been received; Gradio would fetch one of another server."""
    if isinstance(data, dict):
        path = data.get("path")
        if "meta" in data and not (isinstance(path, str) and is_uploaded(Path(path))):
            return False
        return all(map(is_received, data.values()))
    return all(map(is_received, data)) if isinstance(data, list) else True


def sweep(age: float = ABANDONED) -> None:
    """Delete what broke off, this many seconds ago, while Gradio received it, which leaves that behind."""
    for path in upload_folder().glob("tmp*"):
        with suppress(OSError):
            if path.stat().st_mtime <= time.time() - age:
                path.unlink()
