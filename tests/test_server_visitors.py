"""Whose conversations: of visitors told apart by a cookie, of users, of nobody; and Gradio's sessions."""

import json
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import CANAL, FakeCrossEncoder, FakeEncoder, serving
from starlette.requests import HTTPConnection

from index.answers import ask
from index.conversations import KEPT, VISITOR, Conversations
from index.engine import Engine
from index.errors import StoreError
from index.records import Filter, Step
from index.server import visitors
from index.server.visitors import COOKIE, Visitors
from index.settings import Settings
from index.users import add_user
from index.web.chat import AT_ONCE
from index.web.words import LANGUAGES

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's own

NAMES, PASSWORD = ("花子", "太郎"), "correct horse"

HERS, HIS = "青沢運河はいつ開通したか", "坂井製パン所は何時に始まるか"


class Held(Engine):
    """An engine that answers while it is let go."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, encoder=FakeEncoder(), crossencoder=FakeCrossEncoder())
        self.go = threading.Event()
        self.go.set()

    def steps(self, *asked: Any, **options: Any) -> Iterator[Step]:
        self.go.wait(60)
        yield from super().steps(*asked, **options)


class Page(httpx.Client):
    """A browser at the page, as far as Gradio's protocol goes."""

    def open(self) -> None:
        self.get("/").raise_for_status()

    def join(self, handler: str, *data: Any, session: str, event: Any = None) -> httpx.Response:
        known = self.get("/config").json()["dependencies"]
        [(number, inputs)] = [(d["id"], d["inputs"]) for d in known if d["api_name"] == handler]
        told = {"fn_index": number, "data": [*data, *[None] * (len(inputs) - len(data))]}
        told["session_hash"] = session
        return self.post("/gradio_api/queue/join", json=told | {"event_data": event})

    def events(self, session: str) -> Iterator[str]:
        asked, started = {"session_hash": session}, time.monotonic()
        with self.stream("GET", "/gradio_api/queue/data", params=asked) as answer:
            for line in answer.iter_lines():
                if line.startswith("data: "):
                    yield json.dumps(json.loads(line[6:]), ensure_ascii=False)
                assert time.monotonic() - started < 60, "it does not end"

    def call(self, handler: str, *data: Any, session: str, event: Any = None) -> str:
        """Return all that is said of a call."""
        self.join(handler, *data, session=session, event=event).raise_for_status()
        return "\n".join(self.events(session))

    def listed(self) -> str:
        return self.call("refresh", "", session="list")


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    home = tmp_path_factory.mktemp("visited")
    (home / "canal.md").write_text(CANAL, "utf-8")
    engine = Held(Settings(home / "home", home))
    engine.build([home / "canal.md"])
    return engine


@pytest.fixture(scope="module")
def visited(held: Held) -> Iterator[str]:
    """A server to which anybody comes; its address."""
    with serving(held, public=True) as address:
        yield address


@pytest.fixture(scope="module")
def entered(held: Held, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of users; its address."""
    file = tmp_path_factory.mktemp("users") / "users"
    for name in NAMES:
        add_user(file, name, PASSWORD)
    with serving(held, auth_file=file) as address:
        yield address


@contextmanager
def at(address: str, held: Held) -> Iterator[list[Page]]:
    """Two who are at the page; visitors are new ones each time."""
    with ExitStack() as stack:
        pages = [stack.enter_context(Page(base_url=address, timeout=60)) for _ in NAMES]
        for page, name in zip(pages, NAMES, strict=True):
            page.post("/login", data={"name": name, "password": PASSWORD})
            page.open()
        yield pages
        held.go.set()


@pytest.fixture
def visiting(visited: str, held: Held) -> Iterator[list[Page]]:
    with at(visited, held) as pages:
        yield pages


@pytest.fixture
def signed_in(entered: str, held: Held) -> Iterator[list[Page]]:
    with at(entered, held) as pages:
        yield pages


@pytest.fixture(params=["visiting", "signed_in"])
def two(request: pytest.FixtureRequest) -> list[Page]:
    pages: list[Page] = request.getfixturevalue(request.param)
    return pages


def kept(engine: Engine) -> list[tuple[str, str]]:
    """Conversations and their owners, the latest first."""
    if not (file := engine.settings.home / "conversations.sqlite").exists():
        return []
    with closing(sqlite3.connect(file)) as db:
        return db.execute("SELECT id, owner FROM conversations ORDER BY updated DESC").fetchall()


def test_nobody_comes_to_the_conversations_of_another(held: Held, two: list[Page]) -> None:
    she, he = two
    she.call("ask_1", HERS, session="hers")
    name, owner = kept(held)[0]
    assert owner == "花子" or owner.startswith(VISITOR)
    assert HERS in she.listed()
    assert she.get(f"/conversation/{name}/export?format=markdown").status_code == 200
    listed = he.listed()
    assert HERS not in listed
    assert (LANGUAGES["ja"].history_visitor in listed) == (owner != "花子")
    for kind in ("export?format=markdown", "copy?turn=1"):
        assert he.get(f"/conversation/{name}/{kind}").status_code == 404
    for handler, event in (
        ("open", {"id": name}),
        ("rename", {"id": name, "title": "彼の"}),
        ("delete", {"id": name, "title": "彼の"}),
        ("restore", {"id": name}),
    ):
        assert HERS not in he.call(handler, session="his", event=event)
    assert HERS in she.listed()
    assert "彼の" not in she.listed()


def test_the_name_of_a_session_opens_it_to_its_owner_only(
    two: list[Page],
) -> None:
    she, he = two
    she.call("ask_1", HERS, session="open")
    assert HERS not in he.call("ask_1", HIS, session="open")
    both = she.call("ask_1", "いつのことか", session="open")
    assert "青沢運河は開通した。いつのことか" in both
    assert HIS not in both


def test_nobody_hears_or_ends_what_another_waits_for(held: Held, two: list[Page]) -> None:
    before = len(kept(held))
    held.go.clear()
    she, he = two
    for number in range(AT_ONCE):  # so that the next one waits in the queue
        she.join("ask_1", HIS, session=f"before {number}").raise_for_status()
    event = she.join("ask_1", HERS, session="waiting").json()["event_id"]
    heard: list[str] = []
    listening = threading.Thread(target=lambda: heard.extend(she.events("waiting")))
    listening.start()
    assert HERS not in "".join(he.events("waiting"))
    numbers = {d["api_name"]: d["id"] for d in he.get("/config").json()["dependencies"]}
    for session in ("waiting", "his"):
        cancelled = {"session_hash": session, "event_id": event, "fn_index": numbers["ask_1"]}
        assert he.post("/gradio_api/cancel", json=cancelled).status_code == 200
    with he.stream("GET", "/gradio_api/heartbeat/waiting") as beat:
        assert next(beat.iter_lines()) == "data: ALIVE"
    held.go.set()
    listening.join(60)
    assert HERS in "".join(heard)
    deadline = time.monotonic() + 30  # those before are answered beside it
    while len(kept(held)) < before + AT_ONCE + 1 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(kept(held)) == before + AT_ONCE + 1


def test_who_has_no_cookie_has_no_history(held: Held, visited: str) -> None:
    before = kept(held)
    with Page(base_url=visited, timeout=60) as stranger:
        told = stranger.call("ask_1", HERS, session="open")
        assert HERS in told
        assert LANGUAGES["ja"].unkept in told
        assert kept(held) == before
        assert "Cookie" in stranger.listed()
        assert LANGUAGES["ja"].history_off in stranger.listed()
        assert "Cookie" not in LANGUAGES["en"].error_no_owner
        refused = stranger.get("/conversation/x/export?format=markdown")
        assert (refused.status_code, "Cookie" in refused.json()["error"]) == (404, True)
        stranger.open()
        first = stranger.cookies[COOKIE]
        stranger.call("ask_1", HERS, session="open")
        assert HERS in stranger.listed()
        stranger.open()  # lasts anew, and is the same visitor's
        assert stranger.cookies[COOKIE].partition(".")[0] == first.partition(".")[0]
        assert HERS in stranger.listed()
        owner, issued, signature = first.split(".")
        changed = signature[:-1] + ("0" if signature[-1] != "0" else "1")
        for false in (
            f"{owner}x.{issued}.{signature}",
            f"{owner}.{int(issued) + 1}.{signature}",
            f"{owner}.{issued}.{changed}",
            f"{owner}.{issued}",
            owner,
            "花子".encode().decode("latin-1"),
            ".." + signature,
        ):
            stranger.cookies.clear()
            header = {b"cookie": f"{COOKIE}={false}".encode("latin-1")}
            refused = stranger.get("/conversation/x/export?format=markdown", headers=header)
            assert "Cookie" in refused.json()["error"], false


def test_on_ones_own_machine_all_browsers_are_one(held: Held) -> None:
    with serving(held) as address:
        with Page(base_url=address, timeout=60) as here:
            here.call("ask_1", HERS, session="open")
            assert here.get("/").headers.get("set-cookie") is None
        with Page(base_url=address, timeout=60) as there:
            assert HERS in there.listed()
    assert kept(held)[0][1] == ""


def test_who_signs_out_hears_no_more(held: Held, signed_in: list[Page]) -> None:
    held.go.clear()
    she, _ = signed_in
    with Page(base_url=she.base_url) as stolen:
        stolen.cookies.update(she.cookies)
        she.join("ask_1", HERS, session="leaving").raise_for_status()
        heard: list[str] = []
        listening = threading.Thread(target=lambda: heard.extend(she.events("leaving")))
        listening.start()
        while not heard:
            time.sleep(0.05)
        assert she.get("/logout").status_code == 303
        held.go.set()
        listening.join(60)
        assert not listening.is_alive()
        assert "process_completed" not in "".join(heard)
        for path in ("/config", "/gradio_api/queue/data?session_hash=leaving"):
            assert stolen.get(path).status_code == 401


def connection(cookie: str = "", scheme: str = "http") -> HTTPConnection:
    headers = [(b"cookie", cookie.encode()), (b"host", b"news.example")]
    return HTTPConnection(
        {"type": "http", "scheme": scheme, "path": "/", "query_string": b"", "headers": headers}
    )


def test_a_cookie_lasts_as_long_as_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Visitors(tmp_path / "home" / "visitors.key")
    given = known.cookie(connection(scheme="https"))
    flags = set(given.split("; ")[1:])
    assert flags == {"HttpOnly", f"Max-Age={30 * 24 * 3600}", "Path=/", "SameSite=lax", "Secure"}
    assert "Secure" not in known.cookie(connection())
    cookie = given.partition(";")[0]
    owner = known.owner(connection(cookie))
    assert owner is not None
    assert owner.startswith(VISITOR)
    assert Visitors(tmp_path / "home" / "visitors.key").owner(connection(cookie)) == owner
    assert Visitors(tmp_path / "other" / "visitors.key").owner(connection(cookie)) is None
    later = time.time() + KEPT.total_seconds() + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert known.owner(connection(cookie)) is None


def test_all_servers_of_a_home_have_one_secret_which_is_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "home" / "visitors.key"
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(visitors._secret, [path] * 64))) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("damaged", [b"", b"0" * 63, b"f" * 65, b"\0" * 64, b"\xff" * 64])
def test_a_damaged_secret_is_made_anew(tmp_path: Path, damaged: bytes) -> None:
    path = tmp_path / "visitors.key"
    path.write_bytes(damaged)
    path.chmod(0o644)
    made = visitors._secret(path)
    assert len(set(made)) > 8
    assert path.read_text() == made == visitors._secret(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_secret_that_cannot_be_kept_serves_until_the_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "visitors.key").mkdir()
    one, other = (visitors._secret(tmp_path / "visitors.key") for _ in range(2))
    assert one != other
    assert "visitors are forgotten" in caplog.text


def test_the_conversations_of_visitors_end(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "conversations.sqlite"
    conversations, answer = Conversations(file), ask(engine, HERS)
    owners = ("", "花子", ":old", ":new")
    names = {
        owner: conversations.append(None, HERS, answer, filter=Filter(), owner=owner)[0]
        for owner in owners
    }
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("UPDATE conversations SET updated = '2020-01-01T00:00:00' WHERE owner != ':new'")
    conversations.append(None, HIS, answer, filter=Filter(), owner=":other")
    for owner in ("", "花子", ":new"):
        assert len(conversations.read(names[owner], owner=owner)) == 1
    with pytest.raises(StoreError):
        conversations.read(names[":old"], owner=":old")
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("SELECT count(*) FROM turns").fetchone() == (4,)


def test_a_session_that_is_named_oddly_is_nobody_elses(visiting: list[Page]) -> None:
    """What Gradio would read otherwise than we do, or not at all, leads nowhere."""
    she, he = visiting
    she.call("ask_1", HERS, session="open")
    number = next(
        d["id"] for d in he.get("/config").json()["dependencies"] if d["api_name"] == "stop"
    )
    body = f'"fn_index": {number}, "data": [null], "session_hash"'
    post: Callable[..., httpx.Response] = he.post
    for sent, status in (
        (f'{{{body}: "x", "session_hash": "open"}}', 200),
        (f'{{"session_hash": "open", {body}: "\\ud800"}}', 200),
        (f"{{{body}: null}}", 400),
        (f"{{{body}: 7}}", 422),
        (f'{{"fn_index": {number}, "data": [], "session_hash": "x"}}', 422),
        (f'{{"fn_index": {number}, "data": null, "session_hash": "x"}}', 400),
        ("[" * 100_000, 422),
        ('["open"]', 422),
    ):
        answer = post("/gradio_api/queue/join", content=sent,
                      headers={"content-type": "application/json"})  # fmt: skip
        assert answer.status_code == status, sent[:80]
    assert HERS not in "".join(he.events("open"))
