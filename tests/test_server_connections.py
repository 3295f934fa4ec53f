"""Connections as they come: slow ones, too many, websockets, from other pages' scripts, and no HTTP at all.

Against ``serve`` in a process of its own, whose time limits are short.
"""

import base64
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from conftest import CANAL, fake_engine, serving

from index.engine import Engine
from index.server.gradio_page import FOLDERS, PATHS
from index.settings import Settings
from index.users import add_user

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's own

HERE = Path(__file__).parent
HEAD, BODY, MOST, OF_ONE = 1.0, 3.0, 40, 15
SERVING = f"""
import sys
from pathlib import Path
from conftest import fake_engine
from index.server import serve
from index.server.listening import Connection
from index.settings import Settings

Connection.head_seconds, Connection.body_seconds = {HEAD}, {BODY}
Connection.most, Connection.most_of_one = {MOST}, {OF_ONE}
home, relays = Path(sys.argv[1]), tuple(sys.argv[2:])
if relays:
    Connection.exempt = ()
settings = Settings(home, home, relays=relays)
serve(fake_engine(settings), port=0, on_ready=lambda address: print(address, flush=True))
"""
LONG = 30.0
"""Seconds after which a connection counts as held; the limits are far below."""

POST = b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
ASKED = '{"question":"青沢運河はいつ開通したか"}'.encode()
WEBSOCKET = (
    b"Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class Served:
    """A server: its port, and what it has written to stderr."""

    def __init__(self, port: int, errors: Path) -> None:
        self.port = port
        self.errors = errors

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connected(self, sent: bytes = b"", *, source: str = "127.0.0.1") -> socket.socket:
        server = ("127.0.0.1", self.port)
        connection = socket.create_connection(server, timeout=LONG, source_address=(source, 0))
        connection.sendall(sent)
        return connection

    def answer(self, sent: bytes) -> str:
        """What comes back up to the end of the head, or until the server closes."""
        with self.connected(sent) as connection:
            return answered(connection)

    def status(self, sent: bytes) -> int:
        return int(self.answer(sent).split()[1])


def answered(connection: socket.socket) -> str:
    told = b""
    while b"\r\n\r\n" not in told and (more := connection.recv(2**16)):
        told += more
    return told.decode("latin-1")


def ended(connection: socket.socket) -> bool:
    """Wait for the server to close; raises TimeoutError where it does not."""
    try:
        while connection.recv(2**16):
            pass
    except ConnectionResetError:
        pass
    return True


@contextmanager
def started(folder: Path, *relays: str) -> Iterator[Served]:
    articles = folder / "articles"
    articles.mkdir()
    (articles / "canal.md").write_text(CANAL, "utf-8")
    home = folder / "home"
    fake_engine(Settings(home, home)).build([articles])
    command = [sys.executable, "-W", "ignore", "-c", SERVING, str(home), *relays]
    environ = {**os.environ, "PYTHONPATH": f"{HERE.parent}{os.pathsep}{HERE}", "PYTHONUTF8": "1"}
    errors = folder / "errors"
    with (
        open(errors, "wb") as output,
        subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=output) as server,
    ):
        assert server.stdout is not None
        port = int(server.stdout.readline().decode().rpartition(":")[2])
        while httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=LONG).json()["ready"] is False:
            time.sleep(0.1)
        try:
            yield Served(port, errors)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(60)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with started(tmp_path_factory.mktemp("open")) as served:
        yield served


HALF = {
    "nothing": b"",
    "a word": b"GE",
    "no end of the head": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: y\r\n",
    "no body": POST + b"Content-Length: 40\r\n\r\n",
    "half a body": POST + b"Content-Length: 40\r\n\r\n{",
    "half a chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
    "a second one": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /",
    "more after a refusal": b"PUT /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
}


def test_whoever_sends_half_a_request_does_not_hold_the_connection(served: Served) -> None:
    with ExitStack() as stack:
        for kind in [*HALF] * 4:
            connection = stack.enter_context(served.connected(HALF[kind]))
            stack.callback(lambda c=connection, k=kind: ended(c) or pytest.fail(k))
    assert httpx.get(f"{served.address}/healthz").status_code == 200


def test_a_byte_at_a_time_is_too_slow_and_a_slow_line_is_not(served: Served) -> None:
    sized = POST + b"Content-Length: 1000000\r\n\r\n"
    with (
        served.connected(b"GET /") as head,
        served.connected(sized) as body,
        served.connected(sized) as line,
    ):
        sent, rest = 0, ASKED.rjust(1_000_000)
        while sent < len(rest):  # a little more than the body's limit
            time.sleep(0.2)
            for slow in (head, body):
                try_to_send(slow, b" ")
            line.sendall(rest[sent : sent + 40_000])
            sent += 40_000
        assert answered(line).startswith("HTTP/1.1 200")
        assert ended(head)
        assert ended(body)


def try_to_send(connection: socket.socket, sent: bytes) -> None:
    with suppress(OSError):  # it was closed
        connection.sendall(sent)


def test_a_stream_lasts_and_a_connection_is_used_again(served: Served) -> None:
    beat = b"GET /gradio_api/heartbeat/x HTTP/1.1\r\nHost: localhost\r\n\r\n"
    plain = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with served.connected(beat) as stream, served.connected(plain) as kept:
        assert answered(stream).startswith("HTTP/1.1 200")
        assert answered(kept).startswith("HTTP/1.1 200")
        kept.sendall(plain)
        assert "HTTP/1.1 200" in answered(kept)  # behind what is left of the first answer
        stream.settimeout(BODY + 1)
        with pytest.raises(TimeoutError):
            ended(stream)


@contextmanager
def streams(served: Served, count: int, source: str = "127.0.0.1") -> Iterator[list[socket.socket]]:
    """Connections from one address that last, all of which are answered."""
    beat = b"GET /gradio_api/heartbeat/%d HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with ExitStack() as stack:
        taken = [
            stack.enter_context(served.connected(beat % n, source=source)) for n in range(count)
        ]
        assert all(answered(stream).startswith("HTTP/1.1 200") for stream in taken)
        yield taken


def cut_off(served: Served, source: str = "127.0.0.1") -> bool:
    """Ask for something that would be answered at once; whether nothing comes."""
    plain = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    try:
        with served.connected(plain, source=source) as late:
            return answered(late) == ""
    except ConnectionError:
        return True


def test_no_address_but_a_relays_takes_more_places_than_one_may(tmp_path: Path) -> None:
    relay, one, other = "127.0.0.9", "127.0.0.2", "127.0.0.3"
    with (
        started(tmp_path, relay) as served,
        streams(served, OF_ONE + 1, relay),
        streams(served, OF_ONE, one),
    ):
        assert cut_off(served, one)
        assert not cut_off(served, other)


def test_whoever_comes_when_the_places_are_taken_is_cut_off(served: Served) -> None:
    with ExitStack() as stack:
        taken = stack.enter_context(streams(served, MOST))
        assert cut_off(served)
        taken[0].close()
        while cut_off(served):
            time.sleep(0.1)


def test_there_are_no_websockets(served: Served, engine: Engine) -> None:
    paths = ("/", "/gradio_api/queue/join", "/api/ask", "/mcp", "/nothing")
    for path in paths:
        told = served.status(b"GET %b HTTP/1.1\r\n" % path.encode() + WEBSOCKET)
        assert told in {200, 404, 405, 406, 422}, path  # as without the wish
    with serving(engine) as address:  # under a server that speaks it
        other = Served(int(address.rpartition(":")[2]), served.errors)
        for path in paths:
            assert other.status(b"GET %b HTTP/1.1\r\n" % path.encode() + WEBSOCKET) == 403, path


@pytest.mark.parametrize("origin", ["http://localhost:9999", "http://127.0.0.1:1", "null"])
def test_no_other_page_of_this_machine_reads_what_is_told(served: Served, origin: str) -> None:
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x"}
    paths = [path for paths in PATHS.values() for path in paths] + [f"{f}x" for f in FOLDERS]
    with httpx.Client(base_url=served.address, headers={"Origin": origin}) as page:
        for path in (*paths, "/api/articles", "/api/ask", "/mcp", "/library", "/nothing"):
            for method in ("GET", "POST", "OPTIONS"):
                headers = preflight if method == "OPTIONS" else {}
                with page.stream(method, path, headers=headers) as told:
                    given = [name for name in told.headers if name.startswith("access-control")]
                assert given == [], (method, path)


def credentials() -> Iterator[bytes]:
    """Names and passwords that are no text."""
    for told in (b"\xff\xfe", base64.b64encode(b"\xff:\xfe"), b"", b"!", b"a" * 4000):
        for path in (b"/", b"/api/articles", b"/metrics", b"/gradio_api/info", b"/library"):
            head = b"GET %b HTTP/1.1\r\nHost: localhost\r\n" % path
            yield head + b"Authorization: Basic %b\r\n\r\n" % told
        yield b"GET / HTTP/1.1\r\nAuthorization: Basic %b\r\n" % told + WEBSOCKET


def requests(port: int) -> Iterator[bytes]:
    """What a program that is no browser may send."""
    host = b"Host: 127.0.0.1:%d\r\n" % port
    for told in (
        b"\xff\xfe",
        base64.b64encode(b"\xff:\xfe"),
        base64.b64encode(b"a\0:b"),
        b"",
        b"!",
    ):
        for path in (b"/", b"/api/articles", b"/metrics", b"/gradio_api/info", b"/library"):
            yield b"GET %b HTTP/1.1\r\n%bAuthorization: Basic %b\r\n\r\n" % (path, host, told)
    for name in (b"Cookie: tenkyo_session=\xff", b"Accept-Language: \xff;q=x", b"Range: bytes=\xff",
                 b"Accept-Encoding: \xff", b"X-Forwarded-For: \xff", b"Origin: \xff",
                 b"X-Forwarded-Host: \xff", b"X-Forwarded-Proto: \xff"):  # fmt: skip
        yield b"GET / HTTP/1.1\r\n%b%b\r\n\r\n" % (host, name)
    for name in (b"", b"[::1", b"\xff", b"a:b", b"localhost:99999999", b"localhost/../x?y#z"):
        yield b"GET / HTTP/1.1\r\nHost: %b\r\n\r\n" % name
    for target in (b"http://other.example/", b"*", b"x", b"/%", b"/%00", b"/%ff", b"/\xff", b"/a\0",
                   b"/?c=%ff", b"/?c=\0", b"//", b"/article/%00", b"/static/..%2f..%2fx", b"/" + b"a" * 9000,
                   b"/gradio_api/queue/data?session_hash=%00", b"/gradio_api/heartbeat/%00",
                   b"/gradio_api/queue/data?session_hash=unknown",
                   b"/static/" + b"a" * 3000, b"/assets/" + b"a" * 3000):  # fmt: skip
        yield b"GET %b HTTP/1.1\r\n%b\r\n" % (target, host)
    for method in (b"OPTIONS", b"TRACE", b"CONNECT", b"FOO", b"get"):
        for target in (b"/", b"*", b"/gradio_api/queue/join", b"/api/ask"):
            yield b"%b %b HTTP/1.1\r\n%b\r\n" % (method, target, host)
    yield from (b"GET / HTTP/1.0\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/2.0\r\n\r\n",
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\0\x01\0", b"GET  \r\n\r\n",
                b"GET / HTTP/1.1\r\n" + host + b"X: " + b"a" * 200_000 + b"\r\n\r\n",
                b"GET / HTTP/1.1\r\n" + host + b"X : y\r\n\r\n", b"GET / HTTP/1.1\r\n" + host * 2 + b"\r\n",
                b"GET / HTTP/1.1\r\n" + host + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n")  # fmt: skip
    for length in (b"Content-Length: -1", b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: x",
                   b"Content-Length: \xb2", b"Transfer-Encoding: gzip", b"Content-Length: " + b"9" * 5000,
                   b"Transfer-Encoding: chunked"):  # fmt: skip
        yield POST + length + b"\r\n\r\n5\r\nzz\r\n-1\r\n"
        yield POST.replace(b"ask", b"x") + length + b"\r\n\r\nzz\r\n"
    for path in (b"/gradio_api/queue/join", b"/gradio_api/cancel", b"/api/ask", b"/login"):
        for body in (b"\xff", b"[" * 50_000, b'{"question":"\\ud800"}', b'{"top_k":' + b"9" * 5000 + b"}",
                     b'{"data":[1],"fn_index":9999,"session_hash":"x"}'):  # fmt: skip
            for kind in (b"application/json", b"multipart/form-data; boundary=x", b"\xff"):
                head = b"POST %b HTTP/1.1\r\n%bContent-Type: %b\r\n" % (path, host, kind)
                yield head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def check(server: Served, sent: Iterator[bytes]) -> None:
    for one in sent:
        assert 200 <= server.status(one) < 500, one[:200]


def test_no_request_is_answered_with_an_internal_error(served: Served) -> None:
    check(served, requests(served.port))
    assert "Traceback" not in served.errors.read_text("utf-8", "replace")


def test_no_credentials_are_where_one_signs_in(engine: Engine, tmp_path: Path) -> None:
    add_user(tmp_path / "users", "花子", "long enough")
    with serving(engine, auth_file=tmp_path / "users") as address:
        check(Served(int(address.rpartition(":")[2]), tmp_path), credentials())
