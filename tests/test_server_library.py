"""The library on the real server: what is let in, an end while it builds, a death in the middle, a full disk."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from borrowing import HARBOUR, Library, lent
from conftest import damage_last, fake_engine, serving

from index.api.routes import WARNING
from index.encoder import Encoder
from index.engine import Engine
from index.server.listening import hosts_of
from index.settings import Settings
from index.users import add_user
from index.web.library import upload_folder
from index.web.words import LANGUAGES

JA = LANGUAGES["ja"]

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*(no_silent_downcasting|copy keyword)"
)  # Gradio's own

HERE = Path(__file__).parent

DYING = """
import io, os, signal, sys
from pathlib import Path
from conftest import fake_engine
from index.ingest import Upload
from index.settings import Settings

home, event, words = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

def hook(name, arguments):
    if name == event and words in " ".join(map(str, arguments)):
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(hook)
engine = fake_engine(Settings(home, home))
engine.upload([Upload("港.txt", io.BytesIO("港の灯台は白い。".encode()))])
"""

SERVING = """
import sys, time
from pathlib import Path
from conftest import FakeEncoder, fake_engine
from index.server import serve
from index.settings import Settings

class Slow(FakeEncoder):
    def encode_documents(self, texts):
        time.sleep(600)

home = Path(sys.argv[1])
serve(
    fake_engine(Settings(home, home, relays=("127.0.0.1",)), Slow()),
    port=0,
    public="public" in sys.argv,
    on_ready=lambda address: print(address, flush=True),
)
"""

FULL = """
import json, os, resource, sys
from pathlib import Path
from borrowing import lent
from conftest import fake_engine
from index.settings import Settings
from index.web.library import upload_folder

home = Path(sys.argv[1])
line = "港の灯台は白い。".encode()
with lent(fake_engine(Settings(home, home))) as library:
    library.look()
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.RLIM_INFINITY))
    answer = library.upload(("港.txt", line * 100_000))
    print(json.dumps([answer.status_code, answer.text, os.listdir(upload_folder())]))
    library.bring(("港.txt", line * 2000))
    print(json.dumps([library.built(), len(library.titles()), os.listdir(upload_folder())]))
"""


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": f"{HERE.parent}{os.pathsep}{HERE}", "PYTHONUTF8": "1"}


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("open", ".draft"),
        ("os.rename", "港.txt"),
        ("subprocess.Popen", "index.articles.sandbox"),
        ("sqlite3.connect", "vectors.sqlite"),
        ("os.rename", "generations"),
        ("os.rename", "sources.json"),
        ("os.rename", "CURRENT"),
    ],
)
def test_a_death_in_the_middle_of_an_upload_loses_nothing(
    engine: Engine, make_engine: Callable[..., Engine], event: str, words: str
) -> None:
    before = engine.articles()
    command = [sys.executable, "-c", DYING, str(engine.home.path), event, words]
    died = subprocess.run(command, env=environment(), capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert make_engine().articles() == before
    assert make_engine().build().articles == 3
    assert make_engine().build().articles == 3
    assert list(engine.home.uploads.rglob("*")) == []


def test_a_disk_that_fills_with_an_upload_leaves_everything_as_it_was(engine: Engine) -> None:
    before = engine.articles()
    command = [sys.executable, "-W", "ignore", "-c", FULL, str(engine.home.path)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    receiving, keeping = map(json.loads, done.stdout.splitlines())
    assert receiving[0] == 507
    assert "空き容量" in receiving[1]
    assert receiving[2] == []
    assert "そのまま残っています" in keeping[0]
    assert keeping[1:] == [3, []]
    assert engine.articles() == before
    engine.build()
    assert list(engine.home.uploads.rglob("*")) == []


def test_questions_are_answered_while_articles_are_added(
    real_home: Path, real_encoder: Encoder, tmp_path: Path
) -> None:
    home = shutil.copytree(real_home, tmp_path / "home")
    settings = Settings(home, tmp_path)
    engine = fake_engine(settings, real_encoder)
    engine.warm_up()
    text = "".join(f"第{n}倉庫には麦の袋が{n * 31}個ある。" for n in range(150))
    with lent(engine) as library:

        def answered(question: str) -> str:
            told = library.get("/api/ask", params={"question": question}).raise_for_status().json()
            return "".join(citation["quote"] for citation in told["citations"])

        library.paste(title="倉庫の麦", text=text)
        asked = 0
        while "<progress" in library.look()["work"]:
            assert "1923年" in answered("青沢運河はいつ開通したか")
            asked += 1
        assert asked > 3
        assert "93個" in answered("第3倉庫には麦の袋がいくつあるか")


def test_ctrl_c_ends_the_server_though_it_builds(engine: Engine) -> None:
    command = [sys.executable, "-W", "ignore", "-c", SERVING, str(engine.home.path)]
    with subprocess.Popen(
        command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        with Library(base_url=server.stdout.readline().strip()) as library:
            library.open()
            library.paste()
            while JA.library_stages_encode not in library.look()["work"]:
                time.sleep(0.05)
        server.send_signal(signal.SIGINT)
        server.wait(60)  # the build would take ten minutes
        assert server.stderr.read() == ""
    assert len(engine.articles()) == 3
    assert engine.build().articles == 3


def test_who_is_let_in_through_a_relay_is_counted(engine: Engine) -> None:
    command = [sys.executable, "-W", "ignore", "-c", SERVING, str(engine.home.path), "public"]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        with httpx.Client(base_url=server.stdout.readline().strip()) as relay:
            for visitor in ("192.0.2.1", "192.0.2.2"):
                relay.headers.update({"Host": "news.example", "X-Forwarded-For": visitor})
                told = [relay.get("/api/ask").status_code for _ in range(150)]
                assert told[:60] == [422] * 60
                assert 429 in told
            assert relay.post("/gradio_api/upload", files={"files": b"a"}).status_code == 404
        server.send_signal(signal.SIGINT)


def warnings(client: Library) -> list[object]:
    """What each place says of the index: the probe, the API, the figures, the library's page."""
    question = {"question": "青沢運河はいつ開通したか"}
    answer = client.get("/api/ask", params=question)
    assert "1923年" in answer.json()["text"]
    shown = client.get("/metrics").text.splitlines()
    [figure] = [line for line in shown if line.startswith("tenkyo_index_damaged ")]
    return [
        client.get("/readyz").json().get("damage"),
        answer.headers.get("Tenkyo-Warning"),
        client.get("/api/articles").headers.get("Tenkyo-Warning"),
        float(figure.split()[1]),
        "warning" in client.look()["head"],
    ]


def test_a_damaged_index_is_told_of_in_every_place_until_it_is_mended(
    engine: Engine, make_engine: Callable[..., Engine], corpus: Path
) -> None:
    before = {*(engine.home.path / "segments").iterdir()}
    (corpus / "lamp.md").write_text("港の灯台は白い。", "utf-8")
    engine.build()
    [segment] = {*(engine.home.path / "segments").iterdir()} - before
    sound = [None, None, None, 0, False]
    with lent(engine) as client:
        assert warnings(client) == sound
    damage_last(segment / "sentences.npy")
    fresh = make_engine()
    with lent(fresh) as client:
        damage, *others = warnings(client)
        assert "一つ前の索引" in str(damage)
        assert f"{segment.name}/sentences.npy" in str(damage)
        assert others == [WARNING, WARNING, 1, True]
        fresh.build()
        assert warnings(client) == sound


def test_only_this_machines_names_are_answered_to(engine: Engine) -> None:
    with serving(engine, hosts=hosts_of("127.0.0.1")) as address:
        port = address.rpartition(":")[2]
        for host in ("localhost", "127.0.0.1", "[::1]", "LOCALHOST"):
            for name in (host, f"{host}:{port}", f"{host}:1"):
                assert httpx.get(f"{address}/healthz", headers={"Host": name}).status_code == 200
        for name in (
            "rebind.example",
            f"rebind.example:{port}",
            "127.0.0.1.example",
            "",
            "[::1",
            "localhost@x",
        ):
            for path in ("/healthz", "/library", "/", "/api/articles"):
                answer = httpx.get(f"{address}{path}", headers={"Host": name})
                assert answer.status_code == 400, name
    with serving(engine) as address:
        assert httpx.get(f"{address}/healthz", headers={"Host": "news.example"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("127.0.0.1", {"localhost", "127.0.0.1", "::1"}),
        ("127.3.2.1", {"localhost", "127.0.0.1", "::1", "127.3.2.1"}),
        ("0.0.0.0", set()),
        ("192.0.2.7", set()),
    ],
)
def test_names_are_known_where_only_this_machine_comes(host: str, names: set[str]) -> None:
    assert set(hosts_of(host)) == names


def test_who_has_not_signed_in_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    users = tmp_path / "users"
    add_user(users, "hanako", "long enough")
    with serving(engine, auth_file=users) as address:
        with httpx.Client(base_url=address) as stranger:
            for path in ("upload", "queue/join"):
                assert (
                    stranger.post(f"/gradio_api/{path}", files={"files": b"a"}).status_code == 401
                )
            assert stranger.get("/gradio_api/upload_progress?upload_id=x").status_code == 401
            assert stranger.get("/library").status_code in {303, 401}
        with Library(base_url=address, timeout=30, auth=("hanako", "long enough")) as signed:
            signed.open()
            signed.bring(("港.txt", HARBOUR.encode()))
            assert JA.library_done_add in signed.built()
    assert len(engine.articles()) == 4


def test_a_larger_body_is_let_in_for_files_alone(engine: Engine) -> None:
    body = b"x" * 2_000_000
    with lent(engine) as library:
        assert library.upload(("a.txt", body)).status_code == 200
        assert library.post("/gradio_api/cancel", content=body).status_code == 413
        head = f"POST /gradio_api/upload HTTP/1.1\r\nHost: x\r\nContent-Length: {10**9}\r\n\r\n"
        with socket.create_connection((library.base_url.host, library.base_url.port)) as announced:
            announced.sendall(head.encode())
            assert b" 413 " in announced.recv(100)
    with lent(engine, public=True) as library:
        assert library.upload(("a.txt", body)).status_code == 413


def test_an_upload_that_breaks_off_is_swept_out(engine: Engine) -> None:
    head = (
        "POST /gradio_api/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
    )
    with lent(engine) as library:
        with socket.create_connection((library.base_url.host, library.base_url.port)) as connection:
            connection.sendall(head.encode() + b"x" * 2_000_000)
            time.sleep(0.5)
        [left] = [path for path in upload_folder().iterdir() if path.is_file()]
        library.bring(("港.txt", HARBOUR.encode()))
        assert JA.library_done_add in library.built()
        assert left.exists()  # it may still come
        os.utime(left, (time.time() - 3600,) * 2)
        library.bring(("別.txt", "別の港の灯台は赤い。".encode()))
        assert JA.library_done_add in library.built()
        assert not left.exists()
