"""Every error as ``{"schema": 1, "error": "…", "code": "…"}``, in the engine's own words and with its status.

What only those at the machine should know, such as where a file lies, goes to the log.
"""

import logging
from collections.abc import Mapping, Sequence
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
from index.schema import VERSION

logger = logging.getLogger(__name__)

STATUS: dict[type[TenkyoError], int] = {
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
    "bool_parsing": "{name} は true か false にしてください。",
    "bool_type": "{name} は true か false にしてください。",
    "int_parsing": "{name} は整数にしてください。",
    "int_type": "{name} は整数にしてください。",
    "int_from_float": "{name} は整数にしてください。",
    "greater_than_equal": "{name} は {ge} 以上にしてください。",
    "less_than_equal": "{name} は {le} 以下にしてください。",
    "model_attributes_type": "本文は JSON のオブジェクトにし、Content-Type を application/json にしてください。",
}
"""Messages by the kinds of pydantic. Source: https://docs.pydantic.dev/latest/errors/validation_errors/"""


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
    status = 404 if error.code in ABSENT else _status(error)
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
    return known.format(name=_name(error["loc"]), **error.get("ctx", {}))


def install_problems(server: FastAPI) -> None:
    """Make every error of the server's own routes a problem."""
    server.add_exception_handler(TenkyoError, _told)
    server.add_exception_handler(RequestValidationError, _invalid)
    server.add_exception_handler(HTTPException, _refused)
    server.add_exception_handler(Exception, _unexpected)


def _status(error: TenkyoError) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def _told(_: Request, exc: Exception) -> JSONResponse:
    assert isinstance(exc, TenkyoError)
    return problem_of(exc)


def _invalid(_: Request, exc: Exception) -> JSONResponse:
    assert isinstance(exc, RequestValidationError)
    first: Mapping[str, Any] = exc.errors()[0]
    return problem(400 if first["type"] == "json_invalid" else 422, invalid(first))


def _name(place: Sequence[str | int]) -> str:
    """Name the member: the place without where it was sent and without positions."""
    return ".".join(str(part) for part in place[1:] if isinstance(part, str)) or "本文"


def _refused(_: Request, exc: Exception) -> JSONResponse:
    assert isinstance(exc, HTTPException)
    # Starlette's own detail is English; ours is not.
    told = "" if exc.detail.isascii() else exc.detail
    return problem(exc.status_code, told, headers=exc.headers)


def _unexpected(_: Request, __: Exception) -> JSONResponse:
    return problem(500)
