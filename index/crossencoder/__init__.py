"""Reads a question or claim and a window of sentences together: answered, evidence, words, verdict."""

from index.crossencoder.load import DEFAULT, load_crossencoder
from index.crossencoder.reading import CrossEncoder, Key, Reading, Window

__all__ = ["DEFAULT", "CrossEncoder", "Key", "Reading", "Window", "load_crossencoder"]
