"""DOCX by python-docx: paragraphs, headings as ``## …``, a table's rows as lines."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from index.articles.files import (
    Draft,
    Limits,
    Unreadable,
    check_count,
    sensible_authors,
    sensible_title,
)

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_UNPACKED = 3
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WRITTEN = tuple(_W + name for name in ("t", "tab", "br", "cr", "p"))


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
    except zipfile.BadZipFile as error:
        reason = "Word の文書（docx）の中身の大きさが、書かれている大きさと合いません。"
        raise Unreadable(reason) from error
    paragraphs = sum(1 for _ in document.element.iter(_W + "p"))
    check_count("段落", paragraphs, limits.paragraphs)
    properties = document.core_properties
    blocks = list(document.iter_inner_content())
    style = _Styles()
    titled = (words(block) for block in blocks if style.of(block) == "title")
    return Draft(
        "\n".join(
            line
            for block in blocks
            if (name := style.of(block)) != "title"
            for line in _lines(block, name)
        ),
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


class _Styles:
    """The names of the styles of a document; python-docx looks them up for each paragraph anew."""

    def __init__(self) -> None:
        self._names: dict[tuple[bool, str | None], str] = {}

    def of(self, block: Any) -> str:
        """Return the name of a block's style, in lower case; that of most is the default."""
        is_table = hasattr(block, "rows")
        key = is_table, (block._tbl.tblStyle_val if is_table else block._p.style)
        if key not in self._names:
            style = block.style
            self._names[key] = (style.name or "").lower() if style is not None else ""
        return self._names[key]


def _lines(block: Any, style: str) -> Iterator[str]:
    if hasattr(block, "rows"):
        origin: dict[Any, Any] = {}
        for row in block.rows:
            # A cell merged with the one above has its words.
            for cell in row._tr.tc_lst:
                merged = cell.vMerge == "continue"
                origin[cell] = origin.get(cell._tc_above, cell._tc_above) if merged else cell
            cells = dict.fromkeys(origin[cell] for cell in row._tr.tc_lst)
            yield "　".join(filter(None, (_text(cell).replace("\n", " ") for cell in cells)))
        return
    heading = _HEADING.fullmatch(style)
    text = words(block)
    yield "#" * min(int(heading[1]), 6) + " " + text if heading and text else text


def words(block: Any) -> str:
    """The words of a paragraph, with the base of ruby and without its reading."""
    return _text(block._p)


def _text(element: Any) -> str:
    """python-docx's own ``text`` leaves out ruby altogether, also the words under it."""
    readings = {node for reading in element.iter(_W + "rt") for node in reading.iter(_W + "t")}
    in_cell = element.tag == _W + "tc"
    begun: set[Any] = set()  # that hold a paragraph which another follows
    pieces: list[str] = []
    for node in element.iter(*_WRITTEN):
        name, parent = node.tag.removeprefix(_W), node.getparent()
        if name == "t":
            pieces += [] if node in readings else [node.text or ""]
        elif name != "p":
            pieces += ([" "] if name == "tab" else ["\n"]) if parent.tag == _W + "r" else []
        elif node is not element:
            pieces += ["\n"] if parent in begun and (in_cell or _in_cell(node)) else []
            begun.add(parent)
    return "".join(pieces).strip()


def _in_cell(node: Any) -> bool:
    return next(node.iterancestors(_W + "tc"), None) is not None
