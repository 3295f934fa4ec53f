"""One build at a time, apart from the pages, how far it has come, and what came of it.

The thread is a daemon: a server that stops does not wait for it. Nothing is lost by that, since a home
is changed in one step at the end of a build; what was encoded by then is found again by the next one.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from index.citations import article_name
from index.engine import Engine
from index.errors import BusyError, StoreError, TenkyoError
from index.reports import BuildReport, Progress, Skipped
from index.web.words import LANGUAGES

logger = logging.getLogger(__name__)

BEGINNING = Progress("model", 0, 0)

Work = Callable[..., BuildReport | int]
"""Takes ``on_progress``."""


@dataclass(frozen=True, slots=True)
class Build:
    """A build that runs or has ended; its ``kind`` is ``add``, ``remove``, ``undo``, ``rebuild`` or, of none, empty.

    There is no ``report`` of going back. ``refused`` are the files that were not taken into it, ``added`` the
    ids of articles that came with it, ``removed`` the names of those that went.
    """

    kind: str = ""
    running: bool = False
    progress: Progress = BEGINNING
    report: BuildReport | None = None
    error: TenkyoError | None = None
    refused: tuple[Skipped, ...] = ()
    added: frozenset[str] = frozenset()
    removed: tuple[str, ...] = ()


class Builds:
    """Starts builds, one after the other, and knows of the last.

    Merging after one is no part of it: the next may begin meanwhile.

    Attributes:
        last: The build that runs, or ran last.
        turn: Goes up with each change of ``last``.
    """

    def __init__(self, engine: Engine) -> None:
        self.last = Build()
        self.turn = 0
        self._engine = engine
        self._lock = threading.Lock()

    def start(self, kind: str, work: Work, refused: tuple[Skipped, ...] = ()) -> None:
        """Begin a build in a thread of its own. Raises BusyError while one is running."""
        with self._lock:
            if self.last.running:
                raise BusyError(LANGUAGES["ja"].error_building, code="building")
            self._set(Build(kind, running=True, refused=refused))
        threading.Thread(target=self._run, args=(work,), name="build", daemon=True).start()

    def _run(self, work: Work) -> None:
        ended = replace(self.last, running=False)
        try:
            before = self._ids()
            made = work(on_progress=self._tell)
            after = self._ids()
            gone = tuple(map(self._name, sorted(before - after)))
            report = made if isinstance(made, BuildReport) else None
            ended = replace(ended, added=after - before, removed=gone, report=report)
        except TenkyoError as exc:
            logger.warning("a build ended without a new index: %s", exc)
            ended = replace(ended, error=exc)
        except Exception:  # the edge: nobody else would tell the page
            logger.exception("a build failed")
            ended = replace(ended, error=TenkyoError(LANGUAGES["ja"].error_build, code="build"))
        self._set(ended)
        if ended.report:
            try:
                self._engine.merge()
            except Exception:  # the index stands as it is
                logger.exception("segments were not merged")

    def _tell(self, progress: Progress) -> None:
        self._set(replace(self.last, progress=progress))

    def _set(self, build: Build) -> None:
        self.last = build
        self.turn += 1

    def _ids(self) -> frozenset[str]:
        try:
            return frozenset(self._engine.generation().ids())
        except StoreError:  # nothing indexed yet
            return frozenset()

    def _name(self, article_id: str) -> str:
        article = self._engine.article(article_id)  # of the generation before, which is still open
        return article_name(article.title, article.source, article.id)
