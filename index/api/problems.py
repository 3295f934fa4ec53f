"""Every error as ``{"schema": 1, "error": "…"}``, in the engine's own words and with its status."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from index.errors import BusyError, EncoderError, QuestionError, StoreError, TenkyoError
from index.payloads import SCHEMA

STATUS: dict[type[TenkyoError], int] = {
    QuestionError: 422,
    BusyError: 429,
    StoreError: 503,
    EncoderError: 503,
}
"""The status of each error; 500 for the others."""

AGAIN = {"Retry-After": "2"}
"""Seconds in which some 80 questions are answered: a full queue has moved on."""

WORDS = {
    400: "リクエストを読めません。",
    404: "このアドレスには何もありません。使えるものは /api/docs にあります。",
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
    status: int, message: str = "", *, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return an error as the interface gives it."""
    message = message or WORDS.get(status, WORDS[400])
    return JSONResponse({"schema": SCHEMA, "error": message}, status, headers)


def install_problems(server: FastAPI) -> None:
    """Make every error of the server's own routes a problem."""
    server.add_exception_handler(TenkyoError, _told)
    server.add_exception_handler(RequestValidationError, _invalid)
    server.add_exception_handler(HTTPException, _refused)
    server.add_exception_handler(Exception, _unexpected)


def _told(_: Request, exc: Exception) -> JSONResponse:
    status = next((code for kind, code in STATUS.items() if isinstance(exc, kind)), 500)
    return problem(status, str(exc), headers=AGAIN if status == 429 else None)


def _invalid(_: Request, exc: Exception) -> JSONResponse:
    assert isinstance(exc, RequestValidationError)
    first: Mapping[str, Any] = exc.errors()[0]
    known = INVALID.get(first["type"], "{name} の値が正しくありません。")
    message = known.format(name=_name(first["loc"]), **first.get("ctx", {}))
    return problem(400 if first["type"] == "json_invalid" else 422, message)


def _name(place: Sequence[str | int]) -> str:
    """Name the member: the place without where it was sent (body, query) and without positions."""
    return ".".join(str(part) for part in place[1:] if isinstance(part, str)) or "本文"


def _refused(_: Request, exc: Exception) -> JSONResponse:
    assert isinstance(exc, HTTPException)
    # Starlette's own detail is English; what is thrown in this house is not.
    told = "" if exc.detail.isascii() else exc.detail
    return problem(exc.status_code, told, headers=exc.headers)


def _unexpected(_: Request, __: Exception) -> JSONResponse:
    return problem(500)
