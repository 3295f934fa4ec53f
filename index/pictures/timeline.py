"""The timeline: when each article was published, and the dates that its sentences speak of."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

from index.addresses import article_address, quote_address
from index.pictures.axis import Axis, bounds, named, year_of
from index.pictures.mentions import Span, mentions
from index.pictures.svg import Element, element, link, name_of, percent, picture, shortened
from index.records import Article, Sentence
from index.store import Part

MOST = 24
"""Articles with a row; of more, those with the most dates have one, and all share the first row."""

ROW = 48
TOP = 28
LINE = 32
"""Pixels of a row, of the axis above and below, and from the top of a row to its line."""

_EDGE = 0.03
_APART = 0.05
_APART_ON_A_PHONE = 0.14
"""Room of a tick's name."""


@dataclass(frozen=True, slots=True)
class Row:
    """An article and the sentences that speak of each date."""

    article: Article
    spoken: dict[Span, list[Sentence]]

    @property
    def times(self) -> list[float]:
        """The middle of each date, as often as it is spoken of, and the publication."""
        published = self.article.published
        dates = [_middle(span) for span, sentences in self.spoken.items() for _ in sentences]
        return dates + ([year_of(published)] if published else [])


def draw_timeline(parts: Sequence[Part]) -> str:
    """Draw the dates; an article without any has no row.

    Returns:
        An SVG: a group an article, in it a link to the article and one to a sentence of each date.
        Empty where no article has a date.
    """
    rows = [row for row in map(_row, parts) if row.times]
    if not rows:
        return ""
    axis = Axis([time for row in rows for time in row.times])
    chosen = _chosen(rows)
    shared = [_all(rows, axis)] if len(rows) > len(chosen) else []
    groups = [*shared, *(_group(row, axis) for row in chosen)]
    height = 2 * TOP + ROW * len(groups)
    placed = [
        element("svg", group, y=TOP + ROW * n, height=ROW, overflow="visible")
        for n, group in enumerate(groups)
    ]
    drawn = (*_axis(axis, height), *placed)
    return picture("timeline", *drawn, height=height, shown=len(chosen), total=len(rows))


def _row(part: Part) -> Row:
    spoken: dict[Span, list[Sentence]] = {}
    for _, sentences in part.passages:
        for sentence in sentences:
            for span in mentions(sentence.text, part.article.published):
                spoken.setdefault(span, []).append(sentence)
    return Row(part.article, spoken)


def _chosen(rows: Sequence[Row]) -> list[Row]:
    """Return the rows to draw: by publication, then as they come; those without one last."""
    most = sorted(rows, key=lambda row: -len(row.times))[:MOST]
    kept = {row.article.id for row in most}
    return sorted(
        (row for row in rows if row.article.id in kept),
        key=lambda row: row.article.published or date.max,
    )


def _axis(axis: Axis, height: int) -> Iterator[Element]:
    """Yield lines at the ticks for whose names there is room, above and below."""
    ticks = _spread([(_across(place), name) for place, name in axis.ticks()], _APART)
    few = _spread(ticks, _APART_ON_A_PHONE)
    for place, name in ticks:
        at, kind = percent(place), "tick" if (place, name) in few else "tick wide"
        yield element("line", x1=at, x2=at, y1=TOP, y2=height - TOP, class_=kind)
        for y in (TOP - 10, height - TOP + 18):
            yield element("text", text=name, x=at, y=y, class_=kind)


def _spread(ticks: Sequence[tuple[float, str]], apart: float) -> list[tuple[float, str]]:
    """Return ticks no nearer to each other than ``apart``, from the right, where the present is."""
    chosen: list[tuple[float, str]] = []
    for place, name in reversed(ticks):
        if not chosen or chosen[-1][0] - place >= apart:
            chosen.append((place, name))
    return chosen[::-1]


def _group(row: Row, axis: Axis) -> Element:
    title = name_of(row.article)
    marks = [
        _mark(row.article, span, sentences, axis)
        for span, sentences in sorted(row.spoken.items(), key=lambda item: -len(item[1]))
    ]
    names = [
        element("text", text=shortened(title, length), x=0, y=14, class_=f"title {width}")
        for length, width in ((60, "wide"), (26, "narrow"))
    ]
    drawn = (*names, _base(), *marks, *_published(row.article, axis))
    return element("g", *drawn, class_="article", role="group", aria_label=shortened(title, 120))


def _base() -> Element:
    return element("line", x1="0", x2="100%", y1=LINE, y2=LINE, class_="base")


def _mark(article: Article, span: Span, sentences: Sequence[Sentence], axis: Axis) -> Element:
    """Draw a date: its circle as large as its sentences are many, a bar as long as it is vague."""
    first = sentences[0]
    address = quote_address(article.id, first.start, first.end, sha256=article.sha256)
    many = f" ×{len(sentences)}" if len(sentences) > 1 else ""
    return link(
        address,
        f"{span}{many} / {shortened(first.text, 80)}",
        *_bar(span, axis),
        _circle(_across(axis.place(_middle(span))), len(sentences)),
        class_="date",
    )


def _bar(span: Span, axis: Axis) -> list[Element]:
    left, right = (_across(axis.place(time)) for time in bounds(span))
    if right - left < 0.012:
        return []
    return [element("line", x1=percent(left), x2=percent(right), y1=LINE, y2=LINE, class_="extent")]


def _circle(place: float, count: int) -> Element:
    return element("circle", cx=percent(place), cy=LINE, r=min(2.5 + 2 * sqrt(count), 11.0))


def _published(article: Article, axis: Axis) -> list[Element]:
    if not (day := article.published):
        return []
    place = percent(_across(axis.place(year_of(day))))
    shape = element("path", d="M0-9L9 0L0 9L-9 0z")
    at = element("svg", shape, x=place, y=LINE, overflow="visible")
    return [link(article_address(article.id), f"{day} ◆", at, class_="published")]


def _all(rows: Sequence[Row], axis: Axis) -> Element:
    """Draw every article's dates in one row, a circle a stretch of the axis."""
    counts = Counter(
        next(s for s in axis.stretches if time < s.end or s is axis.stretches[-1])
        for row in rows
        for time in row.times
    )
    most = max(counts.values())
    circles = [
        element(
            "circle",
            element("title", text=f"{named(stretch.start)} – {named(stretch.end)} ×{count}"),
            cx=percent(_across(axis.place((stretch.start + stretch.end) / 2))),
            cy=LINE,
            r=max(1.5, 8 * sqrt(count / most)),
        )
        for stretch, count in counts.items()
    ]
    title = element("text", text="Σ", x=0, y=14, class_="title")
    return element("g", title, _base(), *circles, class_="every")


def _middle(span: Span) -> float:
    first, last = bounds(span)
    return (first + last) / 2


def _across(place: float) -> float:
    return _EDGE + (1 - 2 * _EDGE) * place
