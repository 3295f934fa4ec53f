"""The map: a point a passage, near to those that speak of the same."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from index.addresses import quote_address
from index.pictures.projection import Places, project
from index.pictures.svg import SHAPES, Element, element, link, name_of, picture, point, shortened
from index.records import Article, Passage
from index.store import Part
from index.vectors import Vectors

MOST = 1500
"""Points of a map: as many as a picture holds apart, and 8 s of work."""

COLOURS = 8
"""Articles told apart by colour and shape, those with the most passages; the page has the colours."""

BEGINNING = 60
"""Characters of a passage that its point shows."""

_EDGE = 0.03


def draw_map(parts: Sequence[Part], passage_vectors: Vectors) -> str:
    """Draw the passages; where there are more than ``MOST``, every second, third, … of them.

    Args:
        parts: In row order.
        passage_vectors: ``(passages, d)``, in row order.

    Returns:
        An SVG: a group an article, in it a link a passage.
    """
    passages = [(part.article, passage) for part in parts for passage, _ in part.passages]
    rows = np.arange(0, len(passages), -(-len(passages) // MOST))
    places = _EDGE + (1 - 2 * _EDGE) * project(np.asarray(passage_vectors)[rows])
    groups = _groups([passages[row] for row in rows], places)
    return picture("map", *groups, height=480, shown=len(rows), total=len(passages))


def _groups(passages: Sequence[tuple[Article, Passage]], places: Places) -> Iterator[Element]:
    """Yield a group an article, the coloured ones last, so that they lie on top."""
    counts = Counter(article.id for article, _ in passages)
    coloured = {name: n for n, (name, _) in enumerate(counts.most_common(COLOURS))}
    groups: dict[str, Element] = {}
    for (article, passage), place in zip(passages, places, strict=True):
        number = coloured.get(article.id)
        if article.id not in groups:
            groups[article.id] = _group(article, number)
        groups[article.id].append(_passage(article, passage, place, (number or 0) % SHAPES))
    first = sorted(groups, key=lambda name: -coloured.get(name, COLOURS))
    return (groups[name] for name in first)


def _group(article: Article, number: int | None) -> Element:
    colour = "rest" if number is None else f"colour-{number}"
    title = shortened(name_of(article), 120)
    return element("g", class_=f"article {colour}", role="group", aria_label=title)


def _passage(article: Article, passage: Passage, place: Sequence[float], shape: int) -> Element:
    address = quote_address(article.id, passage.start, passage.end, sha256=article.sha256)
    body = passage.text.removeprefix(passage.heading or "").lstrip()
    shown = (article.title, passage.heading, shortened(body, BEGINNING))
    title = " / ".join(shortened(text, 120) for text in shown if text)
    return link(address, title, point(place[0], place[1], shape), class_="passage")
