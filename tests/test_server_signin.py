"""Signing in on a real server: the page, the cookie, HTTP Basic, and who stays outside."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from conftest import run_apart, running, serving
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from index.encoder import Encoder
from index.engine import Engine
from index.errors import SettingsError
from index.server import rates, signin
from index.server.app import create_server
from index.server.middleware import AccessMiddleware
from index.server.signin import COOKIE, DELAY, Accounts
from index.settings import Settings
from index.users import LIFETIME, Sessions, add_user, read_users
from index.web.words import LANGUAGES

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
    assert 'action="login?next=%2F%3Fc%3D12"' in form.text
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
    for language, words in LANGUAGES.items():
        chosen = f"tenkyo-language={language}; tenkyo-scheme=dark"
        page = client.get("/login", headers={"cookie": chosen}).text
        assert f'<html lang="{language}" data-scheme="dark">' in page
        assert words.sign_in_please in page
        assert words.sign_in_wrong not in page


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
        assert client.get("/api/articles").status_code == 401
        assert sign_in(client).status_code == 303
        assert client.get("/api/articles").status_code == 200
        file.unlink()
        file.mkdir()
        told = client.get("/api/articles")
        assert (told.status_code, "サインインの記録" in told.json()["error"]) == (503, True)
        assert str(file) not in told.text
        assert sign_in(client).status_code == 503


class Counting(Accounts):
    """Counts how often it is asked who it is."""

    asked = 0

    async def refusal(self, connection: HTTPConnection) -> Response | None:
        self.asked += 1
        return await super().refusal(connection)


def test_who_reads_a_stream_is_looked_up_at_most_once_a_second(
    sessions: Sessions, users: Path
) -> None:
    accounts, started, last = Counting(users, sessions), time.monotonic(), ""

    async def told() -> AsyncIterator[str]:
        for number in range(2000):
            yield f"data: {number}\n\n"
            await asyncio.sleep(0.01)

    async def stream(_: Request) -> Response:
        return StreamingResponse(told(), media_type="text/event-stream")

    app = Starlette(routes=[Route("/", stream)])
    app.add_middleware(AccessMiddleware, rate=rates.RateLimit(0), large={}, accounts=accounts)
    token = sessions.open(NAME, read_users(users)[NAME])
    cookie = {"Cookie": f"{COOKIE}={token}"}
    with running(app) as address, httpx.stream("GET", address, headers=cookie) as answer:
        for line in filter(None, answer.iter_lines()):
            last = line
            if line == "data: 100":
                sessions.close(token)  # as another server does
    assert 100 <= int(last.removeprefix("data: ")) < 1999
    assert 3 <= accounts.asked <= 3 + time.monotonic() - started


def test_a_new_password_ends_sessions_and_programs(
    real_home: Path, real_encoder: Encoder, tmp_path: Path
) -> None:
    file = tmp_path / "users"
    add_user(file, NAME, PASSWORD)
    engine = Engine(Settings(real_home, real_home), encoder=real_encoder)
    with (
        serving(engine, auth_file=file) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        sign_in(client)
        basic = httpx.BasicAuth(NAME, PASSWORD)
        with httpx.Client(base_url=address, timeout=60) as program:
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


def at(address: str, source: str) -> httpx.Client:
    """A client that comes from an address of this machine."""
    transport = httpx.HTTPTransport(local_address=source)
    return httpx.Client(base_url=address, transport=transport, timeout=60)


def test_who_guesses_is_told_to_wait_whether_the_account_is_there_or_not(address: str) -> None:
    answers = {}
    for number, name in enumerate((NAME, "だれも")):
        with at(address, f"127.0.1.{number}") as client, ThreadPoolExecutor(30) as pool:
            guess = partial(client.get, "/metrics")
            wrong = [httpx.BasicAuth(name, f"wrong {n}") for n in range(30)]
            told = list(pool.map(lambda auth, guess=guess: guess(auth=auth), wrong))
            let_through = [answer for answer in told if answer.status_code == 401]
            assert len(let_through) == rates.OF_BOTH[0]
            [refused, *_] = [answer for answer in told if answer.status_code != 401]
            assert (refused.status_code, refused.json()["code"]) == (429, "too-often")
            assert 0 < int(refused.headers["retry-after"]) <= 900
            forms = [
                client.post(
                    "/login",
                    data={"name": name, "password": PASSWORD},
                    headers={"cookie": f"tenkyo-language={language}"},
                )
                for language in LANGUAGES
            ]
            for form, words in zip(forms, LANGUAGES.values(), strict=True):
                assert form.status_code == 429
                assert words.sign_in_guessed.format(minutes=15) in form.text
                assert 0 < int(form.headers["retry-after"]) <= 900
            answers[name] = (refused.json(), [form.text.replace(name, "") for form in forms])
    assert answers[NAME] == answers["だれも"]


def test_wrong_passwords_hold_up_neither_a_right_one_nor_the_server(address: str) -> None:
    with at(address, "127.0.2.1") as guesser, at(address, "127.0.2.2") as other:
        started = time.monotonic()
        assert sign_in(other).status_code == 303
        alone = time.monotonic() - started
        with ThreadPoolExecutor(30) as pool:
            wrong = [
                pool.submit(guesser.post, "/login", data={"name": f"user {n}", "password": "x"})
                for n in range(30)
            ]
            time.sleep(0.1)
            started = time.monotonic()
            assert sign_in(other).status_code == 303
            beside = time.monotonic() - started
            assert other.get("/healthz").status_code == 200

            assert {done.result().status_code for done in wrong} == {401}
        everything = time.monotonic() - started
    assert beside < max(everything / 2, 5 * alone)


def test_guesses_of_others_do_not_lock_an_owner_out() -> None:
    now = 0.0
    guesses = rates.Guesses(clock=lambda: now)
    assert guesses.wait(NAME, "192.0.2.1") == 0
    guesses.right(NAME, "192.0.2.1")
    tried = [guesses.wait(NAME, f"198.51.100.{n // 10}") for n in range(110)]
    assert tried.count(0) == 100  # from eleven addresses
    assert guesses.wait(NAME, "203.0.113.9") == 865
    assert guesses.wait(NAME, "192.0.2.1") == 0  # it was right from there
    assert guesses.wait("太郎", "203.0.113.9") == 0
    now = 866.0
    assert guesses.wait(NAME, "203.0.113.9") == 0


def test_no_address_alone_uses_up_an_account_in_a_day() -> None:
    now = 0.0
    guesses = rates.Guesses(clock=lambda: now)
    let_through = 0
    while now < 24 * 3600:
        let_through += guesses.wait(NAME, "198.51.100.1") == 0
        now += 60
    assert 100 <= let_through <= 106
    assert guesses.wait(NAME, "203.0.113.9") == 0  # what the day gave back was not used


def test_an_address_has_so_many_tries_whatever_the_accounts() -> None:
    guesses = rates.Guesses(clock=lambda: 0.0)
    assert [guesses.wait(f"u{n}", "198.51.100.1") for n in range(31)] == [0] * 30 + [301]
    assert guesses.wait("u30", "198.51.100.2") == 0
    of_one = [guesses.wait(f"u{n}", f"2001:db8::{n:x}") for n in range(31)]
    assert of_one == [0] * 30 + [301]
    assert guesses.wait("u30", "2001:db8:0:1::1") == 0


def test_a_right_password_is_not_counted_and_forgives_those_before() -> None:
    guesses = rates.Guesses(clock=lambda: 0.0)
    for _ in range(200):
        assert guesses.wait(NAME, "192.0.2.1") == 0
        guesses.right(NAME, "192.0.2.1")
    assert [guesses.wait(NAME, "192.0.2.1") for _ in range(11)] == [0] * 10 + [901]


def test_what_is_refused_counts_nowhere_else() -> None:
    guesses = rates.Guesses(clock=lambda: 0.0)
    tried = [guesses.wait(NAME, "192.0.2.1") for _ in range(1000)]
    assert tried.count(0) == 10
    assert [guesses.wait(f"u{n}", "192.0.2.1") for n in range(21)].count(0) == 20


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_signs_nobody_in_or_out(address: str, site: str) -> None:
    with at(address, "127.0.3.1") as client:
        foreign = {"Sec-Fetch-Site": site}
        fields = {"name": NAME, "password": PASSWORD}
        assert client.post("/login", data=fields, headers=foreign).status_code == 200
        assert not client.cookies
        sign_in(client)
        client.get("/logout", headers=foreign)
        assert client.get("/api/articles").status_code == 200
        client.get("/logout", headers={"Sec-Fetch-Site": "same-origin"})
        assert client.get("/api/articles").status_code == 401
