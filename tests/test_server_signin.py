"""Signing in on a real server: the page, the cookie, HTTP Basic, and who stays outside."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from conftest import run_apart, serving

from index.encoder import Encoder
from index.engine import Engine
from index.errors import SettingsError
from index.server import create_server, signin
from index.server.signin import COOKIE, DELAY, TEXTS
from index.settings import Settings
from index.users import LIFETIME, Sessions, add_user, read_users

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's own

NAME, PASSWORD = "花子", "灯台 & 運河=水"


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("users") / "users"
    add_user(file, NAME, PASSWORD)
    add_user(file, "太郎", "another password")
    return file


@pytest.fixture(scope="module")
def address(real_home: Path, real_encoder: Encoder, users: Path) -> Iterator[str]:
    engine = Engine(Settings(real_home, real_home), encoder=real_encoder)
    with serving(engine, auth_file=users) as address:
        yield address


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as client:
        yield client


def sign_in(client: httpx.Client, password: str = PASSWORD, next: str = "/") -> httpx.Response:
    fields = {"name": NAME, "password": password}
    return client.post(f"/login?next={quote(next, safe='')}", data=fields)


def test_who_signs_in_comes_to_where_he_wanted(client: httpx.Client) -> None:
    asked = client.get("/?c=12")
    assert (asked.status_code, asked.headers["location"]) == (303, "/login?next=%2F%3Fc%3D12")
    form = client.get(asked.headers["location"])
    assert 'action="/login?next=%2F%3Fc%3D12"' in form.text
    assert "form-action 'self'" in form.headers["content-security-policy"]
    let_in = sign_in(client, next="/?c=12")
    assert (let_in.status_code, let_in.headers["location"]) == (303, "/?c=12")
    flags = let_in.headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=lax" in flags
    assert "典拠" in client.get("/").raise_for_status().text
    assert client.get("/api/articles").status_code == 200


def test_who_signs_out_is_out_whoever_kept_the_cookie(client: httpx.Client) -> None:
    sign_in(client)
    kept = client.cookies[COOKIE]
    assert client.get("/api/articles").status_code == 200
    assert client.get("/logout").headers["location"] == "/login"
    assert client.get("/api/articles").status_code == 401
    client.cookies.set(COOKIE, kept)
    assert client.get("/api/articles").status_code == 401


def test_a_wrong_password_takes_its_time_and_tells_nothing(client: httpx.Client) -> None:
    started = time.monotonic()
    wrong = sign_in(client, "wrong password")
    assert time.monotonic() - started >= DELAY
    nobody = client.post("/login", data={"name": '"><b>', "password": PASSWORD})
    assert wrong.status_code == nobody.status_code == 401
    told = "名前かパスワードが違います"
    assert told in wrong.text
    assert told in nobody.text
    assert "<b>" not in nobody.text
    assert not client.cookies


def test_the_page_speaks_the_language_of_the_reader(client: httpx.Client) -> None:
    for language, texts in TEXTS.items():
        chosen = f"tenkyo-language={language}; tenkyo-scheme=dark"
        page = client.get("/login", headers={"cookie": chosen}).text
        assert f'<html lang="{language}" data-scheme="dark">' in page
        assert texts["please"] in page
        assert texts["wrong"] not in page


@pytest.mark.parametrize(
    "next", ["//evil.example", "/\\evil.example", "https://evil.example", "", "/\r\nx: y", "/\t/x"]
)
def test_nobody_is_led_elsewhere(client: httpx.Client, next: str) -> None:
    assert sign_in(client, next=next).headers["location"] == "/"


def test_programs_use_basic(client: httpx.Client) -> None:
    refused = client.get("/api/articles")
    assert refused.headers["www-authenticate"].startswith("Basic")
    assert "サインイン" in refused.json()["error"]
    for path in ("/api/articles", "/metrics", "/openapi.json"):
        for _ in range(2):  # the second time from memory
            let_in = client.get(path, auth=httpx.BasicAuth(NAME, PASSWORD))
            assert let_in.status_code == 200
    assert client.get("/api/articles", auth=(NAME, "wrong")).status_code == 401


@pytest.mark.parametrize(
    "header", [b"Basic", b"Basic !!!", b"Basic /w==", b"Basic \xe9", b"Bearer abc", b"Basic Og=="]
)
def test_a_header_that_is_none_is_refused(client: httpx.Client, header: bytes) -> None:
    assert client.get("/api/articles", headers={b"authorization": header}).status_code == 401


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(tmp_path / "home" / "sessions.sqlite")


def test_a_session_is_its_owners_until_its_end(
    sessions: Sessions, users: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = read_users(users)
    token = sessions.open(NAME, known[NAME])
    assert sessions.owner(token, known) == NAME
    later = time.time() + LIFETIME + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert sessions.owner(token, known) is None


def test_a_session_ends_with_its_owners_password(sessions: Sessions, users: Path) -> None:
    known = read_users(users)
    token = sessions.open(NAME, known[NAME])
    assert sessions.owner(token, {**known, NAME: known["太郎"]}) is None
    assert sessions.owner(token, {"太郎": known["太郎"]}) is None


def test_a_token_that_nobody_was_given_is_none(sessions: Sessions, users: Path) -> None:
    known = read_users(users)
    token = sessions.open(NAME, known[NAME])
    for false in ("", "x", token[:-4], token[4:], token.swapcase(), NAME, "é"):
        assert sessions.owner(false, known) is None
    assert sessions.owner(token, known) == NAME


def test_the_file_of_sessions_holds_no_token(
    sessions: Sessions, users: Path, tmp_path: Path
) -> None:
    token = sessions.open(NAME, read_users(users)[NAME])
    [file] = (tmp_path / "home").iterdir()
    assert NAME.encode() in file.read_bytes()
    assert token.encode() not in file.read_bytes()


def test_sessions_outlive_the_server_but_not_their_file(engine: Engine, users: Path) -> None:
    file = engine.settings.home / "sessions.sqlite"
    client = httpx.Client()
    with client, serving(engine, auth_file=users) as address:
        client.base_url = address
        sign_in(client)
    with (
        httpx.Client(cookies=client.cookies) as client,
        serving(engine, auth_file=users) as address,
    ):
        client.base_url = address
        assert client.get("/api/articles").status_code == 200
        file.write_bytes(b"not a database" * 99)
        told = client.get("/api/articles")
        assert (told.status_code, "サインインの記録" in told.json()["error"]) == (503, True)
        assert str(file) not in told.text
        assert sign_in(client).status_code == 503


def test_a_new_password_ends_sessions_and_programs(
    real_home: Path, real_encoder: Encoder, tmp_path: Path
) -> None:
    file = tmp_path / "users"
    add_user(file, NAME, PASSWORD)
    engine = Engine(Settings(real_home, real_home), encoder=real_encoder)
    with serving(engine, auth_file=file) as address, httpx.Client(base_url=address) as client:
        sign_in(client)
        basic = httpx.BasicAuth(NAME, PASSWORD)
        with httpx.Client(base_url=address) as program:
            assert client.get("/api/articles").status_code == 200
            assert program.get("/api/articles", auth=basic).status_code == 200
            add_user(file, NAME, "a new password")
            assert client.get("/api/articles").status_code == 401
            assert program.get("/api/articles", auth=basic).status_code == 401
        file.unlink()
        told = client.get("/api/articles")
        assert (told.status_code, "tenkyo user add" in told.json()["error"]) == (503, True)
        assert str(file) not in told.text


def test_passwords_are_checked_two_at_a_time(
    users: Path, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    running: list[int] = []
    most = 0

    def slow(known: Mapping[str, str], name: str, password: str) -> bool:
        nonlocal most
        running.append(1)
        most = max(most, len(running))
        time.sleep(0.05)
        running.pop()
        return True

    async def crowd() -> list[str | None]:
        accounts = signin.Accounts(users, sessions)
        tries = (accounts.sign_in(NAME, PASSWORD, f"192.0.2.{n}") for n in range(8))
        return await asyncio.gather(*tries)

    monkeypatch.setattr(signin, "check_password", slow)
    assert len(set(run_apart(crowd()))) == 8
    assert most == 2


def test_without_the_file_nothing_starts(real_home: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="tenkyo user add"):
        create_server(Engine(Settings(real_home, tmp_path)), auth_file=tmp_path / "none")


def test_a_forged_cookie_does_not_open_the_door(client: httpx.Client) -> None:
    client.cookies.set(COOKIE, "44GCfHw=")
    assert client.get("/api/articles").status_code == 401
