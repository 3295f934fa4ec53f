"""The server of the chat, and what its handlers make of a question."""

import json
import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from browsing import ASKED, FOLLOWING, get, wait
from conftest import run_apart

from index.engine import Engine
from index.errors import TenkyoError
from index.server import serve
from index.web.chat.answers import render_turn
from index.web.chat.asking import Asking
from index.web.words import LANGUAGES

pytest_plugins = ("pages",)
pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's own


def test_the_guard_refuses_and_writes_down(outside: Path, tmp_path: Path) -> None:
    environ = os.environ | {"PYTHONPATH": str(outside), "OUTSIDE_LOG": str(tmp_path / "log")}
    code = "import socket; socket.create_connection(('192.0.2.1', 80))"
    assert subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True).returncode
    assert "192.0.2.1" in (tmp_path / "log").read_text()


def test_the_page_comes_up_and_looks_nowhere_else(address: str, outside: Path) -> None:
    assert LANGUAGES["ja"].page_title in get(address + "/")
    wait(lambda: '"ready":true' in get(address + "/healthz"))
    assert (outside / "attempts").read_text() == ""


def test_the_page_is_our_own(address: str) -> None:
    with urllib.request.urlopen(address) as answer:
        page, policy = answer.read().decode(), answer.headers["Content-Security-Policy"]
    assert 'lang="ja"' in page
    assert "gradio-app/gradio" not in page
    assert "default-src 'self'" in policy
    assert "<svg" in get(address + "/favicon.ico")


def test_no_handler_is_an_endpoint(address: str) -> None:
    named = json.loads(get(address + "/gradio_api/info"))
    assert set(named["named_endpoints"]) == {"/ask", "/search", "/check_draft", "/read_article"}
    assert named["unnamed_endpoints"] == {}
    assert get(address + "/docs") == ""


def test_a_port_in_use_is_named(web_engine: Engine) -> None:
    async def start(port: int) -> None:  # where no loop runs, Gradio leaves one of its own
        serve(web_engine, port=port, on_ready=print)

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(TenkyoError, match=rf"{port}.*--port"):
            run_apart(start(port))


def test_a_follow_up_is_read_with_the_question_before(asking: Asking) -> None:
    *_, first = asking.answer(ASKED, ())
    *_, second = asking.answer("工費は？", (first,))
    assert second.answer is not None
    assert "鷹ノ崎灯台" in second.answer.understood
    assert second.answer.understood in render_turn(second, LANGUAGES["ja"])
    *_, other = asking.answer(FOLLOWING, (first,))
    assert other.answer is not None
    assert not other.answer.follow_up
    assert render_turn(other, LANGUAGES["ja"]).count(FOLLOWING) == 0


def test_the_answer_comes_in_steps(asking: Asking) -> None:
    turns = list(asking.answer(ASKED, ()))
    assert [turn.stage for turn in turns] == ["looking", "reading", "answer"]
    assert "鷹ノ崎灯台の百年" in turns[1].titles
