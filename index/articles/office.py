"""What DOCX, PPTX and ODT share: their elements as lines, with notes, rows and what was left out."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from itertools import groupby
from typing import Any

from index.articles.files import Draft
from index.records import Loss, Mark
from index.text.lines import named_row

UP, DOWN, END = "\x02", "\x03", "\x04"
"""Round what is raised or lowered, until its line is done; no XML holds these characters."""

_SCRIPT = re.compile(rf"([{UP}{DOWN}])[^{UP}{DOWN}{END}]*{END}(?:\1[^{UP}{DOWN}{END}]*{END})*")
_BASE = re.compile(r"(?:(?<![\d.,])\d{1,2}|(?<![A-Za-z])(?:[kcmnμµ]?m|mc|[A-Za-z])|[\w)]\))$", re.A)
_COUNTED = re.compile(
    r"\s?(?:[万亿億兆円元人件%％歳隻台社名回年月日時分校個点か]|[mb]illion|people|per)"
)
_NOTE = re.compile(
    r"[\[［(（\s]*(?:脚?注|註)?[\s\d,、，–\-−・*＊※†‡§¶]*[\])）］\s]*|[a-z]|(?:注|註)\s*\d*"
)
HIGH = str.maketrans("0123456789+-−–n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻ⁿ")
_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_PERIOD = re.compile(r"(?:19|20)\d\d|.*\d\s*(?:年度?|月|日|期|四半期|世紀|年代)(?:末|時点)?")
_FIGURE = re.compile(
    r"[△▲+\-−–約\s¥￥$]*\d[\d,.，．]*(?:[兆億万千百]+\d[\d,.，．]*)*\s*(?:\D{0,6}|[A-Za-z ]{0,12})"
    r"|[-－−―—–ー…‥]*"
)
_LONGEST_NAME = 100
_DEEPEST = 20  # styles based on each other


def name(node: Any) -> str:
    """The name of an element without its namespace; '' for what is none."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def child(node: Any, *path: str) -> Any:
    """The element at a path of names; None where there is none."""
    for step in path:
        node = next((one for one in node if name(one) == step), None) if node is not None else None
    return node


def value(node: Any, key: str = "val") -> str:
    """An attribute, whatever its namespace; '' where there is none."""
    found = () if node is None else node.attrib.items()
    return next((said for full, said in found if full.rpartition("}")[2] == key), "")


def count(said: str) -> int:
    """A number of columns or blanks, as far as a table or line can have them; 1 where it is not said."""
    return min(int(said or 1), 63)


def based(styles: dict[str, Any], style: str, base: Callable[[Any], str]) -> Iterator[Any]:
    """The style of a name and those that it is based on."""
    for _ in range(_DEEPEST):
        if (found := styles.get(style)) is None:
            return
        yield found
        style = base(found)


class Page:
    """Reads elements: those in ``actions`` as these say, of others what is in them.

    What is part of a line comes back as text; a paragraph becomes a line, unless it is in a cell or
    note. What stands ``below`` a line (notes, boxes, tables in a cell) waits until that is done.
    """

    spoken: tuple[str, ...] = ("{*}t", "{*}delText")

    def __init__(self) -> None:
        self.title, self.end = "", 0  # where the next line begins
        self.heads = self.deep = 0  # rows of the table that name columns; cells and notes it is in
        self.lines, self.marks, self.lost = list[str](), list[Mark](), list[Loss]()
        self.below = list[tuple[str, Any]]()
        self.grid = list[list[list[str]]]()  # rows of cells: the same list at each place it covers
        self.actions: dict[str, Callable[[Any], str]] = {}

    def inside(self, node: Any) -> str:
        """Read what is in an element."""
        return "".join(map(self.read, node))

    def read(self, node: Any) -> str:
        """Read an element."""
        action = self.actions.get(name(node))
        return action(node) if action else self.inside(node)

    def lose(self, kind: str, node: Any) -> str:
        """Leave an element out, and tell its words."""
        text = "".join(node.itertext(*self.spoken, with_tail=False)).strip()
        self.lost += [Loss(kind, text)] if text else []
        return ""

    def picture(self, node: Any) -> str:
        """Leave out the picture that an element refers to, and tell what it is called."""
        frame = next(node.iterancestors("{*}drawing", "{*}pic", "{*}frame"), node)
        about = next(frame.iter("{*}docPr", "{*}cNvPr"), None)
        self.lost.append(Loss("picture", value(about, "descr") or value(about, "name") or "図"))
        return ""

    def later(self, node: Any, sign: str = "") -> str:
        """Keep for below; a note has a sign."""
        self.below.append((sign, node))
        return ""

    def add(self, text: str, kind: str = "", said: str = "") -> None:
        """Add a line, unless it is empty, and then what stands below."""
        if text := settled(text).strip():
            self.marks += [Mark(kind, self.end, self.end + len(text), said)] if kind else []
            self.lines.append(text)
            self.end += len(text) + 1
        below, self.below = self.below, []
        for sign, node in below:
            if sign:
                self.add(self.within(node).replace("\n", " "), "note", sign)
            else:
                self.inside(node)

    def within(self, node: Any) -> str:
        """Read a cell or note: its paragraphs, a line each."""
        self.deep += 1
        text = self.inside(node)
        self.deep -= 1
        return "\n".join(filter(None, map(str.strip, text.split("\n"))))

    def block(self, text: str, head: str = "") -> str:
        """End a paragraph."""
        if self.deep:
            return text + "\n"
        self.add(head + text.replace("\n", " ") if head and text.strip() else text)
        return ""

    def table(self, node: Any) -> str:
        """Read a table; one in a cell stands below."""
        if self.deep:
            return self.later([node]) or "（下の表）"
        self.grid, self.heads = [], 0
        below, self.below = self.below, []
        self.inside(node)
        below, self.below = [*below, *self.below], []
        for line in rows(self.grid, self.heads):
            self.add(line, "row" if max(map(len, self.grid)) > 1 else "")
        self.below = below
        self.add("")
        return ""

    def row(self, node: Any, before: int = 0) -> str:
        """Read a row, which so many columns stand before."""
        self.grid.append([[""]] * before)
        return self.inside(node)

    def cell(self, node: Any, across: str = "", *, up: bool = False, left: bool = False) -> str:
        """Read a cell; one that is covered is that above or to the left."""
        own, above = self.grid[-1], self.grid[-2] if len(self.grid) > 1 else []
        if up and len(own) < len(above):
            found = above[len(own)]
        else:
            found = own[-1] if left and own else [self.within(node)]
        own += [found] * count(across)
        return ""

    def draft(self, **stated: Any) -> Draft:
        """Return what was read."""
        marks = tuple(sorted(self.marks, key=lambda mark: (mark.start, -mark.end)))
        stated |= {"title": self.title} if self.title else {}
        return Draft("\n".join(self.lines), marks=marks, losses=tuple(self.lost), **stated)


class Prose(Page):
    """Reads elements between which words stand, too."""

    spoken = ()
    blocks: frozenset[str] = frozenset()

    def inside(self, node: Any) -> str:
        """Read what is in an element; a block ends the line before it."""
        parts = [_flat(getattr(node, "text", ""))]
        for part in node:
            if name(part) in self.blocks and "".join(parts).strip():
                parts = [self.block("".join(parts))]
            text = self.read(part) if isinstance(part.tag, str) else unescape(part.text or "")
            parts += (text, _flat(part.tail))
        return "".join(parts)


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def rows(grid: list[list[list[str]]], heads: int) -> Iterator[str]:
    """Write each row as a line that names its columns: ``年: 2023／谷口国: ―``; ``heads`` rows name them."""
    texts = [[settled(cell[0]).replace("\n", " ") for cell in row] for row in grid]
    heads = heads or _heads(texts)
    names = [" ".join(dict.fromkeys(column)) for column in zip(*texts[:heads], strict=False)]
    if heads >= len(grid) or max(map(len, names), default=0) > _LONGEST_NAME:
        heads, names = 0, []  # what names nothing is itself a row
    for row, cells in zip(texts[heads:], grid[heads:], strict=True):
        groups = [list(at) for _, at in groupby(range(len(row)), key=lambda n: id(cells[n]))]
        labels = ("・".join(dict.fromkeys(filter(None, names[g[0] : g[-1] + 1]))) for g in groups)
        line = named_row(labels, (row[group[0]] for group in groups))
        if any(row):
            yield cells[0][0] if len(groups) == 1 else line


def _heads(texts: list[list[str]]) -> int:
    """Whether the first row has words and periods only, and figures alone stand under them: 1, else 0.

    A wrong name is worse than none: it would put a value under another.
    """
    names, *others = texts or [[]]
    values = [text for row in others for text in row[len(names) > 2 :]]
    named = all(n and (_PERIOD.fullmatch(n) or not _FIGURE.fullmatch(n)) for n in names[1:])
    return int(len(names) > 1 and named and any(values) and all(map(_FIGURE.fullmatch, values)))


def settled(text: str) -> str:
    """Write powers and indices in characters of their own, and take out the signs of notes."""

    def settle(found: re.Match[str]) -> str:
        start, end = found.span()
        inside = found[0].translate(dict.fromkeys(map(ord, UP + DOWN + END)))
        if found[1] == DOWN:
            return inside.translate(_LOW)
        base = _BASE.search(text[max(0, start - 9) : start])
        # Of ten the sign of a note changes nothing.
        ten = base and base[0] == "10" and inside != "1"
        if base and re.fullmatch(r"[+\-−–]?\d{1,3}|n", inside):
            counted = base[0].isdecimal() and _COUNTED.match(text, end)
            return inside.translate(HIGH) if ten or not (counted or inside == "1") else ""
        return "" if _NOTE.fullmatch(inside) else inside

    return _SCRIPT.sub(settle, text)
