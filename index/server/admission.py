"""The engine as the server asks it: a few questions at once, each counted, whoever asks."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from index.answering import Found
from index.checking import Check
from index.engine import Engine
from index.errors import BusyError, StoreError
from index.records import Answer, Filter, Hit, Step

WAITING = 64
"""Questions that may wait: at some 40 a second on two cores, none waits for more than two seconds."""

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds. A question takes about 0.02 on an idle machine."""


class ObservedEngine:
    """An engine that lets a few questions in, has some wait and refuses the others, and counts them.

    What it does not define is the engine's own. Used from any thread.

    Args:
        engine: Asked.
        at_once: Questions that are worked on at the same time.

    Attributes:
        capacity: Questions that are worked on or wait.
        registry: What ``/metrics`` shows.
        queued: Tells how many questions wait in the page's own queue, before they come here.
    """

    def __init__(self, engine: Engine, *, at_once: int) -> None:
        self.capacity = at_once + WAITING
        self.registry = CollectorRegistry()
        self.queued: Callable[[], int] = lambda: 0
        self._engine = engine
        self._inside = 0
        self._lock = threading.Lock()
        self._places = threading.Semaphore(at_once)
        to: dict[str, Any] = {"registry": self.registry}
        self._questions = Counter("tenkyo_questions", "Questions asked.", **to)
        self._searches = Counter("tenkyo_searches", "Searches asked for.", **to)
        self._drafts = Counter("tenkyo_drafts", "Drafts checked.", **to)
        self._refusals = Counter("tenkyo_refusals", "Questions the articles do not answer.", **to)
        self._errors = Counter("tenkyo_errors", "Questions that failed.", ["kind"], **to)
        self._seconds = Histogram(
            "tenkyo_step_seconds", "Time a step took.", ["step"], buckets=BUCKETS, **to
        )
        waiting = Gauge("tenkyo_questions_waiting", "Questions that wait for a place.", **to)
        waiting.set_function(lambda: max(0, self._inside - at_once) + self.queued())
        generation = Gauge("tenkyo_generation", "Number of the index in use.", **to)
        generation.set_function(self._generation)
        damaged = Gauge(
            "tenkyo_index_damaged", "Whether the index before the one in use serves.", **to
        )
        damaged.set_function(lambda: engine.damage is not None)
        ProcessCollector(registry=self.registry)

    @property
    def working(self) -> bool:
        """Whether somebody waits for an answer."""
        return self._inside > 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def search(self, question: str, *, top_k: int = 10, filter: Filter | None = None) -> list[Hit]:
        """Do as ``Engine.search``. Raises BusyError as well."""
        self._searches.inc()
        with self._admitted():
            return self._engine.search(question, top_k=top_k, filter=filter)

    def ask(
        self, question: str, *, previous: str | None = None, filter: Filter | None = None
    ) -> Answer:
        """Do as ``Engine.ask``. Raises BusyError as well."""
        *_, last = self.steps(question, previous=previous, filter=filter)
        assert last.answer is not None  # the last step is the answer
        return last.answer

    def explain(
        self, question: str, *, previous: str | None = None, filter: Filter | None = None
    ) -> tuple[Answer, Found]:
        """Do as ``Engine.explain``. Raises BusyError as well."""
        self._questions.inc()
        with self._admitted():
            started = time.perf_counter()
            answer, found = self._engine.explain(question, previous=previous, filter=filter)
            self._seconds.labels("answer").observe(time.perf_counter() - started)
        if not answer.answered:
            self._refusals.inc()
        return answer, found

    def steps(
        self, question: str, *, previous: str | None = None, filter: Filter | None = None
    ) -> Iterator[Step]:
        """Do as ``Engine.steps``, and time each without what the asker does between them."""
        self._questions.inc()
        with self._admitted() as leave:
            started = time.perf_counter()
            for step in self._engine.steps(question, previous=previous, filter=filter):
                self._seconds.labels(step.name).observe(time.perf_counter() - started)
                if step.answer and not step.answer.answered:
                    self._refusals.inc()
                if step.name == "writing":
                    leave()  # a language model's time is not this machine's
                yield step
                started = time.perf_counter()

    def check_steps(self, draft: str) -> Iterator[Check]:
        """Do as ``Engine.check_steps``, with a place for each sentence: a long draft holds up no question."""
        self._drafts.inc()
        steps = self._engine.check_steps(draft)
        with self._counting_errors(), self._counted_in():
            while True:
                with self._places:
                    step = next(steps, None)
                if step is None:
                    return
                yield step

    @contextmanager
    def _admitted(self) -> Iterator[Callable[[], None]]:
        """Wait for a place and keep it; what is yielded gives it back before the end."""
        started = time.perf_counter()
        with self._counting_errors(), self._counted_in(), ExitStack() as place:
            place.enter_context(self._places)
            self._seconds.labels("waiting").observe(time.perf_counter() - started)
            yield place.close

    @contextmanager
    def _counting_errors(self) -> Iterator[None]:
        try:
            yield
        except Exception as exc:
            self._errors.labels(type(exc).__name__).inc()
            raise

    @contextmanager
    def _counted_in(self) -> Iterator[None]:
        with self._lock:
            if self._inside >= self.capacity:
                raise BusyError(
                    "いま質問が混み合っています。少し待ってから、もう一度お試しください。"
                )
            self._inside += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1

    def _generation(self) -> float:
        try:
            return self._engine.in_use() or 0
        except StoreError:
            return math.nan
