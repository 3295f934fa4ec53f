"""What is read like a folder: a ZIP archive; and folders that are watched."""

import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from index.engine import Engine
from index.ingest import Upload, receive
from index.ingest.archives import UNPACKED, unpack
from index.reports import BuildReport, Skipped

ROOT = Path(__file__).resolve().parents[1]


def archive(path: Path, files: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path


def unpacked(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """What an archive gives: the text of each file by its name, and the reasons for the others."""
    skipped: list[Skipped] = []
    folder = path.parent / f"{UNPACKED}x"
    folder.mkdir(exist_ok=True)
    files = unpack(path, "z", folder, skipped)
    assert all(file.parent == folder for file in files.values())
    return {n: f.read_text("utf-8") for n, f in files.items()}, {s.path: s.reason for s in skipped}


def sources(engine: Engine) -> set[str]:
    return {Path(article.source).name for article in engine.articles()}


def told(report: BuildReport) -> dict[str, str]:
    return {Path(skipped.path).name: skipped.reason for skipped in report.skipped}


def test_each_file_of_an_archive_is_an_article(engine: Engine, tmp_path: Path) -> None:
    path = archive(
        tmp_path / "z.zip", {"港/a.md": "港の灯台は白い。", "b.txt": "荷物が港に届いた。"}
    )
    assert engine.add([path]).articles == 5
    assert {f"{path}/港/a.md", f"{path}/b.txt"} <= {article.source for article in engine.articles()}
    before = {article.id for article in engine.articles()}
    archive(path, {"港/a.md": "港の灯台は青い。", "図.png": b"\x89PNG"})
    report = engine.build()
    assert (report.articles, report.removed) == (4, 1)  # b.txt is gone
    assert {article.id for article in engine.articles()} < before
    assert "読める種類" in told(report)["図.png"]
    path.unlink()
    assert engine.build().articles == 4


def test_an_archive_in_a_folder_or_sent_is_read(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    archive(folder / "z.ZIP", {"a.md": "港の灯台は白い。"})
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr("b.txt", "荷物が港に届いた。")
    assert engine.add([folder]).articles == 4
    sent = receive("../送.zip", content, largest=10**6)
    assert sent.name == "送.zip"
    assert engine.upload([sent]).articles == 5
    assert sources(engine) >= {"a.md", "b.txt"}
    [one] = [article.id for article in engine.articles() if article.source == "b.txt"]
    assert engine.remove(one).articles == 4
    assert engine.build().articles == 4
    report = engine.upload([Upload("空.zip", io.BytesIO(b"PK\3\4" + b"\0" * 30))])
    assert "ZIP として読めません" in told(report)["空.zip"]


def test_a_name_may_begin_with_the_folder_itself_and_a_method_unknown_costs_one_file(
    tmp_path: Path,
) -> None:
    path = archive(tmp_path / "z.zip", {"a.md": "x", "./b.md": "港の灯台は白い。", "./.c.md": "x"})
    raw = bytearray(path.read_bytes())
    for at, flags in ((raw.index(b"PK\3\4"), 6), (raw.index(b"PK\1\2"), 8)):
        raw[at + flags] |= 0x20  # compressed patched data
    path.write_bytes(raw)
    assert unpacked(path) == ({"z/b.md": "港の灯台は白い。"}, {"z/a.md": "壊れています。"})


def locked(name: str) -> bytes:
    """An archive whose one file says that it is encrypted."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr(name, "港の灯台は白い。")
    raw = bytearray(content.getvalue())
    raw[6] |= 1
    raw[raw.index(b"PK\1\2") + 8] |= 1
    return bytes(raw)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/etc/cron.d/a.md", "外を指す"),
        ("../../a.md", "外を指す"),
        ("a/../../b.md", "外を指す"),
        ("..\\a.md", "外を指す"),
        ("C:\\a.md", "外を指す"),
        ("inner.zip", "ZIP の中の ZIP"),
        ("a.exe", "読める種類"),
        ("大.md", "大きすぎます"),
    ],
)
def test_what_is_not_read_of_an_archive_is_named(tmp_path: Path, name: str, reason: str) -> None:
    content = b" " * 20_000_001 if name == "大.md" else b"x"
    files, skipped = unpacked(
        archive(tmp_path / "z.zip", {name: content, "b.txt": "荷物が届いた。"})
    )
    assert files == {"z/b.txt": "荷物が届いた。"}
    [(path, why)] = skipped.items()
    assert path.startswith("z/")
    assert reason in why
    assert {p.name for p in tmp_path.iterdir()} == {"z.zip", f"{UNPACKED}x"}


def test_bombs_links_secrets_and_other_methods_are_named(tmp_path: Path) -> None:
    path = tmp_path / "z.zip"
    path.write_bytes(locked("秘.md"))
    assert "パスワード" in unpacked(path)[1]["z/秘.md"]
    archive(path, {"a.md": "x" * 100}, zipfile.ZIP_BZIP2)
    assert "圧縮の方式" in unpacked(path)[1]["z/a.md"]
    link = zipfile.ZipInfo("b.md")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(link, "/etc/passwd")
    assert "読める種類" in unpacked(path)[1]["z/b.md"]
    archive(path, {f"{n}.pdf": b"\0" * 90_000_000 for n in range(5)})
    assert path.stat().st_size < 10**6
    files, skipped = unpacked_names(path)
    assert (len(files), {reason[:11] for reason in skipped.values()}) == (
        3,
        {"展開すると大きすぎます"},
    )


def unpacked_names(path: Path) -> tuple[list[str], dict[str, str]]:
    skipped: list[Skipped] = []
    files = unpack(path, "z", path.parent, skipped)
    return [*files], {s.path: s.reason for s in skipped}


def test_one_whose_size_is_a_lie_is_broken_and_one_with_too_many_entries_is_not_opened(
    tmp_path: Path,
) -> None:
    path = archive(tmp_path / "z.zip", {"a.md": b"x" * 5_000_000})
    raw = path.read_bytes()
    path.write_bytes(raw.replace((5_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    assert "壊れています" in unpacked(path)[1]["z/a.md"]
    path.write_bytes(b"PK\1\2" * 30_000)
    assert "大きすぎます" in unpacked(path)[1]["z"]


def test_names_as_windows_writes_them_in_japan_are_read(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "z.zip", {"AAAAAA.txt": "荷物が届いた。", "__MACOSX/a.md": "x", ".b.md": "x"}
    )
    path.write_bytes(path.read_bytes().replace(b"AAAAAA", "表報告".encode("cp932")))
    assert unpacked(path) == ({"z/表報告.txt": "荷物が届いた。"}, {})


@pytest.fixture
def watching(tmp_path: Path, settings: object) -> Iterator[SimpleNamespace]:
    """The command, watching a folder with one article in it."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.md").write_text("港の灯台は白い。", "utf-8")
    command = [sys.executable, "-m", "index", "watch", folder, "--home", folder / "home", "--json"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TENKYO_")}
    cache = {"TENKYO_CACHE": str(settings.cache), "PYTHONPATH": str(ROOT)}  # type: ignore[attr-defined]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=kept | cache, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield SimpleNamespace(folder=folder, process=process)
        finally:
            process.kill()


def test_a_folder_is_watched_until_ctrl_c(watching: SimpleNamespace) -> None:
    folder, process = watching.folder, watching.process
    assert '"articles": 1' in process.stdout.readline()
    (folder / "b.md").write_text("荷物が港に届いた。", "utf-8")
    assert '"articles": 2' in process.stdout.readline()
    for file in folder.glob("*.md"):
        file.unlink()
    (folder / "c.md").write_text("運河は静かだ。", "utf-8")
    assert '"articles": 1' in process.stdout.readline()
    (folder / ".c.md.swp").write_text("x", "utf-8")
    (folder / "home" / "x.md").write_text("x", "utf-8")
    time.sleep(2)
    (folder / "c.md").unlink()  # nothing is left: told, and it goes on
    assert "索引にできる記事がありません" in next(
        line for line in process.stderr if "tenkyo:" in line
    )
    (folder / "d.md").write_text("運河は青い。", "utf-8")
    assert '"generation": 4' in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    assert "Traceback" not in process.stderr.read()
