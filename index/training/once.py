"""What is found out about the data once and for all, and kept in a file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def once(file: Path, find: Callable[[], Any]) -> Any:
    """Return what the file holds as JSON; where there is none yet, what is found, kept whole or not at all."""
    if not file.exists():
        unfinished = file.with_suffix(".part")
        unfinished.write_text(json.dumps(find(), ensure_ascii=False), "utf-8")
        unfinished.replace(file)
    return json.loads(file.read_text("utf-8"))
