"""The server: the chat on FastAPI, whole and quiet, with room for a REST interface beside it."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI

from index.engine import Engine
from index.server.page import OwnPage
from index.web.chat import build_app, page_parts
from index.web.texts import JA, Texts
from index.web.warmup import WarmUp


def create_server(engine: Engine, *, texts: Texts = JA) -> FastAPI:
    """Return the server with the chat at ``/`` and the health check; starting it warms the engine up."""
    warm_up = WarmUp(engine, unexpected=texts.unexpected)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        warm_up.start()
        yield

    server = FastAPI(title="Tenkyo", lifespan=lifespan, docs_url=None, redoc_url=None)
    server.add_middleware(OwnPage, language=texts.language)

    @server.get("/healthz")
    def healthz() -> dict[str, Any]:
        return {"schema": 1, "status": "ok", "ready": engine.ready, "error": warm_up.error}

    import gradio as gr  # after index.web, which keeps it from calling home

    mounted: FastAPI = gr.mount_gradio_app(
        server,
        build_app(engine, warm_up=warm_up, texts=texts),
        path="/",
        show_error=False,
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        max_file_size="1mb",
        **page_parts(texts),
    )
    return mounted
