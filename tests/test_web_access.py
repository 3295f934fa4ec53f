"""Whom the pages keep out: axe-core on every state of them, and a walk without a mouse."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browsing import ASKED, OFF_TOPIC, ask, axe
from conftest import serving
from playwright.sync_api import TimeoutError as Late

from index.engine import Engine
from index.settings import Settings
from index.users import add_user

pytest_plugins = ("pages",)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)"),  # Gradio's own
]
# Each width and each scheme, not each with each: what axe finds of one is not of the other.
SEEN = pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])


def looked_at(tab: Any, within: str | None = None) -> list[str]:
    """What keeps somebody out; nothing may need scrolling sideways."""
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return axe(tab, within)


@SEEN
def test_the_chat_keeps_nobody_out(
    open_tab: Callable[..., Any], address: str, width: int, scheme: str
) -> None:
    tab = open_tab(viewport={"width": width, "height": 860}, color_scheme=scheme)
    tab.goto(address)
    tab.wait_for_selector(".status:not(.loading)")
    tab.wait_for_selector("#conversation .example")
    found = {"empty": looked_at(tab)}
    ask(tab, ASKED, 1)
    tab.click("#turn-1 a.cite >> nth=0")
    tab.wait_for_selector("#src-1-1.active")
    tab.click("#src-1-1 .around")
    tab.wait_for_selector("#src-1-1 bdi.around")
    tab.wait_for_timeout(400)
    found["sources"] = looked_at(tab)
    tab.keyboard.press("Escape")
    tab.click("#src-1-1 .right") if width > 960 else None
    ask(tab, OFF_TOPIC, 2)
    tab.wait_for_timeout(400)
    found["refusal"] = looked_at(tab)
    tab.click("#narrow .label-wrap")
    for day in (
        "2024-01-01",
        "2024-01-02",
        "2024-01-03",
    ):  # Gradio may lose an event beside another's end
        tab.fill("#since input", day)
        with contextlib.suppress(Late):
            tab.wait_for_selector("#undated", timeout=20_000)
            break
    assert tab.locator("#undated").is_visible()
    found["filter"] = looked_at(tab, "#composer")
    tab.click("#narrow .label-wrap")
    tab.evaluate("scrollTo(0, 0)")
    for menu in ("export", "view"):
        tab.click(f".menu.{menu} summary")
        found[menu] = looked_at(tab, "#masthead")
        tab.keyboard.press("Escape")
    tab.click(".toggle-button")
    tab.wait_for_selector("#history-list .open")
    tab.click("#history .rename >> nth=0")
    tab.wait_for_timeout(400)
    found["history"] = looked_at(tab, "#history")
    assert {state: told for state, told in found.items() if told} == {}


@SEEN
def test_the_other_pages_keep_nobody_out(
    open_tab: Callable[..., Any], copied: Path, tmp_path: Path, width: int, scheme: str
) -> None:
    add_user(tmp_path / "users", "花子", "correct horse")
    engine = Engine(Settings.from_env({}, home=copied))
    tab = open_tab(viewport={"width": width, "height": 860}, color_scheme=scheme)
    with serving(engine, auth_file=tmp_path / "users") as address:
        tab.goto(address)
        found = {"sign-in": looked_at(tab)}
        tab.fill("[name=name]", "花子")
        tab.fill("[name=password]", "wrong horse")
        tab.press("[name=password]", "Enter")
        tab.wait_for_selector("[role=alert]")
        found["wrong"] = looked_at(tab)
        tab.fill("[name=password]", "correct horse")
        tab.press("[name=password]", "Enter")
        tab.wait_for_selector(".status:not(.loading)")
        [article] = [a for a in engine.articles() if a.title == "鷹ノ崎灯台の百年"]
        for page in ("api/docs", f"article/{article.id}#quote-46-81", "article/none"):
            tab.goto(f"{address}/{page}")
            found[page] = looked_at(tab)
    assert {page: told for page, told in found.items() if told} == {}
