"""How the library and the timeline look, what languages they speak, and what they show of harmful words."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from browsing import axe, colour, contrast
from conftest import article, fake_engine, publish, serving
from hostile import HOSTILE
from library import BROKEN, READABLE, ended, give, opened, titles

from index.engine import Engine
from index.settings import Settings
from index.store import Home
from index.text.characters import one_line
from index.users import add_user
from index.web.words import LANGUAGES, Words

JA = LANGUAGES["ja"]

pytest_plugins = ("pages", "shelf")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)"),  # Gradio's own
]

STORABLE = [text for text in HOSTILE if "\ud83d" not in text]


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_the_page_fits_and_can_be_read(visit: Callable[..., Any], width: int, scheme: str) -> None:
    tab = visit(viewport={"width": width, "height": 844}, color_scheme=scheme, has_touch=True)
    assert axe(tab) == []
    give(tab, READABLE, BROKEN)
    ended(tab, JA.library_done_add)
    tab.locator("tbody tr:nth-child(1) label").tap()
    tab.wait_for_selector("#remove")
    tab.click(f"text={JA.library_paste}")
    tab.click("#paste-send")
    tab.wait_for_selector("#paste-fault p")
    assert axe(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    paper = colour(tab, "body", "backgroundColor")
    assert (sum(paper) < 200) == (scheme == "dark")
    for quiet in ("#library-head .note", "#limits p", "#count", "#undo-to p", "td.source", "small"):
        assert contrast(colour(tab, quiet, "color"), paper) >= 4.5, quiet
    tint = colour(tab, "tr:has(td :checked)", "backgroundColor")
    assert contrast(colour(tab, "tr:has(td :checked) .publisher", "color"), tint) >= 4.5
    title, source = (
        tab.locator(f"tbody tr:nth-child(1) .{n}").bounding_box() for n in ("title", "source")
    )
    assert (source["y"] > title["y"] + 20) == (width == 390)  # each row is a card
    assert title["width"] > 240
    if width == 390:
        pressed = tab.locator("#articles :is(th button, label), #library > * button:visible").all()
        boxes = [one.bounding_box() for one in pressed]
        assert min(min(box["width"], box["height"]) for box in boxes) >= 24


@pytest.mark.parametrize("words", LANGUAGES.values(), ids=lambda words: words.language)
def test_the_page_speaks_the_language_of_the_browser(
    visit: Callable[..., Any], shelf: SimpleNamespace, words: Words
) -> None:
    tab = visit(locale={"ja": "ja-JP", "en": "en-GB", "zh": "zh-TW"}[words.language])
    assert tab.evaluate("document.documentElement.lang") == words.language
    give(tab, READABLE, BROKEN)
    ended(tab, words.library_done_add)
    tab.check("tbody tr:nth-child(1) input")
    tab.wait_for_selector("#remove")
    shown = tab.locator("body").inner_text()
    assert words.library in shown
    assert words.undo in shown
    for said in ("add", "skipped", "remove", "lead", "paste", "formats", "timeline"):
        assert getattr(words, f"library_{said}").partition("{")[0] in shown
    leads = [other.library_lead in shown for other in LANGUAGES.values()]
    assert leads.count(True) == 1
    assert re.search(r"\{\w*\}|undefined|NaN|None|null|⟦", shown) is None
    tab.goto(f"{shelf.address}/timeline")
    tab.wait_for_selector(f"#timeline:has-text('{words.library_timeline_how}') li")


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
        give(tab, *(BROKEN | {"name": name} for name in names))
        tab.wait_for_selector("#work li >> nth=39")
        made = "#library :is(script, img, style, iframe, b, strong, mark, video, object, math)"
        assert tab.locator(made).count() == 0
        assert tab.locator("#work svg, #articles svg").count() == 0
        tab.fill("#library-search textarea", STORABLE[0])
        tab.wait_for_function("document.querySelectorAll('tbody tr').length < 9")
        assert STORABLE[0] in titles(tab)


@pytest.mark.endurance  # a matter of measures: twelve seconds
def test_ten_thousand_articles_stay_quick(watched: Callable[..., Any], tmp_path: Path) -> None:
    many = [article(f"m{n}", f"本文{n}。", title=f"題名その{n}") for n in range(10_000)]
    publish(Home(tmp_path), many)
    with serving(fake_engine(Settings(tmp_path, tmp_path))) as address:
        tab = opened(watched(), address)
        assert len(titles(tab)) == 200
        taken = []
        for word, found in (("その12", 111), ("その777", 11), ("その4", 200), ("その9999", 1)):
            started = time.monotonic()
            tab.fill("#library-search textarea", word)
            tab.wait_for_function(
                "([word, found]) => document.querySelectorAll('tbody tr').length === found"
                " && document.querySelector('tbody a').innerText.includes(word)",
                arg=[word, found],
            )
            taken.append(time.monotonic() - started)
        assert min(taken) < 0.3, taken
        tab.fill("#library-search textarea", "")
        tab.click("th.title button")
        tab.wait_for_selector("tbody tr:nth-child(10) a:text-is('題名その9')")
        tab.click("#articles .more")
        tab.wait_for_selector("tbody tr:nth-child(400)")
        tab.check("thead input")
        tab.wait_for_selector(f"#count:has-text('{JA.library_chosen.format(count=10_000)}')")


def test_without_articles_the_page_says_how_to_begin(
    watched: Callable[..., Any], tmp_path: Path
) -> None:
    with serving(fake_engine(Settings(tmp_path, tmp_path))) as address:
        tab = opened(watched(), address)
        assert JA.library_empty_how in tab.locator("#articles").inner_text()
        give(tab, READABLE)
        ended(tab, JA.library_done_add)
        assert titles(tab) == ["渡し船の朝"]


def test_who_may_only_read_finds_nothing_to_press(
    watched: Callable[..., Any], engine: Engine
) -> None:
    with serving(engine, public=True) as address:
        tab = opened(watched(), address)
        assert JA.library_closed in tab.locator("#changing").inner_text()
        assert axe(tab) == []
        pressed = "#files, #pasting, #remove, #undo, #rebuild, [type=checkbox], [type=file]"
        assert tab.locator(pressed).count() == 0
        assert len(titles(tab)) == 3
        tab.click("th.title button")
        tab.wait_for_selector("th.title[aria-sort=ascending]")


def test_who_is_signed_out_meanwhile_changes_nothing(
    open_tab: Callable[..., Any], engine: Engine, tmp_path: Path
) -> None:
    add_user(tmp_path / "users", "花子", "long enough")
    with serving(engine, auth_file=tmp_path / "users") as address:
        tab = open_tab()  # whose console tells of what it may not
        tab.goto(f"{address}/library")
        tab.fill("#name", "花子")
        tab.fill("#password", "long enough")
        tab.press("#password", "Enter")
        tab.wait_for_selector("tbody tr")
        give(tab, READABLE)
        ended(tab, JA.library_done_add)
        tab.context.clear_cookies()
        give(tab, READABLE | {"name": "別.md"})
        tab.wait_for_selector("[data-testid=toast-body]")
        tab.reload()
        tab.wait_for_selector("#password")
    assert len(engine.articles()) == 4
