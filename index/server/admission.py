"""An engine whose questions are admitted, few at once, and counted for ``/metrics``, whoever asks."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from index.engine import Engine
from index.errors import BusyError, StoreError
from index.records import Answer, Filter, Hit, Step

WAITING = 64
"""Questions that may wait: at some 40 a second on two cores, none waits for more than two seconds."""

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds. A question takes about 0.02 on an idle machine."""


class Admission:
    """Lets a few questions in, has some wait, and refuses the others. Used from any thread."""

    def __init__(self, at_once: int, waiting: int = WAITING) -> None:
        self.at_once = at_once
        self.capacity = at_once + waiting
        self._inside = 0
        self._lock = threading.Lock()
        self._places = threading.Semaphore(at_once)

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return max(0, self._inside - self.at_once)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Wait for a place and keep it.

        Raises:
            BusyError: Too many wait already.
        """
        with self._lock:
            if self._inside >= self.capacity:
                raise BusyError(
                    "いま質問が混み合っています。少し待ってから、もう一度お試しください。"
                )
            self._inside += 1
        try:
            with self._places:
                yield
        finally:
            with self._lock:
                self._inside -= 1


class Metrics:
    """The figures of one server.

    Attributes:
        registry: Of these figures and no others.
        queued: Tells how many questions wait in the page's own queue, before they are admitted.
    """

    def __init__(self, engine: Engine, admission: Admission) -> None:
        self.registry = CollectorRegistry()
        self.queued: Callable[[], int] = lambda: 0
        self._engine = engine
        self._admission = admission
        to: dict[str, Any] = {"registry": self.registry}
        self.questions = Counter("tenkyo_questions", "Questions asked.", **to)
        self.searches = Counter("tenkyo_searches", "Searches asked for.", **to)
        self._refusals = Counter("tenkyo_refusals", "Questions the articles do not answer.", **to)
        self._errors = Counter("tenkyo_errors", "Questions that failed.", ["kind"], **to)
        self._seconds = Histogram(
            "tenkyo_step_seconds", "Time a step took.", ["step"], buckets=BUCKETS, **to
        )
        waiting = Gauge("tenkyo_questions_waiting", "Questions that wait for a place.", **to)
        waiting.set_function(lambda: admission.waiting + self.queued())
        Gauge("tenkyo_generation", "Number of the index in use.", **to).set_function(
            self._generation
        )
        ProcessCollector(registry=self.registry)

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Wait for a place and keep it; count what goes wrong by its class. Raises BusyError."""
        started = time.perf_counter()
        try:
            with self._admission.place():
                self._seconds.labels("waiting").observe(time.perf_counter() - started)
                yield
        except Exception as exc:
            self._errors.labels(type(exc).__name__).inc()
            raise

    def timed(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Count the steps of a question, without what the asker does between them."""
        started = time.perf_counter()
        for step in steps:
            self._seconds.labels(step.name).observe(time.perf_counter() - started)
            if step.answer and not step.answer.answered:
                self._refusals.inc()
            yield step
            started = time.perf_counter()

    def _generation(self) -> float:
        try:
            return self._engine.home.current() or 0
        except StoreError:
            return math.nan


def observed(engine: Engine, metrics: Metrics) -> Engine:
    """Return the engine with its questions admitted and counted; the rest is its own."""
    return cast(Engine, _Observed(engine, metrics))


class _Observed:
    def __init__(self, engine: Engine, metrics: Metrics) -> None:
        self._engine = engine
        self._metrics = metrics

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def search(self, question: str, *, top_k: int = 10, filter: Filter | None = None) -> list[Hit]:
        self._metrics.searches.inc()
        with self._metrics.admitted():
            return self._engine.search(question, top_k=top_k, filter=filter)

    def ask(
        self, question: str, *, previous: str | None = None, filter: Filter | None = None
    ) -> Answer:
        *_, last = self.steps(question, previous=previous, filter=filter)
        assert last.answer is not None  # the last step is the answer
        return last.answer

    def steps(
        self, question: str, *, previous: str | None = None, filter: Filter | None = None
    ) -> Iterator[Step]:
        self._metrics.questions.inc()
        with self._metrics.admitted():
            steps = self._engine.steps(question, previous=previous, filter=filter)
            yield from self._metrics.timed(steps)
