"""An engine whose questions pass the gate and are counted, whoever asks: the page, REST or MCP."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from index.engine import Engine
from index.errors import StoreError
from index.records import Answer, Filter, Hit, Step
from index.server.gate import Gate

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds. A question takes about 0.02 on an idle machine."""


class Metrics:
    """What ``/metrics`` shows.

    Attributes:
        registry: Of these figures and no others.
        queued: Tells how many questions wait in the page's own queue, before they come to the gate.
    """

    def __init__(self, engine: Engine, gate: Gate) -> None:
        self.registry = CollectorRegistry()
        to: dict[str, Any] = {"registry": self.registry}
        self.questions = Counter("tenkyo_questions", "Questions asked.", **to)
        self.searches = Counter("tenkyo_searches", "Searches asked for.", **to)
        self.refusals = Counter("tenkyo_refusals", "Questions the articles do not answer.", **to)
        self._errors = Counter("tenkyo_errors", "Questions that failed.", ["kind"], **to)
        self._seconds = Histogram(
            "tenkyo_step_seconds", "Time a step took.", ["step"], buckets=BUCKETS, **to
        )
        self.queued: Callable[[], int] = lambda: 0
        waiting = Gauge("tenkyo_questions_waiting", "Questions that wait for a place.", **to)
        waiting.set_function(lambda: gate.waiting + self.queued())
        generation = Gauge("tenkyo_generation", "Number of the index in use.", **to)
        generation.set_function(lambda: _generation(engine))
        ProcessCollector(registry=self.registry)

    def count(self, step: Step, seconds: float) -> None:
        """Count a step of a question that took so long to come."""
        self._seconds.labels(step.name).observe(seconds)
        if step.answer and not step.answer.answered:
            self.refusals.inc()

    @contextmanager
    def place(self, gate: Gate) -> Iterator[None]:
        """Take a place at the gate and measure how long that took. Raises as ``Gate.place``."""
        started = time.perf_counter()
        with gate.place():
            self._seconds.labels("waiting").observe(time.perf_counter() - started)
            yield

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Count what goes wrong in here by its class."""
        try:
            yield
        except Exception as exc:
            self._errors.labels(type(exc).__name__).inc()
            raise


def observed(engine: Engine, gate: Gate, metrics: Metrics) -> Engine:
    """Return the engine with gate and counters before its questions; the rest is its own."""
    return cast(Engine, _Observed(engine, gate, metrics))


class _Observed:
    def __init__(self, engine: Engine, gate: Gate, metrics: Metrics) -> None:
        self._engine = engine
        self._gate = gate
        self._metrics = metrics

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def search(self, question: str, *, top_k: int = 10, filter: Filter | None = None) -> list[Hit]:
        self._metrics.searches.inc()
        with self._metrics.errors(), self._metrics.place(self._gate):
            return self._engine.search(question, top_k=top_k, filter=filter)

    def ask(
        self, question: str, *, previous: str | None = None, filter: Filter | None = None
    ) -> Answer:
        *_, last = self.steps(question, previous=previous, filter=filter)
        assert last.answer is not None  # a reader's last step is the answer
        return last.answer

    def steps(
        self, question: str, *, previous: str | None = None, filter: Filter | None = None
    ) -> Iterator[Step]:
        self._metrics.questions.inc()
        with self._metrics.errors(), self._metrics.place(self._gate):
            steps = self._engine.steps(question, previous=previous, filter=filter)
            for step, seconds in _timed(steps):
                self._metrics.count(step, seconds)
                yield step


def _timed(steps: Iterator[Step]) -> Iterator[tuple[Step, float]]:
    """Yield each step with the seconds it took to make, without what the asker did in between."""
    started = time.perf_counter()
    for step in steps:
        yield step, time.perf_counter() - started
        started = time.perf_counter()


def _generation(engine: Engine) -> float:
    try:
        return engine.home.current() or 0
    except StoreError:
        return math.nan
