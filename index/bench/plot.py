"""How figures grow with the corpus, as an SVG: both axes logarithmic, each line from 1 at the smallest size."""

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

COLOURS = {
    "build, s": "#0072b2",
    "add one article, s": "#d55e00",
    "remove one article, s": "#e69f00",
    "cold start, s": "#cc79a7",
    "retrieve, ms median": "#009e73",
    "answer, ms median": "#56b4e9",
    "resident, MB": "#555555",
}
"""Of what is drawn. Source: Okabe and Ito 2008, for those who see few colours."""
SIDE, MARGIN = 360, 44
_LINE = '<polyline points="{}" fill="none" stroke="{}" stroke-width="2"/>'
_TEXT = '<text x="{:.0f}" y="{:.0f}" fill="{}">{}</text>'


def draw(growth: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the SVG of what ``measure_growth`` returns of two sizes or more."""
    *sizes, _, slopes = growth.values()
    passages = np.array([figures["passages"] for figures in sizes], float)
    lines = {
        name: np.array([figures[name] / sizes[0][name] for figures in sizes], float)
        for name in COLOURS
        if name in slopes
    }
    all_values = np.concatenate([passages / passages[0], *lines.values()])
    low, high = all_values.min(), all_values.max()
    x = MARGIN + SIDE * np.log(passages / passages[0]) / np.log(passages[-1] / passages[0])

    def y(values: Any) -> Any:
        return MARGIN + SIDE * (1 - np.log(values / low) / np.log(high / low))

    def line(values: Any, colour: str) -> str:
        points = zip(x, y(values), strict=True)
        return _LINE.format(" ".join(f"{a:.1f},{b:.1f}" for a, b in points), colour)

    drawn = [line(passages / passages[0], "#ccc")]
    for row, (name, values) in enumerate(lines.items()):
        told = escape(f"{name}: n^{slopes[name]:.2f}")
        at = 2 * MARGIN + SIDE, MARGIN + 20 * (row + 1)
        drawn += [line(values, COLOURS[name]), _TEXT.format(*at, COLOURS[name], told)]
    for place, count in zip(x, passages, strict=True):
        drawn.append(_TEXT.format(place - 12, MARGIN + SIDE + 18, "#333", f"{count:,.0f}"))
    for tick in 10.0 ** np.arange(np.ceil(np.log10(low)), np.log10(high) + 1e-9):
        drawn.append(_TEXT.format(4, y(tick) + 4, "#333", f"{tick:g}"))
    told = "times the smallest size, by passages (grey: in proportion)"
    drawn.append(_TEXT.format(MARGIN, 20, "#333", told))
    view = f'viewBox="0 0 {2 * SIDE + 2 * MARGIN} {SIDE + 2 * MARGIN}"'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {view} font-family="sans-serif" font-size="12">'
    )
    return "\n".join([head, '<rect width="100%" height="100%" fill="#fff"/>', *drawn, "</svg>\n"])
