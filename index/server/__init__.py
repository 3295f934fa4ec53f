"""The server: the chat and the REST interface on one FastAPI application, with its doors."""

from index.server.listening import check_host, serve
from index.server.server import create_server

__all__ = ["check_host", "create_server", "serve"]
