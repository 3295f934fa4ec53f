"""Asking in a real browser: the box, the filter, stopping, and what goes wrong."""

from pathlib import Path
from typing import Any

import pytest
from browsing import ASKED, FOLLOWING, JA, Held, Slow, ask, asked, send
from conftest import serving

from index.engine import Engine
from index.settings import Settings
from index.web.chat import AT_ONCE

pytest_plugins = ("pages",)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)"),  # Gradio's own
]


def test_an_example_runs_on_click(chat: Any) -> None:
    example = chat.locator(".example").first
    question = example.inner_text()
    example.click()
    chat.wait_for_selector("#turn-1 a.cite")
    assert asked(chat, 1) == question
    assert not chat.locator("#welcome").is_visible()


def test_an_error_is_a_message(chat: Any) -> None:
    chat.fill("#question textarea", "あ" * 100_000)
    chat.click(".submit-button")
    chat.wait_for_selector("#turn-1 .problem")
    assert "質問が長すぎます" in chat.locator("#turn-1 .problem").inner_text()
    ask(chat, ASKED, 2)
    assert "Traceback" not in chat.content()


@pytest.mark.parametrize("blank", ["", " \n　"])
def test_a_blank_question_is_none(chat: Any, blank: str) -> None:
    chat.fill("#question textarea", blank)
    chat.click(".submit-button")
    chat.wait_for_timeout(700)
    assert chat.locator(".turn, .message-row").count() == 0
    ask(chat, ASKED, 1)
    assert chat.locator("#turn-1 .note").count() == 0  # it says nothing of a question before


def test_enter_that_confirms_a_composition_does_not_send(chat: Any) -> None:
    chat.focus("#question textarea")
    keyboard = chat.context.new_cdp_session(chat)
    keyboard.send(
        "Input.imeSetComposition", {"text": "とうだい", "selectionStart": 4, "selectionEnd": 4}
    )
    for kind in ("keyDown", "keyUp"):
        enter = {"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
        keyboard.send(
            "Input.dispatchKeyEvent", enter | ({"text": "\r"} if kind == "keyDown" else {})
        )
    keyboard.send("Input.insertText", {"text": "鷹ノ崎灯台"})
    chat.wait_for_timeout(500)
    assert chat.locator(".turn").count() == 0
    chat.press("#question textarea", "Enter")
    chat.wait_for_selector("#turn-1 footer")
    assert "鷹ノ崎灯台" in asked(chat, 1)


def test_a_question_asked_too_early_is_answered_in_time(tab: Any, web_home: Path) -> None:
    engine = Held(Settings.from_env({}, home=web_home))
    with serving(engine) as address:
        tab.goto(address)
        assert tab.locator(".status.loading").inner_text() == JA.loading
        tab.fill("#question textarea", ASKED)
        tab.press("#question textarea", "Enter")
        tab.wait_for_selector(f"#turn-1 .progress:has-text('{JA.waiting}')")
        engine.go.set()
        tab.wait_for_selector("#turn-1 a.cite")


def test_a_failed_warm_up_is_told(tab: Any, tmp_path: Path) -> None:
    engine = Engine(Settings.from_env({}, home=tmp_path))
    with serving(engine) as address:
        tab.goto(address)
        assert "tenkyo build" in tab.locator(".status.failed").inner_text()
        tab.fill("#question textarea", ASKED)
        tab.press("#question textarea", "Enter")
        assert "tenkyo build" in tab.locator("#turn-1 .problem").inner_text()


def test_a_lost_connection_is_told_in_japanese(tab: Any, tmp_path: Path) -> None:
    with serving(Engine(Settings.from_env({}, home=tmp_path))) as address:
        tab.goto(address)
        tab.wait_for_selector(".status.failed")
    tab.fill("#question textarea", ASKED)
    tab.press("#question textarea", "Enter")
    tab.wait_for_selector(".toast-body:has-text('つなぎ直しています')")
    assert tab.input_value("#question textarea") == ASKED


def test_shift_enter_breaks_the_line(chat: Any) -> None:
    chat.fill("#question textarea", "鷹ノ崎灯台を")
    chat.press("#question textarea", "Shift+Enter")
    chat.keyboard.type("設計したのは誰か")
    chat.wait_for_timeout(300)
    assert chat.locator(".turn").count() == 0
    assert chat.input_value("#question textarea") == "鷹ノ崎灯台を\n設計したのは誰か"
    chat.press("#question textarea", "Enter")
    chat.wait_for_selector("#turn-1 footer")


def test_a_filter_is_in_force_and_says_so(chat: Any) -> None:
    assert not chat.locator("#articles").is_visible()
    chat.click("#narrow .label-wrap")
    chat.fill("#articles input", "rail")
    chat.click("#articles li:has-text('railway.txt')")
    named = chat.locator("#narrow .label-wrap")
    chat.wait_for_selector("#narrow .label-wrap:has-text('railway.txt')")
    ask(chat, ASKED, 1)
    assert "railway.txt" in chat.locator("#turn-1 .narrowed").inner_text()
    assert "大野修造" not in chat.locator("#turn-1").inner_text()
    chat.fill("#since input", "2030-01-01")
    chat.wait_for_selector("#narrow .label-wrap:has-text('2030年')")
    ask(chat, FOLLOWING, 2)
    assert "2030年1月1日から" in chat.locator("#turn-2 .narrowed >> nth=0").inner_text()
    assert chat.locator("#turn-2 .refusal").count() == 1
    chat.click("#everything")
    chat.wait_for_selector(f"#narrow .label-wrap:has-text('{JA.narrow}')")
    ask(chat, ASKED, 3)
    assert chat.locator("#turn-3 .narrowed").count() == 0
    assert "大野修造" in chat.locator("#turn-3").inner_text()
    assert chat.input_value("#since input") == ""
    assert named.inner_text().startswith(JA.narrow)


def test_what_a_filter_hides_is_asked_of_all_articles(chat: Any) -> None:
    chat.click("#narrow .label-wrap")
    chat.wait_for_timeout(500)  # Gradio gives the field its script when it is first seen
    chat.fill("#until input", "1990-01-01")
    chat.wait_for_selector("#narrow .label-wrap:has-text('1990年')")
    ask(chat, ASKED, 1)
    assert chat.locator("#turn-1 .refusal").count() == 1
    chat.click("#turn-1 .widen")
    chat.wait_for_selector("#turn-2 footer")
    assert "大野修造" in chat.locator("#turn-2 .answer").inner_text()
    assert chat.locator("#turn-2 .narrowed").count() == 0
    chat.wait_for_selector(f"#narrow .label-wrap:has-text('{JA.narrow}')")


def test_articles_without_a_date_are_told_and_can_be_let_in(chat: Any) -> None:
    """Only the lighthouse's article bears one."""
    chat.click("#narrow .label-wrap")
    assert not chat.locator("#undated").is_visible()
    chat.wait_for_timeout(500)
    chat.fill("#since input", "2024-01-01")
    chat.wait_for_selector(f"#undated:has-text('{JA.undated_too.format(count=3)}')")
    ask(chat, FOLLOWING, 1)
    assert chat.locator("#turn-1 .refusal").count() == 1
    assert JA.undated.format(count=3) in chat.locator("#turn-1").inner_text()
    chat.check("#undated input")
    chat.wait_for_timeout(500)
    ask(chat, FOLLOWING, 2)
    assert "1985年" in chat.locator("#turn-2 .answer").inner_text()
    assert JA.undated.format(count=3) not in chat.locator("#turn-2").inner_text()


def test_an_article_is_asked_by_its_address(tab: Any, address: str, web_engine: Engine) -> None:
    [railway] = [a for a in web_engine.articles() if a.source.endswith("railway.txt")]
    tab.goto(f"{address}/?article={railway.id}")
    tab.wait_for_selector("#narrow .label-wrap:has-text('railway.txt')")
    ask(tab, ASKED, 1)
    assert "大野修造" not in tab.locator("#turn-1").inner_text()


def test_the_empty_page_tells_what_the_articles_are_and_nothing_jumps(
    tab: Any, address: str, web_engine: Engine
) -> None:
    tab.goto(address)
    tab.wait_for_selector("#question textarea")
    before = tab.locator("#question").bounding_box()
    tab.wait_for_selector("#conversation .example")
    tab.wait_for_selector(".status:not(.loading)")
    tab.wait_for_timeout(500)
    assert tab.locator("#question").bounding_box() == before
    told = tab.locator("#welcome").inner_text()
    glance = web_engine.glance()
    assert JA.glance.format(articles=len(web_engine.articles())) in told
    assert JA.glance_undated.format(count=3) in told
    assert "北浜日報" in told
    assert glance.themes
    assert tab.locator("#welcome .themes li").count() == min(len(glance.themes), 4)
    for theme in glance.themes[:4]:
        assert theme.citation.quote in told
    tab.click("#welcome .themes a >> nth=0")
    tab.wait_for_selector("#text mark")
    assert tab.locator("#text mark").inner_text() == glance.themes[0].citation.quote


def test_what_is_suggested_is_answered_differs_and_speaks_the_readers_language(
    chat: Any, web_engine: Engine
) -> None:
    examples = chat.locator("#conversation .example").all_inner_texts()
    assert examples
    assert all(web_engine.ask(question).answered for question in examples)
    ask(chat, examples[0], 1)
    chat.wait_for_selector("#conversation .option")
    offered = chat.locator("#conversation .option").all_inner_texts()
    assert examples[0] not in offered
    assert len(set(offered)) == len(offered)
    assert all(web_engine.ask(question).answered for question in offered)


def test_an_update_does_not_grow_with_the_conversation(chat: Any) -> None:
    """Nor is the conversation sent back; 10 kB are what the thirtieth turn may take."""
    network, heard, said = chat.context.new_cdp_session(chat), [0], [0]
    network.send("Network.enable")
    network.on("Network.dataReceived", lambda e: heard.append(e["dataLength"]))
    chat.on("request", lambda r: said.append(len(r.post_data or "")))
    sizes = []
    for number in range(1, 7):
        heard[:], said[:] = [0], [0]
        ask(chat, ASKED, number)
        chat.wait_for_timeout(300)
        sizes.append(sum(heard))
        assert sum(said) < 1000
    assert max(sizes) < 10_000
    assert abs(sizes[-1] - sizes[1]) < 500  # the first brings what all of them use


def test_an_answer_can_be_stopped_and_asked_for_again(tab: Any, copied: Path) -> None:
    engine = Slow(Settings.from_env({}, home=copied))
    with serving(engine) as address:
        tab.goto(address)
        tab.wait_for_selector(".status:not(.loading)")
        for turn in range(1, AT_ONCE + 2):  # what is stopped does not keep others from asking
            stop(tab, engine, turn)
        last = AT_ONCE + 2
        tab.click("#conversation button[title='再試行']")
        tab.wait_for_selector(f"#turn-{last - 1} .answer")
        assert asked(tab, last - 1) == ASKED


def stop(tab: Any, engine: Slow, number: int) -> None:
    engine.go.clear()
    send(tab, ASKED, number)
    turn = f"#turn-{number}"
    tab.wait_for_selector(f"{turn} .progress")
    tab.wait_for_timeout(500)  # it scrolls to its place
    tab.locator(".submit-button").wait_for(state="hidden")
    top = tab.locator(turn).bounding_box()["y"]
    tab.click(".stop-button")
    tab.wait_for_selector(f"{turn}.stopped")
    engine.go.set()
    tab.wait_for_timeout(300)
    assert tab.locator(f"{turn} .answer").count() == 0
    assert tab.locator(turn).bounding_box()["y"] == top
    tab.locator(".submit-button").wait_for()
