"""DOCX: what a reader of the printed page sees, with tracked changes as accepted.

Source: ECMA-376, Part 1 (WordprocessingML, Office Math)
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import count as counting
from typing import Any

from index.articles.archives import Archive, about
from index.articles.files import Draft, Limits, check_count
from index.articles.office import DOWN, END, HIGH, UP, Page, based, child, name, settled, value
from index.text.lines import join

_TELLING = re.compile(r"heading \d|title|toc .*")
_PAGE_NUMBER = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES|PAGEREF)\b", re.IGNORECASE)
_DELETED = ("del", "moveFrom")
_OFF = frozenset({"0", "false", "off", "none"})
_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\xa3\xb0\xb1\xb3\xb4\xb8\xb9\xbb\xae-"
_SYMBOLS = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖαβχδεφγηιϕκλμνοπθρστυϖωξψζ≤°±≥×÷≠≈→−"
_SYMBOL = dict(zip(_LATIN, _SYMBOLS, strict=True))
"""Of the font Symbol. Source: https://www.unicode.org/Public/MAPPINGS/VENDORS/ADOBE/symbol.txt"""
_FORMULAS = {"f": "{}/{}", "sSub": "{}_{}", "sSup": "{}^{}", "sSubSup": "{}_{}^{}", "rad": "{}√{}", "func": "{} {}",
             "limLow": "{}_{}", "limUpp": "{}^{}", "nary": "_{}^{} {}"}  # fmt: skip


def read(archive: Archive, limits: Limits) -> Draft:
    """Read a DOCX.

    Raises:
        Unreadable: It has no text, or too many paragraphs.
    """
    body = archive.xml("word/document.xml")
    check_count("段落", sum(1 for _ in body.iter("{*}p")), limits.paragraphs)
    page = Word(archive)
    page.inside(body)
    page.add("".join(page.before))
    return page.draft(**about(archive.stated("docProps/core.xml")))


def _holds(node: Any) -> bool:
    return node is not None and value(node) not in _OFF


class Word(Page):
    """Reads the body of a DOCX, and slides, whose elements have the same names."""

    def __init__(self, archive: Archive) -> None:
        super().__init__()
        styles = archive.xml("word/styles.xml").iter("{*}style")
        self._styles = {value(style, "styleId"): style for style in styles}
        self._find, self._tells = cache(self._find), cache(self._tells)  # type: ignore[method-assign]
        kinds = ("footnote", "endnote")
        self._notes = {
            (kind, value(note, "id")): note
            for kind in kinds
            for note in archive.xml(f"word/{kind}s.xml")
        }
        self._numbers = {kind: counting(1) for kind in kinds}
        self.before: list[str] = []  # paragraphs whose end is deleted
        self._style, self._titled, self._in_number = "", False, False
        self.actions |= dict.fromkeys(_DELETED, lambda node: self.lose("deleted", node))
        self.actions |= dict.fromkeys(("pPr", "rPr", "tblPr", "rt"), lambda _: "")
        self.actions |= dict.fromkeys(("footnoteReference", "endnoteReference"), self._note)
        self.actions |= dict.fromkeys(("br", "cr"), lambda _: "\n")
        self.actions |= dict.fromkeys(("blip", "imagedata"), self.picture)
        self.actions |= dict.fromkeys(("fldChar", "instrText"), self._field)
        self.actions |= {
            "p": self._paragraph,
            "r": self._run,
            "t": lambda node: "" if self._in_number else node.text or "",
            "tab": lambda _: " ",
            "noBreakHyphen": lambda _: "-",
            "sym": _symbol,
            "tbl": self.table,
            "tr": self._row,
            "tc": self._cell,
            "sdt": self._control,
            "AlternateContent": lambda node: self.read(node[0]) if len(node) else "",
            "txbxContent": self.later,
            "oMath": formula,
            "fldSimple": lambda n: "" if _PAGE_NUMBER.match(value(n, "instr")) else self.inside(n),
        }

    def _paragraph(self, node: Any) -> str:
        own = child(node, "pPr")
        style = value(child(own, "pStyle"))
        tells = self._tells(style)
        outline = child(own, "outlineLvl")
        outline = self._find(style, "pPr", "outlineLvl") if outline is None else outline
        outer, self._style = self._style, style
        text, self._style = self.inside(node), outer
        if not self.deep:
            self.before.append(text)
            if any(child(own, "rPr", gone) is not None for gone in _DELETED):
                return ""
            text, self.before = "".join(self.before), []
        if tells.startswith("toc "):
            return self.lose("chrome", node)
        if tells == "title" and not self._titled and not self.deep:
            self.title = join(self.title, " ".join(settled(text).split())).strip()
            return self.block("")
        self._titled = self._titled or bool(self.title and text)
        level = tells[8:] or str(int(value(outline) or 9) + 1)
        return self.block(text, "#" * min(int(level), 6) + " " if len(level) == 1 else "")

    def _run(self, node: Any) -> str:
        own = child(node, "rPr")
        if own is None and not self._style:
            return self.inside(node)
        if _holds(self._look(own, "vanish")):
            return self.lose("hidden", node)
        struck = any(_holds(self._look(own, key)) for key in ("strike", "dstrike"))
        if struck or value(own, "strike") in {"sngStrike", "dblStrike"}:
            return self.lose("deleted", node)
        text = self.inside(node)
        way = value(self._look(own, "vertAlign")) or value(own, "baseline").lstrip("0")
        if way in {"", "baseline"} or not text:
            return text
        return f"{DOWN if way == 'subscript' or way[0] == '-' else UP}{text}{END}"

    def _look(self, own: Any, key: str) -> Any:
        """A property of a run: its own, or that of its style or of its paragraph's."""
        found = child(own, key)
        for style in (value(child(own, "rStyle")), self._style):
            found = self._find(style, "rPr", key) if found is None and style else found
        return found

    def _find(self, style: str, *path: str) -> Any:
        """The first element at a path that a style has, or one that it is based on."""
        chain = (child(one, *path) for one in self._chain(style))
        return next((one for one in chain if one is not None), None)

    def _tells(self, style: str) -> str:
        """The name of a heading, a title or contents; '' for what is none of them."""
        names = (value(child(one, "name")).lower() for one in self._chain(style))
        return next(filter(_TELLING.fullmatch, names), "")

    def _chain(self, style: str) -> Iterator[Any]:
        return based(self._styles, style, lambda found: value(child(found, "basedOn")))

    def _field(self, node: Any) -> str:
        """A field's instruction or one of its ends: what is between is no text where it is a number of pages."""
        told = _PAGE_NUMBER.match(node.text or "") if name(node) == "instrText" else None
        self._in_number = bool(told) or (self._in_number and value(node, "fldCharType") != "end")
        return ""

    def _control(self, node: Any) -> str:
        """A content control; one that still asks for its content has none."""
        asks = _holds(child(node, "sdtPr", "showingPlcHdr"))
        return self.lose("other", node) if asks else self.inside(node)

    def _note(self, node: Any) -> str:
        kind = name(node).removesuffix("Reference")
        note = self._notes.pop((kind, value(node, "id")), None)  # each once
        return "" if note is None else self.later(note, str(next(self._numbers[kind])))

    def _row(self, node: Any) -> str:
        own = child(node, "trPr")
        if child(own, "del") is not None or _holds(child(own, "hidden")):
            return self.lose("hidden" if child(own, "del") is None else "deleted", node)
        self.heads += self.heads == len(self.grid) and _holds(child(own, "tblHeader"))
        return self.row(node, min(int(value(child(own, "gridBefore")) or 0), 63))

    def _cell(self, node: Any) -> str:
        own = child(node, "tcPr")
        down, left = child(own, "vMerge"), value(node, "hMerge") == "1"
        up = value(node, "vMerge") == "1" or (down is not None and value(down) != "restart")
        return self.cell(node, value(child(own, "gridSpan")), up=up, left=left)


def _symbol(node: Any) -> str:
    code = int(value(node, "char") or "3013", 16)
    char = chr(code - 0xF000 if 0xF000 <= code < 0xF100 else code)
    if value(node, "font") == "Symbol":
        return _SYMBOL.get(char, char if char < "@" else "〓")
    return "〓" if 0xF000 <= code < 0xF100 else char


def formula(node: Any) -> str:
    """A formula in one line: ``(a+b)/2``, ``10⁹``, ``√2``."""
    kind = name(node)
    if kind in {"t", "del", "rPr"}:
        return (node.text or "") if kind == "t" else ""
    parts = [formula(part) for part in node if not name(part).endswith("Pr")]
    if kind == "sSup" and re.fullmatch(r"[-−]?\d+", parts[-1]):
        return parts[0] + parts[1].translate(HIGH)
    if kind == "d":
        ends = zip(("begChr", "endChr"), "()", strict=True)
        signs = [
            usual if (said := child(node, "dPr", key)) is None else value(said)
            for key, usual in ends
        ]
        return "|".join(parts).join(signs)
    if kind in _FORMULAS:
        sign = (value(child(node, "naryPr", "chr")) or "∫") if kind == "nary" else ""
        grouped = (p if re.fullmatch(r"[\w.,]*|\([^()]*\)", p) else f"({p})" for p in parts)
        return sign + _FORMULAS[kind].format(*grouped, "", "", "")
    return {"m": "; ", "mr": ", ", "eqArr": "; "}.get(kind, "").join(parts)
