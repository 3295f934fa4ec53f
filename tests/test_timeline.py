"""The timeline: made once a build, safe whatever the articles say, and read in a real browser."""

import contextlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from borrowing import lent
from browsing import axe
from conftest import article, fake_engine, publish
from lxml import html

from index import derived
from index.engine import Engine
from index.records import Article
from index.settings import Settings
from index.store import Home
from index.web.library.rendering import render_timeline
from index.web.words import LANGUAGES

pytest_plugins = ("pages", "shelf")
GRADIOS = pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)")

MakeTimeline = Callable[[list[Article]], str]


def part(
    text: str, title: str | None = "運河の記事", day: date | None = date(2025, 3, 5)
) -> Article:
    return article("a1", text, title=title, published=day)


@pytest.fixture
def make_timeline(home: Home) -> MakeTimeline:
    """Make the timeline of an index of some articles."""

    def make(articles: list[Article]) -> str:
        publish(home, articles)
        with contextlib.closing(home.open()) as opened:
            return opened.timeline()

    return make


def lines(made: str) -> list[tuple[str, str, str]]:
    items = html.fromstring(made).findall("li")
    return [(i.get("class"), i.find("time").text, i.find("p/a").text) for i in items]


def test_dates_stand_in_order_each_with_its_sentence(make_timeline: MakeTimeline) -> None:
    made = make_timeline(
        [part("港は2024年11月5日に開いた。運河は1923年に通った。昨年は静かだった。")]
    )
    assert lines(made) == [
        ("date", "1923", "運河は1923年に通った。"),
        ("date", "2024", "昨年は静かだった。"),
        ("date", "2024-11-05", "港は2024年11月5日に開いた。"),
        ("published", "2025-03-05", "運河の記事"),
    ]


def test_a_line_leads_to_its_words(make_timeline: MakeTimeline) -> None:
    text = "はじめに。運河は1923年に通った。"
    link = html.fromstring(make_timeline([part(text)])).find("li/p/a").get("href")
    sha = part(text).sha256[:12]
    assert link == f"/article/a1?sha={sha}#quote-5-{len(text)}"


def test_what_articles_say_stays_text(make_timeline: MakeTimeline) -> None:
    made = make_timeline([part("1923年に<script>alert(1)</script>。", title='"><b>題')])
    assert not html.fromstring(made).xpath("//script | //b")
    assert "<script>alert(1)</script>" in html.fromstring(made).text_content()


def test_a_long_one_tells_how_long(
    make_timeline: MakeTimeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derived, "MOST", 2)
    made = make_timeline([part("1923年。1924年。1925年。", day=None)])
    assert [written for _, written, _ in lines(made)] == ["1924", "1925"]
    assert html.fromstring(made).get("data-shown") == "2"
    assert html.fromstring(made).get("data-total") == "3"
    words = LANGUAGES["en"]
    assert "The latest 2 of 3 dated lines." in render_timeline(words, made)
    assert "The latest" not in render_timeline(words, make_timeline([part("1923年。", day=None)]))


def test_without_dates_there_is_none(make_timeline: MakeTimeline) -> None:
    assert make_timeline([part("運河は静かだ。", day=None)]) == ""


def test_a_build_makes_it_and_a_change_shows(
    make_engine: Callable[..., Engine], corpus: Path
) -> None:
    engine = make_engine()
    engine.build([corpus])
    assert "1923" in engine.generation().timeline()
    path = corpus / "canal.md"
    path.write_text(path.read_text("utf-8").replace("1923年", "1924年"), "utf-8")
    engine.build([corpus])
    with contextlib.closing(engine.home.open()) as opened:
        assert "1924" in opened.timeline()
        assert "1923" not in opened.timeline()


@GRADIOS
def test_an_empty_home_says_so(tmp_path: Path) -> None:
    with lent(fake_engine(Settings(tmp_path, tmp_path))) as library:
        library.headers["Accept-Language"] = "en"
        library.open("/timeline")
        assert "No article with a date yet." in library.call("read")[0]
        moved = library.get("/library/timeline")
        assert (moved.status_code, moved.headers["location"]) == (307, "../timeline")


@GRADIOS
@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_a_line_opens_the_quote(
    open_tab: Callable[..., Any], shelf: SimpleNamespace, scheme: str, width: int
) -> None:
    tab = open_tab(color_scheme=scheme, viewport={"width": width, "height": 844})
    tab.goto(f"{shelf.address}/timeline")
    tab.wait_for_selector("#timeline li")
    assert axe(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.click(".timeline a:has-text('青沢運河は1923年に開通した。')")
    tab.wait_for_selector("article mark")
    assert "".join(tab.locator("article mark").all_inner_texts()) == "青沢運河は1923年に開通した。"
