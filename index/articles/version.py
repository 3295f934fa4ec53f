"""The version of the reading: a cache of read articles is good as long as it stays the same.

It is computed, since a number bumped by hand is forgotten: from the sources of the modules that
read and the versions of the libraries they read with.
"""

import hashlib
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

_LIBRARIES = (
    "charset-normalizer",
    "lxml",
    "markdown-it-py",
    "pypdf",
    "python-docx",
    "PyYAML",
    "trafilatura",
)


def _sources(folder: Traversable) -> list[Traversable]:
    found = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return [entry for entry in found if entry.name.endswith(".py")]


def _read_with() -> list[Traversable]:
    index = files("index")
    cleaning = index / "cleaning"
    rules = [*_sources(cleaning), index / "dates.py"]
    return _sources(index / "articles") + rules


def _version() -> str:
    digest = hashlib.sha256()
    for source in _read_with():
        digest.update(source.read_bytes())
    for name in _LIBRARIES:
        digest.update(f"{name}={version(name)};".encode())
    return digest.hexdigest()[:16]


READER_VERSION: str = _version()
