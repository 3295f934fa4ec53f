"""Reading articles in a child process that may die, hang or run out of memory."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from index.articles import READER_VERSION, ArticleReader, Limits, files
from index.articles.files import Draft
from index.errors import CorpusError

PAGES = Path(__file__).parent / "pages"
SENTENCE = "朝から雨が降り、川の水位が上がったため、町は橋を閉じて住民に注意を呼びかけた。"


@pytest.fixture(scope="module")
def reader() -> Iterator[ArticleReader]:
    with ArticleReader() as shared:
        yield shared


def refusal(reader: ArticleReader, path: Path) -> str:
    with pytest.raises(CorpusError) as caught:
        reader.read(path)
    assert caught.value.path == str(path)
    return caught.value.reason


def children() -> set[str]:
    listing = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {pid for file in listing for pid in file.read_text().split()}


class TestReading:
    def test_identity_survives_an_edit_and_the_hash_does_not(
        self, tmp_path: Path, reader: ArticleReader
    ) -> None:
        path = tmp_path / "記事.txt"
        path.write_text(SENTENCE)
        before, *_ = reader.read(path)
        path.write_text(SENTENCE * 2)
        after, *_ = reader.read(path)
        assert before.id == hashlib.sha256(path.resolve().as_uri().encode()).hexdigest()[:12]
        assert after.id == before.id
        assert after.sha256 == hashlib.sha256(after.text.encode()).hexdigest() != before.sha256
        assert before.source == str(path)

    def test_one_child_serves_many_files(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text(SENTENCE)
        with ArticleReader() as reader:
            reader.read(tmp_path / "a.txt")
            first = reader._child
            reader.read(tmp_path / "a.txt")
            assert reader._child is first
        assert first is not None
        assert first.returncode is not None

    def test_a_name_with_a_newline_and_one_that_is_no_utf8(
        self, tmp_path: Path, reader: ArticleReader
    ) -> None:
        for name in (b"a\nb.txt", b"\xff.txt"):
            path = tmp_path / os.fsdecode(name)
            path.write_text(SENTENCE)
            article, places, _ = reader.read(path)
            assert article.text == SENTENCE
            assert places == [(None, 0, len(SENTENCE), [(0, len(SENTENCE))])]
            article.source.encode()

    def test_from_several_threads(self, tmp_path: Path, reader: ArticleReader) -> None:
        paths = [tmp_path / f"{n}.txt" for n in range(8)]
        for n, path in enumerate(paths):
            path.write_text(f"{SENTENCE}これは{n}番目の記事です。")
        texts: dict[int, str] = {}
        threads = [
            threading.Thread(target=lambda n=n: texts.update({n: reader.read(paths[n])[0].text}))
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(f"これは{n}番目" in texts[n] for n in range(8))

    def test_nothing_of_the_working_folder_is_imported(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("docx", "yaml", "json", "index"):
            (tmp_path / f"{name}.py").write_text("raise SystemExit('imported')")
        (tmp_path / "a.md").write_text(f"---\ntitle: 題\n---\n{SENTENCE}")
        monkeypatch.chdir(tmp_path)
        with ArticleReader() as fresh:
            assert fresh.read(Path("a.md"))[0].title == "題"

    def test_the_version_is_a_short_name(self) -> None:
        assert len(READER_VERSION) == 16
        assert READER_VERSION.isalnum()

    @pytest.mark.parametrize("room", ["articles", "passages", "text"])
    def test_the_version_changes_with_what_reads_and_cuts(
        self, monkeypatch: pytest.MonkeyPatch, room: str
    ) -> None:
        read = Path.read_bytes
        monkeypatch.setattr(Path, "read_bytes", lambda p: read(p) + b"#" * (p.parent.name == room))
        assert files._reader_version() != READER_VERSION

    @pytest.mark.parametrize("library", ["lxml", "langchain-text-splitters"])
    def test_the_version_changes_with_the_libraries(
        self, monkeypatch: pytest.MonkeyPatch, library: str
    ) -> None:
        monkeypatch.setattr(files, "version", lambda name: version(name) + "+" * (name == library))
        assert files._reader_version() != READER_VERSION


class TestRefusals:
    """Each bad file ends as a CorpusError, and the reader reads on."""

    @pytest.mark.parametrize(
        ("name", "raw", "reason"),
        [
            ("empty.txt", b"", "空"),
            ("blank.txt", " \n\u3000\n\ufeff".encode(), "空"),
            ("image.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "テキストではありません"),
            ("image.txt", b"\xff\xd8\xff\xe0" + bytes(range(1, 256)) * 8, "テキストではありません"),
            ("broken.txt", SENTENCE.encode() + b"\xff", "1 行目"),
            ("chrome.txt", "トップ\nニュース\nログイン\n".encode(), "本文がありません"),
            ("page.html", b"<html><body><nav>Home</nav></body></html>", "本文がありません"),
            ("void.html", b"", ""),
            ("a.pdf", b"not a pdf", "PDF として読めません"),
            ("a.docx", b"not a docx", "docx"),
            ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "パスワード"),
            ("a.csv", b"a,b", "種類"),
        ],
    )
    def test_bad_bytes(
        self, tmp_path: Path, reader: ArticleReader, name: str, raw: bytes, reason: str
    ) -> None:
        path = tmp_path / name
        path.write_bytes(raw)
        assert reason in refusal(reader, path)

    def test_a_text_of_50_mb_names_its_size_and_the_limit(
        self, tmp_path: Path, reader: ArticleReader
    ) -> None:
        path = tmp_path / "large.txt"
        with path.open("wb") as file:
            file.truncate(50_000_000)
        assert "50.0 MB" in refusal(reader, path)
        assert "20 MB" in refusal(reader, path)

    def test_no_file(self, tmp_path: Path, reader: ArticleReader) -> None:
        (tmp_path / "folder.txt").mkdir()
        (tmp_path / "link.txt").symlink_to(tmp_path / "gone")
        os.mkfifo(tmp_path / "pipe.txt")
        assert "フォルダ" in refusal(reader, tmp_path / "folder.txt")
        assert "ありません" in refusal(reader, tmp_path / "link.txt")
        assert "通常のファイル" in refusal(reader, tmp_path / "pipe.txt")

    def test_a_zip_bomb(self, tmp_path: Path) -> None:
        path = tmp_path / "bomb.docx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("word/document.xml", b"\0" * 4_000_000)
        with ArticleReader(Limits(document_bytes=1_000_000)) as reader:
            assert "展開すると大きすぎます" in refusal(reader, path)

    def test_a_million_nested_tags(self, tmp_path: Path, reader: ArticleReader) -> None:
        path = tmp_path / "nested.html"
        path.write_text("<html><body>" + "<div>" * 1_000_000 + SENTENCE + "</div>" * 1_000_000)
        refusal(reader, path)
        (tmp_path / "a.txt").write_text(SENTENCE)
        assert reader.read(tmp_path / "a.txt")[0].text == SENTENCE

    def test_a_pdf_whose_pages_hold_themselves(self, tmp_path: Path, reader: ArticleReader) -> None:
        path = tmp_path / "loop.pdf"
        path.write_bytes(
            b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
            b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>endobj\n"
            b"trailer<</Root 1 0 R/Size 3>>\nstartxref\n0\n%%EOF"
        )
        refusal(reader, path)

    def test_an_alias_bomb_in_front_matter(self, tmp_path: Path, reader: ArticleReader) -> None:
        names = "abcdefghijkl"
        lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
        for last, name in pairwise(names):
            lines.append(f"{name}: &{name} [{', '.join([f'*{last}'] * 9)}]")
        path = tmp_path / "bomb.md"
        path.write_text("\n".join(["---", *lines, "title: *l", "---", SENTENCE]))
        assert "title" in refusal(reader, path)

    @pytest.mark.parametrize(
        "places",
        [
            *([], [[None, 0, 4, []]], [[None, 0, 5, [[0, 5]]]], [[None, -1, 4, [[-1, 4]]]]),
            *([[None, 0, 2, [[0, 4]]]], [[None, 0, 4, [[1, 4]]]], [[None, 0, 4, [[0, 3], [2, 4]]]]),
            [[None, 2, 4, [[2, 4]]], [None, 0, 2, [[0, 2]]]],
        ],
    )
    def test_passages_that_do_not_lie_in_the_text(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, places: list[Any]
    ) -> None:
        told = {"draft": asdict(Draft("四文字。")), "places": places}
        monkeypatch.setattr(ArticleReader, "_ask", lambda self, path: told)
        assert "合いません" in refusal(ArticleReader(), tmp_path / "a.txt")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
class TestLimits:
    def test_time(self, tmp_path: Path, endless_cutting: str) -> None:
        (tmp_path / "a.txt").write_text(SENTENCE)
        (tmp_path / "slow.txt").write_text(endless_cutting)
        with ArticleReader(Limits(seconds=3)) as reader:
            reader.read(tmp_path / "a.txt")
            assert reader._child is not None
            child = Path("/proc", str(reader._child.pid))
            assert "3 秒以内" in refusal(reader, tmp_path / "slow.txt")
            assert not _running(child)
            assert reader.read(tmp_path / "a.txt")[0].text == SENTENCE

    def test_memory(self, tmp_path: Path) -> None:
        path = tmp_path / "many.md"  # half a million paragraphs, each some tokens
        path.write_text("雨\n\n" * 500_000)
        (tmp_path / "a.txt").write_text(SENTENCE)
        with ArticleReader(Limits(memory=150 * 1024**2, lines=2_000_000)) as reader:
            reason = refusal(reader, path)
            # Where memory runs out inside a C library, the child may die instead of telling.
            assert "150 MB を超えるメモリ" in reason or "大きすぎます" in reason
            assert reader.read(tmp_path / "a.txt")[0].text == SENTENCE

    def test_a_child_that_dies_is_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text(SENTENCE)
        with ArticleReader() as reader:
            reader.read(tmp_path / "a.txt")
            assert reader._child is not None
            reader._child.kill()
            reader._child.wait()
            assert "異常終了" in refusal(reader, tmp_path / "a.txt")
            assert reader.read(tmp_path / "a.txt")[0].text == SENTENCE

    def test_no_process_is_left(self, tmp_path: Path) -> None:
        before = children()
        (tmp_path / "a.txt").write_text(SENTENCE)
        with ArticleReader() as reader:
            reader.read(tmp_path / "a.txt")
            assert len(children() - before) == 1
        assert children() <= before

    @pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
    def test_the_child_ends_with_its_parent(
        self, tmp_path: Path, end: signal.Signals, endless_cutting: str
    ) -> None:
        """On Ctrl-C at once; when the parent is killed, by its own alarm."""
        (tmp_path / "slow.txt").write_text(endless_cutting)
        program = (
            "import sys; from pathlib import Path; from index.articles import *\n"
            "reader = ArticleReader(Limits(seconds=3)); reader._start()\n"
            "print(reader._child.pid, flush=True); reader.read(Path(sys.argv[1]))"
        )
        parent = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "slow.txt")],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parents[1],
        )
        assert parent.stdout is not None
        child = Path("/proc", parent.stdout.readline().decode().strip())
        time.sleep(1)
        assert child.exists()
        parent.send_signal(end)
        parent.wait()
        parent.stdout.close()
        deadline = time.monotonic() + (2 if end == signal.SIGINT else 12)
        while _running(child) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not _running(child)


def _running(process: Path) -> bool:
    """A zombie that nobody has collected yet is not running."""
    try:
        return process.joinpath("stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class TestPages:
    """Two of the invented pages of test_cleaning, read from a file."""

    def test_one_with_a_masthead(self, tmp_path: Path, reader: ArticleReader) -> None:
        lines = (PAGES / "reuters_jp.txt").read_text("utf-8").splitlines()
        (tmp_path / "a.txt").write_text("\n".join(line[2:] for line in lines), "utf-8")
        article, *_ = reader.read(tmp_path / "a.txt")
        assert article.title is not None
        assert article.title.startswith("アングル：")
        assert str(article.published) == "2025-02-21"
        assert article.publisher == "ロイター"
        assert article.authors == ("Lucia Fernandez", "Andrew Castell")
        assert not any(name in article.text for name in article.authors)
        assert article.title not in article.text

    def test_one_without(self, tmp_path: Path, reader: ArticleReader) -> None:
        (tmp_path / "a.txt").write_text(SENTENCE * 3, "utf-8")
        article, *_ = reader.read(tmp_path / "a.txt")
        assert (article.title, article.published, article.authors) == (None, None, ())
        assert article.language == "ja"
