"""HTML: the body by trafilatura, the metadata from what the page states (JSON-LD, meta, link, time).

trafilatura's own metadata is not used: it guesses dates and names from the look of the page. Nothing
in a page is executed, and nothing is fetched.
"""

import codecs
import re
from typing import Any

from index.articles.characters import repair
from index.articles.encodings import decode
from index.articles.settled import Draft, Limits, Unreadable
from index.articles.statements import read_statements

_CHARSET = re.compile(
    rb"""(?:<meta[^>]{0,300}?charset|<\?xml[^>]{0,100}?encoding)\s*=\s*["']?\s*([\w:.-]+)""", re.I
)
# What pages call by one name, browsers read as another (https://encoding.spec.whatwg.org/#names-and-labels).
_READ_AS = {
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "iso-8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "utf-16": "utf-8",
    "utf-16le": "utf-8",
}
_BROKEN = 100
_TABLE_CELL = "　"


def parse(raw: bytes, limits: Limits) -> Draft:  # noqa: ARG001
    """Read the article of an HTML page.

    Raises:
        Unreadable: It has no article.
    """
    from lxml import etree

    text = repair(_decode(raw))
    try:
        tree = _tree(text)
    except (etree.LxmlError, ValueError) as error:
        raise Unreadable("HTML として読めません。") from error
    statements = read_statements(tree)
    body = _body(tree)
    return Draft(
        body,
        title=statements.title,
        authors=statements.authors,
        publisher=statements.publisher,
        published=statements.published,
        language=statements.language,
        url=statements.url,
        chrome=True,
    )


def _decode(raw: bytes) -> str:
    declared = _CHARSET.search(raw[:4096])
    if declared is None or raw.startswith((codecs.BOM_UTF8, b"\xff\xfe", b"\xfe\xff")):
        return decode(raw)
    label = declared[1].decode("ascii", "replace").lower()
    try:
        return raw.decode(_READ_AS.get(label, label))
    except (UnicodeError, LookupError):
        return _repaired(raw, label)


def _repaired(raw: bytes, label: str) -> str:
    """A page that is not what it says: in another encoding, or with a few broken characters."""
    try:
        return decode(raw)
    except Unreadable:
        try:
            text = raw.decode(_READ_AS.get(label, label), "replace")
        except (UnicodeError, LookupError):
            text = "\ufffd"
        if text.count("\ufffd") * _BROKEN > len(text) or "\0" in text:
            raise
        return text


def _tree(text: str) -> Any:
    from lxml import html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    tree = html.document_fromstring(text.encode(), parser=parser)
    for reading in list(tree.iter("rt", "rp")):
        reading.drop_tree()
    return tree


def _body(tree: Any) -> str:
    import trafilatura

    found = trafilatura.bare_extraction(
        tree,
        favor_recall=True,
        include_comments=False,
        include_tables=True,
        include_formatting=False,
        with_metadata=False,
    )
    body = getattr(found, "body", None)
    text = "\n".join(_blocks(body)) if body is not None else ""
    if not text.strip():
        raise Unreadable("記事の本文が見つかりません。")
    return text


def _blocks(element: Any) -> list[str]:
    """The lines of trafilatura's tree (its tags: head, p, list, item, table, row, cell, quote, lb)."""
    lines: list[str] = []
    for child in element:
        if child.tag == "head":
            level = (child.get("rend") or "h2")[-1]
            mark = "#" * int(level if level in "123456" else 2)
            lines.append(f"{mark} {_inline(child).replace(chr(10), ' ')}")
        elif child.tag == "row":
            cells = (_inline(cell).replace("\n", " ") for cell in child)
            lines.append(_TABLE_CELL.join(cell for cell in cells if cell))
        elif child.tag in {"list", "table", "quote", "div"} and len(child):
            lines += [_flat(child.text), *_blocks(child)]
        else:
            lines.append(_inline(child))
        lines += [_flat(child.tail)] if child.tag in {"item", "row"} else [_flat(child.tail), ""]
    return lines


def _inline(element: Any) -> str:
    words = _flat(element.text)
    for child in element:
        words += "\n" if child.tag == "lb" else _inline(child)
        words += _flat(child.tail)
    return words.strip()


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")
