"""Cleaning: drop web-page chrome from the raw text of an article's page.

The rules are stated in ``page``, the vocabulary in ``chrome``, the shapes of lines in ``lines``.
"""

from index.cleaning.page import CleanPage, clean

__all__ = ["CleanPage", "clean"]
