"""Uploads belong to the home: kept there, named by their place in it, swept when nothing needs them.

``<home>/uploads/<first digits of the sha256>/<file name>``. Any other file is named by its full path;
an upload by ``uploads/…``, so that its article stays the same when the home is moved.
"""

import contextlib
import hashlib
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO

from index.errors import StoreError
from index.records import Article
from index.store import Home, sync

logger = logging.getLogger(__name__)

SHA_DIGITS = 12
"""Hex digits of the sha256 that name an upload's folder."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way into the home, its name one that any disk can hold."""

    name: str
    content: IO[bytes]


def keep(home: Home, uploads: Sequence[Upload]) -> tuple[str, ...]:
    """Put uploads into the home and return their names there. Call inside ``home.building()``.

    Raises:
        OSError: The disk is full; what was begun is gone again.
    """
    return tuple(name_in(home, _keep(home.uploads.resolve(), upload)) for upload in uploads)


def _keep(folder: Path, upload: Upload) -> Path:
    folder.mkdir(exist_ok=True)
    draft = folder / ".draft"
    try:
        path = folder / _copy(upload.content, draft)[:SHA_DIGITS] / upload.name
        path.parent.mkdir(exist_ok=True)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    for changed in (path, path.parent, folder):
        sync(changed)
    return path


def _copy(content: IO[bytes], path: Path) -> str:
    """Write the content to a file; return its sha256."""
    digest = hashlib.sha256()
    content.seek(0)
    with path.open("wb") as file:
        while chunk := content.read(2**20):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def name_in(home: Home, path: Path) -> str:
    r"""Name a file as it is remembered; bytes that are not UTF-8 become ``\xff``."""
    uploads = home.uploads.resolve()
    if path.is_relative_to(uploads):
        return (PurePosixPath("uploads") / path.relative_to(uploads)).as_posix()
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def is_upload(name: str) -> bool:
    """Whether a name is that of an upload."""
    return name.startswith("uploads/")


def upload_id(name: str) -> str:
    """Return the id of the article of an upload."""
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def as_upload(article: Article, name: str, path: Path) -> Article:
    """Return the article of an upload as that, whatever the place of the home."""
    source = PurePosixPath(name).name if article.source == str(path) else article.source
    return replace(article, id=upload_id(name), source=source)


def sweep(home: Home) -> None:
    """Delete uploads that no generation still here was built from. Call inside ``home.building()``."""
    uploads = home.uploads.resolve()
    try:
        needed = {(home.path / name).resolve() for name in home.remembered()}
    except StoreError as exc:
        logger.warning("no upload is swept: %s", exc)
        return
    needed = {path for path in needed if path.is_relative_to(uploads)}
    for path in sorted(uploads.rglob("*"), reverse=True):  # what a folder holds before the folder
        with contextlib.suppress(OSError):  # not empty; or swept by the next build
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            elif needed.isdisjoint((path, *path.parents)):
                path.unlink()
