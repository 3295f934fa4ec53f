"""What an index of some sizes costs, and how each cost grows.

Each size is built in a folder of its own, out of files, with vectors given (``corpus``): what is
measured is the index and not the model. Questions are put by a process of their own, with the models
of the settings.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

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
from index.engine import Engine, seeds
from index.models import Models
from index.records import OnProgress, Progress
from index.settings import Settings

QUESTIONS = 40
"""Asked of each size, after one that is not timed: a second or two of each hundred milliseconds."""
TIMES = 3
"""How often something is done of which the median is taken, ``PATIENCE`` allowing."""
PATIENCE = 20.0
"""Seconds after which it is not done again."""
COUNTED = ("articles", "passages", "sentences")

Figures = dict[str, float | None]
T = TypeVar("T")


def measure_growth(
    settings: Settings,
    sizes: Sequence[int],
    *,
    corpus: Path | None = None,
    questions: int = QUESTIONS,
    on_progress: OnProgress | None = None,
) -> dict[str, Any]:
    """Measure an index of each of these sizes, in passages, smallest first.

    Args:
        settings: For the models; the home is not touched.
        sizes: About so many passages; how many there are is told.
        corpus: What the articles are mixed of; None for the bundled ones.
        questions: So many are timed at each size.
        on_progress: Told of each size and what is done there.

    Returns:
        ``sizes``, the figures of each, and ``exponents``: of each figure the slope of its logarithm
        over that of the passages, without any where there is one size.

    Raises:
        CorpusError: The corpus cannot be read.
        TenkyoError: The models cannot be loaded, or the process that asks failed.
    """
    report, ordered = on_progress or (lambda _: None), sorted(set(sizes))
    material = read_material(corpus or seeds())
    encoder = MixedEncoder(Models(settings).encoder(report), material.sentences)
    found: list[Figures] = []
    for done, size in enumerate(ordered):

        def tell(what: str, done: int = done, size: int = size) -> None:
            report(Progress("bench", done, len(ordered), f"{size:,}: {what}"))

        with tempfile.TemporaryDirectory(prefix="tenkyo-") as folder:
            own = replace(settings, home=Path(folder) / "home")
            found.append(_measure(own, encoder, material, size, questions, tell))
    report(Progress("bench", len(ordered), len(ordered)))
    for figures in found:
        added, least = figures["add one article, s"], found[0]["add one article, s"]
        figures["add one article, times the smallest"] = added and least and added / least
    return {"sizes": found, "exponents": exponents(found)}


def _measure(
    settings: Settings,
    encoder: MixedEncoder,
    material: Material,
    size: int,
    questions: int,
    tell: Callable[[str], None],
) -> Figures:
    folder = settings.home.with_name("articles")
    tell("write")
    articles = write_articles(material, folder, size)
    engine = Engine(settings, encoder=encoder)
    tell("build")
    building, built = _timed(lambda: engine.build([folder]))
    status = engine.status()
    figures: Figures = {
        "articles": built.articles,
        "passages": built.passages,
        "sentences": status.sentences,
        "build, s": building,
        "build, ms/passage": 1000 * building / built.passages,
    }
    tell("add")
    figures |= _changes(engine, material, articles, settings.home.with_name("added"))
    tell("ask")
    asked = make_questions(material, articles, questions + 1)
    figures |= _questions(settings, asked)
    return figures | {
        "disk, B/passage": status.bytes / built.passages,
        "disk, B/sentence": status.bytes / status.sentences,
    }


def _changes(engine: Engine, material: Material, articles: int, folder: Path) -> Figures:
    """Add one article and remove it again, some times."""
    folder.mkdir()
    names = [f"{articles + n:07d}.md" for n in range(TIMES)]
    for number, name in enumerate(names, articles):
        write_article(material, folder / name, number, sum(PASSAGES) // 2)
    adding, removing = [], []
    for name in names:
        known = {article.id for article in engine.articles()}
        adding.append(_timed(lambda name=name: engine.add([folder / name]))[0])  # type: ignore[misc]
        (new,) = {article.id for article in engine.articles()} - known
        removing.append(_timed(lambda new=new: engine.remove(new))[0])  # type: ignore[misc]
        if sum(adding) + sum(removing) > PATIENCE:
            break
    return {"add one article, s": median(adding), "remove one article, s": median(removing)}


def _questions(settings: Settings, questions: Sequence[str]) -> Figures:
    """Start some processes, and let the last of them answer all questions."""
    starts = [ask_apart(settings, questions[:1])[0] for _ in range(TIMES - 1)]
    seconds, told = ask_apart(settings, questions)
    figures: Figures = {"cold start, s": median([*starts, seconds])}
    for part in PARTS:
        middle, most = np.quantile(told[part], (0.5, 0.95))
        figures |= {f"{part}, ms median": 1000 * middle, f"{part}, ms p95": 1000 * most}
    held = told["resident"]
    return figures | {"resident, MB": held and held / 1e6}


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    done = work()
    return time.perf_counter() - started, done


def exponents(found: Sequence[Figures]) -> dict[str, float]:
    """Return the slope of log(figure) over log(passages), by least squares, of each figure.

    0 does not grow, 1 grows as the corpus does. Only of what is there, and above 0, at every size.
    """
    sizes = np.log([_number(figures["passages"]) for figures in found])
    if len(set(sizes)) < 2:
        return {}
    slopes = {}
    for name in found[0]:
        values = [_number(figures[name]) for figures in found]
        if name not in COUNTED and min(values) > 0:
            slopes[name] = float(np.polyfit(sizes, np.log(values), 1)[0])
    return slopes


def _number(value: float | None) -> float:
    return value or 0.0
