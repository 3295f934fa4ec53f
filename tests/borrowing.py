"""The library over HTTP, without the chat: a server of it, and a browser's side."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
from conftest import running
from fastapi import FastAPI

from index.api import install_problems
from index.engine import Engine
from index.server.middleware import AccessMiddleware, RateLimit
from index.web.library import LARGE, library_router

HARBOUR = "港の灯台は白い。高さは31メートルである。"
OURS = {"X-Tenkyo": "1"}
POSTS = ("files", "text", "remove", "rebuild", "undo")


class Library(httpx.Client):
    """A browser's side of the library."""

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.get("/library/state").raise_for_status().json()
        return state

    def built(self) -> dict[str, Any]:
        """The state once no build runs."""
        end = time.monotonic() + 60
        while (state := self.state())["build"]["running"]:
            assert time.monotonic() < end
            time.sleep(0.02)
        return state

    def bring(self, *files: tuple[str, bytes], **options: Any) -> httpx.Response:
        return self.post("/library/files", files=[("files", file) for file in files], **options)

    def paste(self, **fields: str) -> httpx.Response:
        return self.post("/library/text", json={"title": "港", "text": HARBOUR} | fields)


Open = Callable[..., Library]


@contextmanager
def lent(
    engine: Engine, *, writable: bool = True, large: Mapping[str, int] = LARGE
) -> Iterator[Library]:
    """Serve the library of an engine, behind the limits of the server."""
    app = FastAPI()
    install_problems(app)
    app.include_router(library_router(engine, writable=writable))
    app.add_middleware(AccessMiddleware, rate=RateLimit(0), large=large)
    with running(app) as address, Library(base_url=address, headers=OURS, timeout=30) as library:
        yield library


def error(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]
