"""Pictures in a build: drawn once, kept with their checksums, and never in its way."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.engine import Engine
from index.records import Progress

NAMES = ("map", "timeline")


def pictures(engine: Engine) -> dict[str, str]:
    opened = engine.home.open()
    try:
        return {name: opened.picture(name) for name in NAMES}
    finally:
        opened.close()


def fail(*_: Any) -> str:
    raise ValueError("no ink")


def test_a_build_draws(make_engine: Callable[..., Engine], corpus: Path) -> None:
    stages: list[Progress] = []
    engine = make_engine()
    engine.build([corpus], on_progress=stages.append)
    assert all(svg.startswith("<svg") for svg in pictures(engine).values())
    assert [p.done for p in stages if p.stage == "draw"] == [0, 1]
    opened = engine.home.open()
    assert {"map.svg", "timeline.svg"} <= opened.manifest["parts"].keys()
    assert opened.picture("portrait") == ""
    opened.close()


def test_nothing_is_drawn_twice(
    make_engine: Callable[..., Engine], corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = make_engine()
    engine.build([corpus])
    before = pictures(engine)
    monkeypatch.setattr("index.pictures.drawing.draw_map", fail)
    assert engine.build([corpus]).generation == 2
    assert pictures(engine) == before


def test_a_change_is_drawn(make_engine: Callable[..., Engine], corpus: Path) -> None:
    engine = make_engine()
    engine.build([corpus])
    before = pictures(engine)
    path = corpus / "canal.md"
    path.write_text(path.read_text("utf-8").replace("1923年", "1924年"), "utf-8")
    engine.build([corpus])
    assert "1924" in pictures(engine)["timeline"]
    assert pictures(engine)["map"] != before["map"]


def test_an_index_without_pictures_is_better_than_none(
    make_engine: Callable[..., Engine],
    corpus: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("index.pictures.drawing.draw_map", fail)
    engine = make_engine()
    with caplog.at_level(logging.WARNING):
        assert engine.build([corpus]).articles == 3
    assert set(pictures(engine).values()) == {""}
    assert "図のない索引" in caplog.text
