"""The endpoints: a question, a search, the articles."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, HTTPException, Query

from index import payloads
from index.api import models
from index.engine import Engine
from index.errors import StoreError
from index.payloads import SCHEMA, Payload

Asked = TypeVar("Asked")

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": models.Problem, "description": words}
    for status, words in (
        (400, "本文が JSON ではない"),
        (413, "本文が大きすぎる"),
        (422, "質問が空、長すぎる、項目が正しくない"),
        (429, "混み合っている（Retry-After 秒後にもう一度）"),
        (503, "索引がまだないか、使えない"),
    )
}
ABSENT: dict[int | str, dict[str, Any]] = {
    404: {"model": models.Problem, "description": "その ID の記事はない"},
    503: PROBLEMS[503],
}


def api_router(engine: Engine, *, threads: int) -> APIRouter:
    """Return the endpoints under ``/api``.

    Args:
        engine: Asked from several threads.
        threads: How many. Threads of their own: questions that wait hold up nothing else.
    """
    router = APIRouter(prefix="/api")
    limiter = CapacityLimiter(threads)

    async def apart(work: Callable[[Engine, Asked], Payload], asked: Asked) -> Payload:
        return await to_thread.run_sync(partial(work, engine, asked), limiter=limiter)

    _add_questions(router, apart)
    _add_articles(router, apart)
    return router


Apart = Callable[..., Any]


def _add_questions(router: APIRouter, apart: Apart) -> None:
    ask_shape: Mapping[str, Any] = {
        "response_model": models.Answer,
        "response_model_exclude_unset": True,
        "responses": PROBLEMS,
    }
    search_shape: Mapping[str, Any] = {"response_model": models.Found, "responses": PROBLEMS}

    @router.post("/ask", summary="質問に、出典の付いた答えを返す", **ask_shape)
    async def ask(asked: models.Ask) -> Any:
        return await apart(_ask, asked)

    @router.get("/ask", summary="同じことを、アドレスだけで", **ask_shape)
    async def ask_by_address(asked: Annotated[models.Ask, Query()]) -> Any:
        return await apart(_ask, asked)

    @router.post("/search", summary="質問に近い一節を、近い順に返す", **search_shape)
    async def search(asked: models.Search) -> Any:
        return await apart(_search, asked)

    @router.get("/search", summary="同じことを、アドレスだけで", **search_shape)
    async def search_by_address(asked: Annotated[models.Search, Query()]) -> Any:
        return await apart(_search, asked)


def _add_articles(router: APIRouter, apart: Apart) -> None:
    @router.get(
        "/articles",
        summary="索引にある記事の一覧",
        response_model=models.Library,
        responses={503: PROBLEMS[503]},
    )
    async def articles() -> Any:
        return await apart(_library, None)

    @router.get(
        "/articles/{article_id:path}",
        summary="記事とその本文",
        response_model=models.Article,
        responses=ABSENT,
    )
    async def article(article_id: str) -> Any:
        return await apart(_article, article_id)


def _ask(engine: Engine, asked: models.Ask) -> Payload:
    filter = payloads.read_filter(asked.model_dump())
    started = time.perf_counter()
    answer = engine.ask(asked.question, previous=asked.previous, filter=filter)
    payload = payloads.answer_payload(answer, engine, seconds=time.perf_counter() - started)
    if asked.explain:
        explanation = engine.explain(answer, filter=filter)
        payload["explanation"] = payloads.explanation_payload(explanation, engine)
    return payload


def _search(engine: Engine, asked: models.Search) -> Payload:
    filter = payloads.read_filter(asked.model_dump())
    hits = engine.search(asked.question, top_k=asked.top_k, filter=filter)
    return {"schema": SCHEMA, "hits": [payloads.hit_payload(hit, engine) for hit in hits]}


def _library(engine: Engine, _: None) -> Payload:
    return payloads.library_payload(engine.articles())


def _article(engine: Engine, article_id: str) -> Payload:
    try:
        return payloads.article_payload(engine.article(article_id))
    except StoreError as exc:
        engine.articles()  # tells where it is the index that is missing
        raise HTTPException(
            404, f"{article_id} という記事はありません。/api/articles で一覧を見られます。"
        ) from exc
