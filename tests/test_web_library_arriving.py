"""Files and text sent to the library: what is let in, what comes of it, and what is refused."""

import io
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from borrowing import HARBOUR, Library, Open, error
from conftest import BAKERY, fake_engine
from hostile import HOSTILE

from index.engine import Engine
from index.settings import Settings

pytest_plugins = ("shelf",)


def test_files_are_added_and_those_refused_are_named(library: Library, engine: Engine) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", HARBOUR)
    answer = library.bring(
        ("../../港\u202e<b>.txt", HARBOUR.encode()),
        ("丘.md", BAKERY.replace("35", "36").encode()),
        ("図.txt", b"\x89PNG\r\n\x1a\n\0\0"),
        ("空.md", b""),
        ("荷.docx", packed.getvalue()),
    )
    assert answer.status_code == 202
    assert answer.json()["accepted"] == ["港_b_.txt", "丘.md"]
    assert [refused["path"] for refused in answer.json()["refused"]] == [
        "図.txt",
        "空.md",
        "荷.docx",
    ]
    state = library.built()
    assert state["build"]["error"] is None
    assert state["build"]["report"]["articles"] == 5
    assert {a["source"] for a in state["articles"] if a["uploaded"]} == {"港_b_.txt", "丘.md"}
    assert state["can_undo"]
    assert state["undo"]["articles"] == 3
    assert "31メートル" in engine.ask("灯台の高さは何メートルか").text


def test_where_no_file_is_taken_nothing_is_built(library: Library) -> None:
    answer = library.bring(("図.png", b"\x89PNG\0"))
    assert answer.status_code == 400
    assert answer.json()["accepted"] == []
    assert "図.png" in answer.json()["refused"][0]["path"]
    assert answer.json()["error"]
    assert library.bring().status_code in {400, 415}
    assert (
        library.post("/library/files", data={"files": "text"}, files={"x": b""}).status_code == 400
    )
    assert library.state()["build"]["kind"] is None


def test_a_file_with_nothing_to_read_is_reported(library: Library) -> None:
    bomb = io.BytesIO()
    archive = zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED)
    with archive, archive.open("word/document.xml", "w") as part:
        for _ in range(400):
            part.write(b" " * 10**6)
    assert len(bomb.getvalue()) < 10**6
    assert library.bring(("爆.docx", bomb.getvalue()), ("偽.pdf", b"%PDF-1.7\n")).status_code == 202
    state = library.built()
    assert state["build"]["error"] is None
    assert {s["path"] for s in state["build"]["report"]["skipped"]} == {"爆.docx", "偽.pdf"}
    assert all(s["reason"] for s in state["build"]["report"]["skipped"])
    assert len(state["articles"]) == 3


@pytest.mark.parametrize("n", range(0, len(HOSTILE), 9))
def test_hostile_names_of_files_are_only_names(library: Library, engine: Engine, n: int) -> None:
    files = [
        (name, f"荷物{number}が港に届いた。".encode())
        for number, name in enumerate(HOSTILE[n : n + 9])
        if len(name) < 300 and "\ud83d" not in name  # no browser sends those
    ]
    answer = library.bring(*files)
    assert len(answer.json()["accepted"]) == len(files)
    state = library.built()
    assert len(state["articles"]) == 3 + len(files)
    folder = engine.home.uploads
    kept = [path for path in folder.rglob("*") if path.is_file()]
    assert len(kept) == len(files)
    assert {path.parent.parent for path in kept} == {folder}


def test_a_pasted_text_is_an_article(library: Library, engine: Engine) -> None:
    answer = library.paste(
        title='港: "灯台"\nの夜',
        publisher="港湾局",
        published="2024-02-03",
        url="https://a.example/x",
    )
    assert answer.status_code == 202
    [pasted] = [article for article in library.built()["articles"] if article["uploaded"]]
    assert pasted["title"] == '港: "灯台" の夜'
    assert pasted["publisher"] == "港湾局"
    assert (pasted["published"], pasted["url"]) == ("2024-02-03", "https://a.example/x")
    assert engine.article(pasted["id"]).text == HARBOUR


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"title": " "}, 400),
        ({"text": "\n \u3000"}, 400),
        ({"published": "2024-02-30"}, 400),
        ({"published": "昨日"}, 400),
        ({"published": "20240203"}, 400),
        ({"url": "javascript:alert(1)"}, 400),
        ({"title": "長" * 501}, 400),
        ({"text": "あ" * 1_000_001}, 413),
        ({"text": "あ" * 4_000_000}, 413),
    ],
)
def test_a_text_that_cannot_be_taken(library: Library, fields: dict[str, str], status: int) -> None:
    answer = library.paste(**fields)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert library.state()["build"]["kind"] is None


@pytest.mark.parametrize(
    "body", [{"title": "a"}, {"title": 1, "text": "b"}, [], {"title": "a", "text": None}]
)
def test_a_text_of_another_shape(library: Library, body: object) -> None:
    assert error(library.post("/library/text", json=body))[0] == 422


def test_a_file_that_is_too_large_is_refused_alone(
    engine: Engine, tmp_path: Path, open_library: Open
) -> None:
    small = Settings(engine.settings.home, tmp_path, upload_bytes=1000)
    library = open_library(fake_engine(small))
    answer = library.bring(("大.txt", "長い。".encode() * 200), ("港.txt", HARBOUR.encode()))
    assert answer.json()["accepted"] == ["港.txt"]
    assert "大きすぎます" in answer.json()["refused"][0]["reason"]
    assert len(library.built()["articles"]) == 4


def test_too_many_files_are_refused(library: Library) -> None:
    status, told = error(library.bring(*((f"{n}.txt", HARBOUR.encode()) for n in range(51))))
    assert (status, "50 ファイル" in told) == (400, True)


def test_a_request_that_is_too_large_is_cut_off(engine: Engine, open_library: Open) -> None:
    library = open_library(engine, large={"/library/files": 2_000_000})

    def unannounced() -> Iterator[bytes]:
        yield b'--edge\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
        for _ in range(3):
            yield HARBOUR.encode() * 15_000

    kind = {"Content-Type": "multipart/form-data; boundary=edge"}
    try:
        answer = library.post("/library/files", content=unannounced(), headers=kind)
        assert error(answer)[0] == 413
    except httpx.TransportError:  # the server hung up before everything was sent
        pass
    head = f"POST /library/files HTTP/1.1\r\nHost: x\r\nContent-Length: {10**9}\r\n\r\n"
    with socket.create_connection((library.base_url.host, library.base_url.port)) as announced:
        announced.sendall(head.encode())
        assert b" 413 " in announced.recv(100)
    assert library.state()["build"]["kind"] is None


def test_a_request_that_breaks_off_leaves_nothing(library: Library, engine: Engine) -> None:
    address = library.base_url
    head = (
        "POST /library/files HTTP/1.1\r\nHost: x\r\nX-Tenkyo: 1\r\nContent-Length: 3000000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
    )
    with socket.create_connection((address.host, address.port)) as connection:
        connection.sendall(head.encode() + b"x" * 2_000_000)
    assert library.paste().status_code == 202  # the server goes on
    assert len(library.built()["articles"]) == 4
    assert [path.name for path in engine.home.uploads.glob("*/*")] == ["港.md"]


@pytest.mark.parametrize("body", [b"", b"no parts", b"--x\r\n\r\n", b"--x--"])
def test_a_torn_form_is_refused(library: Library, body: bytes) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert error(library.post("/library/files", content=body, headers=kind))[0] == 400
