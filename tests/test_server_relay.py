"""The server behind a real nginx, with the recipe of index/docs/serving.md; and what is believed without one."""

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from conftest import CANAL, fake_engine, running, served
from library import BROKEN

from index.server import app, listening, signin, visitors
from index.server.rates import OF_BOTH
from index.settings import Settings
from index.users import add_user
from index.web.words import LANGUAGES

pytest_plugins = ("pages",)

JA = LANGUAGES["ja"]

NGINX = shutil.which("nginx", path="/usr/sbin" + os.pathsep + os.environ.get("PATH", ""))
RECIPES = re.findall(
    r"```nginx\n(.*?)```",
    (Path(__file__).parents[1] / "index" / "docs" / "serving.md").read_text("utf-8"),
    re.DOTALL,
)
AROUND = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log; events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {servers}
}}
"""
SERVING = """
import sys
from pathlib import Path
from conftest import fake_engine
from index.server import serve
from index.settings import Settings

home, users, root_path = sys.argv[1:]
settings = Settings(
    Path(home), Path(home), auth_file=Path(users) if users else None, relays=("127.0.0.1",),
    root_path=root_path,
)
serve(
    fake_engine(settings), port=0, public=True,
    on_ready=lambda address: print(address, flush=True),
)
"""
NAME, PASSWORD = "花子", "correct horse"
ASKED = "青沢運河はいつ開通したか"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("relayed")
    (folder / "canal.md").write_text(CANAL, "utf-8")
    fake_engine(Settings(folder / "home", folder)).build([folder / "canal.md"])
    add_user(folder / "users", NAME, PASSWORD)
    return folder


@contextmanager
def serving(home: Path, users: str, root_path: str = "") -> Iterator[str]:
    """Run the real ``serve`` in a process; yield its address."""
    command = [sys.executable, "-W", "ignore", "-c", SERVING, str(home / "home"), users, root_path]
    paths = os.pathsep.join((str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")))
    environ = os.environ | {"PYTHONPATH": paths}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.send_signal(signal.SIGINT)


def free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


@pytest.fixture(scope="module")
def certificate(home: Path) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl がないため、HTTPS の試験を省きます。")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-keyout", home / "key", "-out", home / "crt",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return home / "crt"


@contextmanager
def relayed(backend: str, home: Path, *, below: bool = False) -> Iterator[tuple[str, str]]:
    """Run nginx by the recipe before a server, in plain and in TLS; yield both addresses."""
    if NGINX is None:
        pytest.skip("nginx がないため、中継の試験を省きます（apt-get install nginx-light）。")
    plain, tls = free_ports(2)
    recipe = (
        re.sub(r"^    location .*^    }\n", RECIPES[1], RECIPES[0], flags=re.DOTALL | re.M)
        if below
        else RECIPES[0]
    )
    recipe = recipe.replace("127.0.0.1:7860", backend.removeprefix("http://"))
    recipe = recipe.replace("news.example;", "127.0.0.1;")
    recipe = recipe.replace("/etc/ssl/news.example.crt", str(home / "crt"))
    recipe = recipe.replace("/etc/ssl/news.example.key", str(home / "key"))
    servers = recipe.replace("443 ssl", f"127.0.0.1:{tls} ssl")
    unsafe = re.sub(r"^ *ssl_.*\n", "", recipe, flags=re.MULTILINE)
    servers += unsafe.replace("443 ssl", f"127.0.0.1:{plain}")
    folder = home / f"nginx-{plain}"
    folder.mkdir()
    (folder / "conf").write_text(AROUND.format(folder=folder, servers=servers), "utf-8")
    process = subprocess.Popen([NGINX, "-p", folder, "-c", folder / "conf"], stderr=subprocess.PIPE)
    try:
        for _ in range(200):
            assert process.poll() is None, process.communicate()[1].decode()
            with suppress(OSError), socket.create_connection(("127.0.0.1", plain)):
                break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{tls}"
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture(scope="module")
def users(home: Path, certificate: Path) -> Iterator[tuple[str, str, str]]:
    """A server of users behind nginx: its addresses there, and its own."""
    with (
        serving(home, str(home / "users")) as backend,
        relayed(backend, home) as both,
    ):
        yield *both, backend


@pytest.fixture(scope="module")
def below(home: Path, certificate: Path) -> Iterator[tuple[str, str, str]]:
    """A server of users below a path of nginx: its addresses there, and its own."""
    with serving(home, str(home / "users"), "/tenkyo") as own:
        assert own.endswith("/tenkyo/")
        backend = own.removesuffix("/tenkyo/")
        with relayed(backend, home, below=True) as (plain, tls):
            yield f"{plain}/tenkyo/", f"{tls}/tenkyo/", backend


@pytest.fixture(scope="module")
def public(home: Path, certificate: Path) -> Iterator[tuple[str, str]]:
    """A server to which anybody comes behind nginx: its addresses there."""
    with serving(home, "") as backend, relayed(backend, home) as both:
        yield both


def client_at(address: str, source: str, certificate: Path | None = None) -> httpx.Client:
    """A client that comes from an address of this machine."""
    verify: Any = ssl.create_default_context(cafile=certificate) if certificate else True
    transport = httpx.HTTPTransport(local_address=source, verify=verify)
    return httpx.Client(base_url=address, transport=transport, timeout=60)


def guess(client: httpx.Client, number: int) -> int:
    """Sign in wrongly, as if from elsewhere each time, by the form or by Basic."""
    elsewhere = {"X-Forwarded-For": f"198.51.100.{number}", "X-Real-IP": f"198.51.100.{number}"}
    if number % 2:
        path = ("/metrics", "/api/articles", "/", "/config")[number // 2 % 4]
        return client.get(path, headers=elsewhere, auth=(NAME, f"wrong {number}")).status_code
    wrong = {"name": NAME, "password": f"wrong {number}"}
    return client.post("/login", data=wrong, headers=elsewhere).status_code


def guessed(client: httpx.Client, tries: int = 60) -> list[int]:
    with ThreadPoolExecutor(tries) as pool:
        return list(pool.map(lambda number: guess(client, number), range(tries)))


def test_both_languages_give_one_recipe() -> None:
    assert len(RECIPES) == 4
    assert RECIPES[:2] == RECIPES[2:]


def test_what_a_visitor_says_of_where_he_comes_from_changes_nothing(
    users: tuple[str, str, str],
) -> None:
    plain, *_ = users
    with client_at(plain, "127.0.0.1") as guesser, client_at(plain, "127.0.0.2") as other:
        answers = guessed(guesser)
        # What comes for a page is led to the form, as ever; all others hear that they are wrong.
        let_through = [status for status in answers if status != 429]
        assert len(let_through) == OF_BOTH[0]
        assert set(let_through) <= {401, 303}
        assert guess(guesser, 61) == 429
        assert guess(other, 62) == 401
        right = {"name": NAME, "password": PASSWORD}
        refused = guesser.post("/login", data=right)
        assert (refused.status_code, "分ほど待って" in refused.text) == (429, True)
        assert 0 < int(refused.headers["retry-after"]) <= 900
        assert other.post("/login", data=right).status_code == 303


def test_who_is_no_relay_is_not_believed(users: tuple[str, str, str]) -> None:
    *_, backend = users
    elsewhere = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example",
                 "X-Forwarded-For": "198.51.100.7"}  # fmt: skip
    with client_at(backend, "127.0.0.9") as local:
        right = {"name": NAME, "password": PASSWORD}
        answer = local.post("/login", data=right, headers=elsewhere)
        assert answer.status_code == 303
        assert "secure" not in answer.headers["set-cookie"].lower()
        assert local.get("/config", headers=elsewhere).json()["root"] == backend
    with client_at(backend, "127.0.0.9") as local:
        assert len([status for status in guessed(local, 20) if status != 429]) == OF_BOTH[0]


IDLE = SimpleNamespace(state=SimpleNamespace(working=lambda: False, stop=lambda: None))


def test_without_the_setting_nobody_is_believed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    monkeypatch.setattr(app, "create_server", lambda *_, **__: IDLE)
    monkeypatch.setattr(listening._Server, "run", lambda server, **_: made.append(server.config))
    for relays in ((), ("10.0.0.0/8",)):
        engine = fake_engine(Settings(home / "home", home, relays=relays))
        listening.serve(engine, port=0, on_ready=lambda _: None)
    assert [config.proxy_headers for config in made] == [False, True]
    assert made[1].forwarded_allow_ips == ["10.0.0.0/8"]


def test_cookies_are_secure_behind_https_only(
    users: tuple[str, str, str], public: tuple[str, str], certificate: Path
) -> None:
    right = {"name": NAME, "password": PASSWORD}
    for number, scheme in enumerate(("http", "https")):
        with client_at(users[number], "127.0.0.5", certificate) as user:
            entered = user.post("/login", data=right)
            assert entered.cookies[signin.COOKIE]
            left = user.get("/logout")
        with client_at(public[number], "127.0.0.5", certificate) as visitor:
            page = visitor.get("/")
            assert page.cookies[visitors.COOKIE]
            assert visitor.get("/config").json()["root"] == public[number]
        for answer in (entered, left, page):
            for cookie in answer.headers.get_list("set-cookie"):
                parts = {part.strip().lower() for part in cookie.split(";")}
                assert {"httponly", "samesite=lax", "path=/"} <= parts
                assert ("secure" in parts) == (scheme == "https")


def test_what_streams_is_not_held_back(public: tuple[str, str], certificate: Path) -> None:
    with client_at(public[1], "127.0.0.6", certificate) as visitor:
        started = time.monotonic()
        with visitor.stream("GET", "/gradio_api/heartbeat/x") as beat:
            assert next(beat.iter_lines()) == "data: ALIVE"
        assert time.monotonic() - started < 10  # the next one comes after 15 seconds


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)")  # Gradio's own
def test_the_page_works_through_the_relay(
    open_tab: Callable[..., Any], public: tuple[str, str]
) -> None:
    first, second = (open_tab(ignore_https_errors=True) for _ in range(2))
    for tab in (first, second):
        tab.goto(public[1])
        tab.wait_for_selector(".status:not(.loading)")
    first.fill("#question textarea", ASKED)
    first.press("#question textarea", "Enter")
    first.wait_for_selector("#turn-1 footer")
    first.reload()
    first.wait_for_selector("#turn-1 footer")
    assert {cookie["secure"] for cookie in first.context.cookies()} == {True}
    for tab, listed in ((first, 1), (second, 0)):
        assert tab.locator("#masthead a[href='logout']").count() == 0
        tab.click(".toggle-button")
        tab.wait_for_selector("#history-list :is(.open, .note)")
        assert tab.locator("#history .open").count() == listed


def test_below_a_path_signing_in_leads_back_there(
    below: tuple[str, str, str], certificate: Path
) -> None:
    with client_at(below[1], "127.0.0.8", certificate) as user:
        asked = user.get("library?order=title")
        assert asked.headers["location"] == "/tenkyo/login?next=%2Flibrary%3Forder%3Dtitle"
        form = user.get(asked.headers["location"].removeprefix("/tenkyo/"))
        [action] = re.findall(r'<form method="post" action="([^"]*)"', form.text)
        entered = user.post(form.url.join(action), data={"name": NAME, "password": PASSWORD})
        assert entered.headers["location"] == "/tenkyo/library?order=title"
        assert user.get("library?order=title").status_code == 200
        left = user.get("logout")
        assert left.headers["location"] == "/tenkyo/login"
        for answer in (entered, left):
            assert "; path=/tenkyo;" in answer.headers["set-cookie"].lower()
            assert "; secure" in answer.headers["set-cookie"].lower()
        assert user.get("library").status_code == 303
        assert user.get(form.url.join("/")).status_code == 404  # not below: the relay's own


def test_below_a_path_programs_ask(below: tuple[str, str, str], certificate: Path) -> None:
    with client_at(below[1], "127.0.0.8", certificate) as program:
        alive = program.get("healthz")
        assert alive.json()["status"] == "ok"
        assert alive.headers["x-frame-options"] == "DENY"
        assert program.post("api/ask", json={"question": ASKED}).status_code == 401
        program.auth = httpx.BasicAuth(NAME, PASSWORD)
        assert "1923年" in program.post("api/ask", json={"question": ASKED}).json()["text"]
        assert program.get("openapi.json").json()["servers"] == [{"url": "/tenkyo"}]
        docs = program.get("api/docs")
        assert f"curl -s {below[1]}api/ask" in docs.text
        links = re.findall(r'href="([^"#]+)"', docs.text)
        assert links
        assert {program.get(docs.url.join(link)).status_code for link in links} == {200}


def test_below_a_path_gradio_answers(
    below: tuple[str, str, str], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The client says who uses it to a host outside, unless told before it is imported.
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
    from gradio_client import Client

    for address in below[:2]:
        with client_at(address, "127.0.0.8", certificate) as program:
            program.auth = httpx.BasicAuth(NAME, PASSWORD)
            assert program.get("config").json()["root"] == address.rstrip("/")
            page = program.get("")
            assert (
                "script-src 'self' 'unsafe-eval' 'sha256-"
                in page.headers["content-security-policy"]
            )
            for link in re.findall(r'<script type="module"[^>]* src="([^"]+)"', page.text):
                assert program.get(page.url.join(link)).status_code == 200
    told = {"verbose": False, "analytics_enabled": False, "download_files": False}
    client = Client(below[0], httpx_kwargs={"auth": (NAME, PASSWORD)}, **told)
    assert "1923年" in client.predict(ASKED, api_name="/ask")["text"]
    client.close()


def test_below_a_path_tools_are_called_with_or_without_a_slash(
    below: tuple[str, str, str], certificate: Path
) -> None:
    pytest.importorskip("mcp", reason="mcp がないため、道具の試験を省きます（tenkyo[mcp]）。")
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    accepted = {"Accept": "application/json, text/event-stream"}
    with client_at(below[1], "127.0.0.8", certificate) as program:
        program.auth = httpx.BasicAuth(NAME, PASSWORD)
        for path in ("mcp", "mcp/"):
            tools = program.post(path, json=call, headers=accepted).json()["result"]["tools"]
            assert {tool["name"] for tool in tools} == {
                "ask",
                "search",
                "check_draft",
                "read_article",
            }


def test_a_path_may_be_left_on_and_opens_no_way_around(below: tuple[str, str, str]) -> None:
    plain, _, backend = below
    with client_at(backend, "127.0.0.8") as program:
        for path in ("/healthz", "/tenkyo/healthz"):
            assert program.get(path).json()["status"] == "ok"
    with client_at(plain, "127.0.0.8") as program:
        assert program.get("tenkyo/library").headers["location"].startswith("/tenkyo/login?")
        assert program.post("tenkyo/tenkyo/api/ask", json={"question": ASKED}).status_code == 401


@pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's own
def test_below_a_path_the_limits_and_cookies_hold(home: Path) -> None:
    engine = fake_engine(Settings(home / "home", home, root_path="/tenkyo"))
    with running(served(engine, rate=1, public=True)) as address:
        paths = ("/api/ask", "/tenkyo/api/ask", "/tenkyo/tenkyo/api/ask")
        asked = [httpx.post(address + path, json={"question": ASKED}, timeout=60) for path in paths]
        assert [answer.status_code for answer in asked] == [200, 429, 404]
        large = httpx.post(f"{address}/tenkyo/gradio_api/upload", content=b"x" * 2**21)
        assert large.status_code == 413  # a visitor sends no files
        cookies = httpx.get(f"{address}/tenkyo/").headers.get_list("set-cookie")
        assert [c.partition("=")[0] for c in cookies if "Path=/tenkyo;" in c] == [visitors.COOKIE]


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)")  # Gradio's own
def test_the_page_works_below_a_path(
    open_tab: Callable[..., Any], below: tuple[str, str, str]
) -> None:
    tab = open_tab(ignore_https_errors=True)
    tab.goto(below[1])
    tab.fill("#name", NAME)
    tab.fill("#password", PASSWORD)
    tab.click("button")
    tab.wait_for_url(below[1])
    tab.wait_for_selector(".status:not(.loading)")
    tab.fill("#question textarea", ASKED)
    tab.press("#question textarea", "Enter")
    tab.wait_for_selector("#turn-1 footer")
    tab.reload()
    tab.wait_for_selector("#turn-1 footer")
    assert {cookie["path"] for cookie in tab.context.cookies() if cookie["httpOnly"]} == {"/tenkyo"}
    tab.click(f".nav-holder >> text={JA.library}")
    tab.wait_for_url(f"{below[1]}library")
    tab.wait_for_selector("#articles tbody tr")
    tab.set_input_files("#files [type=file]", BROKEN)
    tab.wait_for_selector(f"#work li:has-text('{BROKEN['name']}')")
    tab.goto(f"{below[1]}library/timeline")
    tab.wait_for_url(f"{below[1]}timeline")
    tab.click(".timeline a >> nth=0")
    tab.wait_for_url(f"{below[1]}article/**")
