"""What is damaged on the disk is noticed, and the error says what repairs it."""

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import article, folder_of, publish, some_articles, state

from index.errors import StoreError
from index.store import SCHEMA, Home


def damage_flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)


def damage_first(path: Path) -> None:
    path.write_bytes(bytes([path.read_bytes()[0] ^ 0xFF]) + path.read_bytes()[1:])


def damage_cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


PARTS = ("library.sqlite", "passages.faiss", "sentences.npy", "rows.npy", "terms/keys",
         "terms/starts", "bigrams/documents")  # fmt: skip


def segment_of(home: Home) -> Path:
    """The folder of the only segment."""
    [folder] = (home.path / "segments").iterdir()
    return folder


@pytest.mark.parametrize("part", PARTS)
def test_a_missing_or_shortened_file_is_noticed_when_opened(home: Home, part: str) -> None:
    publish(home, some_articles(2))
    for harm in (damage_cut, Path.unlink):
        harm(segment_of(home) / part)
        with pytest.raises(StoreError, match=r"壊れて.*tenkyo (build|rollback)"):
            home.open()


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("harm", [damage_flip, damage_first])
def test_a_changed_byte_is_noticed(home: Home, part: str, harm: Callable[[Path], None]) -> None:
    publish(home, some_articles(2))
    harm(segment_of(home) / part)
    try:
        opened = home.open()
    except StoreError as error:
        assert "tenkyo build" in str(error)  # noqa: PT017
    else:
        assert opened.verify() == [f"{segment_of(home).name}/{part}"]
        opened.close()


@pytest.mark.parametrize("part", ["names.json", "timeline.html"])
def test_what_is_derived_is_checked_as_well(home: Home, part: str) -> None:
    publish(home, [article("a", "1923年にアレクセイ運河が通った。")])
    damage_flip(folder_of(home) / part)
    try:
        opened = home.open()
    except StoreError as error:
        assert "tenkyo build" in str(error)  # noqa: PT017
    else:
        assert opened.verify() == [part]
        opened.close()
    damage_cut(folder_of(home) / part)
    with pytest.raises(StoreError, match="壊れて"):
        home.open()


@pytest.mark.parametrize(
    "manifest", ["", "[]", "{", "null", '{"schema": 1}', '{"schema": 1, "parts": 3}']
)
def test_a_broken_manifest_is_noticed(home: Home, manifest: str) -> None:
    publish(home, some_articles(1))
    (folder_of(home) / "manifest.json").write_text(manifest)
    with pytest.raises(StoreError, match="tenkyo build"):
        home.open()


@pytest.mark.parametrize(
    "entry", ["encoder", "analyser", "passages", "sources", "parts", "segments"]
)
def test_a_manifest_without_an_entry_is_noticed(home: Home, entry: str) -> None:
    publish(home, some_articles(1))
    path = folder_of(home) / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    del manifest[entry]
    path.write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(StoreError, match=rf"{entry}.*tenkyo build"):
        home.open()
    assert home.sources()["paths"] == ["a0"]


def test_what_was_asked_for_outlives_current(home: Home) -> None:
    publish(home, some_articles(2))
    (home.path / "CURRENT").unlink()
    assert home.sources()["paths"] == ["a0", "a1"]


@pytest.mark.parametrize("content", ["", "[1, 2]", "3", '{"paths": "x"}', '{"paths": [1]}', None])
def test_a_lost_source_list_is_a_clear_error(home: Home, content: str | None) -> None:
    publish(home, some_articles(1))
    (home.path / "CURRENT").unlink()
    path = home.path / "sources.json"
    path.unlink() if content is None else path.write_text(content)
    with pytest.raises(StoreError, match="tenkyo build PATH"):
        home.sources()


def test_words_changed_on_disk_are_never_shown(home: Home) -> None:
    publish(home, some_articles(1))
    with contextlib.closing(sqlite3.connect(segment_of(home) / "library.sqlite")) as db, db:
        [[text]] = db.execute("SELECT text FROM articles")
        changed = zlib.decompress(text).replace("荷物7個".encode(), "荷物8個".encode())
        assert changed != zlib.decompress(text)
        size = len(zlib.compress(changed))
        db.execute("UPDATE articles SET text = ?", (zlib.compress(changed).ljust(size),))
    facts = json.loads((segment_of(home) / "segment.json").read_text("utf-8"))
    facts["parts"]["library.sqlite"]["bytes"] = (segment_of(home) / "library.sqlite").stat().st_size
    (segment_of(home) / "segment.json").write_text(json.dumps(facts), "utf-8")
    opened = home.open()
    with pytest.raises(StoreError, match=r"library\.sqlite.*tenkyo build"):
        opened.article("a0")
    opened.close()


def test_another_schema_is_refused_with_the_command_that_repairs(home: Home) -> None:
    publish(home, some_articles(1))
    path = folder_of(home) / "manifest.json"
    path.write_text(
        path.read_text("utf-8").replace(f'"schema": {SCHEMA}', '"schema": 0', 1), "utf-8"
    )
    with pytest.raises(StoreError, match=r"形式.*tenkyo build"):
        home.open()


@pytest.mark.parametrize("content", ["", "x", "99", "../../etc"])
def test_a_broken_current_is_a_clear_error(home: Home, content: str) -> None:
    publish(home, some_articles(1))
    (home.path / "CURRENT").write_text(content)
    with pytest.raises(StoreError, match="tenkyo build"):
        home.open()
    publish(home, some_articles(1))
    assert state(home)[2]


def test_a_damaged_cache_is_a_clear_error(home: Home) -> None:
    publish(home, some_articles(1))
    before = state(home)
    (home.path / "vectors.sqlite").write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match=r"vectors\.sqlite.*tenkyo build"):
        publish(home, some_articles(2))
    assert state(home) == before
    (home.path / "vectors.sqlite").unlink()
    publish(home, some_articles(2))


def test_roll_back_refuses_a_damaged_generation(home: Home) -> None:
    publish(home, some_articles(1))
    damaged = segment_of(home)
    publish(home, some_articles(1, first=5))
    damage_flip(damaged / "library.sqlite")
    with pytest.raises(StoreError, match="壊れて"):
        home.rollback()
    assert home.current() == 2


def test_a_damaged_segment_is_written_anew(home: Home) -> None:
    publish(home, some_articles(2))
    before = state(home)[2]
    for harm in (damage_cut, Path.unlink):
        harm(segment_of(home) / "library.sqlite")
        publish(home, some_articles(2))
        assert state(home)[2] == before
        assert home.open().verify() == []
        publish(home, some_articles(3))
        publish(home, some_articles(2))
        publish(home, some_articles(2))
