"""The REST interface: the JSON of the command line, over HTTP.

routes.py     what can be asked: over REST, over MCP, and by name through Gradio's clients
problems.py   every error as ``{"schema": 1, "error": "…", "code": "…"}`` with its status
docs.py       the page that describes the endpoints, and pages like it: no script, nothing from outside
"""

from index.api.docs import docs_router, plain_page
from index.api.problems import install_problems, problem, problem_of
from index.api.routes import (
    Named,
    apart_with,
    api_router,
    giving_json,
    named_functions,
    tool_routes,
    tool_server,
)

__all__ = [
    "Named",
    "apart_with",
    "api_router",
    "docs_router",
    "giving_json",
    "install_problems",
    "named_functions",
    "plain_page",
    "problem",
    "problem_of",
    "tool_routes",
    "tool_server",
]
