"""The page of the library in a real browser: its table, and what changes it."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import damage_last
from library import BROKEN, FERRY, READABLE, drop, ended, opened, titles

from index.web.library.texts import JA

pytest_plugins = ("pages", "shelf")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)"),  # Gradio's own
]

# Reading.


def test_the_table_is_sorted_by_a_click_on_its_head(visit: Callable[..., Any]) -> None:
    tab = visit()
    newest = titles(tab)
    assert newest == ["霧原天文台の新しい望遠鏡", "丘の上の窯", "青沢運河の百年"]
    assert tab.get_attribute("th.published", "aria-sort") == "descending"
    tab.click("th.published button")
    assert titles(tab) == newest[::-1]
    assert tab.get_attribute("th.published", "aria-sort") == "ascending"
    tab.click("th.passages button")
    counts = [int(n) for n in tab.locator("td.passages [aria-hidden]").all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    assert tab.get_attribute("th.published", "aria-sort") == "none"


def test_the_table_is_searched_as_one_types(visit: Callable[..., Any]) -> None:
    tab = visit()
    assert tab.locator("#count").inner_text() == "全3本"
    for words, found in (
        ("窯", ["丘の上の窯"]),
        ("ＣＡＮＡＬ", ["青沢運河の百年"]),  # a source, in letters as wide as kana
        ("ｱｵｻﾜ", []),
        ("青沢新報　運河", ["青沢運河の百年"]),
    ):
        tab.fill("#search", words)
        assert titles(tab) == found
        assert tab.locator("#count").inner_text() == f"3本のうち{len(found)}本"
        assert tab.locator("#none").is_visible() == (not found)
    tab.fill("#search", "")
    assert len(titles(tab)) == 3


def test_a_title_opens_its_article(visit: Callable[..., Any]) -> None:
    tab = visit()
    tab.click("text=丘の上の窯")
    tab.wait_for_selector("h1:has-text('丘の上の窯')")
    assert "/article/" in tab.url
    tab.go_back()
    tab.click("nav >> text=質問する")
    tab.wait_for_selector("#question textarea")


# Changing.


def test_files_are_chosen_and_each_one_refused_has_its_reason(
    visit: Callable[..., Any], shelf: SimpleNamespace
) -> None:
    tab = visit()
    with tab.expect_file_chooser() as chooser:
        tab.click("#choose")
    chooser.value.set_files([READABLE, BROKEN])
    ended(tab, JA.done["add"])
    assert titles(tab)[0] == "渡し船の朝"
    assert tab.locator("tr", has_text="渡し船の朝").locator(".fresh").inner_text() == JA.fresh
    assert tab.locator("#outcome .names").inner_text() == "渡し船の朝"
    left_out = tab.locator("#outcome .reasons li")
    assert left_out.count() == 1
    assert BROKEN["name"] in left_out.inner_text()
    assert len(left_out.locator("span").inner_text()) > 5
    assert tab.locator("#held").inner_text().startswith("4本の記事")
    assert "浜口カネ" in shelf.engine.search("渡し船の船長は誰か")[0].passage.text


def test_files_are_dropped_on_the_page(visit: Callable[..., Any]) -> None:
    tab = visit()
    drop(tab, READABLE, BROKEN)
    ended(tab, JA.done["add"])
    assert titles(tab)[0] == "渡し船の朝"
    assert BROKEN["name"] in tab.locator("#outcome .reasons").inner_text()
    assert tab.evaluate("document.activeElement.id") == "work"


def test_what_cannot_be_read_at_all_is_told_and_changes_nothing(visit: Callable[..., Any]) -> None:
    tab = visit()
    tab.set_input_files("#files", [BROKEN])
    tab.wait_for_selector(f"#work-title:has-text('{JA.failed}')")
    tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    tab.wait_for_load_state("networkidle")
    assert tab.locator("#work-title").inner_text() == JA.failed  # until something else is begun
    assert BROKEN["name"] in tab.locator("#outcome .reasons").inner_text()
    assert tab.locator("#choose").is_enabled()
    assert len(titles(tab)) == 3


def test_a_text_is_pasted(visit: Callable[..., Any], shelf: SimpleNamespace) -> None:
    tab = visit()
    tab.click("#paste")
    assert tab.evaluate("document.activeElement.name") == "title"
    fields = {
        "title": "--- 題：名 'と' \"符\" #1",
        "text": "# 見出し\n\n渡し場の番人は浜口タネである。番小屋は三畳ほどの広さだった。",
        "publisher": "みなと: 通信",
        "published": "2025-06-07",
        "url": "https://example.com/a?b=c&d",
    }
    for name, value in fields.items():
        tab.fill(f"#pasting [name={name}]", value)
    assert JA.characters.format(count=len(fields["text"]), most="1,000,000") in (
        tab.locator("#characters").inner_text()
    )
    tab.click("#pasting .main")
    ended(tab, JA.done["add"])
    assert not tab.locator("#pasting").is_visible()
    row = tab.locator("tbody tr", has_text="みなと: 通信")
    assert row.locator(".title a").inner_text() == fields["title"]
    assert row.locator(".published").inner_text() == "2025年6月7日"
    assert "浜口タネ" in shelf.engine.search("渡し場の番人は誰か")[0].passage.text


def test_progress_is_shown_and_a_reload_shows_it_again(
    visit: Callable[..., Any], shelf: SimpleNamespace
) -> None:
    tab = visit()
    shelf.encoder.go.clear()
    tab.set_input_files("#files", [READABLE])
    for again in (False, True):
        if again:
            opened(tab, shelf.address)
        tab.wait_for_selector(f"#stage:has-text('{JA.stages['encode']}')")
        assert tab.get_by_role("progressbar", name=JA.at_work["add"]).is_visible()
        assert tab.locator("#meanwhile").is_visible()
        assert tab.locator("#choose").is_disabled()
        assert len(titles(tab)) == 3
    assert shelf.engine.ask("青沢運河はいつ開通したか").citations  # from the index in use
    shelf.encoder.go.set()
    ended(tab, JA.done["add"])
    assert titles(tab)[0] == "渡し船の朝"
    assert tab.locator("#choose").is_enabled()
    assert JA.took.partition("{")[2].partition("}")[2] in tab.locator("#summary").inner_text()


def test_a_build_that_fails_says_so_and_leaves_all_as_it_was(
    visit: Callable[..., Any], shelf: SimpleNamespace
) -> None:
    tab = visit()
    shelf.encoder.broken = "モデルを読み込めません。置き場所をお確かめください。"
    tab.set_input_files("#files", [READABLE])
    tab.wait_for_selector(f"#wrong:has-text('{shelf.encoder.broken}')")
    assert tab.locator("#work-title").inner_text() == JA.failed
    assert tab.locator("#summary").inner_text() == JA.unchanged
    assert len(titles(tab)) == 3
    shelf.encoder.broken = ""
    tab.set_input_files("#files", [READABLE])
    ended(tab, JA.done["add"])
    assert len(titles(tab)) == 4


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
    tab.wait_for_selector(f"#trouble:has-text('{JA.damaged}')")
    assert len(titles(tab)) == 3
    tab.click("#rebuild")
    ended(tab, JA.done["rebuild"])
    tab.wait_for_selector("#trouble", state="hidden")
    assert len(titles(tab)) == 4


def test_the_sources_are_read_again(visit: Callable[..., Any], corpus: Path) -> None:
    tab = visit()
    (corpus / "ferry.md").write_text(FERRY, "utf-8")
    tab.click("#rebuild")
    ended(tab, JA.done["rebuild"])
    assert titles(tab)[0] == "渡し船の朝"
    assert tab.locator("#outcome .names").inner_text() == "渡し船の朝"


def test_articles_are_removed_and_brought_back(
    visit: Callable[..., Any], shelf: SimpleNamespace
) -> None:
    tab = visit()
    before = titles(tab)
    tab.check("tbody tr:nth-child(1) input")
    tab.check("tbody tr:nth-child(2) input")
    tab.fill("#search", "運河")
    assert tab.locator("#chosen p").inner_text() == JA.chosen_hidden.format(count=2, hidden=2)
    tab.fill("#search", "")
    assert tab.locator("#chosen p").inner_text() == JA.chosen.format(count=2)
    tab.click("#remove")
    ended(tab, JA.done["remove"])
    assert titles(tab) == before[2:]
    assert set(tab.locator("#outcome .names li").all_inner_texts()) == set(before[:2])
    assert tab.locator("#chosen button:visible").count() == 0
    assert "3本" in tab.locator("#undo-to").inner_text()
    tab.click("#undo")
    ended(tab, JA.done["undo"])
    assert titles(tab) == before
    assert len(shelf.engine.articles()) == 3


def test_the_last_article_stays_and_the_page_says_why(visit: Callable[..., Any]) -> None:
    tab = visit()
    tab.check("#every")
    assert tab.locator("#chosen p").inner_text() == JA.chosen.format(count=3)
    tab.click("#remove")
    tab.wait_for_selector("#wrong:has-text('最後の記事')")
    assert len(titles(tab)) == 3
    assert tab.locator("#choose").is_enabled()


def test_everything_is_done_by_keyboard(visit: Callable[..., Any]) -> None:
    tab = visit()

    def reach(selector: str) -> None:
        for _ in range(40):
            if tab.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            tab.keyboard.press("Tab")
        raise AssertionError(selector)

    reach("#paste")
    tab.keyboard.press("Enter")
    tab.keyboard.type("鍵盤の題")
    tab.keyboard.press("Tab")
    tab.keyboard.type("鍵盤だけで書いた記事である。番人は浜口タネだった。")
    reach("#pasting .main")
    tab.keyboard.press("Enter")
    ended(tab, JA.done["add"])
    reach("th.title button")
    tab.keyboard.press("Enter")
    assert tab.get_attribute("th.title", "aria-sort") == "ascending"
    reach("tbody input")
    tab.keyboard.press("Space")
    tab.keyboard.press("Shift+Tab")
    for _ in range(10):
        if tab.evaluate("document.activeElement.id") == "remove":
            break
        tab.keyboard.press("Shift+Tab")
    tab.keyboard.press("Enter")
    ended(tab, JA.done["remove"])
    reach("#undo")
    tab.keyboard.press("Enter")
    ended(tab, JA.done["undo"])
    assert len(titles(tab)) == 4
