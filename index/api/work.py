"""What the endpoints and tools do: a checked question to a payload, in threads of their own."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread

from index import payloads
from index.api import models
from index.engine import Engine
from index.payloads import SCHEMA, Payload

Asked = TypeVar("Asked")
Apart = Callable[[Callable[[Engine, Any], Payload], Any], Awaitable[Payload]]
"""Does some work for what was asked, elsewhere than on the event loop."""


def apart_with(engine: Engine, *, threads: int) -> Apart:
    """Return what does work with an engine in threads of its own: waiting there holds up nothing else.

    Args:
        engine: Asked from several threads.
        threads: How many.
    """
    limiter = CapacityLimiter(threads)

    async def apart(work: Callable[[Engine, Asked], Payload], asked: Asked) -> Payload:
        return await to_thread.run_sync(partial(work, engine, asked), limiter=limiter)

    return apart


def ask(engine: Engine, asked: models.Ask) -> Payload:
    """Answer a question. Raises as ``Engine.ask``."""
    return payloads.ask_payload(
        engine,
        asked.question,
        previous=asked.previous,
        filter=payloads.read_filter(asked.model_dump()),
        explain=asked.explain,
    )


def search(engine: Engine, asked: models.Search) -> Payload:
    """Rank passages. Raises as ``Engine.search``."""
    filter = payloads.read_filter(asked.model_dump())
    hits = engine.search(asked.question, top_k=asked.top_k, filter=filter)
    return {"schema": SCHEMA, "hits": [payloads.hit_payload(hit, engine) for hit in hits]}


def library(engine: Engine, _: None) -> Payload:
    """List the articles. Raises as ``Engine.articles``."""
    return payloads.library_payload(engine.articles())


def article(engine: Engine, article_id: str) -> Payload:
    """Return an article with its text. Raises as ``Engine.article``."""
    return payloads.article_payload(engine.article(article_id))
