"""The library over HTTP: what is let in, what comes of it, and what is refused."""

import io
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from conftest import BAKERY, FakeEncoder
from fastapi import FastAPI
from hostile import HOSTILE

from index.api import install_problems
from index.encoder import Vectors
from index.engine import Engine
from index.server.doors import Limits
from index.server.rate import Rate
from index.settings import Settings
from index.web.library import LARGE, library_router

HARBOUR = "港の灯台は白い。高さは31メートルである。"
OURS = {"X-Tenkyo": "1"}


class Held(FakeEncoder):
    """Encodes no document until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        assert self.go.wait(30)
        return super().encode_documents(texts)


class Library(httpx.Client):
    """A browser's side of the library."""

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.get("/library/state").raise_for_status().json()
        return state

    def built(self) -> dict[str, Any]:
        """The state once no build runs."""
        end = time.monotonic() + 60
        while (state := self.state())["build"]["running"]:
            assert time.monotonic() < end
            time.sleep(0.02)
        return state

    def bring(self, *files: tuple[str, bytes], **options: Any) -> httpx.Response:
        return self.post("/library/files", files=[("files", file) for file in files], **options)

    def paste(self, **fields: str) -> httpx.Response:
        return self.post("/library/text", json={"title": "港", "text": HARBOUR} | fields)


Open = Callable[..., Library]


@pytest.fixture
def open_library() -> Iterator[Open]:
    """Serve the library of an engine, behind the doors of the server but without the chat."""
    opened: list[tuple[uvicorn.Server, threading.Thread, socket.socket, Library]] = []

    def open_library(
        engine: Engine, *, writable: bool = True, large: Mapping[str, int] = LARGE
    ) -> Library:
        app = FastAPI()
        install_problems(app)
        app.include_router(library_router(engine, writable=writable))
        app.add_middleware(Limits, rate=Rate(0), large=large)
        config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)
        server, listener = uvicorn.Server(config), socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        library = Library(base_url=address, headers=OURS, timeout=30)
        opened.append((server, thread, listener, library))
        return library

    yield open_library
    for server, thread, listener, library in opened:
        library.close()
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture
def library(engine: Engine, open_library: Open) -> Library:
    return open_library(engine)


def error(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def sources(state: dict[str, Any]) -> set[str]:
    return {article["source"] for article in state["articles"]}


def test_the_state_tells_what_there_is(library: Library) -> None:
    state = library.state()
    assert (state["generation"], state["can_undo"], state["undo"]) == (1, False, None)
    assert sources(state) == {"canal.md", "bakery.md", "observatory.md"}
    canal = next(article for article in state["articles"] if article["source"] == "canal.md")
    assert (canal["name"], canal["passages"], canal["uploaded"]) == ("青沢運河の百年", 2, False)
    assert (canal["published"], canal["publisher"]) == ("2019-04-12", "青沢新報")
    build = state["build"]
    assert not build["running"]
    assert {build[name] for name in ("kind", "stage", "started", "error", "report")} == {None}
    assert state["limits"]["file_bytes"] == 20_000_000


def test_without_an_index_there_is_nothing(
    make_engine: Callable[..., Engine], open_library: Open
) -> None:
    library = open_library(make_engine())
    state = library.state()
    assert (state["generation"], state["articles"], state["can_undo"]) == (None, [], False)
    assert library.paste().status_code == 202
    assert sources(library.built()) == {"港.md"}


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
    library = open_library(Engine(small, encoder=FakeEncoder()))
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


@pytest.mark.parametrize("path", ["files", "text", "remove"])
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_bodies_of_another_type_are_refused(library: Library, path: str, kind: str) -> None:
    answer = library.post(f"/library/{path}", content=b"{}", headers={"Content-Type": kind})
    assert error(answer)[0] == 415


POSTS = ("files", "text", "remove", "rebuild", "undo")


@pytest.mark.parametrize("path", POSTS)
def test_a_page_of_another_site_changes_nothing(library: Library, path: str) -> None:
    own = f"http://127.0.0.1:{library.base_url.port}"
    for headers in (
        {"X-Tenkyo": ""},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": own, "X-Tenkyo": "0"},
    ):
        answer = library.post(f"/library/{path}", json={}, headers=headers)
        assert error(answer)[0] == 403, headers
    assert library.post(f"/library/{path}", json={}, headers={"Origin": own}).status_code != 403
    library.built()


@pytest.mark.parametrize("path", POSTS)
def test_where_everybody_may_come_nothing_is_changed(
    engine: Engine, open_library: Open, path: str
) -> None:
    library = open_library(engine, writable=False)
    status, told = error(library.post(f"/library/{path}", json={}))
    assert (status, "できません" in told) == (403, True)
    assert library.state()["writable"] is False
    assert library.state()["build"]["kind"] is None


def test_one_build_at_a_time(
    engine: Engine, make_engine: Callable[..., Engine], open_library: Open
) -> None:
    encoder = Held()
    library = open_library(make_engine(encoder))
    assert library.paste().status_code == 202
    for answer in (
        library.paste(),
        library.bring(("a.txt", HARBOUR.encode())),
        library.post("/library/rebuild", json={}),
    ):
        status, told = error(answer)
        assert (status, "索引を作っています" in told) == (409, True)
    encoder.go.set()
    assert len(library.built()["articles"]) == 4


def test_a_build_tells_how_far_it_is(
    engine: Engine, make_engine: Callable[..., Engine], open_library: Open
) -> None:
    encoder = Held()
    library = open_library(make_engine(encoder))
    library.paste(title="灯台\u202eの夜")
    while (state := library.state())["build"]["stage"] != "encode":
        assert state["build"]["running"]
    assert state["build"]["kind"] == "add"
    assert state["build"]["name"] == "灯台‹U+202E›の夜"
    assert (state["generation"], len(state["articles"])) == (1, 3)
    assert state["build"]["total"] > state["build"]["done"] == 0
    encoder.go.set()
    state = library.built()
    assert (state["generation"], state["build"]["stage"]) == (2, None)


def test_a_build_of_another_process_is_told(engine: Engine, library: Library) -> None:
    with engine.home.building():
        assert library.post("/library/rebuild", json={}).status_code == 202
        assert "進行中" in library.built()["build"]["error"]
    library.post("/library/rebuild", json={})
    assert library.built()["build"]["error"] is None


def test_a_build_without_articles_says_so_and_no_path(
    engine: Engine, corpus: Path, library: Library
) -> None:
    for path in corpus.iterdir():
        path.write_bytes(b"\0")
    library.post("/library/rebuild", json={})
    state = library.built()
    assert "canal.md" in state["build"]["error"]
    assert str(corpus) not in str(state)
    assert len(state["articles"]) == 3


def test_several_are_removed_but_never_all(library: Library) -> None:
    ids = [article["id"] for article in library.state()["articles"]]
    status, told = error(library.post("/library/remove", json={"ids": ids}))
    assert (status, "最後の記事" in told) == (400, True)
    assert error(library.post("/library/remove", json={"ids": [ids[0], "nobody"]}))[0] == 400
    assert library.post("/library/remove", json={"ids": ids[:2]}).status_code == 202
    state = library.built()
    assert [article["id"] for article in state["articles"]] == ids[2:]
    assert (state["build"]["kind"], state["build"]["report"]["removed"]) == ("remove", 2)


def test_undo_goes_back_once_and_numbers_go_on(library: Library) -> None:
    assert error(library.post("/library/undo", json={}))[0] == 409
    library.paste()
    library.built()
    assert library.post("/library/undo", json={}).status_code == 202
    state = library.built()
    assert (state["generation"], len(state["articles"]), state["can_undo"]) == (1, 3, False)
    assert (state["build"]["kind"], state["build"]["error"]) == ("undo", None)
    assert error(library.post("/library/undo", json={}))[0] == 409
    library.paste(title="別の港", text="別の港の灯台は赤い。")
    state = library.built()
    assert (state["generation"], len(state["articles"]), state["can_undo"]) == (3, 4, True)


def test_questions_are_answered_while_the_library_changes(engine: Engine, library: Library) -> None:
    long = "".join(f"倉庫{n}には荷物{n * 31}個が置かれている。" for n in range(400))
    done = threading.Event()

    def ask() -> int:
        asked = 0
        while not done.is_set():
            answer = engine.ask("坂井製パン所の窯の温度は何度か")
            assert "230度" in answer.text
            asked += 1
        return asked

    with ThreadPoolExecutor(2) as threads:
        asking = [threads.submit(ask) for _ in range(2)]
        assert library.paste(title="倉庫", text=long).status_code == 202
        state = library.built()
        done.set()
        assert all(count.result() > 0 for count in asking)
    assert (state["generation"], len(state["articles"])) == (2, 4)
    assert "荷物93個" in engine.ask("倉庫3には荷物がいくつ置かれているか").text
