"""The library on the real server: what is let in, an end while it builds, a death in the middle, a full disk."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from borrowing import OURS, Library
from conftest import damage_last, fake_engine, serving

from index.api.routes import WARNING
from index.encoder import Encoder
from index.engine import Engine
from index.server.listening import hosts_of
from index.settings import Settings
from index.users import add_user

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
import json, resource, sys
from pathlib import Path
from borrowing import lent
from conftest import fake_engine
from index.settings import Settings

home = Path(sys.argv[1])
line = "港の灯台は白い。".encode()
with lent(fake_engine(Settings(home, home))) as library:
    library.state()
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
    for size in (2_000_000, 24_000):  # one that waits on the disk, one that waits in memory
        answer = library.bring(("港.txt", line * (size // len(line))))
        told = answer.json().get("error") or library.built()["build"]["error"]
        print(json.dumps([answer.status_code, told, len(library.state()["articles"])]))
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
    waiting, keeping = map(json.loads, done.stdout.splitlines())
    assert (waiting[0], keeping[0]) == (507, 202)
    assert "空き容量" in waiting[1]
    assert "そのまま残っています" in keeping[1]
    assert waiting[2] == keeping[2] == 3
    assert engine.articles() == before
    assert list(engine.home.uploads.rglob("*")) == []


def test_questions_are_answered_while_articles_are_added(
    real_home: Path, real_encoder: Encoder, tmp_path: Path
) -> None:
    home = shutil.copytree(real_home, tmp_path / "home")
    settings = Settings(home, tmp_path)
    engine = fake_engine(settings, real_encoder)
    engine.warm_up()
    text = "".join(f"第{n}倉庫には麦の袋が{n * 31}個ある。" for n in range(150))
    with serving(engine) as address, Library(base_url=address, headers=OURS, timeout=30) as library:

        def answered(question: str) -> str:
            told = library.get("/api/ask", params={"question": question}).raise_for_status().json()
            return "".join(citation["quote"] for citation in told["citations"])

        assert library.paste(title="倉庫の麦", text=text).status_code == 202
        asked = 0
        while library.state()["build"]["running"]:
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
        with httpx.Client(base_url=server.stdout.readline().strip(), headers=OURS) as library:
            library.post("/library/text", json={"title": "港", "text": "港の灯台は白い。"})
            while library.get("/library/state").json()["build"]["stage"] != "encode":
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
            pasted = {"title": "港", "text": "港の灯台は白い。"}
            assert relay.post("/library/text", json=pasted, headers=OURS).status_code == 403
        server.send_signal(signal.SIGINT)


def warnings(client: httpx.Client) -> list[object]:
    """What each place says of the index: the probe, the API, the figures, what the library page reads."""
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
        client.get("/library/state").json()["damaged"],
    ]


def test_a_damaged_index_is_told_of_in_every_place_until_it_is_mended(
    engine: Engine, make_engine: Callable[..., Engine], corpus: Path
) -> None:
    before = {*(engine.home.path / "segments").iterdir()}
    (corpus / "lamp.md").write_text("港の灯台は白い。", "utf-8")
    engine.build()
    [segment] = {*(engine.home.path / "segments").iterdir()} - before
    sound = [None, None, None, 0, False]
    with serving(engine) as address, httpx.Client(base_url=address) as client:
        assert warnings(client) == sound
    damage_last(segment / "sentences.npy")
    fresh = make_engine()
    with serving(fresh) as address, httpx.Client(base_url=address, timeout=30) as client:
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
            for path in ("/healthz", "/library/state", "/", "/api/articles"):
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
    pasted = {"title": "港", "text": "港の灯台は白い。"}
    with serving(engine, auth_file=users) as address:
        with httpx.Client(base_url=address, headers=OURS) as stranger:
            for path in ("files", "text", "remove", "rebuild", "undo"):
                assert stranger.post(f"/library/{path}", json=pasted).status_code == 401
            assert stranger.get("/library/state", follow_redirects=False).status_code in {303, 401}
        signed = httpx.Client(base_url=address, headers=OURS, auth=("hanako", "long enough"))
        with signed:
            assert signed.post("/library/text", json=pasted).status_code == 202
            while signed.get("/library/state").json()["build"]["running"]:
                time.sleep(0.05)
    assert len(engine.articles()) == 4


def test_a_larger_body_is_let_in_for_files_alone(engine: Engine) -> None:
    with serving(engine, public=True) as address:
        large = {"Content-Type": "application/json", **OURS}
        body = b'{"title":"' + b" " * 2_000_000 + b'"}'
        told = [
            httpx.post(f"{address}/library/{path}", content=body, headers=large).status_code
            for path in ("text", "remove")
        ]
    assert told == [403, 413]
