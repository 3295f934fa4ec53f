"""What an index tells of itself: the glance, themes and suggestions, kept from build to build."""

import contextlib
import logging
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import FakeEncoder, article, damage_last, fake_engine, folder_of, part_of, publish

from index import derived, ingest
from index.answering import suggestions
from index.answering.suggestions import Suggestion
from index.citations import verify
from index.engine import Engine
from index.errors import DamagedError
from index.settings import Settings
from index.store import Derived, Generation, Home, Part
from index.store.manifest import OVERVIEW

BRIDGE = (
    "大橋の工事は三年目に入り、橋の柱が川の底に立った。戸川隆志市長は会見で、もう待てないと述べた。"
)
SCHOOL = "小学校の生徒は畑で芋を育て、秋に町で売った。野沢明彦校長は式で、土に学ぶと述べた。"

WORDS = ("大橋", "小学校", "中学校")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    for name, text in (("bridge", BRIDGE), ("school", SCHOOL)):
        (folder / f"{name}.md").write_text(f"# 一の節\n\n{text * 3}\n", "utf-8")
    return folder


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The articles of which each build asks; one question is kept of each."""
    seen: list[list[str]] = []

    def tried(parts: Mapping[str, Part], *rest: Any) -> list[Suggestion]:
        of = {key: next(w for w in WORDS if w in p.article.text) for key, p in parts.items()}
        seen.append(sorted(of.values()))
        return [
            Suggestion(key, parts[key].article.id, "ja", "when", f"{word}はいつか", 0)
            for key, word in of.items()
        ]

    monkeypatch.setattr(suggestions, "tried", tried)
    return seen


MakeEngine = Callable[..., Engine]


def test_the_glance_tells_how_many_from_when_and_whose(home: Home) -> None:
    days = (date(2024, 5, 1), None, date(2023, 2, 3), None)
    publishers = ("乙新聞", "甲新聞", "甲新聞", None)
    told = zip(days, publishers, strict=True)
    publish(
        home,
        [
            article(f"a{n}", f"{BRIDGE}{n}。", published=d, publisher=p)
            for n, (d, p) in enumerate(told)
        ],
    )
    with contextlib.closing(home.open()) as opened:
        glance = derived.glance(opened)
        for theme in glance.themes:
            verify(theme.citation, opened.article(theme.citation.article_id))
    assert (glance.articles, glance.undated) == (4, 2)
    assert (glance.first, glance.last) == (date(2023, 2, 3), date(2024, 5, 1))
    assert glance.publishers == (("甲新聞", 2), ("乙新聞", 1))


def test_the_themes_are_cited_and_numbered(make_engine: MakeEngine, files: Path) -> None:
    engine = make_engine()
    engine.build([files])
    themes = engine.glance().themes
    assert [t.citation.number for t in themes] == [*range(1, len(themes) + 1)]
    assert all(verify(t.citation, engine.article(t.citation.article_id)) for t in themes)
    assert themes


def test_only_what_is_new_is_asked_of(
    make_engine: MakeEngine, files: Path, asked: list[list[str]]
) -> None:
    engine = make_engine()
    engine.build([files])
    engine.build()
    (files / "school.md").write_text(f"# 二の節\n\n{SCHOOL.replace('小', '中') * 3}\n", "utf-8")
    engine.build()
    assert asked == [["大橋", "小学校"], ["中学校"]]
    assert {*engine.suggestions("ja")} == {"大橋はいつか", "中学校はいつか"}
    school = next(a.id for a in engine.articles() if "中学" in a.text)
    engine.remove(school)
    assert engine.suggestions("ja") == ("大橋はいつか",)
    assert len(asked) == 2


def test_another_version_asks_again(
    make_engine: MakeEngine, files: Path, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_engine().build([files])
    monkeypatch.setattr(suggestions, "VERSION", "another")
    make_engine().build()
    assert asked == [["大橋", "小学校"]] * 2


def test_of_many_articles_some_are_asked_of(
    make_engine: MakeEngine, tmp_path: Path, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions, "ARTICLES", 3)
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(8):
        (folder / f"{n}.md").write_text(f"# 章{n}\n\n{BRIDGE}{n}番目の橋。\n", "utf-8")
    make_engine().build([folder])
    assert [len(of_build) for of_build in asked] == [3]


@pytest.mark.parametrize("broken", ["themes", "_suggested"])
def test_a_failure_fails_no_build(
    make_engine: MakeEngine,
    files: Path,
    broken: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    engine = make_engine()
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(derived, broken, fail)
        assert engine.build([files]).articles == 2
    assert "without themes or suggestions" in caplog.text
    assert engine.glance().articles == 2
    assert engine.suggestions("ja") == ()


def test_an_index_of_the_version_before_has_neither_and_a_build_makes_them(
    home: Home, tmp_path: Path, asked: list[list[str]]
) -> None:
    def before(home: Home, generation: Generation) -> Derived:
        made = derived.derive(home, generation)
        return {name: content for name, content in made.items() if name != OVERVIEW}

    parts = [part_of(article("a1", BRIDGE * 3))]
    ingest.publish(home, FakeEncoder(), parts, derive=before, report=lambda _: None)
    engine = fake_engine(Settings(home.path, tmp_path / "cache"))
    glance = engine.glance()
    assert (glance.articles, glance.themes, engine.suggestions("ja")) == (1, (), ())
    assert engine.outline("a1")
    (tmp_path / "x.md").write_text(f"# 三の節\n\n{BRIDGE * 3}", "utf-8")
    engine.build([tmp_path / "x.md"])
    assert engine.glance().themes
    assert engine.suggestions("ja")


def test_damage_to_the_overview_is_found(home: Home) -> None:
    publish(home, [article("a1", BRIDGE * 3)])
    damage_last(folder_of(home) / OVERVIEW)
    with pytest.raises(DamagedError, match=OVERVIEW):
        home.open()
