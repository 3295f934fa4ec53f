"""Going on from an answer in a real browser: copying, files, the article around a quote, what to ask next."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browsing import ASKED, EN, JA, OFF_TOPIC, ask, asked, in_view
from conftest import article, fake_engine, publish, serving
from hostile import HOSTILE

from index.engine import Engine
from index.settings import Settings
from index.store import Home
from index.users import add_user

pytest_plugins = ("pages",)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)"),  # Gradio's own
]


SEEN = """() => {
  const { outlineStyle, boxShadow } = getComputedStyle(document.activeElement);
  return document.activeElement === document.body || outlineStyle !== "none" || boxShadow !== "none";
}"""
"""Whether it can be seen where the focus is."""


def ready(tab: Any, address: str) -> Any:
    tab.goto(address)
    tab.wait_for_selector(".status:not(.loading)")
    return tab


def told(tab: Any, words: str) -> None:
    tab.wait_for_selector(f".told:has-text('{words}')")


def pasted(tab: Any) -> str:
    return str(tab.evaluate("navigator.clipboard.readText()"))


def copied(tab: Any, words: str) -> str:
    """Wait until what is copied holds these words, and return it.

    Asked from here: ``wait_for_function`` takes the promise of an answer for the answer.
    """
    for _ in range(200):
        if words in (text := pasted(tab)):
            return text
        tab.wait_for_timeout(50)
    raise AssertionError(f"{words!r} is not in {text!r}")


def cleared(tab: Any) -> None:
    tab.evaluate("navigator.clipboard.writeText('')")
    assert pasted(tab) == ""


def test_quotes_answers_and_addresses_are_copied(
    open_tab: Callable[..., Any], address: str
) -> None:
    tab = ready(open_tab(permissions=["clipboard-read", "clipboard-write"]), address)
    ask(tab, ASKED, 1)
    quote = tab.locator("#src-1-1 mark").inner_text()
    link = tab.locator("#src-1-1 a.open").evaluate("a => a.href")
    assert link.startswith(f"{address}/article/")
    for button in ("#src-1-1 button.copy:not(.copy-address)", "#turn-1 .copy >> nth=0"):
        cleared(tab)
        tab.click(button)
        assert "127.0.0.1" not in copied(tab, quote)  # where only this machine finds it
        told(tab, JA.copied)
    assert f"[1] 「{quote}」" in pasted(tab)
    tab.click("#turn-1 .markdown")
    assert quote in copied(tab, "[^1]:")
    cleared(tab)
    tab.click("#src-1-1 .copy-address")
    assert copied(tab, link) == link


def test_without_a_clipboard_the_text_is_there_to_be_copied(chat: Any) -> None:
    ask(chat, ASKED, 1)
    chat.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    chat.evaluate("document.execCommand = () => false")
    chat.click("#src-1-1 button.copy:not(.copy-address)")
    chat.wait_for_selector(".by-hand")
    quote = chat.locator("#src-1-1 mark").inner_text()
    assert quote in chat.evaluate("getSelection().toString()")
    chat.keyboard.press("Escape")
    chat.wait_for_selector(".by-hand", state="detached")
    chat.evaluate("delete document.execCommand")
    chat.click("#src-1-1 button.copy:not(.copy-address)")
    told(chat, JA.copied)
    assert chat.locator(".by-hand").count() == 0


def test_a_conversation_is_taken_away(chat: Any, tmp_path: Path) -> None:
    assert not chat.locator(".menu.export").is_visible()
    ask(chat, ASKED, 1)
    ask(chat, OFF_TOPIC, 2)
    for label, words in (("Markdown", "[^1-1]:"), ("BibTeX", "@misc{"), ("RIS", "TY  - GEN")):
        chat.click(".menu.export summary")
        with chat.expect_download() as download:
            chat.click(f".menu.export a:has-text('{label}')")
        name = download.value.suggested_filename
        assert name.startswith(ASKED)
        assert words in Path(download.value.path()).read_text("utf-8")
        chat.keyboard.press("Escape")
    chat.click(".menu.export summary")
    with chat.expect_download() as download:
        chat.click(".menu.export a:has-text('HTML')")
    download.value.save_as(tmp_path / "taken.html")
    chat.goto((tmp_path / "taken.html").as_uri())
    assert chat.locator("h1").inner_text() == ASKED
    assert chat.locator(".turn").count() == 2


def test_a_card_opens_its_article_at_the_quote(chat: Any) -> None:
    ask(chat, ASKED, 1)
    quote = chat.locator("#src-1-1 mark").inner_text()
    chat.click(".view summary")
    chat.select_option(".view [name=scheme]", "dark")
    with chat.context.expect_page() as opened:
        chat.click("#src-1-1 a.open")
    page = opened.value
    page.wait_for_selector("#text mark")
    assert page.locator("#text mark").inner_text() == quote
    assert page.evaluate("document.documentElement.dataset.scheme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(25, 23, 21)"


def test_a_passage_unfolds_to_what_stands_around_it(chat: Any, web_engine: Engine) -> None:
    ask(chat, ASKED, 1)
    [article] = [a for a in web_engine.articles() if a.title == "鷹ノ崎灯台の百年"]
    quote = chat.locator("#src-1-1 mark").inner_text()
    top = chat.locator("#src-1-1 mark").bounding_box()["y"]
    chat.click("#src-1-1 .around")
    chat.wait_for_selector("#src-1-1 bdi.around")
    around = chat.locator("#src-1-1 blockquote").text_content()
    assert "灯台の誕生" in around
    assert "2003年に資料館として開いた" in around
    assert around.replace("\n", "") in article.text.replace("## ", "").replace("\n", "")
    assert chat.locator("#src-1-1 mark").inner_text() == quote
    assert chat.locator("#src-1-1 button.around").count() == 0  # that is all there is
    assert chat.evaluate("document.activeElement.id") == "src-1-1"
    assert top <= chat.locator("#src-1-1 mark").bounding_box()["y"] < 800


def test_what_cannot_be_fetched_is_told(chat: Any) -> None:
    ask(chat, ASKED, 1)
    chat.evaluate("document.querySelector('#src-1-1').dataset.sha = 'f'.repeat(64)")
    chat.click("#src-1-1 .around")
    told(chat, JA.failed_to_fetch)
    assert chat.locator("#src-1-1 bdi.around").count() == 0


def test_after_an_answer_more_can_be_asked(chat: Any) -> None:
    ask(chat, ASKED, 1)
    chat.wait_for_selector("#conversation .option")
    offered = chat.locator("#conversation .option").all_inner_texts()
    assert len(offered) <= 3
    chat.click("#conversation .option >> nth=0")
    chat.wait_for_selector("#turn-2 footer")
    assert asked(chat, 2) == offered[0]
    assert chat.locator("#turn-2 .answer").count() == 1
    assert offered[0] not in chat.locator("#conversation .option").all_inner_texts()


def test_a_walk_without_a_mouse(chat: Any) -> None:
    def focused() -> str:
        return str(chat.evaluate("document.activeElement.matches(':focus-visible, #src-1-1') && "
                                 "(document.activeElement.id || document.activeElement.className)"))  # fmt: skip

    def tab_to(name: str, key: str = "Tab") -> None:
        for _ in range(30):
            chat.keyboard.press(key)
            assert chat.evaluate(SEEN), chat.evaluate("document.activeElement.outerHTML")
            if focused() == name:
                return
        raise AssertionError(name)

    assert chat.evaluate("document.activeElement.tagName") == "TEXTAREA"
    chat.keyboard.type(ASKED)
    chat.keyboard.press("Enter")
    chat.wait_for_selector("#conversation .option")
    tab_to("cite-1-1", "Shift+Tab")
    assert chat.locator("#preview .quote").is_visible()
    chat.keyboard.press("Enter")
    in_view(chat, "#src-1-1.active")
    assert focused() == "src-1-1"
    tab_to("number")
    tab_to("icon around")
    chat.keyboard.press("Enter")
    chat.wait_for_selector("#src-1-1 bdi.around")
    assert focused() == "src-1-1"
    tab_to("number")
    outline = chat.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    chat.keyboard.press("Enter")
    assert focused() == "cite-1-1"
    for _ in range(20):
        chat.keyboard.press("Tab")
        if chat.evaluate("document.activeElement.matches('.option')"):
            break
    chat.keyboard.press("Enter")
    chat.wait_for_selector("#turn-2 footer")


def test_who_is_signed_in_signs_out(tab: Any, copied: Path, tmp_path: Path) -> None:
    add_user(tmp_path / "users", "花子", "correct horse")
    engine = Engine(Settings.from_env({}, home=copied))
    with serving(engine, auth_file=tmp_path / "users") as address:
        tab.goto(address)
        tab.fill("[name=name]", "花子")
        tab.fill("[name=password]", "correct horse")
        tab.press("[name=password]", "Enter")
        tab.wait_for_selector(".status:not(.loading)")
        tab.click(".view summary")
        tab.click(f".view :text('{JA.sign_out.format(name='花子')}')")
        tab.wait_for_selector("[name=password]")
        tab.goto(address)
        assert "/login" in tab.url


def test_hostile_words_are_copied_and_offered_as_words(
    open_tab: Callable[..., Any], tmp_path: Path
) -> None:
    """Articles whose headings, titles and words around a quote are all hostile."""
    words = [h for h in HOSTILE if h.isprintable() and len(h) < 100]
    parts = (f"## {w}\n\n{w}は灯台の印である。灯台は1924年に建った。" for w in words)
    publish(Home(tmp_path), [article("a", "\n\n".join(parts), title=HOSTILE[0])])
    engine = fake_engine(Settings(tmp_path, tmp_path))
    with serving(engine) as address:
        tab = ready(open_tab(permissions=["clipboard-read", "clipboard-write"]), address)
        ask(tab, "灯台はいつ建ったか", 1)
        tab.wait_for_timeout(1500)
        while tab.locator("#src-1-1 button.around").count():
            before = tab.locator("#src-1-1 blockquote").text_content()
            tab.click("#src-1-1 button.around")
            tab.wait_for_function(
                "b => document.querySelector('#src-1-1 blockquote').textContent !== b", arg=before
            )
        shown = tab.locator("#src-1-1 blockquote").text_content()
        assert sum(f"{w}は灯台の印" in shown for w in words) >= 40
        assert (
            tab.locator(
                ":is(.turn, #sources) :is(script, img, svg, iframe, style, b, math, object)"
            ).count()
            == 0
        )
        tab.click("#turn-1 .copy >> nth=0")
        told(tab, JA.copied)
        assert "灯台の印" in pasted(tab)


def test_the_same_in_english(open_tab: Callable[..., Any], address: str) -> None:
    options = {"locale": "en-GB", "permissions": ["clipboard-read", "clipboard-write"]}
    tab = ready(open_tab(**options), address)
    ask(tab, ASKED, 1)
    tab.click("#src-1-1 button.copy:not(.copy-address)")
    told(tab, EN.copied)
    assert "3 May 2024" in pasted(tab)
