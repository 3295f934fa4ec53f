"""What an index of some sizes costs, and how each cost grows.

Each size is built in a folder of its own, out of files, with vectors given (``corpus``): what is
measured is the index and not the model. Questions are put by a process of their own, with the models
of the settings.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from index.bench.asking import PARTS, ask_apart
from index.bench.corpus import (
    PASSAGES,
    Material,
    MixedEncoder,
    make_questions,
    read_material,
    write_article,
    write_articles,
)
from index.bench.speed import timed
from index.engine import Engine
from index.ingest import seeds
from index.models import Models
from index.reports import OnProgress, Progress
from index.settings import Settings

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
RETRIEVED, ANSWERED = 100, 12
"""Questions, of a few hundredths of a second and of a second each on two busy cores."""
TIMES, PATIENCE = 3, 20.0
"""How often a thing is done for its median, and the seconds after which it is not done again."""
COUNTS = ("articles", "passages", "sentences")

Figures = dict[str, float | None]


def measure_growth(
    settings: Settings,
    sizes: Sequence[int],
    *,
    corpus: Path | None = None,
    questions: int = RETRIEVED,
    on_progress: OnProgress | None = None,
) -> dict[str, Figures]:
    """Measure an index of each of these sizes, in passages, smallest first.

    Args:
        settings: For the models; the home is not touched.
        sizes: About so many passages; how many there are is told.
        corpus: What the articles are mixed of; None for the bundled ones.
        questions: So many at each size.
        on_progress: Told of each size.

    Returns:
        By size its figures; and where there are several, what ``growth_of`` tells of them.

    Raises:
        CorpusError: The corpus cannot be read.
        TenkyoError: The models cannot be loaded, or the process that asks failed.
    """
    report, ordered = on_progress or (lambda _: None), sorted(set(sizes))
    material = read_material(corpus or seeds())
    whole = ["".join(clauses) for clauses in material.sentences]
    encoder = MixedEncoder(Models(settings).encoder(report), whole)
    found: dict[str, Figures] = {}
    for done, size in enumerate(ordered):
        report(Progress("bench", done, len(ordered), f"{size:,}"))
        with tempfile.TemporaryDirectory(prefix="tenkyo-") as folder:
            own = replace(settings, home=Path(folder) / "home")
            found[f"{size:,}"] = _measure(own, encoder, material, size, questions)
    report(Progress("bench", len(ordered), len(ordered)))
    return found | growth_of(list(found.values()))


def _measure(
    settings: Settings, encoder: MixedEncoder, material: Material, size: int, questions: int
) -> Figures:
    folder, engine = settings.home.with_name("articles"), Engine(settings, encoder=encoder)
    articles = write_articles(material, folder, size)
    building, _ = timed(engine.build, [folder])
    status = engine.status()
    return {
        "articles": len(status.articles),
        "passages": status.passages,
        "sentences": status.sentences,
        "build, s": building,
        "build, ms/passage": 1000 * building / status.passages,
        **_changes(engine, material, articles, settings.home.with_name("added")),
        **_questions(settings, make_questions(material, articles, questions + 1)),
        "disk, B/passage": status.bytes / status.passages,
        "disk, B/sentence": status.bytes / status.sentences,
    }


def _changes(engine: Engine, material: Material, articles: int, folder: Path) -> Figures:
    """Add one article and remove it again, some times."""
    folder.mkdir()
    known = {article.id for article in engine.articles()}
    adding: list[float] = []
    removing: list[float] = []
    while len(adding) < TIMES and sum(adding + removing) < PATIENCE:
        path = write_article(material, folder, articles + len(adding), max(PASSAGES))
        adding.append(timed(engine.add, [path])[0])
        (new,) = {article.id for article in engine.articles()} - known
        removing.append(timed(engine.remove, new)[0])
    return {"add one article, s": median(adding), "remove one article, s": median(removing)}


def _questions(settings: Settings, questions: Sequence[str]) -> Figures:
    """Start some processes, and let the last of them answer all questions."""
    starts = [ask_apart(settings, questions[:1])[0] for _ in range(TIMES - 1)]
    last, told = ask_apart(settings, questions, whole=ANSWERED)
    figures: Figures = {"cold start, s": median([*starts, last])}
    for part in PARTS:
        middle, most = 1000 * np.quantile(told[part], (0.5, 0.95))
        figures |= {f"{part}, ms median": float(middle), f"{part}, ms p95": float(most)}
    return figures | {"resident, MB": told["resident"] and told["resident"] / 1e6}


def growth_of(found: Sequence[Mapping[str, Any]]) -> dict[str, Figures]:
    """Return how figures grow: ``ratio``, the last to the first, and ``exponent``.

    The exponent is the slope of the figure's logarithm over that of the passages, by least squares:
    0 does not grow, 1 grows as the corpus does. Nothing of one size alone, or of what is 0 or not known.
    """
    sizes = [figures["passages"] for figures in found]
    of_all = {name: [figures[name] for figures in found] for name in found[0]}
    known = {name: own for name, own in of_all.items() if all(own) and name not in COUNTS}
    if len(set(sizes)) < 2:
        return {}
    ratios: Figures = {name: own[-1] / own[0] for name, own in known.items()}
    slopes: Figures = {
        name: float(np.polyfit(np.log(sizes), np.log(own), 1)[0]) for name, own in known.items()
    }
    return {"ratio": ratios, "exponent": slopes}


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
