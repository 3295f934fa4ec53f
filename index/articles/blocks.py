"""A page as blocks, and what of them is in its elements.

Each of these takes steps in proportion to the elements, however deep they stand in each other.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from index.articles.files import Limits
from index.articles.markup import rows
from index.text.characters import nfkc

_BLOCK = re.compile(
    r"address|article|aside|blockquote|body|caption|center|d[dtl]|details|dialog|dir|div|fieldset|fig(?:ure|caption)"
    r"|footer|form|h[1-6r]|header|hgroup|legend|li|main|menu|nav|[ou]l|p|pre|search|section|summary|table|t(?:body|foot|head|[dhr])"
)
_SILENT = re.compile(
    r"audio|button|canvas|datalist|embed|iframe|input|map|object|select|svg|template|textarea|title|video"
)
_HEAD = re.compile(r"h[1-6]")
_ITEMS = frozenset({"li", "dt", "dd", "td"})
_EAST = r"[\u3000-\u9fff\uff00-\uffef]"
_EAST_BREAK = re.compile(rf"(?<={_EAST})[ \t]*[\r\n]\s*(?={_EAST})")
_BLANKS = re.compile(r"[^\S\u3000]+")


@dataclass(slots=True)
class Block:
    """A paragraph (p), heading (h2), item or row."""

    kind: str
    text: str
    element: Any
    linked: float = 0.0  # which share of its letters is in links
    links: int = 0  # how many
    link: Any = None  # one around it and others

    @property
    def home(self) -> Any:
        """What it stands in, beside others of its kind: of an item, what its list stands in."""
        outer = self.element.getparent()
        return outer.getparent() if outer is not None and self.kind == "item" else outer

    @property
    def is_head(self) -> bool:
        """Whether it is a heading."""
        return self.kind[0] == "h"


class Reader:
    """Reads the blocks of an element in order."""

    def __init__(self, limits: Limits) -> None:
        self._limits, self.found = limits, list[Block]()
        self._words, self._linked, self._count = list[str](), 0, 0
        self._open, self._links = list[Any](), list[Any]()

    def read(self, root: Any) -> list[Block]:
        """Read them, once."""
        from lxml import etree

        self._open = [root]
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "end":
                self._end(element)
                self._say(element.tail if element is not root else "")
            elif _SILENT.fullmatch(element.tag) or (element is not root and self._table(element)):
                walk.skip_subtree()
            else:
                self._start(element)
                self._say(element.text)
        self._close()
        return self.found

    def _start(self, element: Any) -> None:
        if element.tag == "br":
            self._words.append("\n")
        if _BLOCK.fullmatch(element.tag) or _stands_apart(element):
            self._close()
            self._open.append(element)
        if element.tag == "a" and element.get("href"):
            self._links.append(element)
            self._count += 1

    def _end(self, element: Any) -> None:
        if self._open[-1] is element:
            self._close()
            self._open.pop()
        if self._links and self._links[-1] is element:
            self._links.pop()

    def _say(self, text: str | None) -> None:
        if text:
            self._words.append(_BLANKS.sub(" ", _EAST_BREAK.sub("", text)))
            self._linked += len(letters(text)) if self._links else 0

    def _table(self, element: Any) -> bool:
        """Read a table row by row, if it holds values."""
        lines = rows(element, self._cell, self._limits) if element.tag == "table" else None
        if lines is not None:
            self._close()
            for caption in element.iter("caption"):
                self.found += Reader(self._limits).read(caption)
            link = next(iter(self._links), None)
            self.found += [Block("row", line, element, link=link) for line in lines]
        return lines is not None

    def _cell(self, cell: Any) -> str:
        blocks = Reader(self._limits).read(cell)
        return " ".join(block.text.replace("\n", " ") for block in blocks)

    def _close(self) -> None:
        text = re.sub(r" ?\n ?", "\n", "".join(self._words)).strip() if self._words else ""
        if text:
            element = self._open[-1]
            head = bool(_HEAD.fullmatch(element.tag))
            what = element.tag if head else "item" if element.tag in _ITEMS else "p"
            linked = self._linked / max(len(letters(text)), 1)
            link = next(iter(self._links), None)
            for part in map(str.strip, re.split(r"\n{2,}", text)):
                part = part.replace("\n", " ") if head else part
                self.found.append(Block(what, part, element, linked, self._count, link))
        self._words, self._linked, self._count = [], 0, 0


def _stands_apart(element: Any) -> bool:
    """Whether an element within a line is shown as a block: a caption, or by its style."""
    style = re.sub(r"\s", "", element.get("style") or "")
    return "caption" in (element.get("class") or "").lower() or "display:block" in style


def letters(text: str) -> str:
    """Return a text without white space and marks."""
    return re.sub(r"\W", "", nfkc(text))


def inherited(elements: list[Any], own: Callable[[Any], Any]) -> dict[Any, Any]:
    """What each element says of itself, or the nearest around it that says something."""
    found: dict[Any, Any] = {}
    for one in elements:
        if value := own(one) or found.get(one.getparent()):
            found[one] = value
    return found


def ranges_of(elements: list[Any], blocks: list[Block]) -> dict[Any, tuple[int, int]]:
    """Between which of the blocks those of each element stand."""
    found: dict[Any, tuple[int, int]] = {}
    for n, block in enumerate(blocks):
        found[block.element] = found.get(block.element, (n, n))[0], n + 1
    for one in reversed(elements):
        if one in found:
            outer, (start, end) = one.getparent(), found[one]
            least, most = found.get(outer, (start, end))
            found[outer] = min(start, least), max(end, most)
    return found
