"""What a build reads, keeps, encodes and leaves out."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from conftest import BAKERY, FakeEncoder, OtherEncoder, make_articles_old, numbers, part_of

from index.articles import ArticleReader, Limits
from index.encoder import Vectors
from index.engine import Engine
from index.errors import CorpusError, StoreError
from index.ingest import Upload
from index.passages import Place
from index.records import Article
from index.reports import BuildReport, Progress
from index.store import SCHEMA, Home

MakeEngine = Callable[..., Engine]
BUILD = sys.modules["index.ingest.build"]  # the package has the function under this name
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such a file")


class CountingEncoder(FakeEncoder):
    """Remembers what it was given."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        return super().encode_documents(texts)


def titles(engine: Engine) -> set[str | None]:
    return {article.title for article in engine.status().articles}


def id_of(engine: Engine, title: str) -> str:
    [found] = [a.id for a in engine.status().articles if a.title == title]
    return found


def skipped(report: BuildReport) -> dict[str, str]:
    return {Path(s.path).name: s.reason for s in report.skipped}


def test_the_first_build(make_engine: MakeEngine, corpus: Path) -> None:
    report = make_engine().build([corpus])
    assert (report.generation, report.articles, report.skipped) == (1, 3, ())
    assert report.passages == report.embedded > 0
    assert (report.reused, report.removed) == (0, 0)


def test_nothing_is_encoded_twice(make_engine: MakeEngine, corpus: Path) -> None:
    make_engine().build([corpus])
    encoder = CountingEncoder()
    report = make_engine(encoder).build()
    assert encoder.encoded == []
    assert (report.embedded, report.reused) == (0, report.passages)


def test_a_build_broken_off_keeps_what_it_had_encoded(
    make_engine: MakeEngine, tmp_path: Path
) -> None:
    class Impatient(CountingEncoder):
        def encode_documents(self, texts: Sequence[str]) -> Vectors:
            if self.encoded:
                raise KeyboardInterrupt
            return super().encode_documents(texts)

    (tmp_path / "long.txt").write_text("".join(f"荷物{n}が届く。" for n in range(200)), "utf-8")
    first, second = Impatient(), CountingEncoder()
    with pytest.raises(KeyboardInterrupt):
        make_engine(first).build([tmp_path / "long.txt"])
    assert make_engine().home.current() is None
    assert make_engine(second).build([tmp_path / "long.txt"]).articles == 1
    assert len(first.encoded) > 20
    assert set(first.encoded).isdisjoint(second.encoded)


def test_two_builds_at_once(make_engine: MakeEngine, corpus: Path) -> None:
    engine = make_engine()
    with engine.home.building(), pytest.raises(StoreError, match="進行中"):
        make_engine().build([corpus])
    assert engine.build([corpus]).generation == 1


def test_after_a_change_only_what_changed_is_encoded(make_engine: MakeEngine, corpus: Path) -> None:
    make_engine().build([corpus])
    bakery = corpus / "bakery.md"
    bakery.write_text(bakery.read_text("utf-8").replace("230度", "245度"), "utf-8")
    encoder = CountingEncoder()
    report = make_engine(encoder).build()
    assert report.embedded == 1
    assert report.reused == report.passages - 1
    own = [text for text in encoder.encoded if text.startswith("丘の上の窯")]
    assert len(own) == 2  # the sentence and its passage; beside them texts that show what is near
    assert all("245度" in text for text in own)


def test_an_article_is_cut_once(
    make_engine: MakeEngine, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the child that read it; and no more where its file is gone."""
    made: list[Path] = []
    read = ArticleReader.read

    def counted(self: ArticleReader, path: Path) -> tuple[Article, list[Place]]:
        made.append(path)
        return read(self, path)

    monkeypatch.setattr(ArticleReader, "read", counted)
    monkeypatch.setattr(BUILD, "cut", None)
    make_engine().build([corpus])
    assert len(made) == 3
    before = make_engine().part(id_of(make_engine(), "丘の上の窯"))
    assert make_engine().build().generation == 2
    assert len(made) == 3
    assert make_engine().part(before.article.id) == before == part_of(before.article)
    monkeypatch.setattr(BUILD, "READER_VERSION", "another")
    make_engine().build()
    assert len(made) == 6
    monkeypatch.setattr(BUILD, "READER_VERSION", "a third")
    shutil.rmtree(corpus)
    assert make_engine().build().articles == 3
    assert make_engine().part(before.article.id) == before


def test_a_file_that_takes_too_long_to_cut_is_named(
    make_engine: MakeEngine, corpus: Path, endless_cutting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BUILD, "ArticleReader", lambda: ArticleReader(Limits(seconds=3)))
    (corpus / "slow.txt").write_text(endless_cutting, "utf-8")
    report = make_engine().build([corpus])
    assert report.articles == 3
    assert "3 秒以内に読み終わりません" in skipped(report)["slow.txt"]


def test_an_old_article_without_passages_is_cut_where_its_file_is_gone(
    make_engine: MakeEngine, corpus: Path
) -> None:
    engine = make_engine()
    engine.build([corpus])
    before = [engine.part(article.id) for article in engine.articles()]
    make_articles_old(engine.home, lambda record: record.pop("passages"))
    shutil.rmtree(corpus)
    engine.build()
    assert [engine.part(article.id) for article in engine.articles()] == before


def test_an_article_keeps_its_id_through_an_edit(make_engine: MakeEngine, corpus: Path) -> None:
    engine = make_engine()
    engine.build([corpus])
    before = engine.article(id_of(engine, "丘の上の窯"))
    bakery = corpus / "bakery.md"
    bakery.write_text(bakery.read_text("utf-8").replace("230度", "245度"), "utf-8")
    engine.build()
    after = engine.article(before.id)
    assert after.sha256 != before.sha256
    assert "245度" in after.text


def test_what_vanished_from_a_folder_is_dropped(engine: Engine, corpus: Path) -> None:
    (corpus / "bakery.md").unlink()
    report = engine.build()
    assert (report.articles, report.removed, report.embedded) == (2, 1, 0)
    assert "丘の上の窯" not in titles(engine)


def test_a_single_source_that_is_gone_is_kept_with_a_warning(
    make_engine: MakeEngine, corpus: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = make_engine()
    engine.build([corpus / "bakery.md", corpus / "canal.md"])
    (corpus / "bakery.md").unlink()
    report = engine.build()
    assert (report.articles, report.removed, report.skipped) == (2, 0, ())
    assert "bakery.md" in caplog.text
    shutil.rmtree(corpus)
    assert engine.build().articles == 2


def test_the_same_text_twice_is_kept_once(engine: Engine, corpus: Path) -> None:
    shutil.copy(corpus / "bakery.md", corpus / "copy.md")
    report = engine.build()
    assert report.articles == 3
    assert "bakery.md と同じ内容" in skipped(report)["copy.md"]
    assert engine.build([corpus, corpus / "bakery.md"]).skipped == report.skipped


def test_adding_a_file_twice_keeps_one(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("港の灯台は白い。高さは31メートルである。", "utf-8")
    assert engine.add([tmp_path / "note.txt"]).articles == 4
    report = engine.add([tmp_path / "note.txt"])
    assert (report.articles, report.embedded, report.skipped) == (4, 0, ())


def test_bad_files_are_named_and_the_others_built(engine: Engine, corpus: Path) -> None:
    (corpus / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (corpus / "empty.txt").write_bytes(b"")
    (corpus / "heading.md").write_text("## \n", "utf-8")
    (corpus / "broken.pdf").write_bytes(b"%PDF-1.7\nno pdf")
    (corpus / "picture.png").write_bytes(b"\x89PNG")
    (corpus / "away.txt").symlink_to("/etc/hostname")
    os.mkfifo(corpus / "pipe.txt")
    with (corpus / "huge.txt").open("wb") as file:
        for _ in range(50):
            file.write("長い文章。".encode() * 66_667)
    report = engine.build()
    assert report.articles == 3
    assert skipped(report).keys() == {
        *("binary.txt", "empty.txt", "heading.md", "broken.pdf"),
        *("picture.png", "away.txt", "pipe.txt", "huge.txt"),
    }
    assert all(skipped(report).values())


@LINUX
def test_a_file_that_cannot_be_read_is_named(engine: Engine, corpus: Path) -> None:
    report = engine.add([Path("/proc/self/mem")])  # opens, but gives no byte; also to root
    assert report.articles == 3
    [left_out] = report.skipped
    assert left_out.path.endswith("/mem")
    assert "Input/output error" in left_out.reason


@LINUX
def test_a_name_that_is_not_utf8_is_read(make_engine: MakeEngine, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / os.fsdecode(b"\xff\xfe.txt")).write_text("灯台の光は遠くまで届く。", "utf-8")
    engine = make_engine()
    assert engine.build([folder]).articles == 1
    assert engine.build().reused == 1


@pytest.mark.parametrize(
    "make", [Path.mkdir, lambda p: p.write_bytes(b"\0\1\2" * 99), lambda p: None]
)
def test_without_one_article_the_index_stays(
    engine: Engine, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    before = engine.search("運河はいつ開通したか")
    make(tmp_path / "nothing.txt")
    with pytest.raises(CorpusError, match=r"nothing\.txt.*索引にできる記事がありません") as caught:
        engine.build([tmp_path / "nothing.txt"])
    assert "\n" not in str(caught.value)
    assert engine.search("運河はいつ開通したか") == before
    assert engine.build().generation == 2


def test_adding_what_is_not_there_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="missing"):
        engine.add([tmp_path / "missing"])
    assert engine.status().generation == 1


def test_a_removed_article_stays_away_until_it_is_added_again(engine: Engine, corpus: Path) -> None:
    report = engine.remove(id_of(engine, "丘の上の窯"))
    assert (report.articles, report.removed) == (2, 1)
    assert engine.build().articles == 2
    assert (corpus / "bakery.md").is_file()
    assert engine.add([corpus / "bakery.md"]).articles == 3
    assert engine.build().articles == 3


def test_what_is_not_there_or_last_cannot_be_removed(engine: Engine, corpus: Path) -> None:
    with pytest.raises(StoreError, match="nobody"):
        engine.remove("nobody")
    engine.build([corpus / "bakery.md"])
    with pytest.raises(StoreError, match="最後の記事"):
        engine.remove(id_of(engine, "丘の上の窯"))


def test_roll_back_brings_back_articles_and_sources(engine: Engine, corpus: Path) -> None:
    engine.build([corpus / "bakery.md"])
    assert engine.rollback() == 1
    assert len(titles(engine)) == 3
    assert engine.build().articles == 3


@pytest.mark.parametrize("gone", ["nothing", "files", "folder"])
def test_an_index_of_another_encoder_is_refused_and_can_be_rebuilt(
    make_engine: MakeEngine, corpus: Path, gone: str
) -> None:
    make_engine().build([corpus])
    if gone == "files":
        for path in corpus.iterdir():
            path.unlink()
    if gone == "folder":
        shutil.rmtree(corpus)
    other = make_engine(OtherEncoder())
    assert other.needs_build()
    assert not other.status().usable
    with pytest.raises(StoreError, match="tenkyo build"):
        other.search("運河")
    report = other.build()
    assert (report.articles, report.embedded) == (3, report.passages)
    assert other.search("運河")
    assert not other.needs_build()


@pytest.mark.parametrize("schema", [SCHEMA - 1, SCHEMA + 1])
def test_an_index_of_another_schema_is_refused_and_can_be_rebuilt(
    make_engine: MakeEngine, corpus: Path, schema: int
) -> None:
    engine = make_engine()
    engine.build([corpus])
    manifest = engine.home.path / "generations" / "1" / "manifest.json"
    told = json.loads(manifest.read_text("utf-8")) | {"schema": schema}
    del told["sha256"]
    manifest.write_text(json.dumps(told), "utf-8")
    shutil.rmtree(corpus)
    fresh = make_engine()
    for use in (fresh.status, lambda: fresh.search("運河"), lambda: fresh.article("x")):
        with pytest.raises(StoreError, match="tenkyo build"):
            use()
    report = fresh.build()
    assert (report.articles, report.embedded) == (3, 0)
    assert fresh.search("運河")


def test_progress_comes_to_its_end_in_every_stage(make_engine: MakeEngine, corpus: Path) -> None:
    seen: list[Progress] = []
    make_engine().build([corpus], on_progress=seen.append)
    last = {progress.stage: progress for progress in seen}
    assert last.keys() == {"read", "encode", "suggest", "compare", "write"}
    assert all(progress.done == progress.total for progress in last.values())


def test_an_empty_folder_is_named(make_engine: MakeEngine, corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    report = make_engine().build([corpus, tmp_path / "empty"])
    assert [s.path for s in report.skipped] == [str(tmp_path / "empty")]
    with pytest.raises(CorpusError, match="記事のファイルがありません"):
        make_engine().build([tmp_path / "empty"])


def test_an_index_inside_its_corpus_is_not_read(make_engine: MakeEngine, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("荷物が港に届いた。", "utf-8")
    for _ in range(2):
        report = make_engine().build([tmp_path])
        assert (report.articles, report.skipped) == (1, ())


def test_without_current_the_corpus_stays_the_users(make_engine: MakeEngine, corpus: Path) -> None:
    make_engine().build([corpus])
    (make_engine().home.path / "CURRENT").unlink()
    (corpus / "canal.md").unlink()
    assert make_engine().build().articles == 3


def test_a_build_repairs_damaged_records(make_engine: MakeEngine, corpus: Path) -> None:
    """Also where they still open: the table of articles is met only when it is read."""
    make_engine().build([corpus])
    [path] = make_engine().home.path.glob("segments/*/library.sqlite")
    with contextlib.closing(sqlite3.connect(path)) as db:
        [[root]] = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'articles'")
        [[size]] = db.execute("PRAGMA page_size")
    content = path.read_bytes()
    at = (root - 1) * size
    path.write_bytes(content[:at] + b"\xff" * size + content[at + size :])
    with pytest.raises(StoreError, match=r"library\.sqlite.*tenkyo build"):
        make_engine().status()
    assert make_engine().build().articles == 3
    assert make_engine().status().damaged == ()


def test_a_build_writes_anew_what_is_damaged(make_engine: MakeEngine, corpus: Path) -> None:
    """Also where it opens and answers; what is added meanwhile does not depend on it."""
    engine = make_engine()
    engine.build([corpus])
    before = engine.search("運河はいつ開通したか")
    [path] = engine.home.path.glob("segments/*/sentences.npy")
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 0x40]))
    (corpus / "bakery.md").unlink()
    (corpus / "note.txt").write_text("港の灯台は白い。", "utf-8")
    assert make_engine().add([corpus / "note.txt"]).articles == 4
    assert make_engine().status().damaged == (f"{path.parent.name}/sentences.npy",)
    (corpus / "bakery.md").write_text(BAKERY, "utf-8")
    assert make_engine().build().articles == 4
    assert make_engine().status().damaged == ()
    assert {e.passage.id for e in before} < {
        e.passage.id for e in make_engine().search("運河はいつ開通したか")
    }


def make_old(home: Home) -> None:
    """Leave of a home what the version before kept: its articles, in plain JSON, and all vectors."""
    with contextlib.closing(home.open()) as opened:
        parts = [opened.part(one) for one in opened.ids()]
    make_articles_old(home)
    (home.path / "derived.sqlite").unlink()
    texts = {
        f"{part.article.title}。{text.text}"
        for part in parts
        for p, own in part.passages
        for text in (p, *own)
    }
    with contextlib.closing(sqlite3.connect(home.path / "vectors.sqlite")) as db, db:
        db.execute(
            "CREATE TABLE vectors (encoder TEXT NOT NULL, text_sha256 BLOB NOT NULL,"
            " vector BLOB NOT NULL, PRIMARY KEY (encoder, text_sha256)) WITHOUT ROWID"
        )
        for text in texts:
            digest, [vector] = (
                hashlib.sha256(text.encode()).digest(),
                FakeEncoder().encode_documents([text]),
            )
            told = FakeEncoder.fingerprint, digest, vector.tobytes()
            db.execute("INSERT INTO vectors VALUES (?, ?, ?)", told)
    shutil.rmtree(home.path / "segments")
    manifest = home.path / "generations" / str(home.current()) / "manifest.json"
    old = {"schema": 3, "sources": home.sources(), "parts": {}}
    shutil.rmtree(manifest.parent)
    manifest.parent.mkdir()
    manifest.write_text(json.dumps(old), "utf-8")


def test_an_index_of_the_version_before_is_taken_over(
    make_engine: MakeEngine, corpus: Path
) -> None:
    engine = make_engine()
    engine.build([corpus])
    engine.upload([Upload("港.txt", io.BytesIO("港の灯台は白い。".encode()))])
    before, articles = engine.search("運河はいつ開通したか"), engine.articles()
    make_old(engine.home)
    shutil.rmtree(corpus)
    engine = make_engine()
    assert engine.home.outdated()
    assert engine.needs_build()
    with pytest.raises(StoreError, match=r"形式.*tenkyo build"):
        engine.search("運河")
    report = engine.build()
    assert (report.articles, report.embedded) == (
        4,
        3,
    )  # the upload has no title, and 4万2千 and a list …
    assert (engine.articles(), engine.search("運河はいつ開通したか")) == (articles, before)
    assert engine.home.earlier() is None
    assert not engine.home.outdated()
    assert len(numbers(engine.home)) == 1
    assert [path.name for path in engine.home.uploads.rglob("*.txt")] == ["港.txt"]


def test_terms_of_another_make_are_repaired_without_the_files(
    make_engine: MakeEngine, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_engine().build([corpus])
    monkeypatch.setattr("index.questions.lexicon.ANALYSER", "another")
    for path in corpus.iterdir():
        path.unlink()
    engine = make_engine()
    assert engine.needs_build()
    assert engine.build().articles == 3
    assert not engine.needs_build()
