"""The REST interface: the JSON of the command line, over HTTP.

models.py     what is asked and answered, precisely, for OpenAPI
work.py       what they do, apart from HTTP
routes.py     the endpoints
named.py      the questions as functions, for MCP and for Gradio's clients
tools.py      those over MCP, where it is installed
problems.py   every error as ``{"schema": 1, "error": "…", "code": "…"}`` with its status
docs.py       the page that describes the endpoints; no script, nothing from outside
paper.py      plain pages of our own, under a strict policy
"""

from index.api.docs import docs_router
from index.api.named import Named, giving_json, named_functions
from index.api.paper import paper
from index.api.problems import install_problems, problem, problem_of
from index.api.routes import api_router
from index.api.tools import tool_routes, tool_server
from index.api.work import apart_with

__all__ = [
    "Named",
    "apart_with",
    "api_router",
    "docs_router",
    "giving_json",
    "install_problems",
    "named_functions",
    "paper",
    "problem",
    "problem_of",
    "tool_routes",
    "tool_server",
]
