"""What the parent and the parsing child agree on: types of file, limits, and the draft of an article."""

from dataclasses import dataclass
from datetime import date

TEXT = frozenset({".txt", ".text"})
MARKDOWN = frozenset({".md", ".markdown"})
HTML = frozenset({".html", ".htm", ".xhtml"})
PDF = frozenset({".pdf"})
DOCX = frozenset({".docx"})
TYPES = TEXT | MARKDOWN | HTML | PDF | DOCX


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
