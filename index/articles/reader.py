"""Read files in a child process, so that a hostile file can neither take the program down nor hang it.

One child serves many files (starting Python costs more than reading). It is replaced when it dies,
runs over its time or out of memory. Only JSON passes between the two. The memory limit holds on
Linux only; elsewhere the time limit stands alone.
"""

import hashlib
import json
import logging
import os
import subprocess
import sys
import threading
from dataclasses import asdict
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

from index.articles.files import shown
from index.articles.settled import Limits
from index.errors import CorpusError
from index.records import Article

logger = logging.getLogger(__name__)

_PACKAGES = Path(__file__).resolve().parents[2]


def read_article(path: Path, *, limits: Limits | None = None) -> Article:
    """Read one file; for many, an ArticleReader is faster.

    Raises:
        CorpusError: The file cannot be read, or holds no article.
    """
    with ArticleReader(limits) as reader:
        return reader.read(path)


class ArticleReader:
    """Reads files one at a time in a child process; may be called from any thread.

    Example:
        >>> with ArticleReader() as reader:  # doctest: +SKIP
        ...     article = reader.read(Path("seeds/a.md"))
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._child: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, path: Path) -> Article:
        """Read a file into an Article.

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
        return _article(path, reply["draft"])

    def close(self) -> None:
        """End the child, at once."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                _close(pipe)

    def _ask(self, path: Path) -> dict[str, Any]:
        child = self._child or self._start()
        overrun = threading.Event()

        def stop() -> None:
            overrun.set()
            child.kill()

        clock = threading.Timer(self._limits.seconds, stop)
        clock.daemon = True
        clock.start()
        try:
            reply = _exchange(child, os.path.abspath(path))
        finally:
            clock.cancel()
        if reply is None:
            self.close()
            reply = {"reason": self._death(child, overrun.is_set())}
        elif reply.get("last"):
            self.close()
        return reply

    def _start(self) -> subprocess.Popen[bytes]:
        limits = json.dumps(asdict(self._limits))
        # -P, and no relative path: a docx.py in the user's folder is not to be imported.
        paths = [str(_PACKAGES), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "index.articles.child", limits],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(os.path.isabs, paths))},
        )
        return self._child

    def _death(self, child: subprocess.Popen[bytes], overrun: bool) -> str:
        if overrun:
            return f"{self._limits.seconds:g} 秒以内に読み終わりませんでした。ファイルが壊れているか、複雑すぎます。"
        logger.warning("the parsing process ended with %s", child.returncode)
        return "読み取り中に処理が異常終了しました。ファイルが壊れているか、大きすぎます。"


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        try:
            pipe.close()
        except OSError:
            logger.debug("the child was gone before its pipe was closed")


def _exchange(child: subprocess.Popen[bytes], path: str) -> dict[str, Any] | None:
    """Send a path, wait for the reply; None when the child died over it."""
    question, answer = cast(IO[bytes], child.stdin), cast(IO[bytes], child.stdout)
    try:
        question.write(json.dumps(path).encode() + b"\n")
        question.flush()
        line = answer.readline()
    except OSError:
        return None
    return json.loads(line) if line.endswith(b"\n") else None


def _article(path: Path, draft: dict[str, Any]) -> Article:
    text: str = draft["text"]
    published = draft["published"]
    return Article(
        id=hashlib.sha256(path.resolve().as_uri().encode()).hexdigest()[:12],
        title=draft["title"],
        authors=tuple(draft["authors"]),
        publisher=draft["publisher"],
        published=date.fromisoformat(published) if published else None,
        language=draft["language"],
        url=draft["url"],
        source=draft["source"] or shown(path),
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
