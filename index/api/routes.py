"""What can be asked from outside: over REST, as tools over MCP, and by name through Gradio's clients."""

import functools
import importlib.util
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Annotated, Any, Protocol, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Query, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette import requests, routing

from index import answers, checked, schema
from index.api.asked import Ask, AskByAddress, Day, Draft, Search, SearchByAddress, TopK
from index.api.problems import Problem, invalid
from index.engine import Engine
from index.errors import QuestionError, TenkyoError

Given = TypeVar("Given")
Named = Callable[..., Awaitable[schema.Sealed]]


class Apart(Protocol):
    """Does work with an engine elsewhere than on the event loop."""

    def __call__(self, work: Callable[[Engine], Given], /) -> Awaitable[Given]:
        """Return what the work makes of the engine."""


def apart_with(engine: Engine, *, threads: int) -> Apart:
    """Return what does work with an engine in threads of its own: waiting there holds up nothing else."""
    limiter = CapacityLimiter(threads)

    async def apart(work: Callable[[Engine], Given], /) -> Given:
        return await to_thread.run_sync(work, engine, limiter=limiter)

    return apart


def _problems(told: dict[int, str]) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Problem, "description": words} for status, words in told.items()}


WARNING = "The index is damaged, the one before it answers; run tenkyo build"
NO_INDEX = {503: "索引がまだないか、使えない"}
REFUSED = _problems(
    {
        400: "本文が JSON ではない",
        413: "本文が大きすぎる",
        422: "質問が空、長すぎる、項目が正しくない",
        429: "混み合っている（Retry-After 秒後にもう一度）",
        **NO_INDEX,
    }
)
ABSENT = _problems({404: "その ID の記事はない"}) | {
    422: REFUSED[422],  # else FastAPI promises a shape of its own
    503: REFUSED[503],
}


def api_router(apart: Apart, damage: Callable[[], object]) -> APIRouter:
    """Return the endpoints under ``/api``; a header tells where the index in use is damaged."""

    class Route(APIRoute):
        def get_route_handler(self) -> Callable[[requests.Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handle_and_warn(request: requests.Request) -> Response:
                response = await handle(request)  # which may be what finds the damage
                if damage():
                    response.headers["Tenkyo-Warning"] = WARNING
                return response

            return handle_and_warn

    router = APIRouter(prefix="/api", route_class=Route)
    asking: dict[str, Any] = {"response_model_exclude_unset": True, "responses": REFUSED}
    by_address = "同じことを、アドレスだけで"

    @router.post("/ask", summary="質問に、出典の付いた答えを返す", **asking)
    async def ask(asked: Ask) -> schema.Answer:
        return await apart(asked.answer)

    @router.get("/ask", summary=by_address, **asking)
    async def ask_by_address(asked: Annotated[AskByAddress, Query()]) -> schema.Answer:
        return await apart(asked.answer)

    @router.post("/search", summary="質問に近い一節を、近い順に返す", **asking)
    async def search(asked: Search) -> schema.Found:
        return await apart(asked.found)

    @router.get("/search", summary=by_address, **asking)
    async def search_by_address(asked: Annotated[SearchByAddress, Query()]) -> schema.Found:
        return await apart(asked.found)

    @router.post("/check", summary="原稿を記事と一文ずつ突き合わせる", **asking)
    async def check(draft: Draft) -> checked.Check:
        return await apart(draft.checked)

    @router.get("/articles", summary="索引にある記事の一覧", responses=_problems(NO_INDEX))
    async def articles() -> schema.Library:
        return await apart(lambda engine: answers.library_of(engine.articles()))

    @router.get("/articles/{article_id:path}", summary="記事とその本文", responses=ABSENT)
    async def article(article_id: str) -> schema.Article:
        return await apart(lambda engine: answers.article_of(engine.article(article_id)))

    return router


def named_functions(apart: Apart) -> tuple[Named, ...]:
    """Return ask, search, check_draft and read_article; each raises a TenkyoError as the engine does."""

    async def ask(
        question: str,
        previous: str | None = None,
        since: Day | None = None,
        until: Day | None = None,
        publisher: list[str] | None = None,
        article: list[str] | None = None,
        undated: bool = False,
        explain: bool = False,
    ) -> schema.Answer:
        """索引にある記事から質問に答える。どの文にも番号の付いた引用があり、quote は記事の言葉そのまま。answered が false なら、記事に答えはない。日本語、英語、中国語で質問できる。"""
        days = {"since": since, "until": until, "undated": undated}
        limits = days | {"publisher": publisher, "article": article}
        asked = _checked(Ask, question=question, previous=previous, explain=explain, **limits)
        return await apart(asked.answer)

    async def search(
        question: str,
        top_k: TopK = 10,
        since: Day | None = None,
        until: Day | None = None,
        publisher: list[str] | None = None,
        article: list[str] | None = None,
        undated: bool = False,
    ) -> schema.Found:
        """質問に近い一節を、近い順に返す。"""
        days = {"since": since, "until": until, "undated": undated}
        limits = days | {"publisher": publisher, "article": article}
        return await apart(_checked(Search, question=question, top_k=top_k, **limits).found)

    async def check_draft(text: str) -> checked.Check:
        """原稿を記事と一文ずつ突き合わせる。verdict は supported、contradicted、not found、skipped。citations の引用は記事の言葉そのまま。"""
        return await apart(_checked(Draft, text=text).checked)

    async def read_article(article_id: str) -> schema.Article:
        """記事の本文を返す。article_id は、ask の引用や search の一節にある。"""
        return await apart(lambda engine: answers.article_of(engine.article(str(article_id))))

    return ask, search, check_draft, read_article


def giving_json(function: Named) -> Callable[..., Awaitable[dict[str, Any]]]:
    """Return the function with its answer as the object that REST gives."""

    @functools.wraps(function)
    async def call(*values: Any) -> dict[str, Any]:
        return (await function(*values)).as_json()

    return call


def tool_server(functions: Iterable[Named]) -> Any:
    """Return an MCP server with these functions as its tools; None without ``tenkyo[mcp]``."""
    if importlib.util.find_spec("mcp") is None:
        return None
    from mcp.server.mcpserver import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError

    def telling(function: Named) -> Named:
        @functools.wraps(function)
        async def call(*values: Any, **given: Any) -> schema.Sealed:
            try:
                return await function(*values, **given)
            except TenkyoError as exc:
                raise ToolError(exc.told) from exc

        return call

    server = MCPServer("tenkyo", log_level="WARNING")
    for function in functions:
        server.add_tool(telling(function))
    return server


def tool_routes(server: Any) -> list[Any]:
    """Return the routes ``/mcp`` and ``/mcp/``. Each call stands for itself; the server's own checks guard it."""
    from mcp.server.transport_security import TransportSecuritySettings

    unguarded = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    app = server.streamable_http_app(
        stateless_http=True, json_response=True, transport_security=unguarded
    )
    [route] = app.routes
    # A redirect would lose what was posted.
    return [routing.Route(path, route.endpoint) for path in (route.path, f"{route.path}/")]


Request = TypeVar("Request", bound=BaseModel)


def _checked(kind: type[Request], **given: Any) -> Request:
    """Check what was passed; None is what was left out.

    Raises:
        QuestionError: A value is of another type, or out of its range.
    """
    try:
        return kind.model_validate({n: value for n, value in given.items() if value is not None})
    except ValidationError as exc:
        first: dict[str, Any] = dict(exc.errors()[0])
        message = invalid(first | {"loc": ("body", *first["loc"])})
        raise QuestionError(message, code="invalid") from exc
