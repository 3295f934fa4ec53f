"""A folder that is made once per user out of what the packages carry.

It is written under another name and renamed when it is whole, so that it is whole or not there; two
processes that do it at once both succeed, and the second throws its own away.
"""

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from index.errors import EncoderError, cause

STALE = 3600.0  # seconds after which an unfinished folder belongs to no living process
_UNFINISHED = ".unpacking-"


def make(folder: Path, write: Callable[[Path], None]) -> None:
    """Make the folder where it is missing or damaged.

    Args:
        folder: Where it is to be.
        write: Writes the files into the folder that it is given.

    Raises:
        EncoderError: It cannot be written, or ``write`` raises it.
    """
    if intact(folder):
        return
    try:
        _make(folder, write)
    except OSError as exc:
        raise EncoderError(
            f"モデルを展開できませんでした（{cause(exc)}）。"
            "空き容量と書き込みの権限を確かめるか、TENKYO_CACHE で別の場所を指定してください。",
            at=folder.parent,
        ) from exc


def intact(folder: Path) -> bool:
    """Tell whether the folder holds what its manifest says, by checksum."""
    try:
        files = json.loads((folder / "manifest.json").read_text())["files"]
        return bool(files) and all(_digest(folder / name) == files[name] for name in files)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _make(folder: Path, write: Callable[[Path], None]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(folder.parent)
    with tempfile.TemporaryDirectory(
        prefix=_UNFINISHED, dir=folder.parent, ignore_cleanup_errors=True
    ) as name:
        made = Path(name) / "new"
        made.mkdir()
        write(made)
        files = {path.name: _digest(path) for path in sorted(made.iterdir())}
        (made / "manifest.json").write_text(json.dumps({"files": files}, indent=1))
        if folder.exists() and not intact(folder):
            folder.rename(Path(name) / "damaged")
        try:
            made.rename(folder)
        except OSError:
            if not intact(folder):  # else another process was faster
                raise


def _sweep(cache: Path) -> None:
    """Remove what a killed process left behind."""
    for path in cache.glob(_UNFINISHED + "*"):
        if time.time() - path.stat().st_mtime > STALE:
            shutil.rmtree(path, ignore_errors=True)
