"""Nothing is lost: a seeded sample in CI, and hours of it by ``python -m pytest -m endurance -n 0``.

The full run writes its table into index/docs/endurance.md. How long people ask is said by the variable
ENDURANCE_MINUTES (30).
"""

import json
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import endurance
import httpx
import pytest
from borrowing import Library
from endurance import QUESTIONS, SEED, Place, Row

HERE = Path(__file__).parent
TABLE = HERE.parent / "index" / "docs" / "endurance.md"
MINUTES = float(os.environ.get("ENDURANCE_MINUTES", "30"))
FULL = {"kills": 200, "damages": 300, "full_disks": 144, "closed_homes": 1, "at_once": 10,
        "other_times": 1}  # fmt: skip
COMMANDS, SERVERS = 60, 20
SERVER = """
import sys
from pathlib import Path
from index.engine import Engine
from index.server import serve
from index.settings import Settings

settings = Settings.from_env({}, home=Path(sys.argv[1]))
serve(Engine(settings), port=0, on_ready=lambda address: print(address, flush=True))
"""
ROWS: list[Row] = []


def environment() -> dict[str, str]:
    threads = {"OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}  # a fork takes no threads along
    return os.environ | threads | {"PYTHONPATH": f"{HERE.parent}{os.pathsep}{HERE}"}


def run(*arguments: object) -> str:
    command = [sys.executable, "-W", "ignore", str(HERE / "endurance.py"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment())
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Prepared homes, in memory where there is some: what is killed loses nothing that the kernel has."""
    memory = Path("/dev/shm")
    where = memory if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2e8 else None
    with tempfile.TemporaryDirectory(dir=where) as made:
        Path(made).chmod(0o755)  # another user comes by
        run("prepare", made)
        yield Path(made)


@pytest.fixture(scope="module", autouse=True)
def table() -> Iterator[None]:
    """Write the table of what was run in full."""
    yield
    if ROWS:
        lines = ["| kind | tried | survived | lost | how it ended |", "|---|--:|--:|--:|---|"]
        for row in ROWS:
            ends = "; ".join(f"{end}: {many}" for end, many in sorted(row.ends.items()))
            kept = row.tried - len(row.lost)
            lines.append(f"| {row.kind} | {row.tried} | {kept} | {len(row.lost)} | {ends} |")
        head = TABLE.read_text("utf-8").partition("\n| kind |")[0]
        TABLE.write_text("\n".join([head, *lines, ""]), "utf-8")


def tried(rows: list[Row], *, told: bool) -> None:
    ROWS.extend(rows if told else [])
    assert [lost for row in rows for lost in row.lost] == []


def test_of_a_sample_nothing_is_lost(folder: Path) -> None:
    rows = [Row(**row) for row in json.loads(run("sample", 1, folder))]
    assert sum(row.tried for row in rows) > 60
    tried(rows, told=False)


@pytest.mark.endurance
@pytest.mark.parametrize("kind", FULL)
def test_nothing_is_lost(folder: Path, kind: str) -> None:
    tried([Row(**row) for row in json.loads(run(kind, FULL[kind], folder))], told=True)


@pytest.mark.endurance
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_the_command_is_killed_at_system_calls(folder: Path) -> None:
    rng, place = random.Random(SEED), Place(folder)
    row = Row("kill: the command, at a system call")
    commands = {"build": [folder / "articles", folder / "more"], "add": [folder / "more"],
                "rollback": [], "backup": [Path("home.zip")], "restore": [place.zip, "--force"]}  # fmt: skip
    for number in range(COMMANDS):
        name = [*commands][number % len(commands)]
        call = rng.choice(["pwrite64", "fsync", "rename", "unlink", "mkdir", "ftruncate"])
        with place.copied() as home:
            shutil.copy(place.zip, home.parent / "home.zip")
            inject = f"inject={call}:signal=KILL:when={rng.randint(1, 12)}"
            command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject,
                       sys.executable, "-m", "index", name, *map(str, commands[name])]  # fmt: skip
            done = subprocess.run(
                [*command, "--home", str(home)],
                cwd=home.parent,
                env=environment(),
                capture_output=True,
            )
            [(lost, state)] = json.loads(run("after_kill", name, home))
            row.add(
                "ran through" if done.returncode == 0 else state, lost and f"{name} {call}: {lost}"
            )
    tried([row], told=True)


@contextmanager
def server(home: Path) -> Iterator[tuple[subprocess.Popen[str], Library]]:
    command = [sys.executable, "-W", "ignore", "-c", SERVER, str(home)]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        with Library(base_url=address, timeout=60) as client:
            client.open()
            try:
                yield process, client
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(60)


@pytest.mark.endurance
def test_a_server_is_killed_while_it_takes_files(folder: Path) -> None:
    rng, place = random.Random(SEED), Place(folder)
    row = Row("kill: a server that is sent a file")
    for _ in range(SERVERS):
        with place.copied() as home:
            with server(home) as (process, client):
                assert client.get("/api/ask", params={"question": QUESTIONS[0]}).status_code == 200
                file = ("白萩.md", (folder / "more" / "白萩.md").read_bytes())
                assert client.bring(file)
                time.sleep(rng.uniform(0, 3))
                process.kill()
            [(lost, state)] = json.loads(run("after_kill", "upload", home))
            row.add(state, lost)
    tried([row], told=True)


def memory(process: subprocess.Popen[str]) -> int:
    """The bytes that a process holds in memory."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) * 1024


@pytest.mark.endurance
@pytest.mark.skipif(shutil.which("locust") is None, reason="needs locust, the extra load")
@pytest.mark.parametrize("people", [20, 200])
def test_people_at_once_are_answered_or_told_to_come_again(folder: Path, people: int) -> None:
    row = Row(f"{people} people at once, two minutes")
    with Place(folder).copied() as home, server(home) as (_, client):
        report = home.parent / "locust"
        done = subprocess.run(
            ["locust", "-f", HERE / "locustfile.py", "--headless", "-u", str(people), "-r", "20",
             "-t", "120s", "--host", str(client.base_url), "--csv", report, "--only-summary"],
            capture_output=True, text=True,
        )  # fmt: skip
        lines = report.with_name("locust_stats.csv").read_text("utf-8").splitlines()
        total = dict(zip(lines[0].split(","), lines[-1].split(","), strict=True))
        failed = report.with_name("locust_failures.csv").read_text("utf-8").splitlines()[1:]
        row.tried, row.lost = int(total["Request Count"]), failed
        row.ends = {
            f"median {total['Median Response Time']} ms, the slowest": int(
                float(total["Max Response Time"])
            )
        }
        assert row.tried > people, done.stderr
    tried([row], told=True)


@pytest.mark.endurance
def test_a_long_run_takes_no_more_memory_and_no_more_time(folder: Path) -> None:
    row = Row(f"{MINUTES:g} minutes of questions, with rebuilds")
    with Place(folder).copied() as home, server(home) as (process, client):
        times: list[float] = []
        sizes: list[int] = []
        stop = threading.Event()

        def ask() -> None:
            with httpx.Client(base_url=client.base_url, timeout=60) as own:
                while not stop.wait(0.02):
                    question = QUESTIONS[len(times) % len(QUESTIONS)]
                    started = time.perf_counter()
                    status = own.get("/api/ask", params={"question": question}).status_code
                    times.append(time.perf_counter() - started)
                    row.add("answered", "" if status == 200 else f"{status}")

        asking = threading.Thread(target=ask)
        asking.start()
        for number in range(12):
            time.sleep(MINUTES * 60 / 12)
            sizes.append(memory(process))
            told = client.call("rebuild")[0]
            row.lost += [f"rebuild {number}: {told}"] if 'alert">' in told else []
        stop.set()
        asking.join()
    third = len(times) // 3
    drift = statistics.median(times[-third:]) / statistics.median(times[:third]) - 1
    growth = sizes[-1] / sizes[1] - 1
    row.ends |= {
        f"memory {growth:+.1%} to MB": sizes[-1] // 10**6,
        f"median {drift:+.1%} to ms": round(1e3 * statistics.median(times[-third:])),
    }
    row.lost += [f"memory grew by {growth:.1%}"] if growth > 0.05 else []
    row.lost += [f"the median grew by {drift:.1%}"] if drift > 0.1 else []
    tried([row], told=True)


def test_the_table_names_its_command() -> None:
    assert "python -m pytest -m endurance -n 0" in TABLE.read_text("utf-8")
    assert endurance.KINDS.keys() == {*FULL, "sample"}
