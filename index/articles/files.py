"""Files: which are read and what one may cost, how they are found, and the draft made of one.

Knows nothing of what is in them: both the program and its parsing process import it.
"""

import errno
import hashlib
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from io import BufferedReader
from pathlib import Path

from index.errors import CorpusError
from index.records import Loss, Mark
from index.reports import Skipped

TEXT = frozenset({".txt", ".text"})
MARKDOWN = frozenset({".md", ".markdown"})
HTML = frozenset({".html", ".htm", ".xhtml"})
PDF = frozenset({".pdf"})
ARCHIVES = frozenset({".docx", ".pptx", ".odt", ".epub"})
MAIL = frozenset({".eml"})
TYPES = TEXT | MARKDOWN | HTML | PDF | ARCHIVES | MAIL
ZIP = frozenset({".zip"})  # ingest takes these apart
NO_FILE = "通常のファイルではありません。"
_NOT_OPENED = {
    errno.ENOENT: "ファイルがありません。",
    errno.EISDIR: "ファイルではなくフォルダです。",
    errno.ENXIO: NO_FILE,
}
_SAVED_AS = {  # what a program that reads such a file can save it as
    **dict.fromkeys((".doc", ".docm", ".rtf"), "docx"),
    **dict.fromkeys((".jtd", ".pages", ".hwp", ".hwpx", ".wps"), "docx か PDF"),
    **dict.fromkeys((".ppt", ".pptm", ".key", ".odp"), "pptx か PDF"),
    **dict.fromkeys((".xls", ".xlsx", ".ods", ".numbers"), "PDF"),
    ".msg": "eml",
}

LONGEST_FIELD = 500
"""Characters of a title, of all names together, of an address: what is longer is none."""

_INVENTED_TITLE = re.compile(
    r"microsoft |untitled|無題|名称未設定|document ?\d*$|文書 ?\d*$|スライド|powerpoint|"
    r".*\.(?:docx?|pdf|indd|xlsx?|pptx?|jtd|txt|tex|html?)$|[a-z_-]*\d{3,}[\w-]*$",
    re.IGNORECASE | re.ASCII,
)
_ACCOUNT = re.compile(r"python-docx|microsoft|unknown|所有者|@|[a-z0-9_.-]+$", re.I | re.ASCII)
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)
_LIBRARIES = ("charset-normalizer", "langchain-text-splitters", "lxml", "markdown-it-py", "pdfminer.six",
              "PyYAML", "trafilatura")  # fmt: skip


def _reader_version() -> str:
    index = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for room in ("articles", "passages", "text"):
        for source in sorted((index / room).glob("*.py")):
            digest.update(source.read_bytes())
    for name in _LIBRARIES:
        digest.update(f"{name}={version(name)};".encode())
    digest.update(str(shutil.which("tesseract")).encode())  # without it pages are left out
    return digest.hexdigest()[:16]


READER_VERSION = _reader_version()
"""A cache of read articles is good as long as this stays the same.

It is computed, since a number bumped by hand is forgotten: from the sources of the modules that
read and cut, and the versions of the libraries they do it with.
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may cost."""

    seconds: float = 60.0  # wall time for one file; then the child is killed
    memory: int = 1536 * 1024**2  # bytes of address space of the child (enforced on Linux)
    text_bytes: int = 20 * 1000**2  # largest txt, md or html file
    # Largest pdf, archive or letter; also what an archive may unpack to, threefold.
    document_bytes: int = 100 * 1000**2
    lines: int = 300_000  # of a text
    sentence: int = 100_000  # characters: what is longer is no writing, and is shown to nobody
    paragraphs: int = 100_000  # of a document in an archive
    tags: int = 100_000  # of a page; and of Markdown brackets, and list items
    cells: int = 20_000  # in the tables of a page; of n in a row, trafilatura takes n² steps
    attributes: int = 1000  # of a tag; libxml2 compares each with all others
    pages: int = 3000  # of a pdf file
    page_seconds: float = 1.0  # what each page of one adds to ``seconds``
    ocr_seconds: float = 30.0  # the same for a page read off its picture; then that is given up


@dataclass(frozen=True, slots=True)
class Draft:
    """What a format's parser found in a file; None and () where the file does not say.

    ``chrome`` says that the text may carry page chrome and is to be cleaned. Marks are of places in
    ``text`` as it stands here, and cover whole lines.
    """

    text: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    published: date | None = None
    language: str | None = None
    url: str | None = None
    source: str | None = None
    chrome: bool = False
    marks: tuple[Mark, ...] = ()
    losses: tuple[Loss, ...] = ()


def _no_clock(seconds: float) -> None:
    """Outside of the parsing process no time is counted."""


more_time: Callable[[float], None] = _no_clock
"""Called by what reads a file page by page, for each; the parsing process has its clocks wait so much longer."""


class Unreadable(Exception):  # noqa: N818
    """The reason, fit to show to a user, why a file gives no article. Becomes a CorpusError."""


def unknown_type(suffix: str) -> str:
    """Say that a file of this ending is not read, and what to do."""
    other = _SAVED_AS.get(suffix.lower())
    advice = f"元のソフトで {other} に保存し直してください。" if other else ""
    return f"読める種類のファイルではありません。{advice}読めるのは {' '.join(sorted(TYPES | ZIP))} です。"


def open_file(path: Path) -> BufferedReader:
    """Open a file for reading; of a pipe, device or socket nothing is awaited, and nothing is read.

    Raises:
        Unreadable: It is none, or cannot be opened.
    """
    try:
        file = open(  # noqa: SIM115
            path, "rb", opener=lambda p, flags: os.open(p, flags | _AT_ONCE)
        )
    except OSError as error:
        other = f"ファイルを開けません（{error.strerror}）。"
        raise Unreadable(_NOT_OPENED.get(error.errno or 0, other)) from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise Unreadable(NO_FILE)
    return file


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal.

    Raises:
        CorpusError: It cannot be read.
    """
    try:
        with open_file(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (Unreadable, OSError) as error:
        raise CorpusError(shown(path), str(error)) from error


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
    if root.is_file():
        return [root], []
    if not root.is_dir():
        raise CorpusError(shown(root), NO_FILE)
    if not os.access(root, os.R_OK | os.X_OK):
        raise CorpusError(shown(root), "フォルダを開けません。読み取りの権限を確かめてください。")
    found: list[Path] = []
    skipped: list[Skipped] = []
    seen = {without.resolve()} if without else set()
    for path in _walk(root, seen, skipped):
        if not path.is_file():
            skipped.append(Skipped(shown(path), NO_FILE))
        elif path.suffix.lower() not in TYPES | ZIP:
            skipped.append(Skipped(shown(path), unknown_type(path.suffix)))
        else:
            found.append(path)
    return found, skipped


def shown(path: Path) -> str:
    """Write a path as text that can be stored: bytes that are no UTF-8 become a mark."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _walk(root: Path, seen: set[Path], skipped: list[Skipped]) -> Iterator[Path]:
    """Yield what is not a folder; ``seen`` holds real paths, so that loops and doubles end."""
    top = root.resolve()
    seen.add(top)
    waiting = _entries(root, top, skipped)
    while waiting:
        entry, real = waiting.pop()
        try:
            if entry.is_symlink():
                if not _leads_inside(entry, top):
                    reason = "フォルダの外を指すリンク、または切れたリンクです。"
                    skipped.append(Skipped(shown(entry), reason))
                    continue
                real = entry.resolve()
            if real in seen:
                continue
            seen.add(real)
            if entry.is_dir():
                waiting += _entries(entry, real, skipped)
            else:
                yield entry
        except OSError as error:  # no permission, or a path longer than the system takes
            skipped.append(Skipped(shown(entry), f"開けません（{error.strerror}）。"))


def _entries(folder: Path, real: Path, skipped: list[Skipped]) -> list[tuple[Path, Path]]:
    """Return what is in a folder and not hidden, each with its real path, the last first."""
    try:
        entries = sorted(folder.iterdir(), reverse=True)
    except OSError as error:
        skipped.append(Skipped(shown(folder), f"フォルダを開けません（{error.strerror}）。"))
        return []
    return [(entry, real / entry.name) for entry in entries if not entry.name.startswith(".")]


def _leads_inside(link: Path, top: Path) -> bool:
    try:
        return link.resolve(strict=True).is_relative_to(top)
    except (OSError, RuntimeError):  # RuntimeError: a link to itself, before Python 3.13
        return False


def check_count(counted: str, count: int, most: int) -> None:
    """Look whether there are few enough of something, counted as ``行``.

    Raises:
        Unreadable: There are too many.
    """
    if count > most:
        raise Unreadable(
            f"{counted}が多すぎます（{count:,}。上限は {most:,}）。ファイルを分けてください。"
        )


def sensible_title(title: str | None) -> str | None:
    """A property of a PDF or DOCX as a title, unless a program made it up."""
    title = " ".join((title or "").split())
    return (
        None if not title or len(title) > LONGEST_FIELD or _INVENTED_TITLE.match(title) else title
    )


def sensible_authors(author: str | None) -> tuple[str, ...]:
    """A property of a PDF or DOCX as names, unless it is an account's or a program's."""
    names = (name.strip() for name in re.split(r"[;、,，]", (author or "")[:LONGEST_FIELD]))
    return tuple(name for name in names if name and not _ACCOUNT.match(name))
