"""What ``/metrics`` shows, on a real server: that it counts what was asked, by whatever way."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import run_apart, serving

from index.encoder import Encoder
from index.engine import Engine
from index.records import Step
from index.server.app import AT_ONCE
from index.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's own

ASKED = "青沢運河はいつ開通したか"
REFUSED = "ペンギンの体重は何キロか"
STEPS = ("waiting", "looking", "sources", "answer")


class Held(Engine):
    """The real engine, whose answers wait until they are let go."""

    def __init__(self, settings: Settings, *, encoder: Encoder | None = None) -> None:
        super().__init__(settings, encoder=encoder)
        self.go = threading.Event()

    def steps(self, *args: Any, **options: Any) -> Iterator[Step]:
        self.go.wait(30)
        yield from super().steps(*args, **options)


def figures(client: httpx.Client) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    return {name: float(value) for name, value in (x.rsplit(" ", 1) for x in lines if x[0] != "#")}


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_figures_count_what_is_asked(real_home: Path, real_encoder: Encoder) -> None:
    engine = Engine(Settings(real_home, real_home), encoder=real_encoder)
    with serving(engine) as address, httpx.Client(base_url=address, timeout=60) as client:
        started = time.perf_counter()
        for question in (ASKED, REFUSED, " "):
            client.post("/api/ask", json={"question": question})
        client.post("/api/search", json={"question": ASKED})
        passed = time.perf_counter() - started
        shown = figures(client)
    assert shown["tenkyo_questions_total"] == 3
    assert shown["tenkyo_refusals_total"] == 1
    assert shown["tenkyo_searches_total"] == 1
    assert shown['tenkyo_errors_total{kind="QuestionError"}'] == 1
    assert shown["tenkyo_questions_waiting"] == 0
    assert shown["tenkyo_generation"] == 1
    counts = {step: shown[f'tenkyo_step_seconds_count{{step="{step}"}}'] for step in STEPS}
    assert counts == {"waiting": 4, "looking": 2, "sources": 2, "answer": 2}
    spent = [shown[f'tenkyo_step_seconds_sum{{step="{step}"}}'] for step in STEPS]
    assert all(seconds > 0 for seconds in spent)
    assert sum(spent) < passed


def test_a_tool_and_a_question_asked_by_it_are_counted(
    real_home: Path, real_encoder: Encoder
) -> None:
    mcp = pytest.importorskip("mcp", reason="mcp がないため、省きます（tenkyo[mcp]）。")
    engine = Engine(Settings(real_home, real_home), encoder=real_encoder)

    async def call(address: str) -> Any:
        async with mcp.Client(f"{address}/mcp") as client:
            return await client.call_tool("ask", {"question": REFUSED})

    with serving(engine) as address, httpx.Client(base_url=address, timeout=60) as client:
        run_apart(call(address))
        shown = figures(client)
    assert (shown["tenkyo_questions_total"], shown["tenkyo_refusals_total"]) == (1, 1)


def test_whoever_waits_in_the_pages_queue_waits(real_home: Path, real_encoder: Encoder) -> None:
    engine = Held(Settings(real_home, real_home), encoder=real_encoder)
    with serving(engine) as address, httpx.Client(base_url=address, timeout=60) as client:
        until(lambda: client.get("/readyz").status_code == 200)
        known = client.get("/config").json()["dependencies"]
        [(ask, inputs)] = [(e["id"], e["inputs"]) for e in known if e["api_name"] == "ask_1"]
        for number in range(AT_ONCE + 3):
            event = {"data": [ASKED, *[None] * (len(inputs) - 1)], "fn_index": ask}
            event["session_hash"] = str(number)
            assert client.post("/gradio_api/queue/join", json=event).status_code == 200
        until(lambda: figures(client)["tenkyo_questions_total"] == AT_ONCE)
        assert figures(client)["tenkyo_questions_waiting"] == 3
        engine.go.set()
        until(lambda: figures(client)["tenkyo_questions_total"] == AT_ONCE + 3)
        until(lambda: figures(client)["tenkyo_questions_waiting"] == 0)


def test_the_generation_is_the_one_in_use(engine: Engine, corpus: Path) -> None:
    with serving(engine) as address, httpx.Client(base_url=address, timeout=60) as client:
        assert figures(client)["tenkyo_generation"] == 1
        (corpus / "new.md").write_text("# 新しい記事\n\n灯台は1931年に建った。\n", "utf-8")
        engine.build([corpus])
        assert figures(client)["tenkyo_generation"] == 2
        assert re.search("process_resident_memory_bytes", client.get("/metrics").text)
