"""EPUB: the chapters in the order of its spine, and what the book states of itself.

They are read whole, not as web pages are, in which an article has to be looked for.
Source: https://www.w3.org/TR/epub-33/
"""

import re
from typing import Any

from index.articles.archives import Archive, joined, parse_xml
from index.articles.files import Draft, Limits, Unreadable, check_count
from index.articles.office import DOWN, END, UP, Prose, name, value
from index.records import Loss
from index.text.dates import find_day

_NO_CHAPTER = re.compile(
    r"(?:.*[/_-])?(?:cover|toc|nav|navigation|hyoushi|mokuji)(?:[._-].*|\d*)?", re.I
)
_BLOCKS = "p div section article aside header footer blockquote ul ol li dl dt dd figure figcaption pre hr"
_HEADS = {f"h{level}": "#" * level + " " for level in range(1, 7)}


def read(archive: Archive, limits: Limits) -> Draft:
    """Read an EPUB.

    Raises:
        Unreadable: It is encrypted, or has too many paragraphs.
    """
    if re.search(rb"<[^>]*CipherReference[^>]*html?[\"']", archive.read("META-INF/encryption.xml")):
        raise Unreadable("著作権保護（DRM）された EPUB です。保護のないファイルにしてください。")
    files = archive.xml("META-INF/container.xml").iter("{*}rootfile")
    main = next((file.get("full-path", "") for file in files), "")
    package, stated, book, paragraphs = archive.xml(main), archive.stated(main), _Book(), 0
    for chapter in _spine(package, main):
        tree = _parsed(archive.read(chapter))
        paragraphs += sum(1 for _ in tree.iter("{*}p"))
        check_count("段落", paragraphs, limits.paragraphs)
        book.add(book.inside(tree))
    authors = (" ".join((one.text or "").split()) for one in package.iter("{*}creator"))
    return book.draft(
        title=stated.get("title") or None,
        authors=tuple(filter(None, authors)),
        publisher=stated.get("publisher") or None,
        published=find_day(stated.get("date", "")[:10]),
        language=stated.get("language", "")[:2].lower() or None,
    )


def _spine(package: Any, main: str) -> list[str]:
    """The names of the chapters in order, without the cover and the contents."""
    items = {item.get("id"): item for item in package.iter("{*}item")}
    used = [items[one] for ref in package.iter("{*}itemref") if (one := ref.get("idref")) in items]
    kept = (
        item.get("href", "")
        for item in used
        if "nav" not in item.get("properties", "").split()
        and not _NO_CHAPTER.fullmatch(item.get("href", ""))
    )
    return list(dict.fromkeys(joined(main, href) for href in kept))


def _parsed(raw: bytes) -> Any:
    from lxml import html

    try:
        return parse_xml(raw)
    except Unreadable:  # a page that is no XML
        return html.document_fromstring(raw or b"<p>", parser=html.HTMLParser(encoding="utf-8"))


class _Book(Prose):
    """Reads the chapters of a book."""

    blocks = frozenset((*_BLOCKS.split(), *_HEADS, "table"))

    def __init__(self) -> None:
        super().__init__()
        self.actions |= dict.fromkeys(_BLOCKS.split(), self._block)
        self.actions |= dict.fromkeys(_HEADS, lambda n: self.block(self.inside(n), _HEADS[name(n)]))
        self.actions |= dict.fromkeys(("head", "script", "style", "rt", "rp", "nav"), lambda _: "")
        self.actions |= dict.fromkeys(("del", "s", "strike"), lambda n: self.lose("deleted", n))
        self.actions |= dict.fromkeys(("td", "th"), lambda n: self.cell(n, value(n, "colspan")))
        self.actions |= {
            "br": lambda _: "\n",
            "a": lambda node: "" if value(node, "type") == "noteref" else self.inside(node),
            "sup": self._raised,
            "sub": lambda node: f"{DOWN}{self.inside(node)}{END}",
            "table": self.table,
            "tr": self._row,
            "img": self._image,
        }

    def _block(self, node: Any) -> str:
        style = node.get("style", "").replace(" ", "")
        if node.get("hidden") is not None or "display:none" in style:
            return self.lose("hidden", node)
        if value(node, "type") in {"footnote", "endnote", "rearnote"} and not self.deep:
            self.add(self.within(node).replace("\n", " "), "note")
            return ""
        return self.block(self.inside(node))

    def _raised(self, node: Any) -> str:
        linked = any(link.get("href") for link in node.iter("{*}a"))
        return "" if linked else f"{UP}{self.inside(node)}{END}"

    def _row(self, node: Any) -> str:
        named = len(node) > 0 and all(name(cell) == "th" for cell in node)
        self.heads += named and self.heads == len(self.grid)
        return self.row(node)

    def _image(self, node: Any) -> str:
        self.lost += [Loss("picture", node.get("alt"))] if node.get("alt") else []
        return ""
