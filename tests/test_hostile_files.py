"""Files made to hold up a build: each is read or refused with a reason, in bounded time and memory.

Every build here runs in a process of its own, so that its time and peak are what is measured.
"""

import hashlib
import json
import os
import socket
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import FakeEncoder

from index import ingest
from index.articles import READER_VERSION, ArticleReader, find_files, sha256_of
from index.derived import derive
from index.errors import CorpusError
from index.ingest import Sources
from index.store import Home

MILLION = 1_000_000
ORDINARY = (
    "朝から雨が降り、川の水位が上がったため、町は橋を閉じて住民に注意を呼びかけた。"
    "昨年の10月にも同じ橋が閉じられ、約3日の間、人々は隣の村まで回り道をした。"
)
BUILD = """
import json, resource, sys, time
import numpy as np
from index import ingest
from index.derived import derive
from index.errors import CorpusError
from index.ingest import Sources
from index.store import Home

class Stub:
    fingerprint, dimensions = "constant", 16
    def encode_documents(self, texts):
        return np.full((len(texts), 16), 0.25, np.float32)

begun = time.monotonic()
try:
    report = ingest.build(Home(__import__("pathlib").Path(sys.argv[2])), Stub(),
                          lambda: Sources((sys.argv[1],)), derive=derive)
    told = {"passages": report.passages, "skipped": {s.path: s.reason for s in report.skipped}}
except CorpusError as error:
    told = {"refused": error.reason}
own, child = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
told["wall"] = time.monotonic() - begun
told["seconds"] = sum(u.ru_utime + u.ru_stime for u in (own, child))
# Of itself ru_maxrss tells at least what the process had that started it.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
told["megabytes"] = int(peak.split()[1]) / 1024, child.ru_maxrss / 1024
print(json.dumps(told))
"""


def built(source: Path, home: Path) -> dict[str, Any]:
    """What a build of a file or folder comes to, with its seconds (of the processor) and peaks."""
    run = subprocess.run(
        [sys.executable, "-c", BUILD, str(source), str(home)],
        capture_output=True,
        check=True,
        timeout=600,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    told: dict[str, Any] = json.loads(run.stdout)
    return told


def lines(size: int) -> str:
    """About so many bytes of ordinary lines, no two alike."""
    return "\n".join(f"{n}番目の記録。{ORDINARY}" for n in range(size // 250))


def document(path: Path, body: str, *, declared: int | None = None) -> None:
    """Write a DOCX with this body, and a size in its directory that may be false."""
    import docx

    docx.Document().save(str(path))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (parts | {"word/document.xml": xml}).items():
            archive.writestr(name, part)
    if declared is not None:
        size, false = struct.pack("<I", len(xml)), struct.pack("<I", declared)
        path.write_bytes(path.read_bytes().replace(size, false))


def packed(entries: dict[str, bytes], *, times: int = 1) -> Callable[[Path], object]:
    """Write an archive of these, so often each under other names."""

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, part in entries.items():
                for n in range(times):
                    archive.writestr(name if not n else f"{name}{n}", part)

    return write


def odt(body: str, head: str = "") -> dict[str, bytes]:
    spaces = 'xmlns:o="urn:o" xmlns:text="urn:t" xmlns:table="urn:b"'
    content = f"<o:document {spaces}><o:body><o:text>{body}</o:text></o:body></o:document>"
    return {"content.xml": (head + content).encode()}


def printed(path: Path, shown: bytes) -> None:
    """Write a PDF of one page that shows this."""
    stream = b"BT /F1 10 Tf 50 700 Td\n" + shown + b"\nET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body, at = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        at.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in at)
    end = b"trailer<</Root 1 0 R/Size 6>>\nstartxref\n%d\n%%%%EOF" % len(body)
    path.write_bytes(body + b"xref\n0 6\n0000000000 65535 f \n" + table + end)


def text(unit: str, size: int) -> Callable[[Path], object]:
    return lambda path: path.write_text(unit * (size // len(unit.encode())), "utf-8")


PARAGRAPH = "<w:p><w:r><w:t>雨が降った。</w:t></w:r></w:p>"
LAUGHS = '<!DOCTYPE o [<!ENTITY a "ははは"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
NOTE = '<w:footnoteReference w:id="1"/><w:del><w:t>雨</w:t></w:del>'
WIDE = (
    '<table:table-row><table:table-cell table:number-columns-repeated="999999"/></table:table-row>'
)
TEN = 10 * MILLION
# Cheap ones of each kind, built together in CI: the name, how it is made, and the reason.
FEW: dict[str, tuple[Callable[[Path], object], str]] = {
    "one.txt": (text("あ", TEN), "文の終わり"),
    "blank.txt": (text(" ", TEN), "空です"),
    "stops.txt": (text("。", 3 * MILLION), "文の終わり"),
    "newlines.md": (text("\n", TEN), "空です"),
    "lines.txt": (text("a\n", MILLION), "行が多すぎます"),
    "piled.txt": (text("\u0301\u0323", MILLION), ""),
    "dates.txt": (text("2025年1月22日", MILLION), "文の終わり"),
    "brackets.md": (text("[", MILLION), "角括弧が多すぎます"),
    "items.md": (text("- a\n", MILLION), "箇条書きの行が多すぎます"),
    "attributes.html": (
        lambda path: path.write_text(
            f"<p {' '.join(f'a{n}=b' for n in range(100_000))}>{ORDINARY}"
        ),
        "属性が多すぎます",
    ),
    "cells.html": (text("<td>雨", MILLION // 2), "表の欄が多すぎます"),
    "script.md": (text("<script>", MILLION), ""),
    "p.html": (text("<p>", 3 * 1_400_000), "タグが多すぎます"),
    "a.html": (text("<a ", 3 * 700_000), "タグが多すぎます"),
    "script.html": (text("<script", 7 * 500_000), "タグが多すぎます"),
    "line.pdf": (
        lambda path: printed(path, b"(%b) Tj" % (b"a" * 300_000)),
        "1 ページの文字が多すぎます",
    ),
    "false.docx": (lambda path: document(path, PARAGRAPH * 9000, declared=1000), "大きさ"),
    "entities.odt": (packed(odt(f"<text:p>&b;{ORDINARY}</text:p>", LAUGHS)), "実体を定義"),
    "entries.epub": (
        packed({"META-INF/container.xml": b"<a/>"}, times=10_001),
        "ファイルが多すぎます",
    ),
    "bomb.pptx": (packed({"ppt/presentation.xml": bytes(60 * MILLION)}, times=6), "展開すると"),
    "deep.docx": (
        lambda path: document(path, "<w:ins>" * 300 + PARAGRAPH + "</w:ins>" * 300),
        "入れ子",
    ),
    "parts.eml": (
        text("Content-Type: multipart/mixed; boundary=a\n\n--a\n", MILLION),
        "部分が多すぎます",
    ),
    "letters.eml": (text("From: a <b@c>, \n", MILLION), "見出しの行が多すぎます"),
    "wide.odt": (packed(odt(f"<table:table>{WIDE * 1000}</table:table>")), "本文がありません"),
    "read.docx": (lambda path: document(path, PARAGRAPH * 5000), ""),
    "read.txt": (lambda path: path.write_text(lines(MILLION), "utf-8"), ""),
}
MANY: dict[str, Callable[[Path], object]] = {
    **{f"{n}.txt": text(unit, TEN) for n, unit in enumerate("あa 。\n　")},
    **{f"{n}.md": text(unit, TEN) for n, unit in enumerate("あa 。\n　")},
    **{
        f"unit{n}{suffix}": text(unit, MILLION)
        for suffix in (".txt", ".md", ".html")
        for n, unit in enumerate(
            ("7", "12,345.6", "2025年1月22日", "2025年1月22日、昨年11月", "「", "「」", "「あ。」", "é", "\u0301", "(",
             "[", "【", "(関連記事：", "https://example.com/a", "https://example.com/a ", "\n", "a\n", "雨\n\n", "😀",
             "<a ", "<p>", "<script", "<script>", "<b>", "<br>", "*a ", "`a``", "> ", "- a\n", "|a\n")
        )
    },
    "line.pdf": lambda path: printed(path, b"(%b) Tj" % (b"a" * 5 * MILLION)),
    "lines.pdf": lambda path: printed(path, b"(ab) Tj 0 -12 Td " * 100_000),
    "paragraphs.docx": lambda path: document(path, PARAGRAPH * 200_000),
    "runs.docx": lambda path: document(path, f"<w:p>{'<w:r><w:t>雨</w:t></w:r>' * 300_000}</w:p>"),
    "paragraphs.odt": packed(odt("<text:p>雨。</text:p>" * 90_000)),
    "notes.docx": lambda path: document(
        path, f"<w:p>{NOTE * 100_000}</w:p>"
    ),
    "cells.docx": lambda path: document(
        path, f"<w:tbl><w:tblPr/><w:tr><w:tc>{PARAGRAPH * 50_000}</w:tc></w:tr></w:tbl>"
    ),
    "false.docx": lambda path: document(path, PARAGRAPH * MILLION, declared=1000),
}  # fmt: skip


def test_many_kinds_in_one_build(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for name, (make, _) in FEW.items():
        make(folder / name)
    told = built(folder, tmp_path / "home")
    reasons = {Path(path).name: reason for path, reason in told["skipped"].items()}
    for name, (_, reason) in FEW.items():
        if name.startswith("read"):
            assert name not in reasons
        else:
            assert reason in reasons.get(name, ""), name
            assert "秒以内" not in reasons.get(name, "")
            assert "メモリ" not in reasons.get(name, "")
    assert told["seconds"] < 90
    assert max(told["megabytes"]) < 640


@pytest.mark.endurance
@pytest.mark.parametrize("name", MANY)
def test_each(tmp_path: Path, name: str) -> None:
    MANY[name](tmp_path / name)
    told = built(tmp_path / name, tmp_path / "home")
    assert "秒以内" not in told.get("refused", "")
    assert told["seconds"] < 30
    assert max(told["megabytes"]) < 640


@pytest.mark.endurance
def test_20_mb_of_ordinary_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(lines(19_500_000), "utf-8")
    with ArticleReader() as reader:
        _, places, _ = reader.read(tmp_path / "a.txt")
    assert len(places) > 10_000


@pytest.mark.endurance
def test_5000_tiny_files(tmp_path: Path) -> None:
    for n in range(5000):
        (tmp_path / f"{n}.txt").write_text(f"{n}番目の記録。{ORDINARY}", "utf-8")
    with ArticleReader() as reader:
        assert sum(len(reader.read(file)[1]) for file in find_files(tmp_path)[0]) == 5000


class TestNoFile:
    """What is no file is neither opened for long nor read."""

    def special(self, folder: Path) -> list[Path]:
        os.mkfifo(folder / "pipe.txt")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(folder / "socket.txt"))
        return [folder / "pipe.txt", folder / "socket.txt", Path("/dev/zero")]

    def test_as_the_source(self, tmp_path: Path) -> None:
        for path in self.special(tmp_path):
            with pytest.raises(CorpusError, match="通常のファイル"):
                find_files(path)
            with pytest.raises(CorpusError, match="通常のファイル"):
                sha256_of(path)
            told = built(path, tmp_path / "home")
            assert "通常のファイルではありません" in told["refused"]

    def test_inside_a_folder(self, tmp_path: Path) -> None:
        self.special(tmp_path)
        found, skipped = find_files(tmp_path)
        assert found == []
        assert len(skipped) == 2

    def test_a_folder_without_permission(self, tmp_path: Path) -> None:
        """As another user, since root may read everything."""
        for name in ("closed", "listed"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "a.txt").write_text(ORDINARY, "utf-8")
        (tmp_path / "closed").chmod(0)
        (tmp_path / "listed").chmod(0o444)
        program = (
            "import os, sys; from pathlib import Path; from index.articles import find_files\n"
            "os.geteuid() or os.setuid(65534)\n"
            "print(*[s.reason for s in find_files(Path(sys.argv[1]))[1]])"
        )
        for folder in (tmp_path, *tmp_path.parents[:3]):
            if folder.owner() == Path.home().owner() and folder != Path("/tmp"):
                folder.chmod(0o755)
        run = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True
        )
        for name in ("closed", "listed"):
            (tmp_path / name).chmod(0o755)
        assert run.stdout.count("Permission denied") == 2, run.stderr


class TestFolders:
    def test_900_deep(self, tmp_path: Path) -> None:
        folder = tmp_path
        os.chdir(tmp_path)
        try:
            for _ in range(900):
                os.mkdir("d")
                os.chdir("d")
                folder /= "d"
            Path("a.txt").write_text(ORDINARY, "utf-8")
            Path("up").symlink_to(tmp_path)
        finally:
            os.chdir(Path(__file__).parent)
        assert find_files(tmp_path) == ([folder / "a.txt"], [])

    def test_deeper_than_a_path_may_be_long(self, tmp_path: Path) -> None:
        os.chdir(tmp_path)
        try:
            for _ in range(50):
                os.mkdir("d" * 100)
                os.chdir("d" * 100)
            Path("a.txt").write_text(ORDINARY, "utf-8")
        finally:
            os.chdir(Path(__file__).parent)
        found, skipped = find_files(tmp_path)
        assert found == []
        assert "長" in skipped[0].reason or "too long" in skipped[0].reason
        subprocess.run(["rm", "-rf", str(tmp_path / ("d" * 100))], check=True)


def test_the_hash_is_of_what_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that changes between hashing and reading is kept under the hash of what was read."""
    path, home = tmp_path / "a.txt", Home(tmp_path / "home")
    before, after = (f"{ORDINARY}{word}の記録。".encode() for word in ("前", "後"))
    path.write_bytes(before)
    read = ArticleReader.read

    def changed(self: ArticleReader, file: Path) -> Any:
        path.write_bytes(after)
        return read(self, file)

    monkeypatch.setattr(ArticleReader, "read", changed)
    ingest.build(home, FakeEncoder(), lambda: Sources((str(path),)), derive=derive)
    digests = [hashlib.sha256(raw).hexdigest() for raw in (before, after)]
    with home.articles() as cache:
        kept = [cache.get(str(path), raw_sha256=d, reader=READER_VERSION) for d in digests]
    assert kept[0] is None
    assert kept[1] is not None
    assert "後の記録" in kept[1].article.text
