"""Asking in a real browser: the box, the filter, stopping, and what goes wrong."""

from pathlib import Path
from typing import Any

import pytest
from browsing import ASKED, FOLLOWING, Held, Slow, ask, send
from conftest import serving

from index.engine import Engine
from index.settings import Settings
from index.web.chat import AT_ONCE
from index.web.chat.texts import JA

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
    assert chat.locator("#turn-1 .question").inner_text() == question
    assert not chat.locator("#welcome").is_visible()


@pytest.mark.parametrize(
    ("question", "words"), [("", "質問が空です"), ("あ" * 100_000, "質問が長すぎます")]
)
def test_an_error_is_a_message(chat: Any, question: str, words: str) -> None:
    chat.fill("#question textarea", question)
    chat.click("#send")
    chat.wait_for_selector("#turn-1 .problem")
    assert words in chat.locator("#turn-1 .problem").inner_text()
    ask(chat, ASKED, 2)
    assert "Traceback" not in chat.content()


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
    assert "鷹ノ崎灯台" in chat.locator("#turn-1 .question").inner_text()


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
        tab.wait_for_selector(".example", state="attached")


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


def test_a_follow_up_can_be_put_differently(chat: Any) -> None:
    ask(chat, ASKED, 1)
    ask(chat, "工費は？", 2)
    read = chat.get_attribute("#turn-2 .otherwise", "data-question")
    assert read
    assert read in chat.locator("#turn-2 .note").inner_text()
    chat.click("#turn-2 .otherwise")
    assert chat.input_value("#question textarea") == read
    chat.keyboard.press("End")
    chat.keyboard.type("教えて")
    chat.keyboard.press("Enter")
    chat.wait_for_selector("#turn-3 footer")
    assert chat.locator("#turn-3 .question").inner_text() == read + "教えて"


def test_a_filter_is_in_force_and_says_so(chat: Any) -> None:
    assert not chat.locator("#filter form").is_visible()
    chat.click("#filter summary")
    chat.fill("#filter .find", "鉄道")
    shown = chat.locator("#filter .choice:visible").all_inner_texts()
    assert "railway.txt" not in shown
    chat.fill("#filter .find", "rail")
    chat.check("#filter [name=article]:visible")
    assert chat.locator("#filter .force").inner_text() == "railway.txt"
    chat.keyboard.press("Escape")
    ask(chat, ASKED, 1)
    assert "railway.txt" in chat.locator("#turn-1 .narrowed").inner_text()
    assert "大野修造" not in chat.locator("#turn-1").inner_text()
    chat.click("#filter summary")
    chat.fill("#filter [name=since]", "2030-01-01")
    ask(chat, FOLLOWING, 2)
    assert "2030年1月1日から" in chat.locator("#turn-2 .narrowed").inner_text()
    assert chat.locator("#filter .force").inner_text() == "2030-01-01から、railway.txt"
    assert chat.locator("#turn-2 .refusal").count() == 1
    chat.click("#filter summary")
    chat.click("#filter [type=reset]")
    ask(chat, ASKED, 3)
    assert chat.locator("#turn-3 .narrowed").count() == 0
    assert "大野修造" in chat.locator("#turn-3").inner_text()


def test_what_a_filter_hides_is_asked_of_all_articles(chat: Any) -> None:
    chat.click("#filter summary")
    chat.fill("#filter [name=until]", "1990-01-01")
    ask(chat, ASKED, 1)
    assert chat.locator("#turn-1 .refusal").count() == 1
    chat.click("#turn-1 .widen")
    chat.wait_for_selector("#turn-2 footer")
    assert "大野修造" in chat.locator("#turn-2 .answer").inner_text()
    assert chat.locator("#turn-2 .narrowed").count() == 0
    assert chat.locator("#filter .force").inner_text() == ""


def test_an_answer_can_be_stopped_and_asked_for_again(tab: Any, copied: Path) -> None:
    engine = Slow(Settings.from_env({}, home=copied))
    with serving(engine) as address:
        tab.goto(address)
        tab.wait_for_selector(".status:not(.loading)")
        for turn in range(1, AT_ONCE + 2):  # what is stopped does not keep others from asking
            stop(tab, engine, turn)
        last = AT_ONCE + 2
        tab.click(f"#turn-{last - 1} .again")
        tab.wait_for_selector(f"#turn-{last} .answer")
        assert tab.locator(f"#turn-{last} .question").inner_text() == ASKED


def stop(tab: Any, engine: Slow, number: int) -> None:
    engine.go.clear()
    send(tab, ASKED, number)
    turn = f"#turn-{number}"
    tab.wait_for_selector(f"{turn} .progress")
    tab.wait_for_timeout(500)  # it scrolls to its place
    assert not tab.locator("#send").is_visible()
    top = tab.locator(turn).bounding_box()["y"]
    tab.click("#stop")
    tab.wait_for_selector(f"{turn} .stopped")
    engine.go.set()
    tab.wait_for_timeout(300)
    assert tab.locator(f"{turn} .answer").count() == 0
    assert tab.locator(turn).bounding_box()["y"] == top
    assert tab.locator("#send").is_visible()
