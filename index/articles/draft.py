"""What the program and its parsing process agree on: types of file, limits, the draft of an article."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

TEXT = frozenset({".txt", ".text"})
MARKDOWN = frozenset({".md", ".markdown"})
HTML = frozenset({".html", ".htm", ".xhtml"})
PDF = frozenset({".pdf"})
DOCX = frozenset({".docx"})
TYPES = TEXT | MARKDOWN | HTML | PDF | DOCX
UNKNOWN_TYPE = f"この種類のファイルは読めません。読めるのは {' '.join(sorted(TYPES))} です。"

_INVENTED_TITLE = re.compile(
    r"microsoft |untitled|無題|名称未設定|document ?\d*$|文書 ?\d*$|スライド|powerpoint|"
    r".*\.(?:docx?|pdf|indd|xlsx?|pptx?|jtd|txt|tex|html?)$|[a-z_-]*\d{3,}[\w-]*$",
    re.IGNORECASE | re.ASCII,
)
_ACCOUNT = re.compile(
    r"python-docx|microsoft|unknown|所有者|@|[a-z0-9_.-]+$", re.IGNORECASE | re.ASCII
)
_LIBRARIES = ("charset-normalizer", "lxml", "markdown-it-py", "pypdf", "python-docx", "PyYAML",
              "trafilatura")  # fmt: skip


def _reader_version() -> str:
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for source in (*sorted(folder.glob("*.py")), *sorted(folder.with_name("text").glob("*.py"))):
        digest.update(source.read_bytes())
    for name in _LIBRARIES:
        digest.update(f"{name}={version(name)};".encode())
    return digest.hexdigest()[:16]


READER_VERSION = _reader_version()
"""A cache of read articles is good as long as this stays the same.

It is computed, since a number bumped by hand is forgotten: from the sources of the modules that
read and the versions of the libraries they read with.
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may cost.

    Attributes:
        seconds: Wall time for one file; then the child is killed.
        memory: Bytes of address space of the child (enforced on Linux).
        text_bytes: Largest txt, md or html file.
        document_bytes: Largest pdf or docx file; also what a docx may unpack to, threefold.
    """

    seconds: float = 60.0
    memory: int = 1536 * 1024**2
    text_bytes: int = 20 * 1000**2
    document_bytes: int = 100 * 1000**2


@dataclass(frozen=True, slots=True)
class Draft:
    """What a format's parser found in a file; None and () where the file does not say.

    ``chrome`` says that the text may carry page chrome and is to be cleaned.
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


class Unreadable(Exception):  # noqa: N818
    """The reason, fit to show to a user, why a file gives no article. Becomes a CorpusError."""


def sensible_title(title: str | None) -> str | None:
    """A property of a PDF or DOCX as a title, unless a program made it up."""
    title = " ".join((title or "").split())
    return None if not title or _INVENTED_TITLE.match(title) else title


def sensible_authors(author: str | None) -> tuple[str, ...]:
    """A property of a PDF or DOCX as names, unless it is an account's or a program's."""
    names = (name.strip() for name in re.split(r"[;、,，]", author or ""))
    return tuple(name for name in names if name and not _ACCOUNT.match(name))
