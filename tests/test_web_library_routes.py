"""The library over HTTP: what it holds, what is built, removed and undone, one thing at a time."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from borrowing import HARBOUR, Library, Open, error
from conftest import FakeEncoder

from index.encoder import Vectors
from index.engine import Engine

pytest_plugins = ("shelf",)


class Held(FakeEncoder):
    """Encodes no document until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        assert self.go.wait(30)
        return super().encode_documents(texts)


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
