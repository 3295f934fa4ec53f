"""Files and text sent to the library: what is let in, what comes of it, and what is refused."""

import io
import zipfile
from pathlib import Path

import pytest
from borrowing import HARBOUR, Library, lent, received
from conftest import BAKERY, fake_engine
from hostile import HOSTILE

from index.engine import Engine
from index.settings import Settings
from index.web.library import upload_folder
from index.web.library.arriving import FILES, fault_of
from index.web.words import LANGUAGES

JA = LANGUAGES["ja"]

pytest_plugins = ("shelf",)
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*(no_silent_downcasting|copy keyword)"
)  # Gradio's own


def test_files_are_added_and_those_refused_are_named(library: Library, engine: Engine) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", HARBOUR)
    library.bring(
        ("../../港\u202e<b>.txt", HARBOUR.encode()),
        ("丘.md", BAKERY.replace("35", "36").encode()),
        ("図.txt", b"\x89PNG\r\n\x1a\n\0\0"),
        ("空.md", b""),
        ("荷.docx", packed.getvalue()),
    )
    work = library.built()
    assert JA.library_done_add in work
    refused = work.split(JA.library_skipped)[1]
    for name in ("図.txt", "空.md", "荷.docx", "ファイルが空です"):
        assert name in refused
    assert len(engine.articles()) == 5
    assert {"港_b_.txt", "丘.md"} <= {article.source for article in engine.articles()}
    assert "31メートル" in engine.ask("灯台の高さは何メートルか").text


def test_where_no_file_is_taken_nothing_is_built(library: Library) -> None:
    told = library.bring(("図.png", b"\x89PNG\0"))
    assert JA.library_failed in told
    assert "図.png" in told
    assert library.look()["work"].count("<h2>") == 0


def test_a_file_with_nothing_to_read_is_reported(library: Library, engine: Engine) -> None:
    bomb = io.BytesIO()
    archive = zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED)
    with archive, archive.open("word/document.xml", "w") as part:
        for _ in range(400):
            part.write(b" " * 10**6)
    assert len(bomb.getvalue()) < 10**6
    library.bring(("爆.docx", bomb.getvalue()), ("偽.pdf", b"%PDF-1.7\n"))
    work = library.built()
    assert JA.library_nothing_added in work
    assert {"爆.docx", "偽.pdf"} <= set(work.split())
    assert len(engine.articles()) == 3


@pytest.mark.parametrize("n", range(0, len(HOSTILE), 18))
def test_hostile_names_of_files_are_only_names(library: Library, engine: Engine, n: int) -> None:
    [path] = library.upload(("a.txt", b"x")).json()
    Path(path).unlink()
    names = [name for name in HOSTILE[n : n + 18] if "\ud83d" not in name]
    files = []
    for number, name in enumerate(names):
        # As a program may say it: the name is not the file's, which Gradio has made harmless.
        [path] = library.upload((f"{number}.txt", f"荷物{number}が港に届いた。".encode())).json()
        files.append(received(path, name))
    library.call("add", files)
    assert JA.library_done_add in library.built()
    kept = [path for path in engine.home.uploads.rglob("*") if path.is_file()]
    assert len(kept) == len(names)
    assert {path.parent.parent for path in kept} == {engine.home.uploads}


def test_a_file_is_taken_out_of_the_folder_for_them_and_no_other(
    library: Library, engine: Engine, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(HARBOUR, "utf-8")
    [path] = library.upload(("港.txt", HARBOUR.encode())).json()
    away = f"{upload_folder()}/../../..{secret}"
    for elsewhere in (str(secret), away, "http://127.0.0.1:1/a.txt", "https://a.example/b", "", 1):
        for sent in (
            [received(elsewhere, "a.txt")],
            [received(path, "港.txt"), received(elsewhere, "a")],
        ):
            assert library.join("add", sent).status_code == 422, elsewhere
            # nor by way of what is no file at all
            assert library.join("search", {"deep": sent}).status_code == 422
    assert secret.exists()
    assert library.call("add", [received(path, "港.txt")])
    assert JA.library_done_add in library.built()
    told = library.call("add", [received(path, "港.txt")])[1]  # which has been taken
    assert "もう一度" in told
    assert len(engine.articles()) == 4


def test_a_file_that_is_too_large_is_refused_alone(engine: Engine, tmp_path: Path) -> None:
    small = Settings(engine.settings.home, tmp_path, upload_bytes=1000)
    with lent(fake_engine(small)) as library:
        library.bring(("大.txt", "長い。".encode() * 200), ("港.txt", HARBOUR.encode()))
        assert "大きすぎます" in library.built()
        assert len(library.titles()) == 4


def test_files_beyond_the_most_are_refused(library: Library, engine: Engine) -> None:
    library.bring(*((f"{n}.txt", f"荷物{n}がある。".encode()) for n in range(FILES + 2)))
    assert library.built().count("次に送ってください") == 2
    assert len(engine.articles()) == 3 + FILES


def test_a_pasted_text_is_an_article(library: Library, engine: Engine) -> None:
    told = {"publisher": "港湾局", "published": "2024-02-03", "url": "https://a.example/x"}
    assert library.paste(title='港: "灯台"\nの夜', **told)[0] == ""
    assert JA.library_done_add in library.built()
    [pasted] = [article for article in engine.articles() if article.publisher == "港湾局"]
    assert pasted.title == '港: "灯台" の夜'
    assert (str(pasted.published), pasted.url) == ("2024-02-03", "https://a.example/x")
    assert pasted.text == HARBOUR


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"title": " "}, "library_paste_empty"),
        ({"text": "\n \u3000"}, "library_paste_empty"),
        ({"published": "2024-02-30"}, "library_paste_day"),
        ({"published": "20240203"}, "library_paste_day"),
        ({"url": "javascript:alert(1)"}, "library_paste_url"),
        ({"title": "長" * 501}, "library_paste_long"),
        ({"text": "あ" * 1_000_001}, "library_paste_long"),
    ],
)
def test_a_text_that_cannot_be_taken(library: Library, fields: dict[str, str], fault: str) -> None:
    assert library.paste(**fields) == [f" {getattr(JA, fault)} ", ""]
    assert library.look()["work"].count("<h2>") == 0


def test_a_text_of_the_most_characters_is_let_in(library: Library) -> None:
    assert library.join("paste", "題", "あ" * 1_000_000, "", "", "").status_code == 200
    assert library.join("paste", "題", "あ" * 4_000_000, "", "", "").status_code == 413
    fields = {"title": "題", "publisher": "", "published": "", "url": ""}
    assert fault_of(fields, "あ" * 1_000_000) == ""
