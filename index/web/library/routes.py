"""What the page of the library asks of the server."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from index.engine import Engine
from index.web.library.page import library_page
from index.web.library.state import library_state


def library_router(engine: Engine, *, language: str = "ja", writable: bool = True) -> APIRouter:
    """Return the routes under ``/library``.

    Args:
        engine: Need not be warm.
        language: Of the page, for a browser that asks for none it speaks.
        writable: Whether who comes here may change the library.
    """
    router = APIRouter(include_in_schema=False, prefix="/library")

    @router.api_route("", methods=["GET", "HEAD"])
    def page(request: Request) -> HTMLResponse:
        return library_page(request, language=language, writable=writable)

    @router.get("/state")
    def state() -> dict[str, Any]:
        return library_state(engine, writable=writable)

    return router
