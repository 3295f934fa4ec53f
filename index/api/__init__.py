"""The REST interface: the JSON of the command line, over HTTP.

models.py     what is asked and answered, precisely, for OpenAPI
work.py       what they do, apart from HTTP
routes.py     the endpoints
tools.py      the same over MCP, where it is installed
problems.py   every error as ``{"schema": 1, "error": "…"}`` with its status
docs.py       the page that describes the endpoints; no script, nothing from outside
paper.py      plain pages of our own, under a strict policy
"""

from index.api.docs import docs_router
from index.api.paper import paper
from index.api.problems import install_problems, problem
from index.api.routes import api_router
from index.api.tools import tool_routes, tool_server
from index.api.work import apart_with

__all__ = [
    "apart_with",
    "api_router",
    "docs_router",
    "install_problems",
    "paper",
    "problem",
    "tool_routes",
    "tool_server",
]
