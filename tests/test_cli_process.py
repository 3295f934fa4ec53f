"""The command in a process of its own: streams, encodings, signals, exit statuses."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command import BUILD, QUESTION, python_m


def test_a_quote_stands_where_the_answer_says(real_home: Path) -> None:
    asked = python_m("ask", QUESTION, "--json", "--home", real_home)
    assert (asked.status, asked.err) == (0, "")
    [citation, *_] = asked.json["citations"]
    shown = python_m("show", citation["article_id"], "--home", real_home)
    assert (shown.status, shown.err) == (0, "")
    assert shown.out[citation["start"] : citation["end"]] == citation["quote"]
    assert not shown.out.endswith("\n")


def test_output_is_utf8_whatever_the_locale(real_home: Path) -> None:
    plain = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = python_m("ask", QUESTION, "--home", real_home, **plain)
    assert done.status == 0
    assert "1923年" in done.out
    assert "索引がありません" in python_m("status", "--home", real_home / "x", **plain).err


def test_a_build_shows_progress_on_stderr_only(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("港の灯台は白い。高さは31メートルである。", "utf-8")
    done = python_m("build", tmp_path / "note.txt", "--json", "--home", tmp_path / "home")
    assert list(done.json) == BUILD
    assert "1/1" in done.err
    assert "0/1" not in done.err
    assert "Building" not in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c_says_that_the_index_is_as_it_was(tmp_path: Path) -> None:
    note = "".join(f"第{n}倉庫には荷物が{n * 7}個ある。" for n in range(4000))
    (tmp_path / "note.txt").write_text(note, "utf-8")
    home = tmp_path / "home"
    command = [sys.executable, "-m", "index", "build", tmp_path / "note.txt", "--home", home]
    root = Path(__file__).resolve().parents[1]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, cwd=root) as building:
        while not (home / "vectors.sqlite").exists():
            assert building.poll() is None
            time.sleep(0.05)
        building.send_signal(signal.SIGINT)
        out, err = building.communicate(timeout=60)
    assert (building.returncode, out) == (130, b"")
    assert "中断しました。これまでの索引はそのままです。" in err.decode().splitlines()
    assert "Traceback" not in err.decode()
    assert not (home / "CURRENT").exists()


def test_an_error_is_one_line_and_status_1(tmp_path: Path) -> None:
    done = python_m("ask", "橋", "--home", tmp_path)
    assert (done.status, done.out) == (1, "")
    [line] = done.err.splitlines()
    assert line.startswith("tenkyo: ")
    assert "tenkyo build" in line


def test_a_misspelt_setting_is_named(tmp_path: Path) -> None:
    done = python_m("status", TENKYO_HOEM=str(tmp_path))
    assert done.status == 1
    assert "TENKYO_HOEM" in done.err
