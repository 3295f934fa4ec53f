"""A server as it is run somewhere: what it logs, how it stops, and the unit that systemd starts it by."""

import io
import json
import logging
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
import pytest
from conftest import serving
from endpoint import endpoint, says

from index.engine import Engine
from index.server import middleware

ROOT = Path(__file__).resolve().parents[1]
ASKED = "青沢運河はいつ開通したか"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(middleware.Lines("json"))
    monkeypatch.setattr(middleware.logger, "handlers", [handler])
    monkeypatch.setattr(middleware.logger, "level", logging.INFO)
    middleware.logger.manager._clear_cache()  # type: ignore[attr-defined]
    return told


def test_each_request_is_told_of_without_what_was_asked(
    engine: Engine, corpus: Path, lines: io.StringIO
) -> None:
    engine.build([corpus])
    with serving(engine) as address, httpx.Client(base_url=address, timeout=60) as client:
        given = client.get(
            "/api/ask", params={"question": ASKED}, headers={"X-Request-ID": "abc-1"}
        )
        made = client.post("/api/ask", json={"question": ASKED}, headers={"X-Request-ID": "a b"})
        client.get("/nowhere%0aINFO forged")
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [(t["method"], t["path"], t["status"]) for t in told] == [
        ("GET", "/api/ask", 200), ("POST", "/api/ask", 200), ("GET", "/nowhere INFO forged", 404),
    ]  # fmt: skip
    assert given.headers["X-Request-ID"] == told[0]["request"] == "abc-1"
    assert made.headers["X-Request-ID"] == told[1]["request"]
    assert re.fullmatch("[0-9a-f]{16}", told[1]["request"])
    assert "青沢" not in lines.getvalue()


@pytest.mark.parametrize("kind", ["text", "json"])
def test_a_line_is_one_line(kind: str) -> None:
    record = logging.LogRecord("index", logging.WARNING, "", 0, "%s は\n壊れています", ("x",), None)
    written = middleware.Lines(kind).format(record)
    if kind == "json":
        assert json.loads(written)["message"] == "x は\n壊れています"
        assert "\n" not in written
    else:
        assert " WARNING - x は" in written


@pytest.mark.parametrize("pieces", [15, 400])
def test_a_question_in_flight_is_answered_before_the_server_stops(
    real_home: Path, tmp_path: Path, pieces: int
) -> None:
    """A language model writes for a second and a half; or for longer than is waited: then in quotes."""
    home = shutil.copytree(real_home, tmp_path / "home")
    with endpoint(says("x" * pieces, pause=0.1, step=1)) as (url, asked):
        environ = {"TENKYO_LLM_URL": url, "TENKYO_LLM_MODEL": "slow", "TENKYO_LOG": "json"}
        command = [
            sys.executable,
            "-m",
            "index",
            "serve",
            "--port",
            str(free_port()),
            "--home",
            str(home),
        ]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT}
        with subprocess.Popen(command, env={**os.environ, **environ}, **pipes) as server:  # type: ignore[call-overload]
            address = re.search(r"http://[0-9.:]+", server.stdout.readline())[0]
            with httpx.Client(base_url=address, timeout=60) as client:
                while client.get("/readyz").status_code != 200:
                    time.sleep(0.1)
            answers: list[httpx.Response] = []

            def ask() -> None:
                answers.append(
                    httpx.post(f"{address}/api/ask", json={"question": ASKED}, timeout=60)
                )

            asking = threading.Thread(target=ask)
            asking.start()
            while not asked:
                time.sleep(0.05)
            server.send_signal(signal.SIGTERM)
            started = time.monotonic()
            asking.join()
            _, errors = server.communicate(timeout=30)
    assert answers[0].status_code == 200
    assert answers[0].json()["answered"]
    assert time.monotonic() - started < 20
    assert all(json.loads(line) for line in errors.splitlines())
    assert "青沢" not in errors


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = (ROOT / "index" / "docs" / "tenkyo.service").read_text("utf-8")
    there = tmp_path / "tenkyo.service"
    there.write_text(unit.replace("/opt/tenkyo/bin/tenkyo", sys.executable), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", there], capture_output=True, text=True
    )
    assert [line for line in done.stderr.splitlines() if "tenkyo" in line] == []


@pytest.mark.endurance
@pytest.mark.skipif(not shutil.which("podman"), reason="needs podman and mmdebstrap, as root")
def test_podman_builds_a_container_that_is_nobody_s_root(tmp_path: Path) -> None:
    """Minutes, and 6 GB. PODMAN_BUILD has options for the build, such as where packages come from."""
    tmp_path = Path(tempfile.mkdtemp(prefix="pod"))  # podman wants short paths
    base, options = tmp_path / "base.tar", shlex.split(os.environ.get("PODMAN_BUILD", ""))
    wanted = ["--variant=minbase", "--include=python3,python3-venv,ca-certificates"]
    subprocess.run(["mmdebstrap", "--mode=root", *wanted, "bookworm", base], check=True)
    podman = ["podman", "--root", tmp_path / "pod", "--runroot", tmp_path / "run", "--storage-driver", "vfs"]  # fmt: skip
    subprocess.run([*podman, "import", base, "localhost/base"], check=True)
    build = ["build", "--isolation", "chroot", "--network", "host", "--build-arg", "BASE=localhost/base"]  # fmt: skip
    file = ["-f", "index/docs/Containerfile", "-t", "tenkyo", "."]
    subprocess.run([*podman, *build, *options, *file], check=True, cwd=ROOT)
    told = subprocess.run([*podman, "image", "inspect", "tenkyo"], check=True, capture_output=True)
    [image] = json.loads(told.stdout)
    assert image["User"] == "tenkyo"
    assert image["Config"]["Volumes"] == {"/data": {}}
    mounted = subprocess.run([*podman, "image", "mount", "tenkyo"], check=True, capture_output=True)
    command = "TENKYO_HOME=/data/index TENKYO_CACHE=/data/cache /opt/tenkyo/bin/tenkyo build"
    root = mounted.stdout.decode().strip()
    subprocess.run(["chroot", "--userspec=1000:1000", root, "sh", "-c", command], check=True)
