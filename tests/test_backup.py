"""A backup and the way back: everything comes, nothing that is damaged or meant ill, and nothing is lost."""

import io
import os
import shutil
import socket
import stat
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import answered
import pytest
from command import QUESTION, python_m
from conftest import BAKERY, CANAL, fake_engine

from index import store
from index.conversations import Conversations
from index.engine import Engine
from index.errors import StoreError
from index.ingest import Upload
from index.records import Answer, Filter
from index.reports import Progress
from index.settings import Settings
from index.store import Home

HARBOUR = "港の灯台は白い。高さは31メートルである。"
HILL = "青沢運河は丘の下にある。"
PORT = "港の灯台の高さは何メートルか"


def quiet(_: object) -> None:
    pass


def keep(home: Path, question: str) -> Conversations:
    kept = Conversations(home / "conversations.sqlite")
    kept.append(None, question, answered.answer(text=question), filter=Filter(), owner="")
    return kept


def titles(home: Path) -> set[str]:
    kept = Conversations(home / "conversations.sqlite").listed(owner="")
    return {conversation.title for conversation in kept}


def upload(name: str, text: str) -> Upload:
    return Upload(name, io.BytesIO(text.encode()))


def engine_at(path: Path) -> Engine:
    return fake_engine(Settings(path, path))


def told(engine: Engine, question: str = QUESTION) -> tuple[str, list[str]]:
    answer: Answer = engine.ask(question)
    return answer.text, [citation.quote for citation in answer.citations]


def restored(home: Path, file: Path, **options: bool) -> Engine:
    kept = Conversations(home / "conversations.sqlite")
    store.restore(Home(home), file, kept.take, quiet, **options)
    return engine_at(home)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home of articles, one of them an upload, with a conversation kept; and its backup."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "articles").mkdir()
    for name, text in (("canal", CANAL), ("bakery", BAKERY)):
        (folder / "articles" / f"{name}.md").write_text(text, "utf-8")
    engine = engine_at(folder / "home")
    engine.build([folder / "articles"])
    engine.upload([upload("港.txt", HARBOUR)])
    keep(engine.home.path, "運河は")
    (engine.home.path / "sessions.sqlite").write_bytes(b"secret")
    store.write_backup(engine.home, folder / "home.backup", quiet)
    return folder


@pytest.fixture
def full(made: Path, tmp_path: Path) -> Engine:
    """An engine over a copy of that home."""
    return engine_at(shutil.copytree(made / "home", tmp_path / "home"))


@pytest.fixture
def file(made: Path, tmp_path: Path) -> Path:
    """A copy of its backup."""
    return Path(shutil.copy(made / "home.backup", tmp_path))


def test_all_that_cannot_be_had_again_comes_back(
    full: Engine, file: Path, made: Path, tmp_path: Path
) -> None:
    (made / "articles").rename(made / "gone")
    there = restored(tmp_path / "新しい 家", file)
    for again in (False, True):
        if again:  # a build has nothing but what came with the backup
            assert there.build().articles == 3
        assert told(there) == told(full)
        assert told(there, PORT) == told(full, PORT)
        assert there.status().damaged == ()
    (made / "gone").rename(made / "articles")
    assert titles(there.home.path) == {"運河は"}
    assert not (there.home.path / "sessions.sqlite").exists()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"secret" not in file.read_bytes()


def test_what_is_there_is_joined_and_one_roll_back_away(full: Engine, file: Path) -> None:
    before = told(full)
    full.remove(full.ask(QUESTION).citations[0].article_id)
    now = told(full)
    keep(full.home.path, "後の会話")
    with pytest.raises(StoreError, match="--force"):
        restored(full.home.path, file)
    assert told(full) == now
    assert told(restored(full.home.path, file, force=True)) == before
    assert titles(full.home.path) == {"運河は", "後の会話"}
    full.rollback()
    assert told(full) == now


def test_a_damaged_segment_in_use_is_replaced(full: Engine, file: Path) -> None:
    before = told(full)
    for path in (full.home.path / "segments").glob("*/library.sqlite"):
        path.write_bytes(b"x" * path.stat().st_size)
    repaired = restored(full.home.path, file, force=True)
    assert told(repaired) == before
    assert repaired.status().damaged == ()
    repaired.build()
    assert not list((repaired.home.path / "segments").glob(".*"))


def test_builds_and_conversations_go_on_meanwhile(full: Engine, tmp_path: Path) -> None:
    """What is held is not swept, and each backup is of one whole generation."""
    known = [told(full)]
    stop = threading.Event()

    def change() -> None:
        while not stop.is_set():
            full.upload([upload("丘.txt", HILL)])
            keep(full.home.path, "途中の会話")
            [hill] = [article for article in full.articles() if article.source == "丘.txt"]
            full.remove(hill.id)

    full.upload([upload("丘.txt", HILL)])
    known.append(told(full))
    changing = threading.Thread(target=change)
    changing.start()
    try:
        for number in range(4):
            file = tmp_path / f"{number}.zip"
            store.write_backup(Home(full.home.path), file, quiet)
            there = restored(tmp_path / f"home{number}", file)
            assert told(there) in known
            assert there.build().articles in {3, 4}
    finally:
        stop.set()
        changing.join()


@pytest.mark.parametrize(
    "part", ["segments/*/terms/keys", "uploads/*/港.txt", "generations/2/*.html"]
)
def test_damage_is_not_backed_up(full: Engine, file: Path, part: str) -> None:
    kept = file.read_bytes()
    [*_, damaged] = full.home.path.glob(part)
    damaged.write_bytes(bytes([damaged.read_bytes()[0] ^ 1]) + damaged.read_bytes()[1:])
    with pytest.raises(StoreError, match=damaged.name):
        store.write_backup(full.home, file, quiet)
    assert file.read_bytes() == kept
    assert [*file.parent.glob(".*")] == []


def test_a_damaged_backup_is_refused_and_the_home_stays(
    full: Engine, file: Path, tmp_path: Path
) -> None:
    whole, before = file.read_bytes(), told(full)
    size, harmless = len(whole), 0
    for at in [*range(0, size, size // 40), *range(size - 400, size, 17)]:
        for harmed in (whole[:at], whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :]):
            file.write_bytes(harmed)
            home = tmp_path / f"{at}-{len(harmed)}"
            try:
                there = restored(home, file)
            except StoreError as error:
                assert str(file) in str(error)  # noqa: PT017
                assert not (home / "CURRENT").exists()
            else:  # a date or the like, that nobody reads
                assert told(there) == before
                assert there.status().damaged == ()
                harmless += 1
    assert harmless < 20


def entry(name: str, mode: int = 0) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    return made


def deflated(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


@pytest.mark.parametrize(
    "hostile",
    [
        entry("../outside"),
        entry("/outside"),
        entry("uploads/../../outside"),
        entry("uploads/0123456789ab/.."),
        entry("uploads/0123456789ab/a/b"),
        entry("segments/0123456789abcdef/../x"),
        entry("sessions.sqlite"),
        entry("CURRENT"),
        entry("uploads/0123456789ab/link", stat.S_IFLNK | 0o777),
        entry("uploads/0123456789ab/pipe", stat.S_IFIFO | 0o666),
        entry("uploads/0123456789ab/device", stat.S_IFCHR | 0o666),
        deflated("uploads/0123456789ab/bomb"),
    ],
    ids=lambda hostile: hostile.filename,
)
def test_what_has_no_business_in_a_backup_is_refused(
    file: Path, tmp_path: Path, hostile: zipfile.ZipInfo
) -> None:
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(hostile, b"/etc/passwd" * 1000)
        archive.comment = store.backup.MARK.format(len(archive.infolist())).encode()
    seen = {*tmp_path.rglob("*")}
    with pytest.raises(StoreError, match=r"home\.backup.*控え"):
        restored(tmp_path / "other", file)
    new = {path.name for path in {*tmp_path.rglob("*")} - seen}
    assert new == {"other", "build.lock", "segments"}


def test_a_newer_or_another_file_is_refused(file: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(file, "a") as archive:
        archive.comment = archive.comment.replace(b"backup 1", b"backup 2")
    with pytest.raises(StoreError, match="別の版"):
        restored(tmp_path / "other", file)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "text").write_text("記事")
    for name in ("pipe", "text", "nothing", "."):
        with pytest.raises(StoreError, match="控え"):
            restored(tmp_path / "other", tmp_path / name)


def test_what_is_no_file_is_not_replaced(full: Engine, tmp_path: Path) -> None:
    (path := tmp_path / "socket").unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as there:
        there.bind(str(path))
        for place in (path, tmp_path):
            with pytest.raises(StoreError, match="普通のファイル"):
                store.write_backup(full.home, place, quiet)


def test_ctrl_c_and_a_full_disk_leave_the_file_as_it_was(full: Engine, file: Path) -> None:
    kept = file.read_bytes()

    def interrupt(progress: Progress) -> None:
        if progress.stage == stage:
            raise KeyboardInterrupt

    stage = "backup"
    with pytest.raises(KeyboardInterrupt):
        store.write_backup(full.home, file, interrupt)
    stage = "check"
    with pytest.raises(KeyboardInterrupt):
        store.write_backup(full.home, file, interrupt)
    limited = (
        "import resource, signal, sys; from index.cli import main;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2); main()"
    )
    for size in ("9000", str(len(kept) - 10)):
        command = [sys.executable, "-c", limited, size, "backup", str(file)]
        done = subprocess.run(
            [*command, "--home", str(full.home.path)], capture_output=True, text=True
        )
        assert done.returncode == 1
        assert "空き容量" in done.stderr
        assert "Traceback" not in done.stderr
    assert file.read_bytes() == kept
    assert [*file.parent.glob(".*")] == []


def test_the_commands(full: Engine, tmp_path: Path) -> None:
    file, home = tmp_path / "控え.zip", full.home.path
    made = python_m("backup", file, "--home", home)
    assert (made.status, made.err) == (0, "")
    assert str(file) in made.out
    refused = python_m("restore", file, "--home", home)
    assert refused.status == 1
    assert "--force" in refused.err
    done = python_m("restore", file, "--force", "--home", home)
    assert (done.status, done.err) == (0, "")
    assert "世代 3" in done.out
