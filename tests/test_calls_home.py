"""Nothing tells anyone outside that it runs: the system calls of real processes, and what libraries were told."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from browsing import free_port
from conftest import CANAL
from gradio_client import Client

from index.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
ASKED = "青沢運河はいつ開通したか"
SENT = "connect,sendto,sendmsg,sendmmsg"
WATCHED = 15.0
"""Seconds of a server that is ready. onnxruntime 1.31 looks its host up some 9 s after it is imported."""

needs_strace = pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace がない（apt-get install strace）"
)


class Watched:
    """Processes of a user with an empty home folder, whose tries to reach anything are written down."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder = folder
        self.user = folder / "user"
        self.user.mkdir()
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.user),
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "TENKYO_CACHE": str(cache),
        }

    def start(self, name: str, *command: object, **environ: str) -> subprocess.Popen[bytes]:
        trace = [
            "strace",
            "-f",
            "-qq",
            "--seccomp-bpf",
            "-e",
            f"trace={SENT}",
            "-o",
            self.folder / name,
        ]
        with open(self.folder / "output", "ab") as output:
            return subprocess.Popen(
                [*map(str, trace), sys.executable, *map(str, command)],
                env=self.environ | environ,
                cwd=ROOT,
                stdout=output,
                stderr=output,
                start_new_session=True,  # strace itself does not hear what the group is sent
            )

    def run(self, name: str, *command: object, **environ: str) -> None:
        assert self.start(name, *command, **environ).wait() == 0, self.output()

    @contextmanager
    def serving(self, home: Path) -> Iterator[str]:
        port = free_port()
        server = self.start("serve", "app.py", "--port", port, "--home", home)
        try:
            address = f"http://127.0.0.1:{port}"
            while not answers(f"{address}/readyz"):
                assert server.poll() is None, self.output()
                time.sleep(0.1)
            yield address
        finally:
            os.killpg(server.pid, signal.SIGINT)
            server.wait(30)

    def output(self) -> str:
        return (self.folder / "output").read_text("utf-8")

    def reached(self, *names: str) -> list[str]:
        """The system calls that went to anything but this machine's own addresses.

        A cache of names (nscd) that is not there was asked for a user's name, or a look-up follows.
        """
        lines = [line for name in names for line in (self.folder / name).read_text().splitlines()]
        return [line for line in lines if "sa_family=" in line and not OWN.search(line)]


OWN = re.compile(
    r'AF_NETLINK|inet_addr\("127\.|inet_pton\(AF_INET6, "::1"|nscd/socket"}, \d+\) = -1 ENOENT'
)


def answers(address: str) -> bool:
    try:
        return httpx.get(address).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
def watched(tmp_path: Path, settings: Settings) -> Watched:
    return Watched(tmp_path, settings.cache)


@needs_strace
def test_what_looks_up_a_name_or_connects_is_seen(watched: Watched) -> None:
    code = "import socket; socket.getaddrinfo('news.example', 443)"
    watched.start("name", "-c", code).wait()
    assert watched.reached("name")
    code = "import socket; socket.socket().connect_ex(('192.0.2.1', 443))"
    watched.start("number", "-c", f"import socket; socket.setdefaulttimeout(0.1); {code}").wait()
    assert any("192.0.2.1" in line for line in watched.reached("number"))
    code = "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"
    watched.run("own", "-c", code)
    assert watched.reached("own") == []
    assert "127.0.0.1" in (watched.folder / "own").read_text()


@needs_strace
def test_build_ask_and_server_reach_nobody(watched: Watched, real_home: Path) -> None:
    articles, home = watched.folder / "articles", watched.folder / "home"
    articles.mkdir()
    (articles / "canal.md").write_text(CANAL, "utf-8")
    with watched.serving(shutil.copytree(real_home, watched.folder / "served")) as address:
        end = time.monotonic() + WATCHED
        for path in ("/", "/config", "/library", "/metrics"):
            assert httpx.get(address + path).status_code == 200
        told = httpx.post(f"{address}/api/ask", json={"question": ASKED}, timeout=60).json()
        assert "1923年" in told["text"]
        client = Client(address, verbose=False, analytics_enabled=False, download_files=False)
        assert client.predict(ASKED, api_name="/ask")["text"] == told["text"]
        client.close()
        watched.run("build", "-m", "index", "build", articles, "--home", home)
        watched.run("ask", "-m", "index", "ask", ASKED, "--home", home)
        time.sleep(max(0.0, end - time.monotonic()))
    assert "1923年" in watched.output()
    assert watched.reached("build", "serve", "ask") == []
    left = [path for path in watched.user.rglob("*") if path.is_file()]
    assert left == []  # nor is anything kept for later


HABITS = """
import json, os, index
from huggingface_hub import constants
from langsmith.utils import tracing_is_enabled
print(json.dumps({
    "langsmith": tracing_is_enabled(),
    "gradio": os.environ["GRADIO_ANALYTICS_ENABLED"] != "False",
    "huggingface_hub": not constants.HF_HUB_DISABLE_TELEMETRY,
    "a model that a setting names": constants.is_offline_mode(),
}))
"""


def test_no_library_does_what_the_user_lets_others_do() -> None:
    wanted = {
        "LANGSMITH_TRACING": "true",
        "LANGSMITH_TRACING_V2": "true",
        "LANGCHAIN_TRACING_V2": "true",
        "GRADIO_ANALYTICS_ENABLED": "True",
        "HF_HUB_DISABLE_TELEMETRY": "0",
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", HABITS],
        env={**os.environ, "PYTHONPATH": str(ROOT), **wanted},
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(json.loads(done.stdout).values()) == {False}
