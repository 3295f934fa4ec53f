"""The command ``tenkyo``."""

from index.cli.commands import app, main

__all__ = ["app", "main"]
