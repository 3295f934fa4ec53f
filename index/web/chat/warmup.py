"""Getting the engine ready in the background, while the page is already served."""

import contextlib
import logging
import threading

from index.engine import Engine
from index.errors import TenkyoError
from index.web.chat.examples import choose_examples
from index.web.chat.texts import JA

logger = logging.getLogger(__name__)


class WarmUp:
    """Loads the engine once, however many pages ask for it; a failed load is tried again.

    Attributes:
        error: Why it failed; None while it has not.
        examples: Questions the articles answer; empty until they have been tried.
    """

    def __init__(self, engine: Engine) -> None:
        self.error: TenkyoError | None = None
        self.examples: tuple[str, ...] = ()
        self._engine = engine
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._settled = threading.Event()
        self._choosing = threading.Lock()
        self._chosen: int | None = None

    def start(self) -> None:
        """Begin, unless it has begun already and has not failed."""
        with self._lock:
            if self._thread is not None and not self.error:
                return
            self.error = None
            self._settled.clear()
            self._thread = threading.Thread(target=self._run, name="warm-up", daemon=True)
            self._thread.start()

    @property
    def damage(self) -> TenkyoError | None:
        """What everybody should know of the index."""
        return self._engine.damage

    @property
    def settled(self) -> bool:
        """Whether the engine is ready, or has failed."""
        return self._settled.is_set()

    @property
    def finished(self) -> bool:
        """Whether the examples are chosen as well."""
        return self.settled and (self._thread is None or not self._thread.is_alive())

    def wait(self) -> None:
        """Wait until the engine is ready.

        Raises:
            TenkyoError: It failed.
        """
        self.start()
        self._settled.wait()
        if self.error:
            raise self.error

    def choose(self) -> None:
        """Choose the examples, unless it was done for the generation in use."""
        with self._choosing, contextlib.suppress(TenkyoError):
            number = self._engine.generation().number
            if not self.error and number != self._chosen:
                self.examples, self._chosen = choose_examples(self._engine), number

    def _run(self) -> None:
        try:
            self._engine.warm_up()
        except TenkyoError as exc:
            logger.error("the engine did not warm up: %s", exc)
            self.error = exc
        except Exception:  # the edge: nobody else would tell the page
            logger.exception("the engine did not warm up")
            self.error = TenkyoError(JA.errors["unexpected"], code="unexpected")
        self._settled.set()
        try:
            self.choose()
        except RuntimeError:  # as the program ends, what reads in parallel takes no more work
            if threading.main_thread().is_alive():
                raise
