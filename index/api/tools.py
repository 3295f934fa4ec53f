"""The same as tools for language models, over MCP, where its package is installed (``tenkyo[mcp]``)."""

import importlib.util
from collections.abc import Iterable
from typing import Any

from index.api.named import Named, telling


def tool_server(functions: Iterable[Named]) -> Any:
    """Return an MCP server with these functions as its tools; None without the package."""
    if importlib.util.find_spec("mcp") is None:
        return None
    from mcp.server.mcpserver import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError

    server = MCPServer("tenkyo", log_level="WARNING")
    for function in functions:
        server.add_tool(telling(function, lambda error: ToolError(error.told)))
    return server


def tool_routes(server: Any) -> list[Any]:
    """Return the route ``/mcp``. Each call stands for itself; the server's own doors guard it."""
    from mcp.server.transport_security import TransportSecuritySettings

    unguarded = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    app = server.streamable_http_app(
        stateless_http=True, json_response=True, transport_security=unguarded
    )
    return list(app.routes)
