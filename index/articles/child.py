"""The parsing process: ``python -m index.articles.child LIMITS``; see reader.py.

Reads a path as JSON from each line of stdin and answers with a line of JSON: ``{"draft": …}`` or
``{"reason": …}``, with ``"last": true`` when it must be replaced. Ends with its parent: at the end of
stdin, and by its own alarm should the parent die while a file is being read.
"""

import json
import os
import signal
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import IO, Any

from index.articles.settled import Limits, Unreadable

# Beyond the parent's own clock, which tells the user why.
_GRACE = 5.0


def main() -> None:
    """Answer until stdin ends."""
    limits = Limits(**json.loads(sys.argv[1]))
    replies = _own_stdout()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _limit_memory(limits.memory)
    for line in sys.stdin.buffer:
        _alarm(limits.seconds + _GRACE)
        reply = _answer(Path(json.loads(line)), limits)
        _alarm(0)
        replies.write(json.dumps(reply, default=_plain).encode() + b"\n")
        replies.flush()


def _own_stdout() -> IO[bytes]:
    """Keep the pipe to the parent for replies: whatever a library prints goes to stderr."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return replies


def _limit_memory(memory: int) -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _alarm(seconds: float) -> None:
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _answer(path: Path, limits: Limits) -> dict[str, Any]:
    from index.articles.formats import read_draft

    try:
        return {"draft": asdict(read_draft(path, limits))}
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


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


if __name__ == "__main__":
    main()
