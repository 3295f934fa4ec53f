"""What there is in the library and what is being done to it, as the page reads it.

Where a file lies on the server is no one else's business: its name is told.
"""

import contextlib
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from index.citations import article_name
from index.engine import Engine
from index.errors import StoreError
from index.ingest import is_upload, upload_id
from index.records import Article, BuildReport, Filter, Progress
from index.schema import Listed
from index.store import Generation
from index.text.characters import one_line
from index.web.library.builds import Build

Payload = dict[str, Any]

STAGES = {"unpack": "model"}
"""Stages that have another name here."""


class Listing:
    """The articles of the index in use as the page shows them, made anew for each generation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._last: tuple[int | None, list[Payload]] = (None, [])

    def read(self) -> tuple[int | None, list[Payload]]:
        """Return the number of the generation and its articles; none where there is no index."""
        try:
            generation = self._engine.generation()
        except StoreError:
            return None, []
        if self._last[0] != generation.number:
            self._last = (generation.number, _articles(generation))
        return self._last


def undo_state(engine: Engine) -> Payload | None:
    """Return what one would go back to; None where there is nothing."""
    with contextlib.suppress(StoreError):
        if earlier := engine.home.earlier():
            return {"articles": earlier.articles, "built": earlier.built.isoformat()}
    return None


def build_state(build: Build) -> Payload:
    """Return how far a build has come, or how it ended."""
    progress = build.progress or Progress("", 0, 0)
    return {
        "running": build.running,
        "kind": build.kind,
        "stage": (STAGES.get(progress.stage) or progress.stage or None) if build.running else None,
        "done": progress.done,
        "total": progress.total,
        "name": one_line(progress.name),
        "started": build.started and build.started.isoformat(),
        "error": build.error,
        "report": build.report and _report(build.report),
    }


def _articles(generation: Generation) -> list[Payload]:
    paths = generation.manifest["sources"].get("paths", ())
    uploads = {upload_id(path) for path in paths if is_upload(path)}
    return [
        {
            **_article(article),
            "passages": generation.count(Filter(article_ids=(article.id,))),
            "uploaded": article.id in uploads,
        }
        for article in generation.articles()
    ]


def _article(article: Article) -> Payload:
    told = Listed.model_validate(article).as_json()
    name = one_line(article_name(article.title, article.source, article.id))
    return told | {"source": one_line(told["source"]), "name": name}


def _report(report: BuildReport) -> Payload:
    skipped = [
        {"path": one_line(PurePath(skipped.path).name), "reason": skipped.reason}
        for skipped in report.skipped
    ]
    return asdict(report) | {"seconds": round(report.seconds, 1), "skipped": skipped}
