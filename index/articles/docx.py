"""DOCX by python-docx: paragraphs, headings as ``## …``, a table's rows as lines."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from index.articles.files import Draft, Limits, Unreadable, sensible_authors, sensible_title

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_UNPACKED = 3


def parse(raw: bytes, limits: Limits) -> Draft:
    """Read a DOCX.

    Raises:
        Unreadable: It is no DOCX, is encrypted, or unpacks to too much.
    """
    _check_archive(raw, limits.document_bytes * _UNPACKED)
    import docx

    try:
        document = docx.Document(io.BytesIO(raw))
    except (KeyError, ValueError) as error:
        raise Unreadable("Word の文書（docx）として読めません。") from error
    properties = document.core_properties
    blocks = list(document.iter_inner_content())
    titled = (words(block) for block in blocks if _style(block) == "title")
    return Draft(
        "\n".join(line for block in blocks if _style(block) != "title" for line in _lines(block)),
        title=sensible_title(properties.title) or next(titled, None),
        authors=sensible_authors(properties.author),
    )


def _check_archive(raw: bytes, largest: int) -> None:
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            "パスワードで保護された文書か、古い Word の文書（doc）です。docx で保存し直してください。"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise Unreadable("Word の文書（docx）として読めません。") from error
    if unpacked > largest:
        raise Unreadable(
            f"展開すると大きすぎます（{unpacked / 1e6:.0f} MB。上限は {largest / 1e6:.0f} MB）。"
        )


def _style(block: Any) -> str:
    style = getattr(block, "style", None)
    return (style.name or "").lower() if style is not None else ""


def _lines(block: Any) -> Iterator[str]:
    if hasattr(block, "rows"):
        for row in block.rows:
            # A merged cell is handed out once for each column it spans.
            cells = dict.fromkeys(cell._tc for cell in row.cells)
            yield "　".join(filter(None, (_text(cell).replace("\n", " ") for cell in cells)))
        return
    heading = _HEADING.fullmatch(_style(block))
    text = words(block)
    yield "#" * min(int(heading[1]), 6) + " " + text if heading and text else text


def words(block: Any) -> str:
    """The words of a paragraph, with the base of ruby and without its reading."""
    return _text(block._p)


def _text(element: Any) -> str:
    """python-docx's own ``text`` leaves out ruby altogether, also the words under it."""
    pieces = []
    for node in element.xpath(
        ".//w:t[not(ancestor::w:rt)] | .//w:r/w:tab | .//w:r/w:br | .//w:r/w:cr"
        " | .//w:p[ancestor::w:tc][preceding-sibling::w:p]"
    ):
        name = node.tag.rpartition("}")[2]
        pieces.append(node.text or "" if name == "t" else " " if name == "tab" else "\n")
    return "".join(pieces).strip()
