"""SVG elements whose text is always text: made with lxml, which escapes what an article holds.

Places are percentages, sizes are pixels: a picture fits a phone without its letters shrinking. Colours
and faces come from the page, by class; there is no style, no script and no address but our own.
"""

from typing import Any

from index.addresses import source_name
from index.legible import one_line
from index.records import Article

NAMESPACE = "http://www.w3.org/2000/svg"

Element = Any

_SHAPES = (None, "M-4.5-4.5h9v9h-9z", "M0-6L6 5H-6z", "M0-6.5L6.5 0L0 6.5L-6.5 0z")
"""Of one size to the eye; a circle is drawn without a path."""

SHAPES = len(_SHAPES)


def element(tag: str, *children: Element, text: str = "", **attributes: object) -> Element:
    """Make an element; ``class_`` stands for class, ``data_of`` for data-of."""
    from lxml import etree

    made = etree.Element(f"{{{NAMESPACE}}}{tag}", nsmap={None: NAMESPACE})
    for name, value in attributes.items():
        made.set(name.rstrip("_").replace("_", "-"), _written(value))
    made.text = one_line(text)
    made.extend(children)
    return made


def link(address: str, title: str, *shapes: Element, class_: str) -> Element:
    """Make a link to a place of our own; its title is its name, and what a pointer over it shows."""
    return element("a", element("title", text=title), *shapes, href=address, class_=class_)


def point(x: float, y: float, shape: int) -> Element:
    """Make a mark in a picture whose sides are one; ``shape`` counts up to ``SHAPES``."""
    path = _SHAPES[shape]
    if path is None:
        return element("circle", cx=percent(x), cy=percent(y), r=5)
    return element("svg", element("path", d=path), x=percent(x), y=percent(y), overflow="visible")


def percent(part: float) -> str:
    """Write a part of a side."""
    return f"{_written(100 * part)}%"


def name_of(article: Article) -> str:
    """Return the title, else the source, else the id."""
    return article.title or source_name(article.source) or article.id


def shortened(text: str, length: int) -> str:
    """Return the beginning of a text, in one line, with a sign that it goes on."""
    line = one_line(text)
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"


def picture(kind: str, *children: Element, height: int, shown: int, total: int) -> str:
    """Return a picture as a file holds it.

    Args:
        kind: Its class.
        children: What is on it.
        height: In pixels.
        shown: How many there are on it of what it shows.
        total: How many there would be, were there room.
    """
    from lxml import etree

    told = {"data_shown": f"{shown}", "data_total": f"{total}"}
    made = element("svg", *children, class_=kind, width="100%", height=height, **told)
    return str(etree.tostring(made, encoding="unicode"))


def _written(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
