"""What the markup of a page says of its words: not shown, struck out, raised above the line; tables.

Elements are emptied, not removed: to join the text around n of them takes n² steps.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from index.articles.files import Limits, check_count
from index.records import Loss
from index.text.lines import EMPTY, named_row

_UNSEEN = re.compile(
    r"display:none|visibility:hidden|font-size:0[a-z%]*(?:;|$)|clip:rect\(0|(?:left|top|text-indent):-\d{3,}"
    r"|opacity:0(?:;|!|$)(?!.{0,200}trans|.{0,200}anim)"  # scripts let what moves appear
)
_UNSEEN_CLASS = re.compile(
    r"(?:is-|u-)?hidden|d-none|hide|sr-only|(?:u-|is-)?visually-?hidden|screen-reader-\w+|offscreen"
)
_SHOWN_AGAIN = re.compile(r":(?:block|flex|grid|inline|table|not-sr-only)|(?:^|\s)d-\w+-\w")
_STRUCK = re.compile(r"text-decoration(?:-line)?:[^;]{0,40}line-through")
_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()aeoxhklmnpst", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜ")
_SIGN = re.compile(
    r"[\[［(（【](?:注|註|note)?[\da-z]{1,3}[\])）】]|(?:[※*＊†‡§¶]|注|註)+\d{0,3}|\d{1,3}[)）]",
    re.I,
)
_NUMBERS = re.compile(r"\d{1,3}(?:[,、–-]\d{1,3})*|[a-z]")
_BACK = re.compile(r"[↩^↑\ufe0e]+")
# What can have a power: ten, a digit, a unit, a variable, brackets, a chemical symbol.
_BASE = re.compile(
    r"(?:^|[^\d.,])(?:10|\d)$|(?:^|[^A-Za-z])(?:[kcmdnµμ]?m|k?s|ft|in|yd|kg|[B-HJ-Zb-z])$"
    r"|[=×+*/·]\s?[A-Za-z]{1,3}$|[)\]㎝㎞㎜]$|[A-Z][a-z]?[₀-₉]$"
)
_ORDINAL = re.compile(r"st|nd|rd|th|er|re|TM|SM|MC", re.I)
_DITTO = "〃"
_MOST_HEADERS = 3  # rows of them above each other
_LONG_CELL = 100  # characters: of a paragraph, where nothing else says that a table holds values


def settle(tree: Any) -> tuple[list[Loss], dict[str, str]]:
    """Empty what is not shown or struck out, and set raised and lowered figures apart.

    Returns:
        What was left out, and the sign of each footnote by the id of its element.
    """
    names = _hidden_by_sheets(tree)
    for sheet in tree.iter("script", "style"):
        sheet.clear(keep_tail=True)
    losses = list(_empty(tree, "hidden", lambda one: _hidden(one, names)))
    losses += _empty(tree, "deleted", _struck)
    for one in tree.iter():
        if one.tag in {"msup", "msub"} and len(one):
            one[-1].tag = one.tag[1:]
        elif one.tag == "mfrac" and len(one) == 2:
            one[0].tail = "/"
        elif one.tag == "annotation":
            one.clear(keep_tail=True)  # the formula once more, in TeX
        elif raised := re.search(r"vertical-align:(su[pb])", _style(one)):
            one.tag = raised[1]
    return losses, _raise(tree)


def _empty(tree: Any, kind: str, is_out: Callable[[Any], bool]) -> Iterator[Loss]:
    """Empty elements, unless most of the page's paragraphs are in one: scripts show some pages later."""
    whole, gone = _prose(tree), set[Any]()
    for one in list(tree.iter()):
        if one not in gone and is_out(one) and 2 * _prose(one) <= whole:
            gone.update(one.iterdescendants())
            text = _words(one)
            one.clear(keep_tail=True)
            if text:
                yield Loss(kind, text)


def _prose(element: Any) -> int:
    return sum(len(_words(p)) for p in element.iter("p"))


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _style(one: Any) -> str:
    style = one.get("style")
    return re.sub(r"\s", "", style).lower() if style else ""


def _hidden(one: Any, names: set[str]) -> bool:
    own = one.get("class") or ""
    if any(_UNSEEN_CLASS.fullmatch(name) or f".{name}".lower() in names for name in own.split()):
        return not _SHOWN_AGAIN.search(own)
    closed = one.tag == "dialog" and one.get("open") is None
    said = one.get("hidden") is not None or one.get("aria-hidden") == "true" or closed
    by_name = f"#{one.get('id')}".lower() in names or one.tag in {"template", "noscript"}
    return said or by_name or bool(_UNSEEN.search(_style(one)))


def _hidden_by_sheets(tree: Any) -> set[str]:
    """The classes (.a) and ids (#a) that a rule of the page's style sheets hides for every medium."""
    found, selector = set[str](), ""
    for sheet in tree.iter("style"):
        depth = 0
        for piece in re.split(r"(?<=[{}])", re.sub(r"\s", "", sheet.text or "").lower()):
            if piece.endswith("}") and depth == 1 and _UNSEEN.search(piece):
                found |= {re.sub(r"^[a-z]+(?=[.#])", "", name) for name in selector.split(",")}
            selector = piece[:-1]
            depth += piece.endswith("{") - piece.endswith("}")
    return found


def _struck(one: Any) -> bool:
    return one.tag in {"del", "s", "strike"} or bool(_STRUCK.search(_style(one)))


def _raise(tree: Any) -> dict[str, str]:
    """Write powers and indices in characters of their own; take out the signs of notes."""
    notes: dict[str, str] = {}
    for one in list(tree.iter("sup", "sub", "a")):
        text = "".join(_words(one).split())
        link = next((a for a in (*one.iter("a"), one.getparent()) if a.tag == "a"), None)
        href = (link.get("href") or "") if link is not None else ""
        line = _in_line(one, text, href)
        if line is None:
            continue
        if not line and href[:1] == "#" and (sign := re.search(r"[\da-z*†‡]+", text)):
            notes[href[1:]] = sign[0]
        one.clear(keep_tail=True)
        one.text = line
    return notes


def _in_line(one: Any, text: str, href: str) -> str | None:
    """How a raised, lowered or linked text is written in the line: empty for the sign of a note."""
    sign = bool(_SIGN.fullmatch(text))
    if one.tag == "a":
        return "" if href[:1] == "#" and (sign or _BACK.fullmatch(text)) else None
    if one.tag == "sub":
        return text.translate(_LOWERED)
    number = bool(_NUMBERS.fullmatch(text))
    if sign or (number and href):
        return ""
    if _ORDINAL.fullmatch(text):
        return text
    before = _before(one).rstrip()
    isotope = not re.search(r"[A-Za-z\d]$", before) and re.match(r"[A-Z]", one.tail or "")
    power = text != "1" and _BASE.search(before)
    if number and not power and not (isotope and text.isdecimal()):
        return ""
    raised = text.translate(_RAISED)
    if re.fullmatch("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ]*", raised):
        return raised
    return f"^{text}" if re.search(r"\d|^\w$", text) else text


def _before(one: Any) -> str:
    """Some of the words that stand before an element."""
    for _ in range(3):
        previous, outer = one.getprevious(), one.getparent()
        text = (outer.text if previous is None else previous.tail) or ""
        if previous is not None and not text:
            text = "".join(previous.itertext())
        if text.strip() or outer.getparent() is None:
            return str(text[-30:])
        one = outer
    return ""


def rows(table: Any, read: Callable[[Any], str], limits: Limits) -> list[str] | None:
    """A table as lines, a row each, that name their columns; None where it only lays out the page."""
    nested = next(table.iterdescendants("table"), None) is not None
    if nested or table.get("role") in {"presentation", "none"}:
        return None
    grid = _grid(table, read, limits)
    width = max(map(len, grid), default=0)
    longest = max((len(text) for row in grid for text, _ in row), default=0)
    headed = any(head for row in grid for _, head in row)
    if not headed and (width < 2 or len(grid) < 2 or longest > _LONG_CELL):
        return None
    names, lines, naming = list[str](), list[str](), 0
    for n, row in enumerate(grid):
        texts = [text for text, _ in row] + [""] * (width - len(row))
        across = width > 1 and len(set(texts)) == 1  # a label
        values = any(not _names_columns(below) for below in grid[n + 1 : n + 1 + _MOST_HEADERS])
        if not across and values and _names_columns(row):
            above = names if 0 < naming < _MOST_HEADERS else texts
            pairs = zip(above, texts, strict=True)
            names = [" ".join(dict.fromkeys(pair)).strip() for pair in pairs]
            naming += 1
        else:
            lines.append(texts[0] if across else _row(names, texts, row[0][1]))
            naming *= across
    return [line for line in lines if line.strip(EMPTY + "／")]


def _names_columns(row: list[tuple[str, bool]]) -> bool:
    """Whether it is all headers but for the corner, and short enough to stand in each row."""
    corner, *others = row
    short = all(len(text) <= _LONG_CELL for text, _ in row)
    return short and (corner[1] or not corner[0]) and bool(others) and all(h for _, h in others)


def _row(names: list[str], texts: list[str], labelled: bool) -> str:
    if not names and labelled and len(texts) == 2:
        return f"{texts[0]}: {texts[1] or EMPTY}"
    return named_row(names, texts)


def _grid(table: Any, read: Callable[[Any], str], limits: Limits) -> list[list[tuple[str, bool]]]:
    """The cells of each row, text and whether it is a header, those that span repeated."""
    grid = list[list[tuple[str, bool]]]()
    below: dict[int, tuple[int, tuple[str, bool]]] = {}  # by column: rows still spanned, the cell
    count = 0
    for line in table.iter("tr"):
        row = list[tuple[str, bool]]()
        for cell in [*line.iterchildren("td", "th"), None]:
            while len(row) in below:
                left, spanning = below.pop(len(row))
                if left > 1:
                    below[len(row)] = left - 1, spanning
                row.append(spanning)
            if cell is not None:
                own = (text := read(cell)), _is_header(cell, text, first=not grid)
                again = own if len(text) <= _LONG_CELL else (_DITTO, own[1])
                for n in range(_span(cell, "colspan")):
                    if (down := _span(cell, "rowspan")) > 1:
                        below[len(row)] = down - 1, again
                    row.append(again if n else own)
            check_count("表の欄", count + len(row), limits.cells)
        count += len(row)
        grid += [row] if row else []
    return grid


def _is_header(cell: Any, text: str, *, first: bool) -> bool:
    bold = first and text and any(_words(b) == text for b in cell.iter("b", "strong"))
    return cell.tag == "th" or cell.getparent().getparent().tag == "thead" or bool(bold)


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "")
    return max(1, min(int(value), 1000)) if value.isdecimal() and len(value) < 9 else 1
