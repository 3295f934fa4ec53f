"""Files of one JSON object a line."""

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from index.errors import CorpusError


def read_lines(path: Path, *names: str) -> Iterator[dict[str, Any]]:
    """Read a file of one JSON object a line, blank lines left out.

    Args:
        path: The file; one that ends in .gz is unpacked.
        names: Members that every object has, each a string.

    Raises:
        CorpusError: The file cannot be read, or a line is not such an object; the line is named.
    """
    try:
        unpack = gzip.open if path.suffix == ".gz" else open
        with unpack(path, "rt", encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _object(path, number, line, names)
    except (OSError, EOFError, UnicodeDecodeError) as exc:
        raise CorpusError(str(path), f"読めません（{exc}）") from exc


def _object(path: Path, number: int, line: str, names: Sequence[str]) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise CorpusError(str(path), f"{number} 行目が JSON ではありません（{exc}）") from exc
    if not isinstance(value, dict):
        raise CorpusError(str(path), f"{number} 行目が JSON のオブジェクトではありません")
    for name in names:
        if not isinstance(value.get(name), str):
            raise CorpusError(str(path), f"{number} 行目に文字列の {name} がありません")
    return value
