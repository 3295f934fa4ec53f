"""Files that are ZIP archives of XML: opened with care, and told apart by what is in them."""

import io
import posixpath
import zipfile
from importlib import import_module
from typing import Any
from urllib.parse import unquote

from index.articles import files
from index.articles.files import Draft, Limits, Unreadable, check_count

_UNPACKED = 3  # times the size that a file may have
_MOST_ENTRIES = 10_000
_UNKNOWN = "文書（docx、pptx、odt、epub）として読めません。壊れているか、別の種類です。"
_LOCKED = "パスワードで保護された文書か、古い形式です。保護のない新しい形式で保存し直してください。"
_READERS = {  # by an entry that each has
    "word/document.xml": "docx",
    "ppt/presentation.xml": "slides",
    "META-INF/container.xml": "epub",
    "content.xml": "odt",
}


class Archive:
    """The entries of an archive, each unpacked when it is read.

    Raises:
        Unreadable: It is none, is encrypted, or would unpack to too much.
    """

    def __init__(self, raw: bytes, limits: Limits) -> None:
        check_count("中のファイル", raw.count(b"PK\x01\x02"), _MOST_ENTRIES)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            is_old = raw.startswith(b"\xd0\xcf\x11\xe0")
            raise Unreadable(_LOCKED if is_old else _UNKNOWN) from error
        self.names = {entry.filename: entry for entry in self._zip.infolist()}
        if any(entry.flag_bits & 1 for entry in self.names.values()):
            raise Unreadable(_LOCKED)
        size = sum(entry.file_size for entry in self._zip.infolist()) / 1e6
        if size > (largest := limits.document_bytes * _UNPACKED / 1e6):
            raise Unreadable(f"展開すると大きすぎます（{size:.0f} MB。上限は {largest:.0f} MB）。")

    def read(self, name: str) -> bytes:
        """Return an entry; nothing where there is none."""
        try:
            return self._zip.read(self.names[name]) if name in self.names else b""
        except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
            reason = "ファイルが壊れています（中身の大きさが、書かれている大きさと合いません）。"
            raise Unreadable(reason) from error

    def xml(self, name: str) -> Any:
        """Return the root of an entry; an empty element where there is none."""
        return parse_xml(self.read(name) or b"<none/>")

    def stated(self, name: str) -> dict[str, str]:
        """Return what an entry states, by the names of its elements; the first of each."""
        fields = [*self.xml(name).iter("{*}*")][::-1]
        return {f.tag.rpartition("}")[2]: " ".join((f.text or "").split()) for f in fields}


def about(stated: dict[str, str]) -> dict[str, Any]:
    """Title and authors of what a document states of itself."""
    authors = files.sensible_authors(stated.get("initial-creator") or stated.get("creator"))
    return {"title": files.sensible_title(stated.get("title")), "authors": authors}


def joined(name: str, target: str) -> str:
    """The name of what an entry refers to."""
    folder = posixpath.join("/", posixpath.dirname(name))
    return posixpath.normpath(posixpath.join(folder, unquote(target))).lstrip("/")


def parse_xml(raw: bytes) -> Any:
    """Parse XML; no DTD is loaded, nothing is fetched, and nothing is expanded.

    Raises:
        Unreadable: It is none, is nested too deep, or defines entities.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("中の XML が壊れているか、入れ子が深すぎて読めません。") from error
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise Unreadable("中の XML が実体を定義しているので読みません。")
    return root


def parse(raw: bytes, limits: Limits) -> Draft:
    """Read a DOCX, PPTX, EPUB or ODT, whatever it is called.

    Raises:
        Unreadable: It is none of them, or not to be read.
    """
    archive = Archive(raw, limits)
    reader = next((kind for entry, kind in _READERS.items() if entry in archive.names), None)
    if reader is None:
        raise Unreadable(_UNKNOWN)
    draft: Draft = import_module(f"index.articles.{reader}").read(archive, limits)
    return draft
