"""The server: the chat, the REST interface and the probes on one FastAPI application."""

import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.routing import Mount

from index.api import (
    Named,
    apart_with,
    api_router,
    docs_router,
    giving_json,
    install_problems,
    named_functions,
    problem,
    problem_of,
    tool_routes,
    tool_server,
)
from index.engine import Engine
from index.server.doors import Limits, OnlyThePage
from index.server.gate import Gate
from index.server.headers import Headers
from index.server.hosts import KnownHosts
from index.server.observed import Metrics, observed
from index.server.page import OwnPage
from index.server.rate import Rate
from index.server.signin import Passwords, SignIn, sign_in_router
from index.web.article import article_router
from index.web.chat import AT_ONCE, build_app, conversation_router, page_parts
from index.web.chat.texts import JA, Texts
from index.web.chat.warmup import WarmUp
from index.web.library import LARGE, library_router


def create_server(
    engine: Engine,
    *,
    texts: Texts = JA,
    rate: int = 0,
    auth_file: Path | None = None,
    writable: bool = True,
    hosts: Collection[str] = (),
) -> FastAPI:
    """Return the server with the chat at ``/``; starting it warms the engine up.

    Args:
        engine: Need not be warm.
        texts: The words of the page.
        rate: Questions a minute from one address; 0 for any number.
        auth_file: Who may sign in; None where nobody has to.
        writable: Whether who is let in may change the library.
        hosts: Names under which the server may be asked for; any without them.

    Raises:
        SettingsError: The file cannot be read.
    """
    passwords = _passwords(auth_file) if auth_file else None
    warm_up, gate, admitted = WarmUp(engine), Gate(AT_ONCE), Rate(rate)
    metrics = Metrics(engine, gate)
    asked = observed(engine, gate, metrics)
    # A few threads more than the gate lets in, so that whom it turns away hears so at once.
    apart = apart_with(asked, threads=gate.capacity + 4)
    named = named_functions(apart)
    endpoints, admit = map(giving_json, named), admitted.admit
    page = build_app(asked, warm_up=warm_up, texts=texts, endpoints=endpoints, admit=admit)
    metrics.queued = lambda: len(page._queue)
    ours = [_probes(engine, warm_up, metrics), api_router(apart), docs_router()]
    server = _served([*ours, *_pages(engine, texts, passwords, writable)], warm_up, named)
    head = _mount_page(server, page, texts)
    server.add_middleware(OwnPage, language=texts.language, head=head)
    _add_doors(server, passwords=passwords, rate=admitted, hosts=hosts)
    return server


def _passwords(file: Path) -> Passwords:
    passwords = Passwords(file)
    passwords.users()  # a file that cannot be read is told before anything is made
    return passwords


def _served(routers: Iterable[APIRouter], warm_up: WarmUp, named: Iterable[Named]) -> FastAPI:
    tools = tool_server(named)
    lifespan = _lifespan(warm_up, tools)
    server = FastAPI(title="Tenkyo", lifespan=lifespan, docs_url=None, redoc_url=None)
    install_problems(server)
    for router in routers:
        server.include_router(router)
    server.router.routes.extend(tool_routes(tools) if tools else ())
    return server


def _pages(
    engine: Engine, texts: Texts, passwords: Passwords | None, writable: bool
) -> Iterator[APIRouter]:
    """Yield the pages that Gradio has no part in."""
    if passwords:
        yield sign_in_router(passwords)
    yield article_router(engine, texts.language)
    yield conversation_router(engine, texts.language)
    yield library_router(engine, language=texts.language, writable=writable)


def _add_doors(
    server: FastAPI, *, passwords: Passwords | None, rate: Rate, hosts: Collection[str]
) -> None:
    server.add_middleware(SignIn, passwords=passwords)
    server.add_middleware(Limits, rate=rate, large=LARGE)
    server.add_middleware(KnownHosts, hosts=hosts)
    server.add_middleware(Headers)  # added last, met first


def _lifespan(
    warm_up: WarmUp, tools: Any
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        warm_up.start()
        async with tools.session_manager.run() if tools else contextlib.nullcontext():
            yield

    return lifespan


def _mount_page(server: FastAPI, page: Any, texts: Texts) -> str:
    """Mount the chat at ``/``, below every route of our own, and shut what it does not need.

    Returns:
        What its script adds to its head.
    """
    import gradio as gr  # after index.web, which keeps it from calling home

    parts = page_parts(texts)
    gr.mount_gradio_app(
        server,
        page,
        path="/",
        show_error=False,
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        max_file_size="1mb",
        **parts,
    )
    mount = server.router.routes[-1]
    assert isinstance(mount, Mount)
    mount.app = OnlyThePage(mount.app)
    return str(parts["head"])


def _probes(engine: Engine, warm_up: WarmUp, metrics: Metrics) -> APIRouter:
    """Return what those who look after the server ask: alive, ready, and in figures."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> dict[str, Any]:
        return {"schema": 1, "status": "ok", "ready": engine.ready}

    @router.get("/readyz")
    async def readyz() -> Response:
        if engine.ready:
            return Response('{"schema":1,"status":"ready"}', media_type="application/json")
        return problem_of(warm_up.error) if warm_up.error else problem(503, "準備中です。")

    @router.get("/metrics")
    async def metrics_() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router
