"""The application: the chat, the REST interface, the pages and the probes on one FastAPI."""

import contextlib
import shutil
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, cast

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from index import api
from index.engine import Engine
from index.server.admission import ObservedEngine
from index.server.gradio_page import mount_page
from index.server.middleware import AccessMiddleware
from index.server.rates import RateLimit
from index.server.receiving import LARGE
from index.server.signin import Accounts, sign_in_router
from index.server.visitors import Visitors
from index.users import Sessions
from index.web.article import article_router
from index.web.chat import AT_ONCE, conversation_router
from index.web.chat.warmup import WarmUp
from index.web.library import upload_folder
from index.web.page import build_app


def create_server(
    engine: Engine,
    *,
    rate: int = 0,
    auth_file: Path | None = None,
    public: bool = False,
    hosts: Collection[str] = (),
) -> FastAPI:
    """Return the server with the chat at ``/``; starting it warms the engine up.

    Args:
        engine: Need not be warm.
        rate: Questions a minute from one address; 0 for any number.
        auth_file: Who may sign in; None where nobody has to.
        public: Whether anybody may come, without signing in: each browser then has conversations of
            its own, and nobody changes the library.
        hosts: Names under which the server may be asked for; any without them.

    Raises:
        SettingsError: The file cannot be read.
    """
    sessions = Sessions(engine.settings.home / "sessions.sqlite")
    accounts = Accounts(auth_file, sessions) if auth_file else None
    visitors = Visitors(engine.settings.home / "visitors.key") if public else None
    warm_up, limit = WarmUp(engine), RateLimit(rate)
    observed = ObservedEngine(engine, at_once=AT_ONCE)
    asked = cast(Engine, observed)
    # A few threads more than are admitted, so that who is refused hears so at once.
    apart = api.apart_with(asked, threads=observed.capacity + 4)
    named = api.named_functions(apart)
    endpoints = map(api.giving_json, named)
    page = build_app(asked, warm_up, endpoints, limit.admit, writable=not public)
    observed.queued = lambda: len(page._queue)
    tools = api.tool_server(named)
    server = FastAPI(
        title="Tenkyo", lifespan=_lifespan(warm_up, tools), docs_url=None, redoc_url=None
    )
    server.state.working = lambda: observed.working
    server.state.stop = engine.stop
    api.install_problems(server)
    for router in (
        _probes(observed, warm_up),
        api.api_router(apart, lambda: engine.damage),
        api.docs_router(),
        *([sign_in_router(accounts)] if accounts else ()),
        article_router(engine),
        conversation_router(engine),
    ):
        server.include_router(router)
    server.router.routes.extend(api.tool_routes(tools) if tools else ())
    mount_page(server, page, writable=not public)
    server.add_middleware(
        AccessMiddleware,
        rate=limit,
        large={} if public else LARGE,
        hosts=hosts,
        accounts=accounts,
        visitors=visitors,
        root_path=engine.settings.root_path,
    )
    return server


def _lifespan(
    warm_up: WarmUp, tools: Any
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        warm_up.start()
        try:
            async with tools.session_manager.run() if tools else contextlib.nullcontext():
                yield
        finally:
            shutil.rmtree(upload_folder(), ignore_errors=True)

    return lifespan


def _probes(engine: ObservedEngine, warm_up: WarmUp) -> APIRouter:
    """Return what those who look after the server ask: alive, ready, and in figures."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> dict[str, Any]:
        return {"schema": 1, "status": "ok", "ready": engine.ready}

    @router.get("/readyz")
    async def readyz() -> Response:
        if engine.ready:
            told: dict[str, Any] = {"schema": 1, "status": "ready"}
            return JSONResponse(told | ({"damage": engine.damage.told} if engine.damage else {}))
        return api.problem_of(warm_up.error) if warm_up.error else api.problem(503, "準備中です。")

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(engine.registry), media_type=CONTENT_TYPE_LATEST)

    return router
