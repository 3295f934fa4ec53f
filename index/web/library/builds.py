"""One build at a time, apart from the requests, and how far it has come.

The thread is a daemon: a server that stops does not wait for it. Nothing is lost by that, since a home
is changed in one step at the end of a build; what was encoded by then is found again by the next one.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from index.errors import BusyError, TenkyoError
from index.records import BuildReport, OnProgress, Progress

logger = logging.getLogger(__name__)

UNEXPECTED = "内部で問題が起きました。これまでの索引はそのままです。サーバーの記録をご覧ください。"
BUSY = "いま索引を作っています。終わるのを待って、もう一度お試しください。"

Work = Callable[[OnProgress], BuildReport | None]


@dataclass(frozen=True, slots=True)
class Build:
    """A build that runs or has ended, with its report or its error."""

    kind: str | None = None
    started: datetime | None = None
    running: bool = False
    progress: Progress | None = None
    report: BuildReport | None = None
    error: str | None = None


class Builds:
    """Starts builds, one after the other, and knows of the last.

    What is merged after one, ``merge``, is no part of it: the next may begin meanwhile.
    """

    def __init__(self, merge: Callable[[], object]) -> None:
        self.last = Build()
        self._merge = merge
        self._lock = threading.Lock()

    def check_idle(self) -> None:
        """Refuse while a build runs.

        Raises:
            BusyError: One does.
        """
        if self.last.running:
            raise BusyError(BUSY)

    def start(self, kind: str, work: Work) -> None:
        """Begin a build in a thread of its own. Raises as ``check_idle``."""
        with self._lock:
            self.check_idle()
            self.last = Build(kind, datetime.now(UTC), running=True)
        threading.Thread(target=self._run, args=(work,), name="build", daemon=True).start()

    def _run(self, work: Work) -> None:
        report, error = None, None
        try:
            report = work(self._tell)
        except TenkyoError as exc:
            logger.warning("a build ended without a new index: %s", exc)
            error = exc.told
        except Exception:  # the edge: nobody else would tell the page
            logger.exception("a build failed")
            error = UNEXPECTED
        self.last = replace(self.last, running=False, report=report, error=error)
        if report:
            try:
                self._merge()
            except Exception:  # the index stands as it is
                logger.exception("segments were not merged")

    def _tell(self, progress: Progress) -> None:
        self.last = replace(self.last, progress=progress)
