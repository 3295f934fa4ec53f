"""The server: the chat and the REST interface on one FastAPI application."""

from index.server.listening import check_host, serve

__all__ = ["check_host", "serve"]
