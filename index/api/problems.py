"""Every error as ``{"schema": 1, "error": "…", "code": "…"}``, in the engine's own words and with its status.

What only those at the machine should know, such as where a file lies, goes to the log.
"""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from index.errors import (
    BusyError,
    EncoderError,
    QuestionError,
    SettingsError,
    StoreError,
    TenkyoError,
)
from index.shapes import VERSION, Sealed, shown_as

logger = logging.getLogger(__name__)

STATUS = {
    QuestionError: 422,
    BusyError: 429,
    StoreError: 503,
    EncoderError: 503,
    SettingsError: 503,
}
"""The status of each error; 500 for the others."""

ABSENT = frozenset(("no-article", "no-conversation"))
"""Codes of what is not there: 404, whatever the error."""

AGAIN = {"Retry-After": "2"}
"""Seconds in which some 80 questions are answered: a full queue has moved on."""

CODES = {
    400: "unreadable",
    401: "sign-in",
    403: "forbidden",
    404: "not-found",
    405: "method",
    409: "conflict",
    413: "too-large",
    415: "unreadable",
    422: "invalid",
    429: "too-often",
    503: "not-ready",
}
"""The code of each status where no TenkyoError has a better one; ``unexpected`` for the others."""

WORDS = {
    400: "リクエストを読めません。",
    404: "このアドレスには何もありません。使えるものは /api/docs にあります。",
    405: "このアドレスでは、この方法（メソッド）は使えません。使えるものは /api/docs にあります。",
    500: "内部で問題が起きました。もう一度お試しください。続くときは、サーバーの記録をご覧ください。",
}

INVALID = {
    "json_invalid": "本文が JSON になっていません。",
    "missing": "{name} を入れてください。",
    "extra_forbidden": "{name} という項目はありません。項目は /api/docs にあります。",
    "string_type": "{name} は文字列にしてください。",
    "list_type": "{name} は文字列か、文字列の並びにしてください。",
    **dict.fromkeys(("bool_parsing", "bool_type"), "{name} は true か false にしてください。"),
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float"), "{name} は整数にしてください。"),
    "greater_than_equal": "{name} は {ge} 以上にしてください。",
    "less_than_equal": "{name} は {le} 以下にしてください。",
    "model_attributes_type": "本文は JSON のオブジェクトにし、Content-Type を application/json にしてください。",
}
"""Messages by the kinds of pydantic. Source: https://docs.pydantic.dev/latest/errors/validation_errors/"""


class Problem(Sealed):
    """エラー。"""

    error: str = shown_as("何が起きたかと、どうすればよいか", "質問が空です。知りたいことを…")
    code: str = shown_as("同じことを、プログラムのための一語で", "question-empty")


def problem(
    status: int,
    message: str = "",
    *,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return an error as the interface gives it."""
    told = {
        "schema": VERSION,
        "error": message or WORDS.get(status, WORDS[400]),
        "code": code or CODES.get(status, "unexpected"),
    }
    return JSONResponse(told, status, headers)


def problem_of(error: TenkyoError) -> JSONResponse:
    """Return a TenkyoError as the interface gives it, and log what a visitor should not read."""
    kinds = (status for kind, status in STATUS.items() if isinstance(error, kind))
    status = 404 if error.code in ABSENT else next(kinds, 500)
    if status >= 500:
        logger.error("%s", error)
    headers = AGAIN if status == 429 else None
    return problem(status, error.told, code=error.code, headers=headers)


def invalid(error: Mapping[str, Any]) -> str:
    """Say in a sentence what is wrong with what was sent.

    Args:
        error: One of pydantic's, whose place begins with where it was sent (body, query).
    """
    known = INVALID.get(error["type"], "{name} の値が正しくありません。")
    place = (part for part in error["loc"][1:] if isinstance(part, str))  # without positions
    return known.format(name=".".join(place) or "本文", **error.get("ctx", {}))


def install_problems(server: FastAPI) -> None:
    """Make every error of the server's own routes a problem."""

    @server.exception_handler(TenkyoError)
    async def told(_: Request, exc: TenkyoError) -> JSONResponse:
        return problem_of(exc)

    @server.exception_handler(RequestValidationError)
    async def not_valid(_: Request, exc: RequestValidationError) -> JSONResponse:
        first: Mapping[str, Any] = exc.errors()[0]
        return problem(400 if first["type"] == "json_invalid" else 422, invalid(first))

    @server.exception_handler(HTTPException)
    async def refused(_: Request, exc: HTTPException) -> JSONResponse:
        # Starlette's own detail is English; ours is not.
        detail = "" if exc.detail.isascii() else exc.detail
        return problem(exc.status_code, detail, headers=exc.headers)

    @server.exception_handler(Exception)
    async def unexpected(_: Request, __: Exception) -> JSONResponse:
        return problem(500)
