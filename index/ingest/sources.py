"""What the user asked to index, and the uploads among it: files that belong to the home.

An upload lies at ``<home>/uploads/<first digits of the sha256>/<file name>`` and is named by
``uploads/…``, so that its article stays the same when the home is moved; any other file is named by
its full path. A page that was fetched is an upload whose article is named by its address. Uploads are
swept when no generation needs them.
"""

import contextlib
import hashlib
import logging
import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple

from index.articles import sha256_of
from index.errors import CorpusError, StoreError
from index.records import Article
from index.reports import Skipped
from index.store import Home
from index.store.files import sync

logger = logging.getLogger(__name__)

SHA_DIGITS = 12
"""Hex digits of a sha256 that name an upload's folder, and its article."""


def seeds() -> Path:
    """The folder of articles that come with the program: in the installed package, or in a checkout."""
    package = Path(__file__).parents[1]
    return next(filter(Path.is_dir, (package / "seeds", package.parent / "seeds")))


Named = Sequence[Path | str]
"""What a user names: paths, and addresses, which are strings."""


class Page(NamedTuple):
    """What was fetched: the address that was asked for, and that where it was found, after redirects."""

    asked: str
    url: str


@dataclass(frozen=True, slots=True)
class Sources:
    """What the user asked to index: files and folders, less the articles taken out by hand.

    Only what stands in ``changed`` is read now, all where that is None. A file or folder that stands in it
    comes back though it was taken out, unless they are ``watched``. ``dropped`` are the articles that are
    taken out now. ``pages`` are the uploads among the paths that were fetched, and of each feed it is known
    which of its links were dealt with. The addresses ``waiting`` become ``fetched`` pages, or have ``failed``.
    """

    paths: tuple[str, ...]
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] | None = None
    dropped: tuple[str, ...] = ()
    pages: Mapping[str, Page] = field(default_factory=dict)
    feeds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    fetched: tuple[str, ...] = ()
    failed: tuple[Skipped, ...] = ()
    watched: bool = False

    def named(self, path: str) -> str:
        """Return what the user calls a file: of a page, the address that was asked for."""
        return self.pages[path].asked if path in self.pages else path

    def leave_out(self, article_id: str, path: str) -> bool:
        """Whether the article read from this path was taken out by hand."""
        named = () if self.watched else self.changed or ()
        return article_id in self.removed and not any(_is_under(path, name) for name in named)

    def adding(self, names: Sequence[str], watched: bool = False) -> "Sources":
        """Return the sources with these among them."""
        changed = tuple(name for name in names if not is_address(name))
        waiting = tuple(filter(is_address, names))
        paths = tuple(dict.fromkeys((*self.paths, *changed)))
        return replace(self, paths=paths, changed=changed, waiting=waiting, watched=watched)

    def without(self, article_ids: Collection[str]) -> "Sources":
        """Return the sources less these articles; an upload is taken off the list, and so is a feed."""
        uploads = {path: self.named(path) for path in self.paths if is_upload(path)}
        taken = {path: name for path, name in uploads.items() if upload_id(name) in article_ids}
        left = tuple(path for path in self.paths if path not in taken)
        gone = tuple(taken.values())  # a feed shall not bring it again
        feeds = {one: links + gone for one, links in self.feeds.items() if one not in article_ids}
        known = {*map(upload_id, gone), *self.feeds}
        removed = (*self.removed, *(one for one in article_ids if one not in known))
        now = replace(self, paths=left, removed=removed, feeds=feeds)
        return replace(now, changed=(), dropped=tuple(article_ids))

    def remembering(self, article_ids: Collection[str], read: Collection[str]) -> dict[str, Any]:
        """Return what to remember once these articles are there, of these files.

        A new upload that gave no article is told of once, and not at every build to come. Of a page fetched
        again the older upload goes, or, where the newer one gave no article, that.
        """
        new = {path for path in (*(self.changed or ()), *self.fetched) if is_upload(path)}
        useless = {path for path in new if not any(_is_under(name, path) for name in read)}
        newest = {page.asked: path for path, page in self.pages.items() if path not in useless}
        useless |= {path for path, page in self.pages.items() if newest.get(page.asked) != path}
        paths = dict.fromkeys(path for path in self.paths if path not in useless)
        return {
            "schema": 1,
            "paths": [*paths],
            "removed": [one for one in self.removed if one not in article_ids],
            "pages": {path: page for path, page in self.pages.items() if path in paths},
            "feeds": {address: [*links] for address, links in self.feeds.items()},
        }


def _is_under(path: str, name: str) -> bool:
    return path == name or path.startswith(f"{name}/")


def sources_of(home: Home) -> Sources:
    """Return the remembered sources; none before the first build.

    Raises:
        StoreError: The list cannot be read.
    """
    recorded = home.sources()
    return Sources(
        tuple(recorded.get("paths", ())),
        tuple(recorded.get("removed", ())),
        pages={path: Page(*page) for path, page in recorded.get("pages", {}).items()},
        feeds={address: tuple(links) for address, links in recorded.get("feeds", {}).items()},
    )


def sources_at(home: Home, paths: Named | None) -> Sources:
    """Return what a build is of: these paths and addresses, else those known, else the seeds.

    Beside paths that are given, what was uploaded or fetched stays, and the feeds do.
    """
    try:
        known = sources_of(home)
        uploads = tuple(path for path in known.paths if is_upload(path))
    except StoreError:  # the list is lost, the uploads are not
        if not paths:
            raise
        known = Sources(())
        uploads = tuple(name_in(home, path) for path in sorted(home.uploads.glob("*/[!.]*")))
    if paths or not (known.paths or known.feeds):
        known = replace(known, paths=uploads, removed=()).adding(absolute(paths or [seeds()]))
    waiting = tuple(dict.fromkeys((*known.waiting, *known.feeds)))
    return replace(known, changed=None, waiting=waiting)


def absolute(paths: Named, *, there: bool = False) -> tuple[str, ...]:
    """Write paths as they are remembered; addresses stay. Raise a CorpusError where one shall be ``there``."""
    for path in paths if there else ():
        if not (is_address(path) or Path(path).exists()):
            raise CorpusError(str(path), "ファイルもフォルダーもありません")
    named = (p if is_address(p) else Path(p).expanduser().resolve() for p in paths)
    return tuple(dict.fromkeys(map(str, named)))


def is_address(name: Path | str) -> bool:
    """Whether something is an address to fetch from, and no path."""
    return isinstance(name, str) and name.lower().startswith(("http://", "https://"))


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
    """Return the id of the article of an upload, or of an address."""
    return hashlib.sha256(name.encode()).hexdigest()[:SHA_DIGITS]


def as_upload(article: Article, name: str, path: Path, page: Page | None) -> Article:
    """Return the article of an upload, or of a file in an archive, as that, wherever it lies now."""
    if page:
        return replace(article, id=upload_id(page.asked), url=page.url, source=page.asked)
    shown = PurePosixPath(name).name if is_upload(name) else name
    source = shown if article.source == str(path) else article.source
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
