"""What comes from outside to an Upload: a safe name, a known kind of file, pasted text as Markdown.

Nothing is believed: the kind of a file is told from its content, and a name keeps only what any disk
can hold. Whether there is an article inside, the reader finds out in its own process.
"""

import io
import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePath
from typing import IO

from index.articles import TYPES
from index.articles.files import unknown_type
from index.errors import CorpusError
from index.ingest.sources import Upload

LONGEST_NAME = 120
"""Bytes of UTF-8 in a file's name; many disks hold 255, some tools fewer."""

_HEAD = 64 * 1024
_LONGEST_SENT = 1000
_RESERVED = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)
"""Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file"""

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")  # text may hold zeros after these
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:(?><!--.*?-->)\s*)*<(?:!doctype html|html)\b", re.I | re.S
)
_MARKDOWN = re.compile(r"[&<>*_`\[\]|\\]|^[-+=~]")
_PACKED = b"PK\x03\x04"
_INSIDE = {  # names stand uncompressed in an archive, and so does what it says that it is
    b"word/document.xml": ".docx",
    b"ppt/presentation.xml": ".pptx",
    b"application/epub+zip": ".epub",
    b"application/vnd.oasis.opendocument.text": ".odt",
}


def receive(name: str, content: IO[bytes], *, largest: int) -> Upload:
    """Return a file sent by a browser as an upload.

    Args:
        name: As sent.
        content: Open until the upload is kept.
        largest: Bytes it may have.

    Raises:
        CorpusError: It is empty, too large, or none of the kinds that are read.
    """
    name = safe_name(name)
    size = content.seek(0, io.SEEK_END)
    if size > largest:
        raise CorpusError(
            name,
            f"ファイルが大きすぎます（{size / 1e6:.1f} MB）。"
            f"{largest / 1e6:g} MB までにするか、分けてください。",
        )
    if not size:
        raise CorpusError(name, "ファイルが空です。")
    suffix = PurePath(name).suffix.lower()
    kinds = _kinds(content)
    if not kinds:
        raise CorpusError(name, unknown_type(suffix))
    return Upload(name if suffix in kinds else safe_name(name + kinds[0]), content)


def paste(fields: Mapping[str, str], text: str) -> Upload:
    """Return pasted text as an upload: a Markdown file whose front matter is these fields.

    Args:
        fields: ``title``, which is also the file's name, and others that front matter may have.
        text: The article, read as it stands: its lines stay lines, and of Markdown it has headings only.
    """
    import yaml

    lines = {name: " ".join(_encodable(value).split()) for name, value in fields.items()}
    told = {name: line for name, line in lines.items() if line}
    front = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=float("inf"))
    # Two blanks make a break where Markdown sees none.
    broken = "  \n".join(_unmarked(line.strip()) for line in _encodable(text).splitlines())
    content = f"---\n{front}---\n{broken}\n".encode()
    stem = safe_name(re.sub(r"[/\\]", "_", fields["title"]))
    return Upload(safe_name(f"{stem}.md"), io.BytesIO(content))


def _unmarked(line: str) -> str:
    """Write a line so that Markdown reads every character of it, but for the marks of a heading."""
    line = "".join(c for c in line.expandtabs(1) if unicodedata.category(c) != "Cc")
    return _MARKDOWN.sub(lambda mark: f"&#{ord(mark[0])};", line)


def safe_name(name: str) -> str:
    """Return a file's name that any disk can hold and that reads as it is.

    Without a path, without characters that control or cannot be seen, not hidden, not too long; the
    ending stays where it is that of a file that can be read.
    """
    name = re.split(r"[/\\]", name)[-1][-_LONGEST_SENT:]
    name = unicodedata.normalize("NFC", _encodable(name))
    seen = "".join(char for char in name if unicodedata.category(char) not in {"Cc", "Cf", "Cn"})
    name = " ".join(_RESERVED.sub("_", seen).split()).strip(". ")
    name = f"_{name}" if _DEVICES.match(name) else name
    suffix = PurePath(name).suffix
    suffix = suffix if suffix.lower() in TYPES else ""
    room = LONGEST_NAME - len(suffix.encode())
    stem = name.removesuffix(suffix).encode()[:room].decode("utf-8", "ignore")
    return (stem.rstrip(". ") or "記事") + suffix


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair: ?


def _kinds(content: IO[bytes]) -> tuple[str, ...]:
    """Return the endings that fit a file's content, the usual one first; none if it is unknown."""
    content.seek(0)
    head = content.read(_HEAD)
    if b"%PDF-" in head[:1024]:
        return (".pdf",)
    if head.startswith(_PACKED):
        whole = head + content.read()
        return tuple(suffix for inside, suffix in _INSIDE.items() if inside in whole)[:1]
    if (b"\0" in head and not head.startswith(_MARKS)) or head.startswith(b"{\\rtf"):
        return ()
    if _HTML.match(head.removeprefix(_MARKS[0])):
        return (".html", ".htm", ".xhtml")
    return (".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".eml")
