"""Who may change the library: nobody where it is only read, and no page of another site.

A page of another site can send a form, but neither a header of our own nor, then, JSON without the
browser asking this server first. Source: https://fetch.spec.whatwg.org/#cors-protocol
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from fastapi import HTTPException, Request

HEADER = "x-tenkyo"

READ_ONLY = "ここでは記事の追加や削除はできません。だれにでも開いているためです。"
FOREIGN = "ほかのサイトのページからは変えられません。この画面を開き直してください。"
WRONG_TYPE = "Content-Type は {wanted} にしてください。"


def may_change(*, writable: bool) -> Callable[[Request], None]:
    """Return what lets a change through, or refuses it with 403."""

    def check(request: Request) -> None:
        if not writable:
            raise HTTPException(403, READ_ONLY)
        origin = request.headers.get("origin")
        foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
        if foreign or request.headers.get(HEADER) != "1":
            raise HTTPException(403, FOREIGN)

    return check


def sent_as(wanted: str) -> Callable[[Request], None]:
    """Return what lets a body of this type through, or refuses it with 415."""

    def check(request: Request) -> None:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != wanted:
            raise HTTPException(415, WRONG_TYPE.format(wanted=wanted))

    return check
