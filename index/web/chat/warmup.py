"""Getting the engine ready in the background, while the page is already served."""

import logging
import threading

from index.engine import Engine
from index.errors import TenkyoError
from index.web.words import LANGUAGES

logger = logging.getLogger(__name__)


class WarmUp:
    """Loads the engine once, however many pages ask for it; a failed load is tried again.

    Attributes:
        error: Why it failed; None while it has not.
    """

    def __init__(self, engine: Engine) -> None:
        self.error: TenkyoError | None = None
        self._engine = engine
        self._lock = threading.Lock()
        self._begun = False
        self._settled = threading.Event()

    def start(self) -> None:
        """Begin, unless it has begun already and has not failed."""
        with self._lock:
            if self._begun and not self.error:
                return
            self._begun, self.error = True, None
            self._settled.clear()
            threading.Thread(target=self._run, name="warm-up", daemon=True).start()

    @property
    def settled(self) -> bool:
        """Whether the engine is ready, or has failed."""
        return self._settled.is_set()

    def wait(self) -> None:
        """Wait until the engine is ready. Raises TenkyoError where it failed."""
        self.start()
        self._settled.wait()
        if self.error:
            raise self.error

    def _run(self) -> None:
        try:
            self._engine.warm_up()
        except TenkyoError as exc:
            logger.error("the engine did not warm up: %s", exc)
            self.error = exc
        except Exception:  # the edge: nobody else would tell the page
            logger.exception("the engine did not warm up")
            self.error = TenkyoError(LANGUAGES["ja"].error_unexpected, code="unexpected")
        self._settled.set()
