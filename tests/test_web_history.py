"""Conversations that are found again, in a real browser: after a reload, a rebuild, in another session."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browsing import ARTICLES, ASKED, FOLLOWING, JA, OFF_TOPIC, ask, in_view, sources_of, wait
from conftest import serving

from index.conversations import Conversations, feedback_lines
from index.engine import Engine
from index.settings import Settings
from index.users import add_user

pytest_plugins = ("pages",)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)"),  # Gradio's own
]


def go(tab: Any, address: str) -> None:
    tab.goto(address)
    tab.wait_for_selector(".status:not(.loading)")


def titles(tab: Any) -> list[str]:
    return tab.locator("#history .open").all_inner_texts()


def look_back(tab: Any) -> None:
    tab.click(".toggle-button")
    tab.wait_for_selector("#history-list :is(.open, .note, .off)")


def shown(tab: Any) -> tuple[list[str], list[str]]:
    """What a conversation shows, but for what might be asked next; the sources of all turns."""
    sources = "[...document.querySelectorAll('.turn template')].map(t => t.content.textContent)"
    return tab.locator("#conversation .message").all_inner_texts(), tab.evaluate(sources)


def test_a_reload_shows_the_conversation_and_it_goes_on(chat: Any) -> None:
    ask(chat, ASKED, 1)
    ask(chat, OFF_TOPIC, 2)
    before = shown(chat)
    assert "?c=" in chat.url
    chat.reload()
    chat.wait_for_selector("#turn-2 footer")
    assert shown(chat) == before
    ask(chat, FOLLOWING, 3)
    chat.click("#turn-1 a.cite >> nth=0")
    in_view(chat, "#src-1-1.active")
    assert "大野修造" in chat.locator("#sources mark").first.inner_text()


def test_another_session_finds_searches_renames_and_deletes(
    open_tab: Callable[..., Any], served: tuple[Engine, str]
) -> None:
    _, address = served
    first, second = open_tab(), open_tab()
    go(first, address)
    ask(first, ASKED, 1)
    first.click("#masthead .new")
    first.wait_for_selector("#turn-1", state="detached")
    assert "?c=" not in first.url
    ask(first, FOLLOWING, 1)
    go(second, address)
    look_back(second)
    assert titles(second) == [FOLLOWING, ASKED]
    assert JA.today in second.locator("#history-list").inner_text()
    second.fill("#history-search textarea", "大野修造")
    second.wait_for_function("document.querySelectorAll('#history .open').length === 1")
    assert titles(second) == [ASKED]
    second.click("#history .rename")
    second.fill("#history [name=title]", "灯台<b>の</b>こと")
    second.press("#history [name=title]", "Enter")
    second.wait_for_selector("#history .open:has-text('灯台<b>の</b>こと')")
    second.click("#history .open")
    second.wait_for_selector("#turn-1 a.cite")
    assert "大野修造" in second.locator("#turn-1").inner_text()
    look_back(second)
    second.click("#history .delete")
    second.wait_for_selector("#history .deleted")
    assert second.locator("#turn-1").count() == 0
    second.click("#history .restore")
    second.wait_for_selector("#history .open")
    second.fill("#history-search textarea", "")
    second.wait_for_function("document.querySelectorAll('#history .open').length === 2")
    assert titles(second) == [FOLLOWING, "灯台<b>の</b>こと"]


def test_an_old_citation_says_that_its_article_has_changed_or_gone(
    tab: Any, served: tuple[Engine, str], tmp_path: Path
) -> None:
    engine, address = served
    go(tab, address)
    ask(tab, ASKED, 1)
    ask(tab, FOLLOWING, 2)
    quoted = [sources_of(tab, n).locator("mark").all_text_contents() for n in (1, 2)]
    [lighthouse] = [a for a in engine.articles() if a.title == "鷹ノ崎灯台の百年"]
    [railway] = [a for a in engine.articles() if a.source.endswith("railway.txt")]
    source = Path(json.loads((engine.settings.home / "sources.json").read_text())["paths"][0])
    page = source / "lighthouse.md"
    page.write_text(ARTICLES["lighthouse.md"].replace("大野修造", "大野修三"), encoding="utf-8")
    try:
        engine.build()
        engine.remove(railway.id)
    finally:
        page.write_text(ARTICLES["lighthouse.md"], encoding="utf-8")
    tab.reload()
    tab.wait_for_selector("#turn-2 footer")
    tab.wait_for_selector(f".status:has-text('{len(engine.articles())}本の記事')")
    for turn, said, now in ((1, JA.changed, JA.words_altered), (2, JA.gone, JA.words_gone)):
        sources = sources_of(tab, turn)
        assert sources.locator("mark").all_text_contents() == quoted[turn - 1]
        state = sources.locator(".state").all_text_contents()[0]
        assert state.startswith(f"{said} {now}")
        assert ("大野修三" in state) == (turn == 1)
    assert engine.article(lighthouse.id).sha256 != lighthouse.sha256
    ask(tab, ASKED, 3)
    assert sources_of(tab, 3).locator(".state").count() == 0
    assert "大野修三" in tab.locator("#turn-3").inner_text()


@pytest.mark.parametrize("breaks", ["damaged", "gone"])
def test_without_history_the_chat_goes_on(
    tab: Any, served: tuple[Engine, str], breaks: str
) -> None:
    engine, address = served
    file = engine.settings.home / "conversations.sqlite"
    file.write_bytes(b"no database" * 999) if breaks == "damaged" else file.mkdir()
    go(tab, address)
    ask(tab, ASKED, 1)
    ask(tab, "工費は？", 2)
    assert "12万円" in tab.locator("#turn-2").inner_text()
    assert tab.locator("#turn-2 .unkept").inner_text() == JA.unkept
    assert tab.locator(".judging").count() == 0
    look_back(tab)
    told = tab.locator("#history .off").inner_text()
    assert "会話の記録を休みます" in told
    assert "conversations.sqlite" not in told  # where it lies is for those at the machine


def test_an_address_that_names_nothing_says_so(tab: Any, address: str) -> None:
    go(tab, address + "/?c=nothing")
    tab.wait_for_selector("#conversation .problem")
    assert "会話はありません" in tab.locator("#conversation").inner_text()
    ask(tab, ASKED, 1)
    assert "nothing" not in tab.url


def thumb(tab: Any, turn: int, name: str) -> Any:
    """A thumb of Gradio's below an answer."""
    return tab.locator("#conversation .bot-row").nth(turn - 1).locator(f"button[title^='{name}']")


def test_verdicts_are_kept_and_exported(tab: Any, served: tuple[Engine, str]) -> None:
    engine, address = served
    kept = Conversations(engine.settings.home / "conversations.sqlite")
    go(tab, address)
    ask(tab, ASKED, 1)
    quote = tab.locator("#src-1-1 mark").text_content()
    tab.click("#src-1-1 .right")
    tab.fill("#src-1-1 [name=word]", "<b>名だけでよい</b>")
    tab.press("#src-1-1 [name=word]", "Enter")
    thumb(tab, 1, "よくない").click()
    tab.wait_for_timeout(500)
    ask(tab, OFF_TOPIC, 2)
    sources_of(tab, 1)  # what was said stays on the page when another turn was shown
    assert tab.get_attribute("#src-1-1 .right", "aria-pressed") == "true"
    tab.reload()
    tab.wait_for_selector("#turn-2 footer")
    sources_of(tab, 1)
    assert tab.get_attribute("#src-1-1 .right", "aria-pressed") == "true"
    assert tab.input_value("#src-1-1 [name=word]") == "<b>名だけでよい</b>"
    [line] = feedback_lines(kept.judged())
    assert line["question"] == ASKED
    assert line["evidence"] == [re.escape(quote)]
    [(_, exchange)] = kept.judged()
    assert {v.citation: v.is_right for v in exchange.verdicts} == {None: False, 1: True}
    thumb(tab, 1, JA.wrong).click()  # pressed again, it is taken back
    tab.wait_for_timeout(500)
    [(_, exchange)] = kept.judged()
    assert {v.citation for v in exchange.verdicts} == {1}


def test_a_question_is_edited_asked_again_and_taken_back(
    tab: Any, served: tuple[Engine, str]
) -> None:
    engine, address = served
    kept = Conversations(engine.settings.home / "conversations.sqlite")

    def questions() -> list[str]:
        [found] = kept.listed(owner="")
        return [exchange.question for exchange in kept.read(found.id, owner="")]

    go(tab, address)
    for number, question in enumerate((ASKED, FOLLOWING, OFF_TOPIC), 1):
        ask(tab, question, number)
    row = tab.locator("#conversation .user-row").nth(1)
    row.locator("button[title='編集']").click()
    row.locator("textarea").fill("磯辺研究所はいつ<b>設立</b>されたか")
    row.locator("button >> nth=0").click()
    tab.wait_for_selector("#turn-3", state="detached")
    tab.wait_for_selector("#turn-2:has-text('1999年')")
    assert "<b>" in tab.locator("#conversation .user-row .md").nth(1).inner_text()
    assert questions() == [ASKED, "磯辺研究所はいつ<b>設立</b>されたか"]
    tab.eval_on_selector("#turn-2", "turn => turn.id = 'before'")
    tab.click("#conversation button[title='再試行']")
    tab.wait_for_selector("#turn-2:has-text('1999年')")
    wait(lambda: len(questions()) == 2)
    tab.click("#conversation button[title='元に戻す']")
    tab.wait_for_selector("#turn-2", state="detached")
    assert tab.input_value("#question textarea") == "磯辺研究所はいつ<b>設立</b>されたか"
    assert questions() == [ASKED]


def test_with_sign_in_each_user_sees_their_own(
    open_tab: Callable[..., Any], copied: Path, tmp_path: Path
) -> None:
    users = tmp_path / "users"
    for name in ("花子", "太郎"):
        add_user(users, name, "correct horse")
    with serving(Engine(Settings.from_env({}, home=copied)), auth_file=users) as address:
        hers, his = open_tab(), open_tab()
        for tab, name in ((hers, "花子"), (his, "太郎")):
            tab.goto(address)
            tab.fill("[name=name]", name)
            tab.fill("[name=password]", "correct horse")
            tab.press("[name=password]", "Enter")
            tab.wait_for_selector(".status:not(.loading)")
        ask(hers, ASKED, 1)
        look_back(hers)
        assert titles(hers) == [ASKED]
        look_back(his)
        assert his.locator("#history-list").inner_text() == JA.history_empty
        his.goto(hers.url)
        his.wait_for_selector("#conversation .problem")
        assert "大野修造" not in his.content()
