"""The page of the library in a real browser: its table, and what changes it."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import damage_last
from library import BROKEN, FERRY, READABLE, drop, ended, give, opened, shows, titles
from playwright.sync_api import TimeoutError

from index.web.words import LANGUAGES

JA = LANGUAGES["ja"]

pytest_plugins = ("pages", "shelf")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)"),  # Gradio's own
]

NEWEST = ("霧原天文台の新しい望遠鏡", "丘の上の窯", "青沢運河の百年")

# Reading.


def test_the_table_is_sorted_and_searched(visit: Callable[..., Any]) -> None:
    tab = visit()
    shows(tab, *NEWEST)
    assert tab.get_attribute("th.published", "aria-sort") == "descending"
    tab.click("th.published button")
    shows(tab, *NEWEST[::-1])
    assert tab.get_attribute("th.published", "aria-sort") == "ascending"
    tab.wait_for_selector(f"#count:has-text('{JA.library_count.format(articles=3)}')")
    tab.fill("#library-search textarea", "青沢新報　運河")
    shows(tab, "青沢運河の百年")
    tab.wait_for_selector(f"#count:has-text('{JA.library_found.format(articles=3, found=1)}')")
    tab.fill("#library-search textarea", "無い言葉")
    tab.wait_for_selector(f"#articles:has-text('{JA.library_none_found}')")
    tab.fill("#library-search textarea", "")
    shows(tab, *NEWEST[::-1])


def test_a_title_opens_its_article(open_tab: Callable[..., Any], shelf: SimpleNamespace) -> None:
    tab = opened(open_tab(), shelf.address)  # Gradio's script complains when it is left
    tab.click("text=丘の上の窯")
    tab.wait_for_selector("h1:has-text('丘の上の窯')")
    assert "/article/" in tab.url
    tab.go_back()
    tab.click(".nav-holder >> text=年表")
    tab.click(".timeline a >> nth=0")
    tab.wait_for_selector("article")


# Changing.


def test_files_are_chosen_and_each_one_refused_has_its_reason(
    visit: Callable[..., Any], shelf: SimpleNamespace
) -> None:
    tab = visit()
    with tab.expect_file_chooser() as chooser:
        tab.get_by_role("button", name=JA.library_files).click()
    chooser.value.set_files([READABLE, BROKEN])
    ended(tab, JA.library_done_add)
    shows(tab, "渡し船の朝", *NEWEST)
    assert (
        tab.locator("tr", has_text="渡し船の朝").locator("small").inner_text() == JA.library_fresh
    )
    assert tab.locator("small").count() == 1
    added, left_out = tab.locator("#work ul").all()
    assert added.inner_text() == "渡し船の朝"
    assert BROKEN["name"] in left_out.inner_text()
    assert len(left_out.locator("[lang=ja]").inner_text()) > 5
    assert tab.locator("#library-head").inner_text().count("4本の記事") == 1
    assert "浜口カネ" in shelf.engine.search("渡し船の船長は誰か")[0].passage.text
    give(tab, BROKEN)
    tab.wait_for_selector(f"#work h2:has-text('{JA.library_failed}')")
    assert BROKEN["name"] in tab.locator("#work").inner_text()
    assert tab.locator("#files [type=file]").count() == 1  # for the next


def test_files_are_dropped(visit: Callable[..., Any]) -> None:
    tab = visit()
    drop(tab, READABLE, BROKEN)
    ended(tab, JA.library_done_add)
    shows(tab, "渡し船の朝", *NEWEST)


def test_what_is_too_much_is_not_even_sent(visit: Callable[..., Any]) -> None:
    tab = visit()
    sent: list[str] = []
    tab.on("request", lambda request: "upload" in request.url and sent.append(request.url))
    tab.evaluate("""() => {
      const box = document.querySelector("#files [type=file]");
      const transfer = new DataTransfer();
      const part = new Uint8Array(25e6 + 1);
      for (const n of [1, 2, 3, 4]) transfer.items.add(new File([part], `${n}.txt`));
      box.files = transfer.files;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }""")
    tab.wait_for_selector(f"#work [role=alert]:has-text('{JA.library_too_much}')")
    give(tab, READABLE)
    ended(tab, JA.library_done_add)
    assert len([url for url in sent if "upload?" in url]) == 1


def test_a_text_is_pasted(visit: Callable[..., Any], shelf: SimpleNamespace) -> None:
    tab = visit()
    tab.click(f"text={JA.library_paste}")
    tab.click("#paste-send")
    tab.wait_for_selector(f"#paste-fault :text('{JA.library_paste_empty}')")
    fields = {
        JA.library_columns_title: "--- 題：名 'と' \"符\" #1",
        JA.library_text: "# 見出し\n\n渡し場の番人は浜口タネである。番小屋は三畳ほどの広さだった。",
        JA.library_publisher: "みなと: 通信",
        JA.library_day: "2025-06-07",
        JA.library_url: "https://example.com/a?b=c&d",
    }
    for name, value in fields.items():
        tab.locator("#pasting").get_by_label(name).fill(value)
    tab.click("#paste-send")
    ended(tab, JA.library_done_add)
    row = tab.locator("tbody tr", has_text="みなと: 通信")
    assert row.locator(".title a").inner_text() == fields[JA.library_columns_title]
    assert row.locator(".published").inner_text() == "2025年6月7日"
    assert "浜口タネ" in shelf.engine.search("渡し場の番人は誰か")[0].passage.text
    for name in fields:
        assert tab.locator("#pasting").get_by_label(name).input_value() == ""


def test_a_build_goes_on_without_its_page_and_others_see_it(
    visit: Callable[..., Any], shelf: SimpleNamespace
) -> None:
    tab = visit()
    shelf.encoder.go.clear()
    give(tab, READABLE)
    tab.wait_for_selector(f"#work:has-text('{JA.library_stages_encode}')")
    tab.goto("about:blank")
    other = visit(locale="en-GB")
    en = LANGUAGES["en"]
    other.wait_for_selector(f"#work:has-text('{en.library_stages_encode}')")
    assert other.get_by_role("progressbar", name=en.library_at_work_add).is_visible()
    shows(other, *NEWEST)
    give(other, BROKEN, {**READABLE, "name": "別.md"})
    other.wait_for_selector(f"#work:has-text('{en.error_building}')")
    assert shelf.engine.ask("青沢運河はいつ開通したか").citations  # from the index in use
    shelf.encoder.go.set()
    ended(other, en.library_done_add)
    shows(other, "渡し船の朝", *NEWEST)


def test_a_build_that_fails_says_so_and_leaves_all_as_it_was(
    visit: Callable[..., Any], shelf: SimpleNamespace
) -> None:
    tab = visit()
    shelf.encoder.broken = "モデルを読み込めません。置き場所をお確かめください。"
    give(tab, READABLE)
    tab.wait_for_selector(f"#work [role=alert]:has-text('{shelf.encoder.broken}')")
    assert tab.locator("#work h2").inner_text() == JA.library_failed
    assert JA.library_unchanged in tab.locator("#work").inner_text()
    assert len(titles(tab)) == 3
    shelf.encoder.broken = ""
    give(tab, READABLE)
    ended(tab, JA.library_done_add)


def test_the_page_says_that_the_index_is_damaged_until_it_is_mended(
    visit: Callable[..., Any], shelf: SimpleNamespace, corpus: Path
) -> None:
    segments = shelf.engine.home.path / "segments"
    before = {*segments.iterdir()}
    (corpus / "ferry.md").write_text(FERRY, "utf-8")
    shelf.engine.build()
    [segment] = {*segments.iterdir()} - before
    damage_last(segment / "sentences.npy")
    tab = visit()
    tab.wait_for_selector("#library-head .warning")
    assert len(titles(tab)) == 3
    tab.click("#rebuild")
    ended(tab, JA.library_done_rebuild)
    tab.wait_for_selector("#library-head .warning", state="detached")
    shows(tab, "渡し船の朝", *NEWEST)


def test_articles_are_removed_and_brought_back(
    visit: Callable[..., Any], shelf: SimpleNamespace
) -> None:
    tab = visit()
    tab.check("tbody tr:nth-child(1) input")
    tab.check("tbody tr:nth-child(2) input")
    tab.wait_for_selector(f"#count:has-text('{JA.library_chosen.format(count=2)}')")
    tab.fill("#library-search textarea", "運河")
    hidden = JA.library_chosen_hidden.format(count=2, hidden=2)
    tab.wait_for_selector(f"#count:has-text('{hidden}')")
    assert tab.locator("tbody :checked").count() == 0  # the row was another's before
    tab.fill("#library-search textarea", "")
    shows(tab, *NEWEST)
    assert tab.locator("tbody tr:has(:checked) .title a").all_inner_texts() == [*NEWEST[:2]]
    tab.click("#remove")
    ended(tab, JA.library_done_remove)
    shows(tab, *NEWEST[2:])
    assert set(tab.locator("#work li").all_inner_texts()) == set(NEWEST[:2])
    assert tab.locator("#remove").is_hidden()
    assert "3本" in tab.locator("#undo-to").inner_text()
    tab.click("#undo")
    ended(tab, JA.library_done_undo)
    shows(tab, *NEWEST)
    tab.check("thead input")
    tab.wait_for_selector(f"#count:has-text('{JA.library_chosen.format(count=3)}')")
    tab.click("#remove")
    tab.wait_for_selector(f"#work [role=alert]:has-text('{JA.error_last_article}')")
    assert len(shelf.engine.articles()) == 3


def test_everything_is_done_by_keyboard(visit: Callable[..., Any]) -> None:
    tab = visit()

    def reach(selector: str, key: str = "Tab") -> None:
        for _ in range(40):
            if tab.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            tab.keyboard.press(key)
        raise AssertionError(selector)

    reach(f"#files [aria-label='{JA.library_files}']")
    for _ in range(6):  # a press is lost where the page draws the box anew just then
        with suppress(TimeoutError), tab.expect_file_chooser(timeout=4000) as chooser:
            tab.focus(f"#files [aria-label='{JA.library_files}']")
            tab.keyboard.press("Enter")
        if chooser.is_done():
            break
    chooser.value.set_files([READABLE])
    ended(tab, JA.library_done_add)
    reach("#pasting > button")
    tab.keyboard.press("Enter")
    reach("#paste-title :is(input, textarea)")
    tab.keyboard.type("鍵盤の題")
    tab.keyboard.press("Tab")
    tab.keyboard.type("鍵盤だけで書いた記事である。番人は浜口タネだった。")
    reach("#paste-send")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("a:text('鍵盤の題')")
    reach("th.title button")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("th.title[aria-sort=ascending]")
    assert tab.evaluate("document.activeElement.matches('th.title button')")
    reach("tbody input")
    tab.keyboard.press("Space")
    tab.wait_for_selector("#remove")
    reach("#remove", "Shift+Tab")
    tab.keyboard.press("Enter")
    ended(tab, JA.library_done_remove)
    reach("#undo", "Shift+Tab")
    tab.keyboard.press("Enter")
    ended(tab, JA.library_done_undo)
    assert len(titles(tab)) == 5
