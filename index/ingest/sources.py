"""What the user asked to index, and the uploads among it: files that belong to the home.

An upload lies at ``<home>/uploads/<first digits of the sha256>/<file name>`` and is named by
``uploads/…``, so that its article stays the same when the home is moved; any other file is named by
its full path. Uploads are swept when no generation needs them.
"""

import contextlib
import hashlib
import logging
import os
import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, Any

from index.articles import sha256_of
from index.errors import CorpusError, StoreError
from index.records import Article
from index.store import Home
from index.store.files import sync

logger = logging.getLogger(__name__)

SHA_DIGITS = 12
"""Hex digits of a sha256 that name an upload's folder, and its article."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What the user asked to index: files and folders, less the articles taken out by hand.

    Only what stands in ``changed`` is read now, all where that is None. A file or folder that stands in it
    comes back though it was taken out. ``dropped`` are the articles that are taken out now.
    """

    paths: tuple[str, ...]
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] | None = None
    dropped: tuple[str, ...] = ()

    def leave_out(self, article_id: str, path: str) -> bool:
        """Whether the article read from this path was taken out by hand."""
        named = (path == name or path.startswith(f"{name}/") for name in self.changed or ())
        return article_id in self.removed and not any(named)

    def adding(self, paths: Sequence[str]) -> "Sources":
        """Return the sources with these among them."""
        return Sources(tuple(dict.fromkeys((*self.paths, *paths))), self.removed, tuple(paths))

    def without(self, article_ids: Collection[str]) -> "Sources":
        """Return the sources less these articles; an upload is taken off the list."""
        taken = {path: upload_id(path) for path in self.paths if is_upload(path)}
        taken = {path: one for path, one in taken.items() if one in article_ids}
        others = (one for one in article_ids if one not in taken.values())
        paths = tuple(path for path in self.paths if path not in taken)
        return Sources(paths, (*self.removed, *others), (), tuple(article_ids))

    def remembering(self, article_ids: Collection[str]) -> dict[str, Any]:
        """Return what to remember once these articles were read.

        A new upload that gave no article is told of once, and not at every build to come.
        """
        useless = {
            path
            for path in self.changed or ()
            if is_upload(path) and upload_id(path) not in article_ids
        }
        return {
            "schema": 1,
            "paths": [path for path in self.paths if path not in useless],
            "removed": [one for one in self.removed if one not in article_ids],
        }


def sources_of(home: Home) -> Sources:
    """Return the remembered sources; none before the first build.

    Raises:
        StoreError: The list cannot be read.
    """
    recorded = home.sources()
    return Sources(tuple(recorded.get("paths", ())), tuple(recorded.get("removed", ())))


def sources_at(home: Home, paths: Sequence[Path]) -> Sources:
    """Return these files and folders as the sources, beside what was uploaded."""
    try:
        uploads = tuple(path for path in sources_of(home).paths if is_upload(path))
    except StoreError:  # the list is lost, the uploads are not
        uploads = tuple(name_in(home, path) for path in sorted(home.uploads.glob("*/[!.]*")))
    return Sources((*uploads, *absolute(paths)))


def absolute(paths: Sequence[Path]) -> tuple[str, ...]:
    """Write paths as they are remembered."""
    return tuple(dict.fromkeys(str(path.expanduser().resolve()) for path in paths))


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
    folder = home.uploads.resolve()
    folder.mkdir(exist_ok=True)
    draft = folder / ".draft"
    kept = []
    for upload in uploads:
        upload.content.seek(0)
        try:
            with draft.open("w+b") as file:
                shutil.copyfileobj(upload.content, file)
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            path = folder / digest[:SHA_DIGITS] / upload.name
            path.parent.mkdir(exist_ok=True)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        for changed in (path, path.parent, folder):
            sync(changed)
        kept.append(name_in(home, path))
    return tuple(kept)


def name_in(home: Home, path: Path) -> str:
    r"""Name a file as it is remembered; bytes that are not UTF-8 become ``\xff``."""
    uploads = home.uploads.resolve()
    if path.is_relative_to(uploads):
        return (PurePosixPath("uploads") / path.relative_to(uploads)).as_posix()
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def is_upload(name: str) -> bool:
    """Whether a name is that of an upload."""
    return name.startswith("uploads/")


def check_upload(name: str, path: Path) -> None:
    """Raise a CorpusError where a file is an upload that is not what was sent any more."""
    if is_upload(name) and path.is_file() and not sha256_of(path).startswith(path.parent.name):
        raise CorpusError(name, "壊れています。同じファイルをもう一度送ってください。")


def upload_id(name: str) -> str:
    """Return the id of the article of an upload."""
    return hashlib.sha256(name.encode()).hexdigest()[:SHA_DIGITS]


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
    needed = {path for path in needed if path.is_relative_to(uploads)}  # not what they lie in
    for path in sorted(uploads.rglob("*"), reverse=True):  # what a folder holds before the folder
        with contextlib.suppress(OSError):  # not empty; or swept by the next build
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            elif needed.isdisjoint((path, *path.parents)):
                path.unlink()


def seeds() -> Path:
    """The folder of articles that come with the program: in the installed package, or in a checkout."""
    installed = Path(__file__).parents[1] / "seeds"
    return installed if installed.is_dir() else installed.parents[1] / "seeds"
