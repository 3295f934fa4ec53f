"""Cleaning: drop web-page chrome from the raw text of an article's page."""

from index.cleaning.page import CleanPage, clean

__all__ = ["CleanPage", "clean"]
