"""The questions as Python functions, for what makes tools of functions: MCP and Gradio's clients."""

import functools
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from index.api import models, work
from index.api.problems import invalid
from index.api.work import Apart
from index.errors import QuestionError, TenkyoError
from index.payloads import Payload

Named = Callable[..., Awaitable[models.Sealed]]
Model = TypeVar("Model", bound=models.Shape)


def named_functions(apart: Apart) -> tuple[Named, ...]:
    """Return ask, search and read_article; each raises a TenkyoError as the engine does.

    Args:
        apart: Does the work.
    """

    async def ask(
        question: str,
        previous: str | None = None,
        since: models.Day | None = None,
        until: models.Day | None = None,
        publisher: list[str] | None = None,
        article: list[str] | None = None,
        explain: bool = False,
    ) -> models.Answer:
        """索引にある記事から質問に答える。どの文にも番号の付いた引用があり、quote は記事の言葉そのまま。answered が false なら、記事に答えはない。日本語、英語、中国語で質問できる。"""
        limits = _limits(since, until, publisher, article)
        given = {"question": question, "previous": previous, "explain": explain, **limits}
        return models.Answer.model_validate(await apart(work.ask, _checked(models.Ask, given)))

    async def search(
        question: str,
        top_k: models.TopK = 10,
        since: models.Day | None = None,
        until: models.Day | None = None,
        publisher: list[str] | None = None,
        article: list[str] | None = None,
    ) -> models.Found:
        """質問に近い一節を、近い順に返す。"""
        limits = _limits(since, until, publisher, article)
        given = {"question": question, "top_k": top_k, **limits}
        return models.Found.model_validate(await apart(work.search, _checked(models.Search, given)))

    async def read_article(article_id: str) -> models.Article:
        """記事の本文を返す。article_id は、ask の引用や search の一節にある。"""
        return models.Article.model_validate(await apart(work.article, str(article_id)))

    return ask, search, read_article


def telling(function: Named, told: Callable[[TenkyoError], Exception]) -> Named:
    """Return the function with its errors as others expect them."""

    @functools.wraps(function)
    async def call(*values: Any, **given: Any) -> models.Sealed:
        try:
            return await function(*values, **given)
        except TenkyoError as exc:
            raise told(exc) from exc

    return call


def giving_json(function: Named) -> Callable[..., Awaitable[Payload]]:
    """Return the function with its answer as the object that REST gives."""

    @functools.wraps(function)
    async def call(*values: Any) -> Payload:
        answer = await function(*values)
        return answer.model_dump(mode="json", by_alias=True, exclude_unset=True)

    return call


def _limits(
    since: str | None, until: str | None, publisher: list[str] | None, article: list[str] | None
) -> Mapping[str, Any]:
    given = {"since": since, "until": until, "publisher": publisher, "article": article}
    return {name: value for name, value in given.items() if value is not None}


def _checked(kind: type[Model], given: Mapping[str, Any]) -> Model:
    try:
        return kind.model_validate(given)
    except ValidationError as exc:
        first: dict[str, Any] = dict(exc.errors()[0])
        message = invalid(first | {"loc": ("body", *first["loc"])})
        raise QuestionError(message, code="invalid") from exc
