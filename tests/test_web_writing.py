"""What a language model writes, in a real browser: as it comes, whose it is, what was struck; stopped, and kept."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from browsing import ASKED, send
from conftest import serving
from endpoint import Handler, endpoint, numbers, says

from index.engine import Engine
from index.settings import Settings

pytest_plugins = ("pages",)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)"),  # Gradio's own
]

NAME = "<b>m</b>"
UNVERIFIED, STRUCK = "灯台の歌が町に流れた。", "<i>灯台</i>は2031年に99億円で売られた。"


def slowly(handler: Handler, asked: Mapping[str, Any]) -> None:
    number, sentence = next(iter(numbers(asked).items()))
    told = [{"text": t, "sentences": [number]} for t in (sentence, STRUCK, UNVERIFIED)]
    text = json.dumps({"answered": True, "statements": told, "missing": ""}, ensure_ascii=False)
    says(text + " " * 120, pause=0.4)(handler, asked)


def test_what_a_model_writes_is_shown_as_its_own_stopped_and_kept(tab: Any, copied: Path) -> None:
    with endpoint(slowly) as (url, _):
        given = {"TENKYO_LLM_URL": url, "TENKYO_LLM_MODEL": NAME}
        given |= {"TENKYO_LLM_UNVERIFIED": "mark"}
        with serving(Engine(Settings.from_env(given, home=copied))) as address:
            tab.goto(address)
            tab.wait_for_selector(".status:not(.loading)")
            where = tab.locator("#sent").inner_text()
            assert NAME in where
            assert url.split("/")[2] in where
            send(tab, ASKED, 1)
            tab.wait_for_selector("#turn-1.writing .answer a.cite")
            assert NAME in tab.locator("#turn-1 .progress").inner_text()
            tab.click(".stop-button")
            tab.wait_for_selector("#turn-1.stopped .answer a.cite")
            send(tab, ASKED, 2)
            tab.wait_for_selector("#turn-2 footer")
            address = tab.url
            tab.reload()
            tab.goto(address)
            shown = tab.locator(".turn.answer")
            shown.locator("details.struck summary").click()
            assert shown.locator("s").inner_text() == STRUCK
            assert "記事で確かめられていません" in shown.locator(".answer").inner_text()
            assert NAME in shown.locator(".note").inner_text()
            assert shown.locator("b, i").count() == 0
            shown.locator("a.cite").first.click()
            tab.wait_for_selector("#src-1-1.active")
