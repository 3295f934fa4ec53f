"""What a person sees of an answer: on a terminal the words that answer are bold, in a pipe nothing is."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import answered
import pytest

from index.schema import Answer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")

ROOT = Path(__file__).resolve().parents[1]
PRINT = (
    "import sys; from index.cli.terminal import print_answer; from index.schema import Answer;"
    "print_answer(Answer.model_validate_json(sys.stdin.buffer.read()))"
)
FIRST = "鐘楼は1907年に、[red]海辺[/red]に建てられ、:warning: 船から見えた。" + "長い続き。" * 40
SECOND = "1907年"
TEXT = f"{FIRST} [1]\n{SECOND} [2]（番人の発言・見解）\n出典によって数字が異なります：[1] 1907年"


def answer(*keys: tuple[int, int] | None) -> Answer:
    quotes = zip((FIRST, SECOND), keys, strict=True)
    return answered.answer(
        text=TEXT,
        statements=[
            {"text": FIRST, "citations": [1], "speaker": None},
            {"text": SECOND, "citations": [2], "speaker": "番人"},
        ],
        citations=[
            answered.citation(n, quote, start=40, key=key, title="鐘楼")
            for n, (quote, key) in enumerate(quotes, 1)
        ],
    )


def printed(answer: Answer, *, terminal: bool) -> str:
    """What ``print_answer`` writes, to a terminal 80 characters wide or to a pipe."""
    import pty

    reading, writing = pty.openpty() if terminal else os.pipe()
    plain = {
        name: os.environ[name] for name in os.environ if name not in {"FORCE_COLOR", "NO_COLOR"}
    }
    environ = plain | {"TERM": "xterm", "COLUMNS": "80", "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", PRINT]
    sent = answer.model_dump_json(by_alias=True).encode()
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
    tabbed = answer((3, 8), (0, 5)).model_copy(update={"text": TEXT.replace(" ", "\t")})
    shown = printed(tabbed, terminal=False)
    assert shown.startswith(f"{tabbed.text}\n\n[1] 鐘楼\n    「{FIRST}」\n")
    assert "\x1b" not in shown


def test_without_a_key_a_terminal_shows_what_a_pipe_gets() -> None:
    without = answer(None, None)
    assert printed(without, terminal=True) == printed(without, terminal=False)
