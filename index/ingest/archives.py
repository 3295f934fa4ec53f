"""A ZIP archive as a folder: each file in it under its name there, or the reason why it is left out."""

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from index.articles import TYPES, Limits
from index.articles.files import HTML, MARKDOWN, TEXT, ZIP, Unreadable, shown, unknown_type
from index.errors import cause
from index.ingest.sources import upload_id
from index.reports import Skipped

UNPACKED = "tenkyo-unpacked-"
"""What the name of a folder begins with in which files lie while they are read."""
_UNREAD = (Unreadable, zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError)
ENTRIES = 20_000
"""Entries that are looked at, also of archives inside (a docx has some fifteen)."""


def unpack(archive: Path, name: str, folder: Path, skipped: list[Skipped]) -> dict[str, Path]:
    """Put the files of an archive into a folder; return where each lies, by ``name/its name there``."""
    files: dict[str, Path] = {}
    left = 3 * Limits().document_bytes  # as much as a docx may unpack to
    try:
        with archive.open("rb") as packed:
            raw = packed.read(Limits().document_bytes + 1)
            if len(raw) > Limits().document_bytes or raw.count(b"PK\1\2") > ENTRIES:
                raise ValueError("大きすぎます")
            opened = zipfile.ZipFile(packed)
            for info in opened.infolist():
                inner = _name(info)
                named = filter(lambda part: part.strip("."), inner.split("/"))
                if info.is_dir() or any(part.startswith((".", "__MACOSX")) for part in named):
                    continue
                full = f"{name}/{shown(Path(inner))}"
                try:
                    if full in files:
                        raise Unreadable("同じ名前のファイルがもう一つあります。")
                    content = _content(opened, info, inner, left)
                except _UNREAD as exc:
                    is_told = isinstance(exc, Unreadable)
                    skipped.append(Skipped(full, str(exc) if is_told else "壊れています。"))
                    continue
                left -= len(content)
                files[full] = folder / f"{upload_id(full)}{PurePosixPath(inner).suffix}"
                files[full].write_bytes(content)
        if not files:
            skipped.append(Skipped(name, "ZIP の中に、読めるファイルがありません。"))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as exc:
        reason = f"ZIP として読めません（{cause(exc)}）。展開して、フォルダーを加えてください。"
        skipped.append(Skipped(name, reason))
    return files


def _name(info: zipfile.ZipInfo) -> str:
    """Return an entry's name; what does not say that it is UTF-8 may be so, or as Windows writes it in Japan."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437", "replace")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("cp932", "replace")
    return name.replace("\\", "/").replace("\0", "")


def _content(opened: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, left: int) -> bytes:
    """Read an entry; no more comes out of it than it says that it has. Raises Unreadable."""
    suffix, parts = PurePosixPath(name).suffix.lower(), name.split("/")
    is_text = suffix in TEXT | MARKDOWN | HTML
    most = min(left, Limits().text_bytes if is_text else Limits().document_bytes)
    leads_out = not parts[0] or ".." in parts or ":" in parts[0]
    faults = {
        "ZIP の外を指す名前なので、読みません。": leads_out,
        "ZIP の中の ZIP は読みません。取り出して加えてください。": suffix in ZIP,
        unknown_type(suffix): suffix not in TYPES or stat.S_ISLNK(info.external_attr >> 16),
        "パスワードで守られています。解いてから加えてください。": info.flag_bits & 1,
        "この圧縮の方式は読めません。取り出して加えてください。": info.compress_type not in (0, 8),
        f"展開すると大きすぎます（{info.file_size / 1e6:.1f} MB）。": info.file_size > most,
    }
    if reason := next((reason for reason, holds in faults.items() if holds), None):
        raise Unreadable(reason)
    return opened.read(info)
