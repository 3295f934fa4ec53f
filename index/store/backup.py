"""A backup: one ZIP file with all of a home that cannot be had again, and the way back from it.

In it are the generation in use, its segments and uploads, the conversations, and the articles as they were
read, for files that are gone. Nothing is deflated, so no file can turn out larger than the archive.
"""

import contextlib
import os
import re
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from index.errors import StoreError, TenkyoError, cause
from index.reports import OnProgress, Progress
from index.store.caches import ArticleCache
from index.store.files import broken, describe, differing, held, sync, telling
from index.store.generation import Generation
from index.store.home import Home
from index.store.manifest import MANIFEST
from index.store.segment import FACTS

MARK = "tenkyo backup 1, {} files"
"""The archive's comment: the version of its form, and how many files there are."""
ARTICLES, CONVERSATIONS = "articles.sqlite", "conversations.sqlite"
_NAME = re.compile(
    r"(generations/1|segments/[0-9a-f]{16}(/\w+)?|uploads/[0-9a-f]{12})/[^/\0]*[^./\0][^/\0]*"
    r"|(articles|conversations)\.sqlite"
)
_MB = 1 << 20
Take = Callable[[Path], None]


def write_backup(home: Home, path: Path, report: OnProgress) -> int:
    """Write a backup, read it back, and put it in the place of the file there; return its bytes.

    Questions and builds go on meanwhile: what is in use is held, so that it is not swept.

    Raises:
        StoreError: There is no usable index, a file of the home is damaged, or the backup cannot be
            written; the file there is as it was.
    """
    path = path.expanduser().resolve()
    if path.exists() and not path.is_file():
        raise StoreError("普通のファイルではないので、控えを書けません。", at=path)
    with telling(path), _draft(path.with_name(f".{path.name}.draft")) as folder:
        draft = folder / "backup.zip"
        draft.touch(0o600)  # there are conversations in it
        with _held(home, folder) as files, zipfile.ZipFile(draft, "w") as archive:
            copy = _copying("backup", [one.stat().st_size for one in files.values()], report)
            for name, one in files.items():
                target = archive.open(zipfile.ZipInfo(name), "w", force_zip64=True)
                with one.open("rb") as source, target:
                    copy(source, target, name)
            archive.comment = MARK.format(len(files)).encode()
        sync(draft)
        _read(draft, None, report)
        draft.replace(path)
        sync(path.parent)
    return path.stat().st_size


def restore(
    home: Home, path: Path, take_conversations: Take, report: OnProgress, *, force: bool = False
) -> int:
    """Put the index of a backup in use, as a build does; return the number of the generation.

    All is unpacked and verified first. What the home holds stays: its index is one roll-back away, and its
    conversations are joined by those of the backup, which ``take_conversations`` adds out of a file.

    Raises:
        StoreError: The backup is damaged, of a newer program or none; or the home cannot be written, or
            holds an index and ``force`` is not given. All is as it was.
    """
    with home.building():
        generations = (home.path / "generations").glob("[0-9]*")
        if not force and ((home.path / "CURRENT").exists() or any(generations)):
            raise StoreError(
                "すでに索引があります。控えの索引に替えるには --force を付けてください"
                "（会話は残り、いまの索引には `tenkyo rollback` で戻せます）。",
                at=home.path,
            )
        # A build sweeps what a crash leaves of it.
        with _draft(home.path / "segments" / ".restore.draft") as folder:
            _read(path, folder, report)
            try:
                opened = Generation(folder / "generations" / "1", Home(folder).segments)
            except StoreError as exc:
                raise StoreError(f"控えの索引を使えません。{exc.told}", at=path) from exc
            with contextlib.closing(opened):
                if damaged := opened.verify():
                    raise StoreError(f"控えの中身が違います: {', '.join(damaged)}", at=path)
                return _put_in_use(home, folder, opened, take_conversations)


def _put_in_use(home: Home, folder: Path, opened: Generation, take_conversations: Take) -> int:
    """Move what was unpacked to its place; CURRENT is replaced in one step, after all else is there."""
    segments = [holding.segment.folder for holding in opened.holdings]
    for source in (*segments, *(folder / "uploads").glob("*/*")):
        _move(source, home.path / source.relative_to(folder))
    if (folder / CONVERSATIONS).exists():
        take_conversations(folder / CONVERSATIONS)
    with ArticleCache(folder / ARTICLES) as backed_up, home.articles() as cache:
        # In the place of others only later: the next build of the index before would take these.
        cache.take(backed_up, replacing=False)
        number = home.adopt(opened)
        cache.take(backed_up, replacing=True)
    return number


def _move(source: Path, target: Path) -> None:
    """Move a file or folder to its place, unless the same is there."""
    files = [path for path in (source, *source.rglob("*")) if path.is_file()]
    parts = {path.relative_to(source).as_posix(): describe(path) for path in files}
    if differing(target, parts):
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir():  # damaged; the next build sweeps it
            target.rename(target.with_name(f".{target.name}.draft"))
        source.replace(target)
        sync(target.parent)


@contextlib.contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """Make a folder, private and empty, for what is not whole yet."""
    with contextlib.suppress(FileNotFoundError), held(folder):
        shutil.rmtree(folder)
    folder.mkdir(0o700, parents=True)
    try:
        with held(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _held(home: Home, folder: Path) -> Iterator[dict[str, Path]]:
    """Hold the generation in use; yield the files of a backup by their names in it."""
    with contextlib.closing(home.open()) as generation:
        files = _files_of(home, generation)
        for name in (ARTICLES, CONVERSATIONS):
            if (home.path / name).exists():
                files[name] = folder / name
                _copy_database(home.path / name, files[name])
        if home.current() == generation.number:
            yield files
            return
    with _held(home, folder) as files:  # a build may have dropped articles as they were read
        yield files


def _files_of(home: Home, generation: Generation) -> dict[str, Path]:
    """Return the files of a generation, of its segments and of its uploads, all verified."""
    damaged = generation.verify()
    parts = (MANIFEST, *generation.manifest["parts"])
    files = {f"generations/1/{n}": generation.folder / n for n in parts}
    for segment in (holding.segment for holding in generation.holdings):
        parts = (FACTS, *segment.facts["parts"])
        files |= {f"segments/{segment.name}/{n}": segment.folder / n for n in parts}
    for name in generation.manifest["sources"].get("paths", ()):
        if name.startswith("uploads/") and (path := home.path / name).is_file():
            files[name] = path
            damaged += [] if describe(path)["sha256"].startswith(path.parent.name) else [name]
    if damaged:
        raise broken(*damaged)
    return files


def _copy_database(path: Path, copy: Path) -> None:
    """Copy an SQLite file that others may be writing to."""
    copy.unlink(missing_ok=True)
    is_sealed = not os.access(path.parent, os.W_OK) and not Path(f"{path}-wal").exists()
    uri = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' * is_sealed}"
    try:
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=30)) as db:
            db.execute("VACUUM INTO ?", (str(copy),))
    except sqlite3.DatabaseError as exc:
        if isinstance(exc, sqlite3.OperationalError):  # a full disk
            raise
        raise StoreError(f"壊れているので、控えを取れません（{exc}）。", at=path) from exc


def _read(path: Path, folder: Path | None, report: OnProgress) -> None:
    """Read all of a backup, which compares it with its checksums, and unpack it into a folder."""
    if not path.is_file():  # a pipe would have it wait
        raise StoreError("控えのファイルがありません。", at=path)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = _checked(archive, path.stat().st_size)
            sizes = [entry.file_size for entry in entries]
            copy = _copying("restore" if folder else "check", sizes, report)
            for entry in entries:
                target = folder / entry.filename if folder else Path(os.devnull)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as source, target.open("wb") as file:
                    copy(source, file, entry.filename)
                if folder:
                    sync(target)
    except (OSError, TenkyoError):
        raise
    except Exception as exc:  # a damaged file makes its library raise anything
        raise StoreError(f"控えとして読めません（{cause(exc)}）。", at=path) from exc


def _checked(archive: zipfile.ZipFile, size: int) -> list[zipfile.ZipInfo]:
    """Return what is in an archive, or refuse one that is none of ours before it is unpacked."""
    entries, told = archive.infolist(), archive.comment.decode("ascii")
    if told.startswith("tenkyo backup ") and told.split(",")[0] != MARK.split(",")[0]:
        raise StoreError("別の版の tenkyo の控えです。控えを作った版で戻してください。")
    if not told == MARK.format(len(entries)) == MARK.format(len({e.filename for e in entries})):
        raise ValueError("ファイルの数が違います")
    for entry in entries:
        is_plain = stat.S_IFMT(entry.external_attr >> 16) in (0, stat.S_IFREG)
        is_stored = entry.compress_type == zipfile.ZIP_STORED
        if not (is_plain and is_stored and _NAME.fullmatch(entry.filename)):
            raise ValueError(f"控えにはないはずの {entry.filename!r} があります")
        if not 0 <= entry.header_offset < size:
            raise ValueError(f"{entry.filename!r} の場所が違います")
    if sum(entry.file_size for entry in entries) > size:
        raise ValueError("中身が控えより大きくなっています")
    return entries


def _copying(
    stage: str, sizes: Sequence[int], report: OnProgress
) -> Callable[[IO[bytes], IO[bytes], str], None]:
    """Return what copies one file after another, and tells how far all of them have come."""
    total, done = sum(sizes), 0

    def copy(source: IO[bytes], target: IO[bytes], name: str) -> None:
        nonlocal done
        while block := source.read(_MB):
            target.write(block)
            done += len(block)
            report(Progress(stage, done // _MB, total // _MB, name.rpartition("/")[2]))

    return copy
