"""ODT: paragraphs, tables and notes, with tracked changes as accepted.

Source: https://docs.oasis-open.org/office/OpenDocument/v1.3/
"""

from collections.abc import Iterator
from typing import Any

from index.articles.archives import Archive, about
from index.articles.files import Draft, Limits, check_count
from index.articles.office import DOWN, END, UP, Prose, based, child, count, settled, value
from index.text.dates import find_day

_OUT = ("change-info", "annotation", "page-number", "page-count", "note-citation", "ruby-text",
        "title", "desc")  # fmt: skip


def read(archive: Archive, limits: Limits) -> Draft:
    """Read an ODT.

    Raises:
        Unreadable: It has too many paragraphs.
    """
    content, stated = archive.xml("content.xml"), archive.stated("meta.xml")
    check_count("段落", sum(1 for _ in content.iter("{*}p", "{*}h")), limits.paragraphs)
    page = _Text([*archive.xml("styles.xml").iter("{*}style"), *content.iter("{*}style")])
    page.inside(content)
    day = find_day(stated.get("creation-date", "")[:10])
    return page.draft(published=day, **about(stated))


class _Text(Prose):
    """Reads the text of an ODT."""

    def __init__(self, styles: list[Any]) -> None:
        super().__init__()
        self._left = False  # whether the cell read last covers others of its row
        self._styles = {value(style, "name"): style for style in styles}
        self.actions |= dict.fromkeys(_OUT, lambda _: "")
        self.actions |= dict.fromkeys(("image", "object"), self.picture)
        self.actions |= {
            "p": self._paragraph,
            "h": self._heading,
            "span": self._span,
            "s": lambda node: " " * count(value(node, "c")),
            "tab": lambda _: " ",
            "line-break": lambda _: "\n",
            "note": self._note,
            "text-box": lambda node: self.later(node),
            "deletion": lambda node: self.lose("deleted", node),
            "section": self._section,
            "table": self.table,
            "table-header-rows": self._header,
            "table-row": self.row,
            "table-cell": self._cell,
            "covered-table-cell": lambda node: self.cell(node, up=not self._left, left=True),
        }

    def _paragraph(self, node: Any) -> str:
        text = self.inside(node)
        if not self.title and any(value(style, "name") == "Title" for style in self._chain(node)):
            self.title = " ".join(settled(text).split())
            return self.block("")
        return self.block(text)

    def _heading(self, node: Any) -> str:
        level = min(count(value(node, "outline-level")), 6)
        return self.block(self.inside(node), "#" * level + " ")

    def _span(self, node: Any) -> str:
        looks = [child(style, "text-properties") for style in self._chain(node)]
        if any(value(look, "display") == "none" for look in looks):
            return self.lose("hidden", node)
        lines = (value(look, "text-line-through-style") for look in looks)
        if next(filter(None, lines), "none") != "none":
            return self.lose("deleted", node)
        way = next(filter(None, (value(look, "text-position") for look in looks)), "0%")
        up = DOWN if way.startswith(("sub", "-")) else UP
        return self.inside(node) if way[:2] == "0%" else f"{up}{self.inside(node)}{END}"

    def _chain(self, node: Any) -> Iterator[Any]:
        name = value(node, "style-name")
        return based(self._styles, name, lambda found: value(found, "parent-style-name"))

    def _note(self, node: Any) -> str:
        sign = "".join(child(node, "note-citation").itertext()).strip()
        return self.later(child(node, "note-body"), sign or "*")

    def _section(self, node: Any) -> str:
        hidden = value(node, "display") == "none"
        return self.lose("hidden", node) if hidden else self.inside(node)

    def _header(self, node: Any) -> str:
        self.inside(node)
        self.heads = len(self.grid)
        return ""

    def _cell(self, node: Any) -> str:
        across = value(node, "number-columns-spanned")
        self._left = count(across) > 1
        return self.cell(node, value(node, "number-columns-repeated"))
