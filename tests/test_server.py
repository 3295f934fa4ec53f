"""The server: who gets what, how often, how it is watched, and what it takes to be opened."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import served, serving
from starlette.routing import Mount

from index.encoder import Encoder
from index.engine import Engine
from index.errors import TenkyoError
from index.server import check_host, serve
from index.server.listening import address_of, is_loopback
from index.server.middleware import SECURITY_HEADERS, RateLimit
from index.settings import Settings
from index.users import add_user

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's own

ASKED = "青沢運河はいつ開通したか"

OURS = {
    "GET /healthz": 200,
    "GET /readyz": 200,
    "GET /metrics": 200,
    "GET /openapi.json": 200,
    "GET /api/docs": 200,
    "GET /docs/x.md": 404,
    "GET /api/ask": 422,
    "POST /api/ask": 422,
    "GET /api/search": 422,
    "POST /api/search": 422,
    "POST /api/check": 422,
    "GET /api/articles": 200,
    "GET /api/articles/x": 404,
    "GET /article/x": 404,
    "GET /around/x": 422,
    "GET /conversation/x/copy": 422,
    "GET /conversation/x/export": 422,
}
"""What an outsider gets from each route of our own who sends nothing."""
if importlib.util.find_spec("mcp"):
    OURS |= {"POST /mcp": 400, "POST /mcp/": 400}

PAGE = {
    "GET /": 200,
    "GET /library": 200,
    "GET /timeline": 200,
    "GET /check": 200,
    "GET /config": 200,
    "GET /theme.css": 200,
    "GET /favicon.ico": 200,
    "GET /robots.txt": 200,
    "GET /gradio_api/app_id": 200,
    "GET /gradio_api/heartbeat/x": 200,
    "GET /gradio_api/queue/data": 422,
    "POST /gradio_api/queue/join": 422,
    "GET /gradio_api/info": 200,
    "POST /gradio_api/cancel": 422,
    "POST /gradio_api/upload": 400,
    "GET /gradio_api/upload_progress": 422,
    "GET /static/x": 404,
    "GET /assets/x": 404,
}
"""The same for those of Gradio's that its page and client need; all others are not there."""

SIGNING_IN = {"GET /login": 200, "POST /login": 401, "GET /logout": 303}
OPEN = {"GET /healthz", "GET /favicon.ico"}


class Held(Engine):
    """The real engine, with a warm-up that lasts until it is let go."""

    def __init__(self, settings: Settings, *, encoder: Encoder | None = None) -> None:
        super().__init__(settings, encoder=encoder)
        self.go = threading.Event()

    def warm_up(self, **options: Any) -> None:
        self.go.wait(30)
        super().warm_up(**options)


@pytest.fixture
def asked(real_home: Path, real_encoder: Encoder) -> Engine:
    engine = Engine(Settings(real_home, real_home), encoder=real_encoder)
    engine.warm_up()
    return engine


@pytest.fixture
def client(asked: Engine) -> Iterator[httpx.Client]:
    with serving(asked) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture
def users(tmp_path: Path) -> Path:
    add_user(tmp_path / "users", "花子", "long enough")
    return tmp_path / "users"


def routes(given: Iterable[Any]) -> Iterator[str]:
    """Each route as a method and an address, those of routers inside too."""
    for route in given:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            prefix = route.include_context.prefix
            yield from (part.replace(" ", f" {prefix}", 1) for part in routes(inner.routes))
        elif not isinstance(route, Mount):
            path = re.sub(r"{[^}]+}", "x", route.path)
            yield from (f"{method} {path}" for method in (route.methods or {"POST"}) - {"HEAD"})


def mounted(engine: Engine, **options: Any) -> tuple[set[str], set[str]]:
    """The routes of our own, and those of Gradio."""
    server = served(engine, **options)
    mount = server.routes[-1]
    assert isinstance(mount, Mount)
    return set(routes(server.routes)), set(routes(mount.app.app.routes))  # type: ignore[attr-defined]


def outcome(client: httpx.Client, route: str) -> int:
    method, path = route.split()
    with client.stream(method, path) as answer:  # some never end
        return answer.status_code


def test_every_route_and_what_an_outsider_gets(asked: Engine, client: httpx.Client) -> None:
    own, gradios = mounted(asked)
    assert own == set(OURS)
    assert set(PAGE) <= gradios
    assert len(gradios) > 60
    given = {route: outcome(client, route) for route in own | gradios}
    hidden = dict.fromkeys(gradios - set(PAGE), 404)
    assert given == hidden | PAGE | OURS


def test_every_route_and_what_a_stranger_gets_where_one_signs_in(
    asked: Engine, users: Path
) -> None:
    own, gradios = mounted(asked, auth_file=users)
    assert own == set(OURS | SIGNING_IN)
    with (
        serving(asked, auth_file=users) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        given = {route: outcome(client, route) for route in own | gradios}
    for route in own | gradios:
        allowed = {200} if route in OPEN else {SIGNING_IN.get(route, 401), 401, 303}
        assert given[route] in allowed, route
    assert {given[route] for route in OURS if "/api/a" in route} == {401}


def test_the_server_is_ready_when_index_and_encoder_are(
    real_home: Path, real_encoder: Encoder
) -> None:
    engine = Held(Settings(real_home, real_home), encoder=real_encoder)
    with serving(engine) as address, httpx.Client(base_url=address, timeout=60) as client:
        assert client.get("/healthz").status_code == 200
        early = client.get("/readyz")
        assert (early.status_code, "準備中" in early.json()["error"]) == (503, True)
        engine.go.set()
        while (late := client.get("/readyz")).status_code != 200:
            assert late.status_code == 503
        assert late.json() == {"schema": 1, "status": "ready"}


@pytest.mark.browser
def test_questions_of_the_chat_are_counted_too(playwright: Any, client: httpx.Client) -> None:
    chromium = shutil.which("chromium", path="/usr/bin" + os.pathsep + os.environ.get("PATH", ""))
    if chromium is None:
        pytest.skip("chromium がないため、画面の試験を省きます（apt-get install chromium）。")
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    page = browser.new_page(locale="ja-JP")
    page.goto(str(client.base_url))
    page.wait_for_selector(".status:not(.loading)")
    page.fill("#question textarea", ASKED)
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#turn-1 a.cite")
    browser.close()
    assert "tenkyo_questions_total 1.0" in client.get("/metrics").text.splitlines()


def test_no_page_lets_in_what_is_not_its_own(client: httpx.Client) -> None:
    always = {
        name: told for name, told in SECURITY_HEADERS.items() if name != "Content-Security-Policy"
    }
    gradios = ("/", "/library", "/timeline", "/check")
    pages = (*gradios, "/article/x", "/api/docs")
    for path in (*pages, "/api/articles", "/nothing", "/gradio_api/info", "/config", "/metrics"):
        headers = client.get(path).headers
        assert {name: headers.get(name) for name in always} == always, path
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == ("'self'" if path in gradios else "'none'"), path
        assert policy["frame-ancestors"] == "'none'"
        assert "unsafe" not in policy.get("script-src", "").replace("'unsafe-eval'", ""), path
        assert not re.search(r"https?:|\*", headers["content-security-policy"])
        assert ("'unsafe-eval'" in headers["content-security-policy"]) == (path in gradios)


def test_an_unnamed_relay_that_speaks_https_is_warned_of_once(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    https, warned = {"X-Forwarded-Proto": "https"}, "index.server.middleware"
    with serving(engine) as address:  # which believes 127.0.0.1, as uvicorn does unless told
        httpx.get(f"{address}/healthz", headers=https)
        for source in ("127.0.0.9", "127.0.0.8"):
            with httpx.Client(transport=httpx.HTTPTransport(local_address=source)) as other:
                for headers in ({}, {"X-Forwarded-Proto": "http"}, https, https):
                    assert other.get(f"{address}/healthz", headers=headers).status_code == 200
    [told] = [record.getMessage() for record in caplog.records if record.name == warned]
    assert told.startswith("127.0.0.9 ")
    assert "TENKYO_RELAYS" in told


def test_a_bucket_holds_a_minutes_questions() -> None:
    now = 0.0
    rate = RateLimit(3, clock=lambda: now)
    assert [rate.wait("a") for _ in range(4)] == [0, 0, 0, 20 + 1]
    assert rate.wait("b") == 0
    now = 19.0
    assert rate.wait("a") == 2
    now = 20.5
    assert (rate.wait("a"), rate.wait("a")) == (0, 20)
    now = 1000.0
    assert [rate.wait("a") for _ in range(4)] == [0, 0, 0, 21]


@pytest.mark.parametrize("rate", [1, 7, 11, 13, 49, 60, 1000])
def test_a_full_bucket_holds_as_many_questions_as_were_allowed(rate: int) -> None:
    for start in (0.0, 0.1, 1e6 / 7, 1e9):
        limit = RateLimit(rate, clock=lambda start=start: start)
        assert [limit.wait("a") == 0 for _ in range(rate + 1)] == [True] * rate + [False]


def test_addresses_with_a_full_bucket_are_forgotten() -> None:
    now = 0.0
    limit = RateLimit(2, clock=lambda: now)
    for number in range(10_000):
        limit.wait(str(number))
    now = 31.0
    assert [limit.wait("new") for _ in range(3)] == [0, 0, 31]
    assert len(limit._full_at) == 1


def test_who_asks_too_often_is_told_when_to_come_back(asked: Engine) -> None:
    with serving(asked, rate=2) as address, httpx.Client(base_url=address, timeout=60) as client:
        given = [client.post("/api/ask", json={"question": ASKED}) for _ in range(3)]
        assert [answer.status_code for answer in given] == [200, 200, 429]
        assert 0 < int(given[-1].headers["retry-after"]) <= 31
        assert "間隔が短すぎます" in given[-1].json()["error"]
        assert given[-1].json()["code"] == "too-often"
        assert client.get("/healthz").status_code == 200
        assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.3.2.1", True), ("::1", True), ("localhost", True),
     ("0.0.0.0", False), ("::", False), ("192.0.2.7", False), ("news.example", False)],
)  # fmt: skip
def test_only_this_machine_is_let_in_unasked(host: str, loopback: bool, tmp_path: Path) -> None:
    assert is_loopback(host) == loopback
    plain = Settings(tmp_path, tmp_path)
    check_host(host, plain, public=True)
    check_host(host, Settings(tmp_path, tmp_path, auth_file=tmp_path), public=False)
    if loopback:
        check_host(host, plain, public=False)
    else:
        with pytest.raises(TenkyoError, match=r"TENKYO_AUTH_FILE.*--public"):
            serve(Engine(plain), host=host, on_ready=print)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:7860"),
        ("0.0.0.0", "http://127.0.0.1:7860"),
        ("::", "http://[::1]:7860"),
        ("fd00::7", "http://[fd00::7]:7860"),
        ("desk.example", "http://desk.example:7860"),
    ],
)
def test_the_address_told_can_be_opened(host: str, address: str) -> None:
    assert address_of(host, 7860) == address


SERVED = """
import gc, os, signal, sys, threading, time
from pathlib import Path
import httpx
from index.engine import Engine
from index.server import serve
from index.settings import Settings

def look(address):
    while httpx.get(f"{address}/readyz", timeout=60).status_code != 200:
        time.sleep(0.05)
    answer = httpx.get(f"{address}/api/ask", params={"question": sys.argv[3]}, timeout=60).json()
    heavy = [name for name in sys.argv[4].split() if name in sys.modules]
    print(answer["answered"], heavy, gc.isenabled(), gc.get_freeze_count() > 100_000, flush=True)
    os.kill(os.getpid(), signal.SIGINT)

def ready(address):
    print("gradio" in sys.modules, flush=True)
    threading.Thread(target=look, args=(address,), daemon=True).start()

home, cache = map(Path, sys.argv[1:3])
assert "gradio" not in sys.modules
serve(Engine(Settings(home, cache)), port=0, on_ready=ready)
"""


def test_what_serves_loads_nothing_that_only_builds_or_trains(
    real_home: Path, settings: Settings
) -> None:
    unused = "torch transformers sentence_transformers langchain_text_splitters trafilatura scipy sklearn pdfminer"
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-c",
        SERVED,
        real_home,
        settings.cache,
        ASKED,
        unused,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.splitlines() == ["True", "True [] True True"], done.stderr
