"""How the page of the library looks, what languages it speaks, and what it shows of harmful words."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from browsing import axe, colour, contrast
from conftest import article, fake_engine, publish, serving
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hostile import HOSTILE
from library import BROKEN, READABLE, drop, ended, opened, titles

from index.engine import Engine
from index.settings import Settings
from index.store import Home
from index.text.characters import one_line
from index.users import add_user
from index.web.library import library_router
from index.web.library.page import headers
from index.web.library.rendering import render_library
from index.web.library.texts import EN, JA, ZH, LibraryTexts

pytest_plugins = ("pages", "shelf")
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*(no_silent_downcasting|copy keyword)"  # Gradio's own
)

STORABLE = [text for text in HOSTILE if "\ud83d" not in text]


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_the_page_fits_and_can_be_read(visit: Callable[..., Any], width: int, scheme: str) -> None:
    tab = visit(viewport={"width": width, "height": 844}, color_scheme=scheme)
    assert axe(tab) == []
    drop(tab, READABLE, BROKEN)
    ended(tab, JA.done["add"])
    tab.check("tbody tr:nth-child(1) input")
    assert axe(tab) == []
    tab.click("#paste")
    assert axe(tab, "#pasting") == []
    tab.keyboard.press("Escape")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    paper = colour(tab, "body", "backgroundColor")
    assert (sum(paper) < 200) == (scheme == "dark")
    for quiet in (
        "#held",
        "#accepted",
        "#count",
        "#undo-to",
        ".reasons span",
        "td.source",
        ".fresh",
    ):
        assert contrast(colour(tab, quiet, "color"), paper) >= 4.5, quiet
    tint = colour(tab, "tr:has(:checked)", "backgroundColor")
    assert contrast(colour(tab, "tr:has(:checked) .publisher", "color"), tint) >= 4.5
    main = colour(tab, "#choose", "backgroundColor")
    assert contrast(colour(tab, "#choose", "color"), main) >= 4.5


@pytest.mark.browser
def test_on_a_phone_each_row_is_a_card_that_can_be_pressed(visit: Callable[..., Any]) -> None:
    tab = visit(viewport={"width": 390, "height": 844}, has_touch=True)
    row = tab.locator("tbody tr").first
    title, publisher = (row.locator(name).bounding_box() for name in (".title", ".publisher"))
    assert title["width"] > 280
    assert publisher["y"] > title["y"] + 20
    assert JA.passages_of.format(count=1) in row.inner_text()
    pressed = tab.locator("#desk :is(button, label, input:not([type=checkbox])):visible").all()
    boxes = [one.bounding_box() for one in pressed]
    assert min(min(box["width"], box["height"]) for box in boxes) >= 24
    row.locator("label").tap()
    assert tab.locator("#chosen p").inner_text() == JA.chosen.format(count=1)
    tab.get_by_role("columnheader", name="題名").get_by_role("button").tap()
    assert tab.get_attribute("th.title", "aria-sort") == "ascending"
    assert tab.get_by_role("row").count() == 4


@pytest.mark.browser
@pytest.mark.parametrize("texts", [JA, EN, ZH], ids=lambda texts: texts.language)
def test_the_page_speaks_the_language_of_the_browser(
    visit: Callable[..., Any], texts: LibraryTexts
) -> None:
    tab = visit(locale={"ja": "ja-JP", "en": "en-GB", "zh": "zh-TW"}[texts.language])
    assert tab.evaluate("document.documentElement.lang") == texts.language
    assert tab.title() == f"{texts.title} – {texts.name}"
    tab.set_input_files("#files", [READABLE, BROKEN])
    ended(tab, texts.done["add"])
    tab.check("tbody tr:nth-child(1) input")
    shown = tab.locator("body").inner_text()
    for words in (
        texts.ask,
        texts.choose_files,
        texts.skipped,
        texts.undo,
        texts.remove,
        texts.lead,
    ):
        assert words in shown
    assert [other.lead in shown for other in (JA, EN, ZH)].count(True) == 1
    assert re.search(r"\{\w+\}|undefined|NaN|null", shown) is None


@pytest.mark.browser
def test_what_was_chosen_on_the_chat_holds_here(
    watched: Callable[..., Any], shelf: SimpleNamespace
) -> None:
    tab = watched()
    chosen = {"tenkyo-language": "en", "tenkyo-scheme": "dark"}
    tab.context.add_cookies(
        [{"name": name, "value": value, "url": shelf.address} for name, value in chosen.items()]
    )
    opened(tab, shelf.address)
    assert tab.locator("h1").inner_text() == EN.title
    assert sum(colour(tab, "body", "backgroundColor")) < 200


@pytest.mark.browser
def test_harmful_words_are_text(watched: Callable[..., Any], tmp_path: Path) -> None:
    bad = [
        replace(article(f"b{n}", f"本文{n}である。", title=text, publisher=text), source=text)
        for n, text in enumerate(STORABLE)
    ]
    publish(Home(tmp_path), bad)
    with serving(fake_engine(Settings(tmp_path, tmp_path))) as address:
        tab = opened(watched(), address)
        assert set(tab.locator(".title a").all_text_contents()) == set(map(one_line, STORABLE))
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        names = [f"{text.replace('/', '／')}.pdf" for text in HOSTILE[:40]]
        tab.set_input_files("#files", [BROKEN | {"name": name} for name in names])
        tab.wait_for_selector(".reasons li >> nth=39")
        made = "#desk :is(script, img, svg, iframe, style, b, strong, mark, video, object, math)"
        assert tab.locator(made).count() == 0
        tab.locator("tbody input").first.check()
        tab.fill("#search", STORABLE[0])
        assert STORABLE[0] in titles(tab)
        assert len(titles(tab)) < len(STORABLE)


@pytest.mark.browser
def test_hundreds_of_articles_stay_quick(watched: Callable[..., Any], tmp_path: Path) -> None:
    many = [article(f"m{n}", f"本文{n}である。", title=f"題名その{n}") for n in range(500)]
    publish(Home(tmp_path), many)
    with serving(fake_engine(Settings(tmp_path, tmp_path))) as address:
        tab = opened(watched(), address)
        assert len(titles(tab)) == 200
        assert "300" in tab.locator("#more").inner_text()
        taken = tab.evaluate("""() => {
          const times = [];
          const timed = (act) => {
            const start = performance.now();
            act();
            document.body.offsetHeight;
            times.push(performance.now() - start);
          };
          const search = document.getElementById("search");
          for (const word of ["題", "その4", ""]) timed(() => {
            search.value = word;
            search.dispatchEvent(new Event("input"));
          });
          timed(() => document.getElementById("more").click());
          timed(() => document.querySelector("th.title button").click());
          timed(() => document.getElementById("every").click());
          return Math.max(...times);
        }""")
        assert taken < 1000
        assert len(titles(tab)) == 500
        assert titles(tab)[9] == "題名その9"
        assert tab.locator("#chosen p").inner_text() == JA.chosen.format(count=500)


@pytest.mark.browser
def test_without_articles_the_page_says_how_to_begin(
    watched: Callable[..., Any], tmp_path: Path
) -> None:
    engine = fake_engine(Settings(tmp_path, tmp_path))
    with serving(engine) as address:
        tab = opened(watched(), address)
        assert JA.empty_how in tab.locator("#empty").inner_text()
        assert not tab.locator("#finding, table, #rebuild").first.is_visible()
        tab.set_input_files("#files", [READABLE])
        ended(tab, JA.done["add"])
        assert titles(tab) == ["渡し船の朝"]
        assert tab.locator("#empty").is_hidden()


@pytest.mark.browser
def test_who_may_only_read_finds_nothing_to_press(
    watched: Callable[..., Any], engine: Engine
) -> None:
    with serving(engine, public=True) as address:
        tab = opened(watched(), address)
        assert JA.closed in tab.locator("aside").inner_text()
        assert (
            tab.locator("#choose, #paste, #remove, #undo, #rebuild, [type=checkbox]").count() == 0
        )
        assert len(titles(tab)) == 3
        tab.click("th.title button")
        assert tab.get_attribute("th.title", "aria-sort") == "ascending"


@pytest.mark.browser
def test_who_is_signed_out_meanwhile_is_told(
    watched: Callable[..., Any], engine: Engine, tmp_path: Path
) -> None:
    add_user(tmp_path / "users", "花子", "long enough")
    with serving(engine, auth_file=tmp_path / "users") as address:
        tab = watched()
        tab.goto(f"{address}/library")
        tab.fill("#name", "花子")
        tab.fill("#password", "long enough")
        tab.press("#password", "Enter")
        tab.wait_for_selector("tbody tr")
        assert len(titles(tab)) == 3
        tab.context.clear_cookies()
        tab.set_input_files("#files", [READABLE])
        tab.wait_for_selector(f"#wrong:has-text('{JA.signed_out}')")
        tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        tab.wait_for_selector(f"#trouble:has-text('{JA.signed_out}')")
        assert len(titles(tab)) == 3


@pytest.mark.browser
def test_a_server_that_is_gone_is_told_and_found_again(visit: Callable[..., Any]) -> None:
    tab = visit()
    tab.context.set_offline(True)
    tab.set_input_files("#files", [READABLE])
    tab.wait_for_selector(f"#wrong:has-text('{JA.unsent}')")
    tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    tab.wait_for_selector(f"#trouble:has-text('{JA.unreachable}')")
    assert len(titles(tab)) == 3
    tab.context.set_offline(False)
    tab.wait_for_selector("#trouble", state="hidden")


@pytest.mark.parametrize("texts", [JA, EN, ZH], ids=lambda texts: texts.language)
def test_every_language_fills_the_same_places(texts: LibraryTexts) -> None:
    for field in fields(LibraryTexts):
        said, japanese = getattr(texts, field.name), getattr(JA, field.name)
        if isinstance(said, dict):
            assert list(said) == list(japanese)
            assert all(said.values())
        else:
            assert said
            assert set(re.findall(r"\{\w+\}", said)) == set(re.findall(r"\{\w+\}", japanese))


def test_the_page_is_served_under_a_strict_policy(engine: Engine) -> None:
    app = FastAPI()
    app.include_router(library_router(engine))
    client = TestClient(app)
    answer = client.get("/library")
    assert answer.headers["Content-Security-Policy"] == headers()["Content-Security-Policy"]
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert client.head("/library").status_code == 200


def test_no_word_of_ours_ends_the_data() -> None:
    odd = replace(JA, lead="</script><script>window.hit=1</script>")
    page = render_library(odd, writable=True)
    assert page.count("</script>") == 1
    assert "<script>" not in page
