"""Questions to an index in a process of its own, as a user's: how long each part takes, and the memory.

The parent sends one line of JSON: ``settings`` (home, cache, model, reader) and ``questions``. The
child answers with an empty line when the first is found, and where there are more, with a line of
JSON: ``encode``, ``retrieve``, ``read`` and ``answer``, the seconds of each question, and
``resident``, bytes or null.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.crossencoder import CrossEncoder, Reading, Window
from index.encoder import Encoder, Vectors
from index.engine import FOUND, Engine
from index.errors import TenkyoError
from index.models import Models
from index.retriever import retrieve
from index.settings import Settings

PARTS = ("encode", "retrieve", "read", "answer")
_PACKAGES = str(Path(__file__).resolve().parents[2])
_CHILD = f"""
import sys
sys.path.insert(0, {_PACKAGES!r})
from index.bench.asking import serve
serve()
"""


def ask_apart(settings: Settings, questions: Sequence[str]) -> tuple[float, dict[str, Any]]:
    """Start a process, wait for what it finds to the first question, and ask it the others.

    Returns:
        Seconds from the start to the first hits, and what the child told of the others, if any.

    Raises:
        TenkyoError: The process failed.
    """
    sent = {name: str(value) for name in ("home", "cache", "model", "reader")
            if (value := getattr(settings, name)) is not None}  # fmt: skip
    started = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin is not None
    assert child.stdout is not None
    with child:
        child.stdin.write(json.dumps({"settings": sent, "questions": list(questions)}) + "\n")
        child.stdin.flush()
        found = child.stdout.readline()
        seconds = time.perf_counter() - started
        told = child.stdout.read()
    if child.returncode or not found:
        raise TenkyoError("計測のために起動したプロセスが途中で終了しました。")
    return seconds, json.loads(told or "{}")


def serve() -> None:
    """Be the child."""
    given = json.loads(sys.stdin.readline())
    paths = {name: Path(given["settings"].pop(name)) for name in ("home", "cache")}
    settings = Settings(**paths, **given["settings"])
    first, *others = given["questions"]
    models = Models(settings)
    encoder = TimedEncoder(models.encoder())
    reader = TimedCrossEncoder(models.crossencoder())
    engine = Engine(settings, encoder=encoder, crossencoder=reader)
    engine.search(first)
    print(flush=True)
    if others:
        rows = [_time(engine, encoder, reader, question) for question in others]
        told: dict[str, Any] = {part: [row[part] for row in rows] for part in PARTS}
        print(json.dumps(told | {"resident": resident()}))


def _time(
    engine: Engine, encoder: "TimedEncoder", reader: "TimedCrossEncoder", question: str
) -> dict[str, float]:
    """Ask one question; ``retrieve`` is without ``encode``, and ``answer`` is the whole of it."""
    encoder.seconds = reader.seconds = 0.0
    generation, started = engine.generation(), time.perf_counter()
    retrieve(generation, encoder, question, top_k=FOUND)
    found, encoding = time.perf_counter() - started, encoder.seconds
    started = time.perf_counter()
    engine.ask(question)
    answered = time.perf_counter() - started
    return dict(zip(PARTS, (encoding, found - encoding, reader.seconds, answered), strict=True))


class TimedEncoder:
    """An encoder that adds up the ``seconds`` it takes for questions."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.fingerprint, self.dimensions = encoder.fingerprint, encoder.dimensions
        self.seconds = 0.0

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions."""
        started = time.perf_counter()
        vectors = self._encoder.encode_queries(texts)
        self.seconds += time.perf_counter() - started
        return vectors

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Encode passages and sentences."""
        return self._encoder.encode_documents(texts)


class TimedCrossEncoder:
    """A cross-encoder that adds up the ``seconds`` it takes."""

    def __init__(self, crossencoder: CrossEncoder) -> None:
        self._crossencoder = crossencoder
        self.name, self.seconds = crossencoder.name, 0.0

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """Return a reading of each window."""
        started = time.perf_counter()
        readings = self._crossencoder.read(question, windows)
        self.seconds += time.perf_counter() - started
        return readings


def resident() -> int | None:
    """Return the bytes of memory that this process holds; None where the system does not say."""
    try:
        found = re.search(r"VmRSS:\s*(\d+) kB", Path("/proc/self/status").read_text())
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None
