"""Who may sign in: the file, and the command that adds to it, on a real terminal."""

import os
import pty
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from index.errors import SettingsError
from index.users import add_user, check_password, read_users

PASSWORD = "灯台 and 運河"
SCRYPT = "scrypt$32768$8$3$40NfOXtksE+TCpI0W772eQ==$JBXgLW/3MAxDuiXKxYRbwarvpsrgk516/PVSQNk9bPE="
"""The line of that password as version 0.1.0 wrote it."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "users"


def test_a_user_who_was_added_is_known_by_the_password_only(file: Path) -> None:
    add_user(file, "花子", PASSWORD)
    add_user(file, "taro@example.jp", "another one")
    users = read_users(file)
    assert list(users) == ["花子", "taro@example.jp"]
    assert check_password(users, "花子", PASSWORD)
    assert not check_password(users, "花子", "another one")
    assert not check_password(users, "だれか", PASSWORD)
    assert not check_password(users, "花子", "")


def test_a_password_is_kept_hashed_and_readable_by_its_owner_only(file: Path) -> None:
    add_user(file, "花子", PASSWORD)
    first = file.read_text("utf-8")
    assert PASSWORD not in first
    assert first.startswith("花子:$argon2id$")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    add_user(file, "花子", PASSWORD)
    assert file.read_text("utf-8") != first  # another salt
    assert [path.name for path in file.parent.iterdir()] == ["users"]


def test_a_user_of_an_earlier_version_is_still_let_in(file: Path) -> None:
    file.parent.mkdir()
    file.write_text(f"太郎:{SCRYPT}\n", "utf-8")
    add_user(file, "花子", "another one")
    users = read_users(file)
    assert users["太郎"] == SCRYPT
    assert check_password(users, "太郎", PASSWORD)
    assert not check_password(users, "太郎", "another one")
    add_user(file, "太郎", "another one")
    assert check_password(read_users(file), "太郎", "another one")


def test_adding_again_changes_the_password(file: Path) -> None:
    add_user(file, "花子", PASSWORD)
    add_user(file, "花子", "a new password")
    users = read_users(file)
    assert not check_password(users, "花子", PASSWORD)
    assert check_password(users, "花子", "a new password")


@pytest.mark.parametrize("name", ["", "a:b", "a b", "a\nroot", "a|b", "x" * 65])
def test_a_name_that_would_break_the_file_is_refused(file: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="名前は"):
        add_user(file, name, PASSWORD)
    assert not file.exists()


def test_a_short_password_is_refused(file: Path) -> None:
    with pytest.raises(SettingsError, match="8 文字以上"):
        add_user(file, "花子", "1234567")


@pytest.mark.parametrize(
    "line",
    [
        "花子",
        "花子:",
        "花子:secret",
        "花子:scrypt$1$2$3$x",
        ":scrypt$32768$8$1$AAAA$AAAA",
        "花子:$argon2id$v=19$m=65536",
        "花子:$2b$12$abcdefghijklmnopqrstuv",
    ],
)
def test_a_broken_line_is_named_and_lets_nobody_in(tmp_path: Path, line: str) -> None:
    file = tmp_path / "users"
    add_user(file, "太郎", PASSWORD)
    file.write_text(file.read_text("utf-8") + line + "\n", "utf-8")
    with pytest.raises(SettingsError, match="2 行目"):
        read_users(file)


def test_a_file_that_is_not_there_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="tenkyo user add"):
        read_users(tmp_path / "none")


def add_on_a_terminal(arguments: list[str], answers: list[str], **environ: str) -> tuple[int, str]:
    """Run the command on a terminal of its own, answering each prompt; return what was shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "index", "user", "add", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | environ,
        start_new_session=True,
    )
    os.close(theirs)
    limit = threading.Timer(60, process.kill)
    limit.start()
    shown = unanswered = b""
    waiting = iter(answers)
    while True:
        try:
            read = os.read(ours, 1024)
        except OSError:  # how a terminal tells that the other side has left
            break
        shown += read
        unanswered += read
        if unanswered.endswith(b": "):  # the blank comes once what was typed before is thrown away
            unanswered = b""
            os.write(ours, (next(waiting, "") + "\n").encode())
    os.close(ours)
    limit.cancel()
    return process.wait(30), shown.decode()


def test_the_command_asks_for_the_password_and_never_shows_it(file: Path) -> None:
    status, shown = add_on_a_terminal(["花子"], [PASSWORD, PASSWORD], TENKYO_AUTH_FILE=str(file))
    assert (status, PASSWORD in shown) == (0, False)
    assert check_password(read_users(file), "花子", PASSWORD)


def test_the_command_needs_to_know_the_file_and_a_fit_name(file: Path) -> None:
    status, shown = add_on_a_terminal(["花子"], [])
    assert (status, "TENKYO_AUTH_FILE" in shown) == (1, True)
    status, shown = add_on_a_terminal(["a:b"], [], TENKYO_AUTH_FILE=str(file))
    assert (status, "名前は" in shown) == (1, True)
