"""Questions to an index in a process of its own, as a user's: how long each part takes, and the memory."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.answering import FOUND
from index.bench.speed import timed
from index.engine import Engine
from index.errors import TenkyoError
from index.models import Models
from index.retriever import retrieve
from index.settings import Settings

PARTS = ("encode", "retrieve", "read", "answer")
_PACKAGES = str(Path(__file__).resolve().parents[2])
_CHILD = f"""import sys; sys.path.insert(0, {_PACKAGES!r})
from index.bench.asking import serve; serve()"""


def ask_apart(
    settings: Settings, questions: Sequence[str], *, whole: int = 0
) -> tuple[float, dict[str, Any]]:
    """Start a process, wait for what it finds to the first question, and have it asked the others.

    Returns:
        Seconds from the start to the first hits; and of the others, all of them retrieved and
        ``whole`` answered, the seconds in each of ``PARTS``, with ``resident``, bytes or None.

    Raises:
        TenkyoError: The process failed.
    """
    names = {name: getattr(settings, name) for name in ("home", "cache", "model", "reader")}
    given = {f"TENKYO_{name.upper()}": str(value) for name, value in names.items() if value}
    command = [sys.executable, "-c", _CHILD, str(whole), *questions]
    started = time.perf_counter()
    with subprocess.Popen(command, env=os.environ | given, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        found = child.stdout.readline()
        seconds = time.perf_counter() - started
        told = child.stdout.read()
    if child.returncode or not found:
        raise TenkyoError("計測のために起動したプロセスが途中で終了しました。")
    return seconds, json.loads(told)


def serve() -> None:
    """Be the process: print an empty line once the first is found, and JSON once all are."""
    settings, (whole, first, *others) = Settings.from_env(os.environ), sys.argv[1:]
    models = Models(settings)
    encoder, crossencoder = models.encoder(), models.crossencoder()
    engine = Engine(settings, encoder=encoder, crossencoder=crossencoder)
    engine.search(first)
    print(flush=True)
    encoding = _watch(encoder, "encode_queries")
    reading, generation = _watch(crossencoder, "read"), engine.generation()
    told: dict[str, Any] = {part: [] for part in PARTS}
    for number, question in enumerate(others):
        encoding[0] = reading[0] = 0.0
        seconds, _ = timed(retrieve, generation, encoder, question, top_k=FOUND)
        told["encode"].append(encoding[0])
        told["retrieve"].append(seconds - encoding[0])
        if number < int(whole):
            told["answer"].append(timed(engine.ask, question)[0])
            told["read"].append(reading[0])
    print(json.dumps(told | {"resident": _resident()}))


def _watch(model: object, method: str) -> list[float]:
    """Have a method's seconds added to the one number that is returned."""
    seconds, run = [0.0], getattr(model, method)

    def watched(*arguments: Any) -> Any:
        spent, result = timed(run, *arguments)
        seconds[0] += spent
        return result

    setattr(model, method, watched)
    return seconds


def _resident() -> int | None:
    try:
        found = re.search(r"VmRSS:\s*(\d+) kB", Path("/proc/self/status").read_text())
    except OSError:  # not Linux
        return None
    return int(found[1]) * 1024 if found else None
