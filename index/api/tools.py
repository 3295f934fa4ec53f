"""The same as tools for language models, over MCP, where its package is installed (``tenkyo[mcp]``)."""

import importlib.util
from typing import Any

from fastapi import HTTPException

from index.api import models, work
from index.api.work import Apart
from index.errors import TenkyoError

ASK = (
    "索引にある記事から質問に答える。どの文にも番号の付いた引用があり、quote は記事の言葉そのまま。"
    "answered が false なら、記事に答えはない。日本語、英語、中国語で質問できる。"
)
SEARCH = "質問に近い一節を、近い順に返す。"
READ = "記事の本文を返す。article_id は、ask の引用や search の一節にある。"


def tool_server(apart: Apart) -> Any:
    """Return an MCP server with the tools ask, search and read_article; None without the package."""
    if importlib.util.find_spec("mcp") is None:
        return None
    from mcp.server.mcpserver import MCPServer

    server = MCPServer("tenkyo", log_level="WARNING")
    for tool, words in zip(_tools(apart), (ASK, SEARCH, READ), strict=True):
        server.add_tool(tool, description=words)
    return server


def tool_routes(server: Any) -> list[Any]:
    """Return the route ``/mcp``. Each call stands for itself; the server's own doors guard it."""
    from mcp.server.transport_security import TransportSecuritySettings

    unguarded = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    app = server.streamable_http_app(
        stateless_http=True, json_response=True, transport_security=unguarded
    )
    return list(app.routes)


def _tools(apart: Apart) -> tuple[Any, ...]:
    async def told(do: Any, asked: Any) -> Any:
        from mcp.server.mcpserver.exceptions import ToolError

        try:
            return await apart(do, asked)
        except (TenkyoError, HTTPException) as exc:
            raise ToolError(getattr(exc, "detail", str(exc))) from exc

    async def ask(
        question: str,
        previous: str | None = None,
        since: models.Day | None = None,
        until: models.Day | None = None,
        publisher: list[str] | None = None,
        article: list[str] | None = None,
    ) -> models.Answer:
        limits = {"since": since, "until": until, "publisher": publisher, "article": article}
        given = {name: value for name, value in limits.items() if value is not None}
        asked = models.Ask.model_validate({"question": question, "previous": previous, **given})
        return models.Answer.model_validate(await told(work.ask, asked))

    async def search(question: str, top_k: models.TopK = 10) -> models.Found:
        asked = models.Search.model_validate({"question": question, "top_k": top_k})
        return models.Found.model_validate(await told(work.search, asked))

    async def read_article(article_id: str) -> models.Article:
        return models.Article.model_validate(await told(work.article, article_id))

    return ask, search, read_article
