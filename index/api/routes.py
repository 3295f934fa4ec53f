"""The endpoints: a question, a search, the articles."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query

from index.api import models, work
from index.api.work import Apart

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
    422: PROBLEMS[422],  # else FastAPI promises a shape of its own
    503: PROBLEMS[503],
}


def api_router(apart: Apart) -> APIRouter:
    """Return the endpoints under ``/api``."""
    router = APIRouter(prefix="/api")
    _add_questions(router, apart)
    _add_articles(router, apart)
    return router


def _add_questions(router: APIRouter, apart: Apart) -> None:
    ask_shape: Mapping[str, Any] = {
        "response_model": models.Answer,
        "response_model_exclude_unset": True,
        "responses": PROBLEMS,
    }
    search_shape: Mapping[str, Any] = {"response_model": models.Found, "responses": PROBLEMS}

    @router.post("/ask", summary="質問に、出典の付いた答えを返す", **ask_shape)
    async def ask(asked: models.Ask) -> Any:
        return await apart(work.ask, asked)

    @router.get("/ask", summary="同じことを、アドレスだけで", **ask_shape)
    async def ask_by_address(asked: Annotated[models.Ask, Query()]) -> Any:
        return await apart(work.ask, asked)

    @router.post("/search", summary="質問に近い一節を、近い順に返す", **search_shape)
    async def search(asked: models.Search) -> Any:
        return await apart(work.search, asked)

    @router.get("/search", summary="同じことを、アドレスだけで", **search_shape)
    async def search_by_address(asked: Annotated[models.Search, Query()]) -> Any:
        return await apart(work.search, asked)


def _add_articles(router: APIRouter, apart: Apart) -> None:
    @router.get(
        "/articles",
        summary="索引にある記事の一覧",
        response_model=models.Library,
        responses={503: PROBLEMS[503]},
    )
    async def articles() -> Any:
        return await apart(work.library, None)

    @router.get(
        "/articles/{article_id:path}",
        summary="記事とその本文",
        response_model=models.Article,
        responses=ABSENT,
    )
    async def article(article_id: str) -> Any:
        return await apart(work.article, article_id)
