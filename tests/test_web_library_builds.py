"""What is built, removed and undone, one thing at a time; who may change it; and how it is listed."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from borrowing import HARBOUR, Library, lent
from conftest import FakeEncoder, article, fake_engine, publish

from index.encoder import Vectors
from index.engine import Engine
from index.settings import Settings
from index.store import Home
from index.web.library.listing import Listing, View, arrange
from index.web.words import LANGUAGES

JA = LANGUAGES["ja"]

pytest_plugins = ("shelf",)
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*(no_silent_downcasting|copy keyword)"  # Gradio's own
)


class Held(FakeEncoder):
    """Encodes no document until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        assert self.go.wait(30)
        return super().encode_documents(texts)


def test_a_build_tells_how_far_it_is_and_another_has_to_wait(
    engine: Engine, make_engine: Callable[..., Engine]
) -> None:
    encoder = Held()
    with lent(make_engine(encoder)) as library:
        library.paste(title="灯台\u202eの夜")
        while JA.library_stages_encode not in (shown := library.look())["work"]:
            assert JA.library_at_work_add in shown["work"]
        assert "灯台‹U+202E›の夜" in shown["work"]
        assert shown["timer"]["value"] == 1
        for fields in (library.call("paste", "題", HARBOUR, "", None, "")[:5],):
            assert fields == ["題", HARBOUR, "", None, ""]  # what was not taken is still there
        told = library.bring(("a.txt", HARBOUR.encode()))
        assert JA.error_building in told
        assert JA.error_building in library.call("rebuild")[0]
        encoder.go.set()
        assert JA.library_done_add in library.built()
        assert len(library.titles()) == 4


def test_a_page_is_told_what_is_news_to_it_alone(library: Library) -> None:
    seen = library.look()
    assert not any("value" in update for update in library.call("look") if update)
    library.paste()
    library.built()
    assert "港" in library.look()["table"]
    assert "港" not in seen["table"]


def test_a_build_of_another_process_is_told(engine: Engine, library: Library) -> None:
    with engine.home.building():
        library.call("rebuild")
        assert "進行中" in library.built()
    library.call("rebuild")
    assert JA.library_done_rebuild in library.built()


def test_a_build_without_articles_says_so_and_no_path(
    engine: Engine, corpus: Path, library: Library
) -> None:
    for path in corpus.iterdir():
        path.write_bytes(b"\0")
    library.call("rebuild")
    work = library.built()
    assert "canal.md" in work
    assert str(corpus) not in str(library.look())
    assert len(library.titles()) == 3


def test_what_is_chosen_is_removed_but_never_all(library: Library, engine: Engine) -> None:
    library.look()
    everything = library.call("choose", event={"id": "", "on": True})
    assert JA.library_chosen.format(count=3) in everything[2]
    library.call("remove")
    assert JA.error_last_article in library.call("remove")[0]
    one = next(article for article in engine.articles() if article.title == "丘の上の窯")
    library.call("search", "無い言葉")
    library.call("search", "")
    hidden = library.call("choose", event={"id": one.id, "on": False})
    assert JA.library_chosen.format(count=2) in hidden[2]
    found = library.call("search", "窯")
    assert JA.library_chosen_hidden.format(count=2, hidden=2) in found[2]
    library.call("choose", event={"id": "nobody", "on": True})
    library.call("remove")
    assert JA.library_removed in library.built()
    assert [article.id for article in engine.articles()] == [one.id]


def test_undo_goes_back_and_numbers_go_on(library: Library, engine: Engine) -> None:
    assert library.look()["undo"]["visible"] is False
    library.paste()
    library.built()
    assert "3本" in library.look()["undo_to"]
    library.call("undo")
    assert JA.library_done_undo in library.built()
    assert engine.generation().number == 1
    assert library.look()["undo"]["visible"] is False
    library.paste(title="別の港", text="別の港の灯台は赤い。")
    library.built()
    assert (engine.generation().number, len(engine.articles())) == (3, 4)


def test_questions_are_answered_while_the_library_changes(engine: Engine, library: Library) -> None:
    long = "".join(f"倉庫{n}には荷物{n * 31}個が置かれている。" for n in range(400))
    done = threading.Event()

    def ask() -> int:
        asked = 0
        while not done.is_set():
            assert "230度" in engine.ask("坂井製パン所の窯の温度は何度か").text
            asked += 1
        return asked

    with ThreadPoolExecutor(2) as threads:
        asking = [threads.submit(ask) for _ in range(2)]
        library.paste(title="倉庫", text=long)
        library.built()
        done.set()
        assert all(count.result() > 0 for count in asking)
    assert "荷物93個" in engine.ask("倉庫3には荷物がいくつ置かれているか").text


CHANGES = ("add", "paste", "remove", "undo", "rebuild")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_site_changes_nothing(library: Library, headers: dict[str, str]) -> None:
    for name in CHANGES:
        assert library.join(name, headers=headers).status_code == 403
    assert library.upload(("a.txt", b"a"), headers=headers).status_code == 403
    own = {"Origin": str(library.base_url).rstrip("/")}
    assert library.upload(("a.txt", b"a"), headers=own).status_code == 200
    assert library.join("undo", headers=own).status_code == 200
    assert library.join("undo", headers=own | {"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_where_everybody_may_come_nothing_is_changed(engine: Engine) -> None:
    with lent(engine, public=True) as library:
        assert not set(CHANGES).intersection(library.handlers)
        assert len(library.titles()) == 3
        assert "checkbox" not in library.look()["table"]
        assert library.upload(("a.txt", b"a")).status_code == 404
        assert library.get("/gradio_api/upload_progress?upload_id=x").status_code == 404
        told = "あ" * 500_000
        assert library.join("search", told).status_code == 413


# How it is listed.


def test_the_passages_of_each_article_are_counted(engine: Engine, corpus: Path) -> None:
    before = (corpus / "canal.md").read_text("utf-8")
    for text in ("運河は、もう無い。", before):
        (corpus / "canal.md").write_text(text, "utf-8")
        engine.build()
        for row in Listing(engine).read().rows:
            assert row.passages == len(engine.part(row.id).passages)


def test_rows_are_found_and_sorted(tmp_path: Path) -> None:
    days = [date(2020, 1, 2), None, date(2021, 1, 1)]
    titles = ["第10号", "第9号", "ＡＢＣ港"]
    many = [
        replace(article(f"a{n}", f"本文{n}。", title=title, publisher="社"[:n]), published=day)
        for n, (title, day) in enumerate(zip(titles, days, strict=True))
    ]
    publish(Home(tmp_path), many)
    rows = Listing(fake_engine(Settings(tmp_path, tmp_path))).read().rows

    def shown(**view: object) -> list[str]:
        return [row.title for row in arrange(rows, View(**view))]  # type: ignore[arg-type]

    assert shown() == ["ＡＢＣ港", "第10号", "第9号"]  # what has no date comes last
    assert shown(down=False) == ["第10号", "ＡＢＣ港", "第9号"]
    assert shown(column="title", down=False) == ["ＡＢＣ港", "第9号", "第10号"]
    assert shown(asked="abc") == ["ＡＢＣ港"]
    assert shown(asked="号　第９") == ["第9号"]
    assert shown(asked="無い") == []
    assert Listing(fake_engine(Settings(tmp_path / "none", tmp_path))).read().rows == ()


def test_a_title_of_digits_alone_is_sorted(tmp_path: Path) -> None:
    publish(Home(tmp_path), [article(f"a{n}", "本文。", title="9" * n) for n in (5000, 3)])
    rows = Listing(fake_engine(Settings(tmp_path, tmp_path))).read().rows
    assert len(arrange(rows, View(column="title"))) == 2
