"""What is damaged on the disk is noticed, and the error says what repairs it."""

import contextlib
import json
import re
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import article, folder_of, make_articles_old, publish, some_articles, state

from index.engine import Engine
from index.errors import DamagedError, StoreError
from index.ingest import merge
from index.store import Generation, Home


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
    del manifest[entry], manifest["sha256"]  # as one of schema 4 without a checksum of its own
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
    del facts["sha256"]
    (segment_of(home) / "segment.json").write_text(json.dumps(facts), "utf-8")
    opened = home.open()
    with pytest.raises(StoreError, match=r"library\.sqlite.*tenkyo build"):
        opened.article("a0")
    opened.close()


def test_another_schema_is_refused_with_the_command_that_repairs(home: Home) -> None:
    publish(home, some_articles(1))
    path = folder_of(home) / "manifest.json"
    told = json.loads(path.read_text("utf-8")) | {"schema": 0}
    del told["sha256"]
    path.write_text(json.dumps(told), "utf-8")
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


# The caches.

CACHES = ("articles.sqlite", "vectors.sqlite", "derived.sqlite")


def foreign(path: Path) -> None:
    path.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE entries (something TEXT)")


def folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    (path / "inside").mkdir(parents=True)


def log(path: Path) -> None:
    path.with_name(f"{path.name}-wal").write_bytes(b"\x37\x7f\x06\x82" + b"no log at all" * 999)
    path.with_name(f"{path.name}-shm").write_bytes(b"\xff" * 32768)


def log_folder(path: Path) -> None:
    path.with_name(f"{path.name}-wal").mkdir()


HARMS: dict[str, Callable[[Path], object]] = {
    "short": lambda path: path.write_bytes(path.read_bytes()[: len(path.read_bytes()) // 2]),
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_bytes(b"not a database" * 1000),
    "zeros": lambda path: path.write_bytes(path.read_bytes()[:100] + bytes(20_000)),
    "foreign": foreign,
    "folder": folder,
    "log": log,
    "log folder": log_folder,
    "gone": lambda path: path.unlink(missing_ok=True),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_cache_that_cannot_be_used_stops_no_build_and_loses_nothing(
    make_engine: Callable[..., Engine], corpus: Path, tmp_path: Path, harm: str
) -> None:
    """Also of what is in no file any more, and so in this cache and in a segment alone."""
    note = tmp_path / "note.txt"
    note.write_text("港の灯台は白い。", "utf-8")
    make_engine().build([corpus, note])
    before = {(a.id, a.sha256) for a in make_engine().articles()}
    timeline = make_engine().generation().timeline()
    shutil.rmtree(corpus)
    for name in CACHES:
        path = make_engine().home.path / name
        if name == "vectors.sqlite":  # as a build that was broken off leaves it
            with make_engine().home.vectors() as cache:
                cache.put("one", ["k"], np.ones((1, 4), np.float32))
        HARMS[harm](path)
    for _ in range(2):
        assert make_engine().build().articles == 4
        assert {(a.id, a.sha256) for a in make_engine().articles()} == before
        assert make_engine().generation().timeline() == timeline
        assert make_engine().status().damaged == ()


def test_what_a_cache_holds_is_never_believed(
    make_engine: Callable[..., Engine], corpus: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A bit in every entry is turned; SQLite itself sees nothing of it."""
    make_engine().build([corpus])
    home = make_engine().home
    before, timeline = make_engine().articles(), make_engine().generation().timeline()
    with home.vectors() as cache:
        cache.put("one", ["k"], np.ones((1, 4), np.float32))
    for name in CACHES:
        with contextlib.closing(sqlite3.connect(home.path / name)) as db, db:
            for key, value in db.execute("SELECT key, value FROM entries").fetchall():
                turned = bytes([*value[:-1], value[-1] ^ 1])
                db.execute("UPDATE entries SET value = ? WHERE key = ?", (turned, key))
    with home.vectors() as cache:
        assert cache.get("one", ["k"]) == {}
    shutil.rmtree(corpus)
    assert make_engine().build().articles == 3
    assert (make_engine().articles(), make_engine().generation().timeline()) == (before, timeline)
    for name in CACHES:
        assert name in caplog.text


def test_articles_of_the_version_before_are_taken_over(
    make_engine: Callable[..., Engine], corpus: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make_engine().build([corpus])
    before = make_engine().articles()
    make_articles_old(make_engine().home)
    shutil.rmtree(make_engine().home.path / "segments")
    shutil.rmtree(corpus)
    assert make_engine().build().articles == 3
    assert make_engine().articles() == before
    assert "壊れて" not in caplog.text


def test_what_is_merged_is_whole(home: Home) -> None:
    """A bit that changes neither its size nor whether it opens."""
    for count in range(1, 6):
        publish(home, some_articles(count))
    damaged = sorted((home.path / "segments").iterdir())[0] / "terms" / "weights"
    damage_first(damaged)
    with pytest.raises(DamagedError, match=rf"{damaged.parent.parent.name}/terms/weights"):
        merge(Home(home.path))


# What is in use.

FILES = ("library.sqlite", "passages.faiss", "sentences.npy", "rows.npy", "terms/weights",
         "bigrams/documents", "segment.json")  # fmt: skip


@pytest.fixture
def two(make_engine: Callable[..., Engine], home: Home) -> Engine:
    """An engine over two generations that share no segment, each about another place."""
    for place in ("東", "西"):
        publish(home, [article("a", f"{place}の港の灯台の高さは2020年に31メートルになった。")])
    return make_engine()


def last_segment(home: Home) -> Path:
    with contextlib.closing(home.open()) as opened:
        return opened.holdings[0].segment.folder


@pytest.mark.parametrize("file", [*FILES, "names.json", "timeline.html", "manifest.json"])
@pytest.mark.parametrize("harm", [damage_flip, damage_first])
def test_where_one_is_damaged_the_one_before_serves_and_says_so(
    two: Engine, file: str, harm: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    inside = last_segment(two.home) if file in FILES else folder_of(two.home)
    harm(inside / file)
    for _ in range(2):
        assert two.search("灯台の高さは")[0].passage.text.startswith("東")
    assert two.damage
    assert file in str(two.damage)
    assert "tenkyo build" in str(two.damage)
    assert caplog.text.count("一つ前の索引") == 1
    publish(two.home, [article("a", "西の港の灯台の高さは2020年に31メートルになった。")])
    assert two.search("灯台の高さは")[0].passage.text.startswith("西")
    assert two.damage is None
    assert two.status().damaged == ()


def test_a_damaged_one_is_opened_once(two: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    damage_cut(last_segment(two.home) / "passages.faiss")
    opened: list[int] = []
    real = Home.open

    def counted(self: Home) -> Generation:
        opened.append(1)
        return real(self)

    monkeypatch.setattr(Home, "open", counted)
    for _ in range(5):
        two.search("灯台の高さは")
    assert opened == [1]


def test_where_both_are_damaged_the_error_names_the_file(
    make_engine: Callable[..., Engine], corpus: Path
) -> None:
    """As where both hold the same segment."""
    make_engine().build([corpus])
    make_engine().build()
    damage_first(last_segment(make_engine().home) / "sentences.npy")
    engine = make_engine()
    for _ in range(3):
        with pytest.raises(DamagedError, match=r"sentences\.npy.*tenkyo build"):
            engine.search("運河")
    assert engine.build().articles == 3
    assert engine.search("運河")
    assert engine.home.earlier() is None or engine.rollback()


def test_a_page_that_serves_goes_on_where_current_is_damaged(two: Engine) -> None:
    assert two.search("灯台の高さは")[0].passage.text.startswith("西")
    (two.home.path / "CURRENT").write_text("garbage")
    assert two.search("灯台の高さは")[0].passage.text.startswith("西")
    assert "CURRENT" in str(two.damage)
    publish(two.home, [article("a", "南の港の灯台の高さは31メートルである。")])
    assert two.search("灯台の高さは")[0].passage.text.startswith("南")
    assert two.damage is None


REPAIRABLE: dict[str, Callable[[Path, Path], object]] = {
    "CURRENT as a folder": lambda home, _: ((home / "CURRENT").unlink(), (home / "CURRENT/x").mkdir(parents=True)),
    "CURRENT empty": lambda home, _: (home / "CURRENT").write_text(""),
    "CURRENT garbage": lambda home, _: (home / "CURRENT").write_bytes(b"\xff\x00"),
    "CURRENT of two minds": lambda home, _: (home / "CURRENT").write_text("1\n2\n"),
    "CURRENT gone": lambda home, _: (home / "CURRENT").unlink(),
    "no manifest": lambda home, _: (home / "generations/1/manifest.json").unlink(),
    "no generation": lambda home, _: shutil.rmtree(home / "generations/1"),
    "no names": lambda home, _: (home / "generations/1/names.json").unlink(),
    "no segment": lambda _, segment: shutil.rmtree(segment),
    "no facts": lambda _, segment: (segment / "segment.json").unlink(),
    "a folder as library": lambda _, segment: ((segment / "library.sqlite").unlink(), (segment / "library.sqlite").mkdir()),
    "sources as a folder": lambda home, _: ((home / "CURRENT").unlink(), (home / "sources.json").unlink(), (home / "sources.json").mkdir()),
}  # fmt: skip


@pytest.mark.parametrize("harm", REPAIRABLE)
def test_the_command_that_the_error_names_repairs_it(
    make_engine: Callable[..., Engine], corpus: Path, harm: str
) -> None:
    make_engine().build([corpus])
    home = make_engine().home
    REPAIRABLE[harm](home.path, last_segment(home))
    with pytest.raises(StoreError, match="tenkyo build") as error:
        make_engine().ask("青沢運河はいつ開通したか")
    named = re.findall("`tenkyo ([^`]*)`", str(error.value))
    assert named == ["build"]
    assert "CURRENT" in str(error.value) or "CURRENT" not in harm
    given = [corpus] if "sources" in harm else None
    assert make_engine().build(given).articles == 3
    assert "1923年" in make_engine().ask("青沢運河はいつ開通したか").text
    assert make_engine().status().damaged == ()


@pytest.mark.parametrize("name", ["manifest.json", "segment.json"])
def test_a_changed_entry_is_no_other_model_or_version(two: Engine, name: str) -> None:
    inside = folder_of(two.home) if name == "manifest.json" else last_segment(two.home)
    for old, new in (('"encoder": "h', '"encoder": "i'), ('"analyser": "', '"analyser": "x')):
        text = (inside / name).read_text("utf-8")
        (inside / name).write_text(text.replace(old, new, 1), "utf-8")
        with pytest.raises(DamagedError, match=name.replace(".", r"\.")):
            two.home.open()
        assert two.needs_build()
        (inside / name).write_text(text, "utf-8")


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
