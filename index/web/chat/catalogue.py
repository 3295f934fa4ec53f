"""The articles as the page needs them: for the filter, and to tell whether an old quote still stands."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from index.citations import article_name
from index.engine import Engine
from index.errors import StoreError
from index.store import Generation


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One generation: ``titles`` and ``contents`` (sha256) by id, publishers sorted, a count."""

    titles: Mapping[str, str]
    contents: Mapping[str, str]
    publishers: tuple[str, ...]
    passages: int = 0


class Catalogues:
    """Reads the catalogue once a generation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._last: tuple[int, Catalogue] | None = None

    def current(self) -> Catalogue | None:
        """Return the catalogue of the generation in use; None where there is none to be read."""
        try:
            generation = self._engine.generation()
            with self._lock:
                if self._last is None or self._last[0] != generation.number:
                    self._last = generation.number, _read(generation)
                return self._last[1]
        except StoreError:
            return None  # the page says so elsewhere, with what repairs it


def _read(generation: Generation) -> Catalogue:
    articles = generation.articles()
    names = {a.id: article_name(a.title, a.source, a.id) for a in articles}
    return Catalogue(
        dict(sorted(names.items(), key=lambda named: named[1])),
        {article.id: article.sha256 for article in articles},
        tuple(sorted({article.publisher for article in articles if article.publisher})),
        generation.manifest["passages"],
    )
