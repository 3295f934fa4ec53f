"""What a person sees of an answer: on a terminal the words that answer are bold, in a pipe nothing is."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")

ROOT = Path(__file__).resolve().parents[1]
PRINT = "import json, sys; from index.cli.terminal import print_answer; print_answer(json.load(sys.stdin))"
FIRST = "鐘楼は1907年に、[red]海辺[/red]に建てられ、:warning: 船から見えた。" + "長い続き。" * 40
SECOND = "1907年"
TEXT = f"{FIRST} [1]\n{SECOND} [2]（番人の発言・見解）\n出典によって数字が異なります：[1] 1907年"


def citation(number: int, quote: str, key: tuple[int, int] | None) -> dict[str, Any]:
    return {
        "number": number,
        "article_id": "a",
        "title": "鐘楼",
        "source": "a.txt",
        "publisher": None,
        "published": None,
        "start": 40,
        "end": 40 + len(quote),
        "quote": quote,
        "key": key and {"start": 40 + key[0], "end": 40 + key[1]},
    }


def answer(*keys: tuple[int, int] | None) -> dict[str, Any]:
    quotes = enumerate((FIRST, SECOND), 1)
    return {
        "text": TEXT,
        "statements": [
            {"text": FIRST, "citations": [1], "speaker": None},
            {"text": SECOND, "citations": [2], "speaker": "番人"},
        ],
        "citations": [citation(n, q, key) for (n, q), key in zip(quotes, keys, strict=True)],
        "nearest": [],
    }


def printed(payload: dict[str, Any], *, terminal: bool) -> str:
    """What ``print_answer`` writes, to a terminal 80 characters wide or to a pipe."""
    import pty

    reading, writing = pty.openpty() if terminal else os.pipe()
    plain = {
        name: os.environ[name] for name in os.environ if name not in {"FORCE_COLOR", "NO_COLOR"}
    }
    environ = plain | {"TERM": "xterm", "COLUMNS": "80", "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", PRINT]
    sent = json.dumps(payload).encode()
    with os.fdopen(reading, "rb", buffering=0) as out:
        subprocess.run(command, input=sent, stdout=writing, cwd=ROOT, env=environ, check=True)
        os.close(writing)
        return read(out).replace("\r\n", "\n")


def read(out: Any) -> str:
    written = b""
    try:
        while part := out.read(4096):
            written += part
    except OSError:  # how Linux tells that nobody has the terminal open any more
        pass
    return written.decode()


def bold(words: str) -> str:
    return f"\x1b[1m{words}\x1b[0m"


def test_on_a_terminal_the_key_of_each_statement_is_bold() -> None:
    shown = printed(answer((3, 8), (0, 5)), terminal=True)
    first = FIRST.replace("1907年", bold("1907年"))
    expected = TEXT.replace(FIRST, first, 1).replace(f"\n{SECOND}", f"\n{bold(SECOND)}")
    assert shown.startswith(f"{expected}\n\n[1] 鐘楼\n")


def test_in_a_pipe_the_text_is_as_it_is() -> None:
    tabbed = answer((3, 8), (0, 5)) | {"text": TEXT.replace(" ", "\t")}
    shown = printed(tabbed, terminal=False)
    assert shown.startswith(f"{tabbed['text']}\n\n[1] 鐘楼\n    「{FIRST}」\n")
    assert "\x1b" not in shown


def test_without_a_key_a_terminal_shows_what_a_pipe_gets() -> None:
    without = answer(None, None)
    assert printed(without, terminal=True) == printed(without, terminal=False)
