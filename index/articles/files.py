"""Find the files of a corpus. Knows nothing of what is in them."""

import os
from collections.abc import Iterator
from pathlib import Path

from index.articles.draft import TYPES, UNKNOWN_TYPE
from index.errors import CorpusError
from index.records import Skipped


def find_files(root: Path, *, without: Path | None = None) -> tuple[list[Path], list[Skipped]]:
    """Find the files to read: a file is itself, a folder is walked in sorted order.

    Hidden files and folders are left out without a word. A symlink that leads out of the folder is
    not followed; links inside it are, once.

    Args:
        root: A file or folder.
        without: A folder that is left out without a word, such as the index's own.

    Returns:
        The files, and what was left out with the reason.

    Raises:
        CorpusError: There is nothing at ``root``, or it cannot be read.
    """
    try:
        exists = root.exists()
    except OSError as error:
        raise CorpusError(shown(root), f"開けません（{error.strerror}）。") from error
    if not exists:
        reason = (
            "リンクの先がありません。" if root.is_symlink() else "ファイルもフォルダもありません。"
        )
        raise CorpusError(shown(root), reason)
    if not root.is_dir():
        return [root], []
    if not os.access(root, os.R_OK | os.X_OK):
        raise CorpusError(shown(root), "フォルダを開けません。読み取りの権限を確かめてください。")
    found: list[Path] = []
    skipped: list[Skipped] = []
    seen = {without.resolve()} if without else set()
    for path in _walk(root, root.resolve(), seen, skipped):
        if not path.is_file():
            skipped.append(Skipped(shown(path), "通常のファイルではありません。"))
        elif path.suffix.lower() not in TYPES:
            skipped.append(Skipped(shown(path), UNKNOWN_TYPE))
        else:
            found.append(path)
    return found, skipped


def shown(path: Path) -> str:
    """Write a path as text that can be stored: bytes that are no UTF-8 become a mark."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _walk(folder: Path, top: Path, seen: set[Path], skipped: list[Skipped]) -> Iterator[Path]:
    """Yield what is not a folder; ``seen`` holds real paths, so that loops and doubles end."""
    seen.add(folder.resolve())
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        skipped.append(Skipped(shown(folder), f"フォルダを開けません（{error.strerror}）。"))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_symlink() and not _leads_inside(entry, top):
            skipped.append(
                Skipped(shown(entry), "フォルダの外を指すリンク、または切れたリンクです。")
            )
        elif (real := entry.resolve()) not in seen:
            seen.add(real)
            if entry.is_dir():
                yield from _walk(entry, top, seen, skipped)
            else:
                yield entry


def _leads_inside(link: Path, top: Path) -> bool:
    try:
        return link.resolve(strict=True).is_relative_to(top)
    except (OSError, RuntimeError):  # RuntimeError: a link to itself, before Python 3.13
        return False
