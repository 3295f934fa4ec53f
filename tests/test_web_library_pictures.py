"""The pictures of the corpus on the library's page, in a real browser."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from browsing import axe, colour, contrast
from conftest import fake_engine, publish, serving, some_articles
from library import READABLE, ended, opened

from index.settings import Settings
from index.store import Home
from index.web.library.texts import JA

pytest_plugins = ("pages", "shelf")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)"),  # Gradio's own
]


def drawn(tab: Any) -> Any:
    for name in ("timeline", "map"):
        tab.wait_for_selector(f"#pictures svg.{name}")
    return tab


def marked(tab: Any) -> str:
    return "".join(tab.locator("article mark").all_inner_texts())


def test_a_mark_opens_the_words_it_stands_for(visit: Callable[..., Any]) -> None:
    tab = drawn(visit())
    tab.click("svg.timeline a.date:has-text('1923') circle")
    tab.wait_for_selector("article mark")
    assert marked(tab) == "青沢運河は1923年に開通した。"
    tab.go_back()
    point = drawn(tab).locator("svg.map a.passage:has-text('人気の品') > :not(title)")
    point.click()
    tab.wait_for_selector("article mark")
    assert "一番売れるのはくるみパン" in marked(tab)
    tab.go_back()
    drawn(tab).locator("svg.timeline a.published path").first.click()
    tab.wait_for_selector("h1:has-text('青沢運河の百年')")


def test_the_arrow_keys_walk_from_mark_to_mark(visit: Callable[..., Any]) -> None:
    tab = drawn(visit())
    for name in ("timeline", "map"):
        assert tab.locator(f"svg.{name} a[tabindex='0']").count() == 1
    tab.focus("svg.map a[tabindex='0']")
    reading = tab.locator("[data-name=map] .reading")
    seen = {reading.inner_text()}
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp") * 2:
        tab.keyboard.press(key)
        seen.add(reading.inner_text())
    assert len(seen) > 2
    assert seen <= set(tab.locator("svg.map a title").all_text_contents())
    tab.keyboard.press("Enter")
    tab.wait_for_selector("article mark")


def test_an_article_of_the_legend_stands_out(visit: Callable[..., Any]) -> None:
    tab = drawn(visit())
    button = tab.locator(".legend button", has_text="丘の上の窯")
    opacity = "e => [...e.children].map(g => getComputedStyle(g).opacity === '1')"
    assert tab.locator("svg.map").evaluate(opacity) == [True] * 3
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert sorted(tab.locator("svg.map").evaluate(opacity)) == [False, False, True]
    assert tab.locator("g.chosen").get_attribute("aria-label") == "丘の上の窯"
    button.click()
    assert tab.locator("svg.map").evaluate(opacity) == [True] * 3


def test_a_new_build_is_seen(visit: Callable[..., Any]) -> None:
    tab = drawn(visit())
    assert tab.locator("svg.map g[aria-label='渡し船の朝']").count() == 0
    tab.set_input_files("#files", [READABLE])
    ended(tab, JA.done["add"])
    tab.wait_for_selector("svg.map g[aria-label='渡し船の朝'] a", state="attached")
    tab.locator("[data-name=map] summary").click()
    assert tab.locator("svg.map").is_hidden()


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_the_pictures_can_be_seen(visit: Callable[..., Any], scheme: str, width: int) -> None:
    tab = drawn(visit(color_scheme=scheme, viewport={"width": width, "height": 844}))
    assert axe(tab, "#pictures") == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sheet = colour(tab, "svg.map", "backgroundColor")
    for group in ("colour-0 circle", "colour-1 path", "colour-2 path"):
        assert contrast(colour(tab, f"svg.map .{group}", "fill"), sheet) >= 3
    names = tab.locator("svg.timeline text:visible").all_text_contents()
    assert "青沢運河の百年" in names
    assert names.count("青沢運河の百年") == 1


def test_an_index_without_pictures_shows_none(watched: Callable[..., Any], tmp_path: Path) -> None:
    publish(Home(tmp_path), some_articles(2))
    with serving(fake_engine(Settings(tmp_path, tmp_path))) as address:
        tab = opened(watched(), address)
        tab.wait_for_load_state("networkidle")
        assert tab.locator("#pictures").is_hidden()


def test_a_picture_is_served_as_one_and_can_do_nothing(shelf: SimpleNamespace) -> None:
    answer = httpx.get(f"{shelf.address}/library/pictures/map.svg")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    for name in ("portrait", "..%2f..%2fmanifest", "%2e%2e/map"):
        assert httpx.get(f"{shelf.address}/library/pictures/{name}.svg").status_code == 404
