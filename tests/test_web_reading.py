"""Reading an answer in a real browser: numbers, sources, refusals."""

from typing import Any

import pytest
from browsing import (
    ARTICLES,
    ASKED,
    FOLLOWING,
    JA,
    OFF_TOPIC,
    ask,
    asked,
    elements,
    in_view,
    sources_of,
)

from index.engine import Engine

pytest_plugins = ("pages",)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)"),  # Gradio's own
]


def test_an_answer_shows_its_sources(chat: Any, web_engine: Engine) -> None:
    ask(chat, ASKED, 1)
    answer = web_engine.ask(ASKED)
    assert "大野修造" in answer.text
    assert chat.locator("#turn-1 a.cite").count() == len(answer.citations)
    assert chat.locator("#sources-1 mark").all_inner_texts() == [c.quote for c in answer.citations]
    card = chat.locator("#src-1-1").inner_text()
    for part in ("鷹ノ崎灯台の百年", "北浜日報", "2024年5月3日", "灯台の誕生"):
        assert part in card
    fit = chat.locator("#turn-1 .fit").inner_text()
    assert fit in {JA.fit.format(words=w) for w in (JA.fit_high, JA.fit_low)}


def test_a_marker_opens_its_card_and_the_card_leads_back(chat: Any) -> None:
    ask(chat, ASKED, 1)
    chat.click("#turn-1 a.cite >> nth=0")
    in_view(chat, "#src-1-1.active")
    assert chat.evaluate("document.activeElement.id") == "src-1-1"
    chat.click("#src-1-1 a.number")
    in_view(chat, "#cite-1-1.active")
    assert chat.evaluate("document.activeElement.id") == "cite-1-1"


def test_an_older_answer_keeps_its_sources(chat: Any) -> None:
    ask(chat, ASKED, 1)
    ask(chat, FOLLOWING, 2)
    assert "1985年に廃止された" in chat.locator("#sources mark").first.inner_text()
    chat.click("#turn-1 a.cite >> nth=0")
    in_view(chat, "#src-1-1.active")
    assert "大野修造" in chat.locator("#sources mark").first.inner_text()
    assert chat.locator("#sources .sources").count() == 1


def test_a_refusal_offers_the_nearest_passages(chat: Any, web_engine: Engine) -> None:
    answer = web_engine.ask(OFF_TOPIC)
    assert not answer.answered
    ask(chat, OFF_TOPIC, 1)
    assert answer.text in chat.locator("#turn-1 .refusal").inner_text()
    assert chat.locator("#turn-1 .answer, #sources-1 mark").count() == 0
    assert chat.locator("#sources-1 .card.quiet").count() == len(answer.nearest)


def test_hostile_words_stay_words(chat: Any) -> None:
    before = elements(chat)
    question = "磯辺研究所の合言葉は<img src=x onerror='window.hit=1'>*何*ですか${1}{{2}}$y^2$"
    ask(chat, question, 1)
    assert asked(chat, 1) == question
    shown = sources_of(chat, 1).inner_text()
    assert ARTICLES["hostile.txt"].strip() in shown
    ask(chat, "磯辺研究所はいつ設立されたか", 2)
    shown = chat.locator("#sources").inner_text()
    assert "<script>window.hit=1</script>" in shown
    assert '磯辺研究所<img src=x onerror="window.hit=1">の記録' in shown
    assert elements(chat) == before
    assert chat.locator('#desk [href^="javascript"]').count() == 0


def test_on_a_phone_the_sources_are_a_sheet(chat: Any) -> None:
    chat.set_viewport_size({"width": 390, "height": 844})
    ask(chat, ASKED, 1)
    ask(chat, "磯辺研究所の合言葉は何か", 2)
    chat.wait_for_selector("#sources", state="hidden")
    chat.click("#turn-2 a.cite >> nth=0")
    in_view(chat, "#src-2-1.active")
    assert chat.evaluate("document.activeElement.id") == "src-2-1"
    assert chat.evaluate("document.documentElement.scrollWidth") <= 390
    assert chat.evaluate("document.querySelector('#sources').scrollWidth") <= 390
    chat.press("body", "Escape")
    chat.wait_for_selector("#sources", state="hidden")


def test_a_marker_gives_a_glance_at_the_quote(chat: Any) -> None:
    ask(chat, ASKED, 1)
    quote = chat.locator("#src-1-1 mark").inner_text()
    chat.wait_for_timeout(500)  # the turn scrolls to its place
    chat.hover("#turn-1 a.cite >> nth=0")
    assert chat.locator("#preview .quote").inner_text() == quote
    assert "鷹ノ崎灯台の百年" in chat.locator("#preview").inner_text()
    chat.mouse.move(1, 1)
    chat.wait_for_selector("#preview", state="hidden")
    chat.focus("#turn-1 a.cite >> nth=0")
    chat.keyboard.press("Shift+Tab")
    chat.keyboard.press("Tab")
    chat.wait_for_selector("#preview")
    assert chat.get_attribute("#turn-1 a.cite >> nth=0", "aria-describedby") == "preview"
    chat.keyboard.press("Escape")
    chat.wait_for_selector("#preview", state="hidden")


def test_a_refusal_offers_questions_that_are_answered(chat: Any) -> None:
    ask(chat, OFF_TOPIC, 1)
    offered = chat.locator("#conversation .option")
    offered.first.wait_for()
    question = offered.first.inner_text()
    offered.first.click()
    chat.wait_for_selector("#turn-2 footer")
    assert asked(chat, 2) == question
    assert chat.locator("#turn-2 .answer").count() == 1
