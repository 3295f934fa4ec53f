"""The page of an article in a real browser: what is marked, and that nothing hostile runs."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from browsing import axe, contrast
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from hostile import HOSTILE
from lighthouse import EVERY, LONG, QUOTES, STORED, WORDS, fragment, page_of, place, seen, shelf

from index import exports
from index.text.characters import BIDI
from index.web.article.page import render_unknown
from index.web.words import LANGUAGES

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium", path="/usr/bin" + os.pathsep + os.environ.get("PATH", ""))


CHAT = """<!doctype html><title>chat</title><a href="article/light#quote-10-20">the same tab</a>
<a href="article/light#quote-10-20" target="_blank">another tab</a><a href="library">the library</a><script>
addEventListener("pagehide", () => sessionStorage.setItem("tenkyo-chat", navigation.currentEntry.key));
window.asked = location.hash;</script>"""
"""What the chat does for the way back, and no more."""


def house() -> FastAPI:
    """A server of the page and of rooms beside it, at the top and below a path."""
    app = FastAPI()
    app.get("/", response_class=HTMLResponse)(lambda: CHAT)
    app.get("/library", response_class=HTMLResponse)(lambda: '<a href="article/light">light</a>')
    return app


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    page, app = page_of(shelf(tmp_path_factory.mktemp("home"))), house()
    app.router.routes += page.router.routes
    app.mount("/tenkyo", app)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until = time.monotonic() + 20
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    switches = "no-sandbox disable-gpu no-first-run disable-background-networking"
    more = " disable-component-update disable-sync"
    return {
        "executable_path": CHROMIUM,
        "args": [f"--{switch}" for switch in (switches + more).split()],
    }


@pytest.fixture
def new_page(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Make pages that fail the test when a script ran, was stopped by the policy, or called out."""
    if CHROMIUM is None:
        pytest.skip("chromium がないため、画面の試験を省きます（apt-get install chromium）。")
    browser = request.getfixturevalue("browser")
    troubles: list[str] = []
    pages = []

    def make(**options: Any) -> Any:
        view = {"width": 1280, "height": 860}
        page = browser.new_context(**{"locale": "ja-JP", "viewport": view} | options).new_page()
        home = ("http://127.0.0.1:", "file://")
        page.on("request", lambda r: r.url.startswith(home) or troubles.append(r.url))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: troubles.append(dialog.message))
        page.on(
            "console",
            lambda m: m.type == "error" and "favicon" not in m.location["url"]
            and troubles.append(m.text),
        )  # fmt: skip
        page.set_default_timeout(20_000)
        pages.append(page)
        return page

    yield make
    assert [page.evaluate("window.hit === undefined") for page in pages] == [True] * len(pages)
    assert troubles == []
    for page in pages:
        page.context.close()


def marked(page: Any) -> str:
    return "".join(page.locator("#text mark").all_text_contents())


@pytest.mark.parametrize("quote", QUOTES)
def test_the_fragment_marks_exactly_the_quote(new_page: Any, address: str, quote: str) -> None:
    page = new_page()
    page.goto(f"{address}/article/light{fragment(quote)}")
    assert marked(page) == seen(quote)
    assert page.evaluate("document.activeElement === document.querySelector('#text mark')")
    assert not page.locator("#absent").is_visible()


def test_several_quotes_and_another_fragment(new_page: Any, address: str) -> None:
    page = new_page()
    page.goto(f"{address}/article/light{fragment('12万円', '1924年', '924')}")
    assert page.locator("#text mark").all_text_contents() == ["1924年", "924", "12万円"]
    assert page.evaluate("document.activeElement.textContent") == "12万円"
    before = page.locator("#text").inner_text()
    page.evaluate("name => { location.hash = name; }", fragment("宿舎"))
    page.wait_for_function("document.querySelector('#text mark')?.textContent === '宿舎'")
    assert marked(page) == "宿舎"
    assert page.locator("#text").inner_text() == before


def test_a_quote_far_down_is_in_view(new_page: Any, address: str) -> None:
    page = new_page()
    page.goto(f"{address}/article/long{fragment('この文を引用する。', text=LONG.text)}")
    mark = page.locator("#text mark")
    assert mark.text_content() == "この文を引用する。"
    assert 0 < mark.bounding_box()["y"] < 860


def test_the_query_works_without_a_script(new_page: Any, address: str) -> None:
    page = new_page(java_script_enabled=False)
    start, end = place("この文を引用する。", LONG.text)
    page.goto(f"{address}/article/long?quote={start}-{end}")
    mark = page.locator("#text mark")
    assert mark.text_content() == "この文を引用する。"
    assert 0 < mark.bounding_box()["y"] < 860


def test_a_changed_text_is_not_marked(new_page: Any, address: str) -> None:
    page = new_page()
    page.goto(f"{address}/article/light?sha=000000000000{fragment('宿舎')}")
    assert page.get_by_role("alert").inner_text() == WORDS.article_changed
    assert marked(page) == ""


@pytest.mark.parametrize("name", ["#quote-90000-90001", "#quote-5-5", "#quote-9-3"])
def test_a_place_that_is_not_there_is_told(new_page: Any, address: str, name: str) -> None:
    page = new_page()
    page.goto(f"{address}/article/light{name}")
    assert page.locator("#absent").is_visible()
    assert marked(page) == ""


# The head of the page: where it leads, and the way back.


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["ja", "en", "zh"])
def test_the_head_is_there_where_a_quote_is_opened(
    new_page: Any, address: str, width: int, language: str
) -> None:
    words = LANGUAGES[language]
    page = new_page(viewport={"width": width, "height": 800}, locale=language)
    page.goto(f"{address}/tenkyo/article/long{fragment('この文を引用する。', text=LONG.text)}")
    mark = page.locator("#text mark").bounding_box()
    for name in (words.name, words.send, words.library, words.library_timeline, words.article_back, words.article_sum_up,
                 words.article_ask_this):  # fmt: skip
        box = page.get_by_role("link", name=name, exact=True).bounding_box()
        assert 0 <= box["y"] < box["y"] + box["height"] < mark["y"]
        assert 0 <= box["x"] < box["x"] + box["width"] <= width
        assert box["height"] < 40  # in one line
    links = page.eval_on_selector_all(".masthead a", "all => all.map(one => one.href)")
    assert all(link.startswith(f"{address}/tenkyo/") for link in links)
    assert f"{address}/tenkyo/?article=long" in links


def test_the_way_back_leads_to_the_conversation_as_it_was_left(new_page: Any, address: str) -> None:
    page = new_page()
    page.goto(f"{address}/#third")
    page.evaluate("history.replaceState({}, '', '#fourth')")
    page.click("text=the same tab")
    page.click(f"text={WORDS.article_sum_up}")
    page.locator("#outline a").last.click()
    page.reload()
    page.click(".back")
    page.wait_for_url(f"{address}/#fourth")
    page.wait_for_function("navigation.canGoForward")
    page.click("text=the library")
    page.click("text=light")
    page.click(".back")
    page.wait_for_url(f"{address}/#fourth")


@pytest.mark.parametrize("scripted", [True, False])
def test_in_another_tab_the_way_back_is_a_link(new_page: Any, address: str, scripted: bool) -> None:
    page = new_page(java_script_enabled=scripted)
    page.goto(f"{address}/tenkyo/")
    with page.context.expect_page() as opened:
        page.click("text=another tab")
    opened.value.click(".back")
    opened.value.wait_for_url(f"{address}/tenkyo/")


def test_the_article_is_summed_up_without_leaving_the_page(new_page: Any, address: str) -> None:
    page = new_page()
    page.goto(f"{address}/article/light{fragment('宿舎')}")
    assert not page.locator("#outline").is_visible()
    page.keyboard.press("Shift+Tab")
    page.get_by_role("link", name=WORDS.article_sum_up).press("Enter")
    page.wait_for_selector("#outline a")
    assert page.get_by_text(WORDS.article_outline).bounding_box()["y"] > 80
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#outline') !== null")
    page.keyboard.press("Enter")
    page.wait_for_selector("#text mark")
    assert marked(page) == page.locator("#outline a").first.inner_text()
    assert page.evaluate("document.activeElement === document.querySelector('#text mark')")


def test_the_summary_of_a_changed_text_marks_the_text_of_today(new_page: Any, address: str) -> None:
    page = new_page()
    page.goto(f"{address}/article/light?sha=0")
    page.get_by_text(WORDS.article_outline).click()
    page.locator("#outline a").first.click()
    page.wait_for_selector("#text mark")
    assert marked(page) == "😀𠮷野の灯台は1924年に建てられた。"
    assert page.get_by_role("alert").count() == 0


def test_without_a_script_the_summary_leads_to_its_sentences(new_page: Any, address: str) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{address}/article/light")
    page.get_by_role("link", name=WORDS.article_sum_up).click()
    page.locator("#outline a").last.click()
    found = page.locator("#text :target")
    assert found.inner_text() == "灯台は1951年に電化された。"
    assert found.evaluate("one => getComputedStyle(one).backgroundColor") != "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(new_page: Any, address: str, width: int, scheme: str) -> None:
    page = new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for name in ("light#quote-10-20", "light?sha=0"):
        page.goto(f"{address}/article/{name}")
        assert axe(page) == []
        page.click("summary")
        assert axe(page) == []
    page.set_content(render_unknown(WORDS))
    assert axe(page) == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_and_can_be_read(
    new_page: Any, address: str, width: int, scheme: str
) -> None:
    page = new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for name in ("light", f"bad{HOSTILE.index('a' * 3000)}"):
        page.goto(f"{address}/article/{name}#quote-4-8")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for selector in ("#text mark", ".origin", ".back"):
            assert _contrast(page, selector) >= 4.5, (name, selector)


def _contrast(page: Any, selector: str) -> float:
    """The contrast of an element's text with what lies behind it."""
    ink, paper = page.eval_on_selector(
        selector,
        """element => {
          let behind = element;
          while (getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
          return [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor]
            .map((colour) => colour.match(/\\d+/g).slice(0, 3).map(Number));
        }""",
    )
    return contrast(tuple(ink), tuple(paper))


def test_no_hostile_word_runs_and_the_quotes_beside_them_are_found(
    new_page: Any, address: str
) -> None:
    page = new_page()
    quotes = [f"第{n}の文。" for n in range(len(STORED))]
    page.goto(f"{address}/article/all{fragment(*quotes, text=EVERY.text)}")
    assert sorted(page.locator("#text mark").all_text_contents()) == sorted(quotes)
    assert page.locator("#text :is(script, a, img, svg, iframe, style, form, b)").count() == 0
    assert page.locator("body > *").count() == 3
    page.wait_for_timeout(300)
    page.goto(f"{address}/article/{STORED[4].id}#quote-0-4")
    assert marked(page) == "前の文。"


def test_a_control_that_turns_the_line_is_named_and_turns_nothing(
    new_page: Any, address: str
) -> None:
    page = new_page()
    page.goto(f"{address}/article/light#quote-0-1")
    names = page.eval_on_selector_all(".control", "all => all.map(one => one.dataset.name)")
    assert names == ["U+202E", "U+202C"]
    left = page.evaluate("""() => {
      const walker = document.createTreeWalker(document.getElementById("text"), NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const at = walker.currentNode.data.indexOf("さかさ");
        if (at < 0) continue;
        return [0, 2].map((step) => {
          const range = document.createRange();
          range.setStart(walker.currentNode, at + step);
          range.setEnd(walker.currentNode, at + step + 1);
          return range.getBoundingClientRect().left;
        });
      }
    }""")
    assert left[0] < left[1]


def test_a_saved_conversation_opens_by_itself(new_page: Any, tmp_path: Path) -> None:
    from test_exports import ANSWER, REFUSAL, hostile_answers

    answers = [ANSWER, REFUSAL, *(a for h in HOSTILE for a in hostile_answers(h))]
    for width in (390, 1280):
        file = tmp_path / f"{width}.html"
        html = exports.conversation_html(answers, title=HOSTILE[0])
        file.write_text(html, encoding="utf-8")
        page = new_page(viewport={"width": width, "height": 800})
        page.goto(file.as_uri())
        assert page.locator("h1").inner_text() == HOSTILE[0]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator(".turn").count() == len(answers)
        page.click("#source-1-1 summary")
        assert page.locator("#source-1-1 mark").inner_text() == ANSWER.citations[0].quote
    assert not BIDI & set(html)
