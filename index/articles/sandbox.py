"""Read and cut files in a child, so that a hostile one can neither take the program down nor hang it.

One child serves many files (starting Python costs more than reading). It is replaced when it dies,
runs over its time or out of memory. Only JSON passes between the two: a path a line to the child, and
back a line of ``{"draft": …, "sha256": …, "places": …}`` or ``{"reason": …}``, with ``"last": true`` when it must
be replaced; before it, for a file of many pages, lines with the seconds that it may take longer.
The memory limit holds on Linux only; elsewhere the time limit stands alone.
"""

import contextlib
import hashlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from itertools import chain
from pathlib import Path
from typing import IO, Any, cast

from index.articles import files
from index.articles.files import Limits, Unreadable, shown
from index.errors import CorpusError
from index.passages import Place, cut
from index.records import Article, Loss, Mark

logger = logging.getLogger(__name__)

_PACKAGES = Path(__file__).resolve().parents[2]
_CHILD = "from index.articles.sandbox import serve; serve()"
# Of the child's own alarm, beyond the parent's clock, which tells the user why.
_GRACE = 5.0
_STARTING = 60.0
"""Seconds in which the child must have its libraries loaded; a file's own time begins after that."""


class ArticleReader(contextlib.AbstractContextManager["ArticleReader"]):
    """Reads files one at a time in a child process; may be called from any thread.

    Example:
        >>> with ArticleReader() as reader:  # doctest: +SKIP
        ...     article, places = reader.read(Path("seeds/a.md"))
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._child: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, path: Path) -> tuple[Article, list[Place], str]:
        """Read a file into an Article, where it is cut into passages, and the SHA-256 of its bytes.

        Raises:
            CorpusError: The file cannot be read, or holds no article.
        """
        with self._turn:
            try:
                reply = self._ask(path)
            except BaseException:  # Ctrl-C while waiting: the child's answer would come too late
                self.close()
                raise
        if "reason" in reply:
            raise CorpusError(shown(path), reply["reason"])
        draft, text = reply["draft"], str(reply["draft"]["text"])
        article = Article(
            id=hashlib.sha256(path.resolve().as_uri().encode()).hexdigest()[:12],
            title=draft["title"],
            authors=tuple(draft["authors"]),
            publisher=draft["publisher"],
            published=date.fromisoformat(draft["published"]) if draft["published"] else None,
            language=draft["language"],
            url=draft["url"],
            source=draft["source"] or shown(path),
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            marks=tuple(Mark(**mark) for mark in draft["marks"]),
            losses=tuple(Loss(**loss) for loss in draft["losses"]),
        )
        places = [
            (heading, start, end, [(a, b) for a, b in spans])
            for heading, start, end, spans in reply["places"]
        ]
        marked = all(0 <= mark.start < mark.end <= len(text) for mark in article.marks)
        if not marked or not _lie_in(text, places):
            raise CorpusError(shown(path), "本文を区切った位置が、本文と合いません。")
        return article, places, reply["sha256"]

    def close(self) -> None:
        """End the child, at once."""
        child, self._child = self._child, None
        if child is not None:
            with contextlib.suppress(OSError), child:  # it may have been gone before
                child.kill()

    def _ask(self, path: Path) -> dict[str, Any]:
        child = self._child or self._start()
        overrun = threading.Event()

        def stop() -> None:
            overrun.set()
            child.kill()

        end = time.monotonic() + self._limits.seconds
        clock = _clock(end, stop)
        line = b""
        try:
            request, answer = cast(IO[bytes], child.stdin), cast(IO[bytes], child.stdout)
            request.write(json.dumps(os.path.abspath(path)).encode() + b"\n")
            request.flush()
            while (line := answer.readline()) and line[:1] != b"{":
                clock.cancel()
                end += float(line)
                clock = _clock(end, stop)
        except OSError:
            logger.debug("the parsing process was gone before it was asked")
        finally:
            clock.cancel()
        died = not line.endswith(b"\n")
        reply: dict[str, Any] = {} if died else json.loads(line)
        if died or reply.get("last"):
            self.close()
        if not died:
            return reply
        reason = "読み取り中に処理が異常終了しました。ファイルが壊れているか、大きすぎます。"
        if overrun.is_set():
            late = f"{self._limits.seconds:g} 秒以内に読み終わりませんでした。"
            reason = f"{late}ファイルが壊れているか、複雑すぎます。"
        else:
            logger.warning("the parsing process ended with %s", child.returncode)
        return {"reason": reason}

    def _start(self) -> subprocess.Popen[bytes]:
        # -P, and no relative path: a docx.py in the user's folder is not to be imported.
        paths = [str(_PACKAGES), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-c", _CHILD, json.dumps(asdict(self._limits))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(os.path.isabs, paths))},
        )
        cast(IO[bytes], self._child.stdout).readline()  # it is ready, or has gone
        return self._child


def _clock(end: float, stop: Callable[[], None]) -> threading.Timer:
    """Start a clock that stops the child at ``end``."""
    clock = threading.Timer(end - time.monotonic(), stop)
    clock.daemon = True
    clock.start()
    return clock


def _lie_in(text: str, places: list[Place]) -> bool:
    """Whether there are passages, and they and their sentences lie in the text, one after the other."""
    edges = [at for _, start, end, spans in places for at in (start, *chain(*spans), end)]
    begun = all(spans and spans[0][0] == start for _, start, _, spans in places)
    return bool(edges) and begun and sorted((0, *edges, len(text))) == [0, *edges, len(text)]


def serve() -> None:
    """The child's side: answer until stdin ends, under the limits in ``sys.argv[1]``.

    Ends with its parent: at the end of stdin, and by its own alarm should the parent die while a
    file is being read.
    """
    limits = Limits(**json.loads(sys.argv[1]))
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes to stderr
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with _alarm(_STARTING), contextlib.suppress(Exception):  # what is amiss is told of each file
        from index.articles import formats  # noqa: F401

        cut("")
    replies.write(b"\n")
    replies.flush()

    def more_time(seconds: float) -> None:
        if sys.platform != "win32":
            signal.setitimer(signal.ITIMER_REAL, signal.getitimer(signal.ITIMER_REAL)[0] + seconds)
        replies.write(b"%g\n" % seconds)
        replies.flush()

    files.more_time = more_time
    for line in sys.stdin.buffer:
        with _alarm(limits.seconds + _GRACE):
            reply = _answer(Path(json.loads(line)), limits)
        replies.write(json.dumps(reply, default=date.isoformat).encode() + b"\n")
        replies.flush()


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """End this process if what follows takes longer, where the system can."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)
    yield
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(path: Path, limits: Limits) -> dict[str, Any]:
    try:
        from index.articles.formats import read_draft

        draft, digest = read_draft(path, limits)
        places = cut(draft.text, draft.marks)
        longest = max((end - start for *_, spans in places for start, end in spans), default=0)
        if longest > limits.sentence:
            raise Unreadable(
                f"{longest:,} 文字の間、文の終わり（。や改行）がありません。"
                f"一文は {limits.sentence:,} 文字までです。"
            )
        return {"draft": asdict(draft), "sha256": digest, "places": places}
    except Unreadable as error:
        return {"reason": str(error)}
    except MemoryError:
        reason = f"読み取りに {limits.memory // 1024**2} MB を超えるメモリが必要です。ファイルを分けてください。"
        return {"reason": reason, "last": True}
    except RecursionError:
        return {"reason": "入れ子が深すぎて読めません。", "last": True}
    except ImportError as error:
        return {"reason": f"読み取りに必要なライブラリを読み込めません（{error}）。"}
    except Exception as error:  # a library met a file it did not expect
        return {"reason": f"ファイルが壊れているようです（{type(error).__name__}）。"}
