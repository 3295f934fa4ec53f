"""Fixtures of the library: a server over a small one, tabs that are watched, and the same over HTTP."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from borrowing import Library, lent
from conftest import FakeEncoder, fake_engine, serving
from library import opened

from index.encoder import Vectors
from index.engine import Engine
from index.errors import EncoderError
from index.settings import Settings


class Paused(FakeEncoder):
    """Encodes passages while it is let go, and as long as it is whole."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.broken = ""

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        self.go.wait(30)
        if self.broken:
            raise EncoderError(self.broken)
        return super().encode_documents(texts)


@pytest.fixture
def shelf(tmp_path: Path, corpus: Path) -> Iterator[SimpleNamespace]:
    """A server over a library of three articles."""
    encoder = Paused()
    engine = fake_engine(Settings(tmp_path / "home", tmp_path / "cache"), encoder)
    engine.build([corpus])
    with serving(engine) as address:
        yield SimpleNamespace(engine=engine, address=address, encoder=encoder)
        encoder.go.set()


@pytest.fixture
def watched(open_tab: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Open tabs in which no script may fail and the policy may have nothing to stop."""
    troubles: list[str] = []

    def watched(**options: Any) -> Any:
        tab = open_tab(**options)
        tab.on("pageerror", lambda error: troubles.append(str(error)))
        tab.on("console", lambda m: m.type == "error" and troubles.append(m.text))
        return tab

    yield watched
    assert [text for text in troubles if not text.startswith("Failed to load resource")] == []


@pytest.fixture
def visit(watched: Callable[..., Any], shelf: SimpleNamespace) -> Callable[..., Any]:
    return lambda **options: opened(watched(**options), shelf.address)


@pytest.fixture
def library(engine: Engine) -> Iterator[Library]:
    with lent(engine) as library:
        yield library
