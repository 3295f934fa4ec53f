"""What an index of some sizes costs, and how each cost grows.

Each size is built in a folder of its own, out of files, with vectors given (``corpus``): what is
measured is the index and not the model. Questions are put by a process of their own, with the models
of the settings.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
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
from index.bench.speed import seconds_of
from index.engine import Engine
from index.ingest import seeds
from index.models import Models
from index.records import OnProgress, Progress
from index.settings import Settings

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
    building = seconds_of(engine.build, [folder])
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
        number = articles + len(adding)
        path = folder / f"{number:07d}.md"
        write_article(material, path, number, max(PASSAGES))
        adding.append(seconds_of(engine.add, [path]))
        (new,) = {article.id for article in engine.articles()} - known
        removing.append(seconds_of(engine.remove, new))
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
