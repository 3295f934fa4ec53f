"""What the page of the library asks of the server."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.concurrency import run_in_threadpool

from index.engine import Engine
from index.errors import BusyError, StoreError
from index.ingest import Upload
from index.records import BuildReport, OnProgress
from index.schema import VERSION
from index.web.library.arriving import (
    FILES,
    REQUEST_BYTES,
    TEXT_BYTES,
    TEXT_CHARACTERS,
    Pasted,
    Removal,
    read_files,
    receive_files,
    receive_text,
)
from index.web.library.builds import Builds, Work
from index.web.library.guard import may_change, sent_as
from index.web.library.page import library_page, timeline_page
from index.web.library.state import Listing, Payload, build_state, undo_state

LARGE = {"/library/files": REQUEST_BYTES, "/library/text": TEXT_BYTES}
"""Paths where a request may be larger than elsewhere, and how large, in bytes."""

BEGUN: Payload = {"schema": VERSION}

NONE = "受け取れるファイルがありませんでした。"
NOTHING = "戻せる前の索引がありません。"


def library_router(engine: Engine, *, language: str = "ja", writable: bool = True) -> APIRouter:
    """Return the routes under ``/library``.

    Args:
        engine: Need not be warm.
        language: Of the page, for a browser that asks for none it speaks.
        writable: Whether who comes here may change the library.
    """
    builds, listing = Builds(engine.merge), Listing(engine)
    router = APIRouter(include_in_schema=False, prefix="/library")

    @router.api_route("", methods=["GET", "HEAD"])
    def page(request: Request) -> HTMLResponse:
        return library_page(request, language=language, writable=writable)

    @router.get("/timeline")
    def timeline(request: Request) -> HTMLResponse:
        made = ""
        with contextlib.suppress(StoreError):  # nothing indexed yet
            made = engine.generation().timeline()
        return timeline_page(request, made, language=language)

    @router.get("/state")
    def state() -> Payload:
        number, articles = listing.read()
        undo = undo_state(engine)
        return {
            "schema": VERSION,
            "generation": number,
            "articles": articles,
            "build": build_state(builds.last),
            "can_undo": undo is not None,
            "undo": undo,
            "damaged": engine.damage is not None,
            "writable": writable,
            "limits": {
                "file_bytes": engine.settings.upload_bytes,
                "files": FILES,
                "request_bytes": REQUEST_BYTES,
                "text_characters": TEXT_CHARACTERS,
            },
        }

    changes = APIRouter(dependencies=[Depends(may_change(writable=writable))])
    _add_adding(changes, engine, builds)
    _add_others(changes, engine, builds)
    router.include_router(changes)
    return router


def _add_adding(router: APIRouter, engine: Engine, builds: Builds) -> None:
    @router.post("/files", dependencies=[Depends(sent_as("multipart/form-data"))])
    async def files(request: Request) -> JSONResponse:
        with _one_at_a_time():
            builds.check_idle()  # before 100 MB are read
        sent = await read_files(request)
        largest = engine.settings.upload_bytes
        uploads, skipped = await run_in_threadpool(receive_files, sent, largest=largest)
        accepted = [upload.name for upload in uploads]
        told = {"schema": VERSION, "accepted": accepted, "refused": [asdict(s) for s in skipped]}
        if not uploads:
            return JSONResponse(told | {"error": NONE}, 400)
        _begin_upload(builds, engine, uploads)
        return JSONResponse(told, 202)

    @router.post("/text", dependencies=[Depends(sent_as("application/json"))], status_code=202)
    def text(pasted: Pasted) -> Payload:
        _begin_upload(builds, engine, [receive_text(pasted)])
        return BEGUN


def _add_others(router: APIRouter, engine: Engine, builds: Builds) -> None:
    @router.post("/remove", dependencies=[Depends(sent_as("application/json"))], status_code=202)
    def remove(removal: Removal) -> Payload:
        try:
            engine.check_removal(removal.ids)
        except StoreError as exc:
            raise HTTPException(400, exc.told) from exc
        _begin(builds, "remove", lambda report: engine.remove(*removal.ids, on_progress=report))
        return BEGUN

    @router.post("/rebuild", status_code=202)
    def rebuild() -> Payload:
        _begin(builds, "rebuild", lambda report: engine.build(on_progress=report))
        return BEGUN

    @router.post("/undo", status_code=202)
    def undo() -> Payload:
        if undo_state(engine) is None:
            raise HTTPException(409, NOTHING)
        _begin(builds, "undo", lambda _: _undo(engine))
        return BEGUN


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    try:
        yield
    except BusyError as exc:
        raise HTTPException(409, exc.told) from exc


def _begin(builds: Builds, kind: str, work: Work) -> None:
    with _one_at_a_time():
        builds.start(kind, work)


def _begin_upload(builds: Builds, engine: Engine, uploads: Sequence[Upload]) -> None:
    """Start a build with these among the sources; they are closed when it is done, or does not begin."""
    held = contextlib.ExitStack()
    for upload in uploads:
        held.enter_context(upload.content)

    def work(report: OnProgress) -> BuildReport:
        with held:
            return engine.upload(uploads, on_progress=report)

    try:
        _begin(builds, "add", work)
    except HTTPException:
        held.close()
        raise


def _undo(engine: Engine) -> None:
    engine.rollback()
