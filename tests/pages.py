"""Fixtures of the web page's tests: the real server over a small real index, and a real browser.

The server runs in a process of its own in which every connection to the outside is refused and
written down; the browser's requests are watched as well.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import ARTICLES, GUARD, free_port, get, wait
from conftest import serving

from index.conversations import Conversations
from index.engine import Engine
from index.settings import Settings
from index.web.chat.asking import Asking
from index.web.chat.turns import Catalogues
from index.web.chat.warmup import WarmUp

CHROMIUM = shutil.which("chromium", path="/usr/bin" + os.pathsep + os.environ.get("PATH", ""))
SWITCHES = ("no-sandbox", "disable-gpu", "no-first-run", "disable-background-networking",
            "disable-component-update", "disable-sync")  # fmt: skip
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def web_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    home = tmp_path_factory.mktemp("home")
    report = Engine(Settings.from_env({}, home=home)).build([folder])
    assert report.articles == len(ARTICLES)
    return home


@pytest.fixture(scope="session")
def web_engine(web_home: Path) -> Engine:
    engine = Engine(Settings.from_env({}, home=web_home))
    engine.warm_up()
    return engine


@pytest.fixture
def asking(web_engine: Engine, tmp_path: Path) -> Asking:
    """The handlers of questions, with a file of conversations of their own."""
    kept = Conversations(tmp_path / "conversations.sqlite")
    warm_up = WarmUp(web_engine)
    return Asking(web_engine, warm_up, kept, Catalogues(web_engine), lambda _: None)


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guard")
    (folder / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    (folder / "attempts").touch()
    return folder


@pytest.fixture(scope="session")
def address(web_home: Path, outside: Path) -> Iterator[str]:
    """Address of ``python app.py`` over the small index, cut off from the outside."""
    port = free_port()
    command = [sys.executable, "app.py", "--port", str(port), "--home", str(web_home)]
    environ = {key: value for key, value in os.environ.items() if not key.startswith("TENKYO_")}
    environ |= {"PYTHONPATH": str(outside), "OUTSIDE_LOG": str(outside / "attempts")}
    with open(outside / "output", "w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait(lambda: get(address + "/healthz"), process)
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def copied(web_home: Path, tmp_path: Path) -> Path:
    """A home of a test's own."""
    return shutil.copytree(web_home, tmp_path / "home", ignore=shutil.ignore_patterns("conv*"))


@pytest.fixture
def served(copied: Path) -> Iterator[tuple[Engine, str]]:
    """A server over a home of the test's own: its engine and its address."""
    engine = Engine(Settings.from_env({}, home=copied))
    with serving(engine) as address:
        yield engine, address


@pytest.fixture(scope="session")
def chromium(playwright: Any) -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("chromium がないため、画面の試験を省きます（apt-get install chromium）。")
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=[f"--{switch}" for switch in SWITCHES]
    )
    yield browser
    browser.close()


@pytest.fixture
def open_tab(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Open tabs, each in a browser session of its own, that may ask this machine only."""
    tabs: list[Any] = []
    foreign: list[str] = []

    def open_tab(**options: Any) -> Any:
        viewport = {"width": 1280, "height": 860}
        tab = chromium.new_context(
            **{"locale": "ja-JP", "viewport": viewport, **options}
        ).new_page()
        tab.on("request", lambda r: "//127.0.0.1:" in r.url or foreign.append(r.url))
        tab.set_default_timeout(60_000)  # without VNNI an answer takes seconds
        tabs.append(tab)
        return tab

    yield open_tab
    assert [url for url in foreign if not url.startswith(("data:", "blob:", "file:"))] == []
    for tab in tabs:
        assert tab.evaluate("window.hit === undefined")
        tab.context.close()


@pytest.fixture
def tab(open_tab: Callable[..., Any]) -> Any:
    return open_tab()


@pytest.fixture
def chat(tab: Any, address: str) -> Any:
    """The page, ready."""
    tab.goto(address)
    tab.wait_for_selector(".status:not(.loading)")
    return tab
