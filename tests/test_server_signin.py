"""Signing in on a real server: the page, the cookie, HTTP Basic, and who stays outside."""

import base64
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from conftest import serving

from index.encoder import Encoder
from index.engine import Engine
from index.errors import SettingsError
from index.server import create_server
from index.server.signin.passwords import DELAY
from index.server.signin.session import COOKIE, LIFETIME, open_session, session_user
from index.server.signin.texts import SIGN_IN_TEXTS
from index.settings import Settings
from index.users import add_user, read_users

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


def test_who_signs_out_is_out(client: httpx.Client) -> None:
    sign_in(client)
    assert client.get("/logout").headers["location"] == "/login"
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
    for language, texts in SIGN_IN_TEXTS.items():
        chosen = f"tenkyo-language={language}; tenkyo-scheme=dark"
        page = client.get("/login", headers={"cookie": chosen}).text
        assert f'<html lang="{language}" data-scheme="dark">' in page
        assert texts.please in page
        assert texts.wrong not in page


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


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic /w==", "Bearer abc", "Basic Og=="])
def test_a_header_that_is_none_is_refused(client: httpx.Client, header: str) -> None:
    assert client.get("/api/articles", headers={"authorization": header}).status_code == 401


def forged(users: dict[str, str], name: str, end: float, key: str) -> str:
    """A token of another's making."""
    token = open_session({name: key}, name)
    signature = base64.urlsafe_b64decode(token).decode().rpartition("|")[2]
    return base64.urlsafe_b64encode(f"{name}|{int(end)}|{signature}".encode()).decode()


def test_a_session_is_its_users_until_its_end(users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = read_users(users)
    token = open_session(known, NAME)
    assert session_user(known, token) == NAME
    later = time.time() + LIFETIME + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert session_user(known, token) is None


def test_a_session_that_nobody_signed_is_none(users: Path) -> None:
    known = read_users(users)
    token = open_session(known, NAME)
    longer = forged(known, NAME, time.time() + 10 * LIFETIME, known[NAME])
    others = forged(known, NAME, time.time() + LIFETIME, known["太郎"])
    for false in ("", "x", token[:-4], token[4:], longer, others, "44GC", "fHw=", "YXxifMOp"):
        assert session_user(known, false) is None


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


def test_without_the_file_nothing_starts(real_home: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="tenkyo user add"):
        create_server(Engine(Settings(real_home, tmp_path)), auth_file=tmp_path / "none")


def test_a_forged_cookie_does_not_open_the_door(client: httpx.Client) -> None:
    client.cookies.set(COOKIE, "44GCfHw=")
    assert client.get("/api/articles").status_code == 401
