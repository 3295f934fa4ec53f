"""The home: where generations live, which one is in use, and what the user asked to index."""

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from index.errors import StoreError, cause
from index.store.caches import ArticleCache, NoteCache, VectorCache
from index.store.files import broken, replace, sync
from index.store.generation import Generation
from index.store.generations import Generations
from index.store.locks import held_alone, telling
from index.store.manifest import Derived, Plan, read_manifest, write
from index.store.segment import Content, Segment, merge_segments, write_segment
from index.store.tables import Part, parts_in
from index.store.vectors import Rows


class Home(Generations):
    """A folder that holds an index. Opening one writes nothing.

    What is asked of it raises a StoreError where a file that says it is missing, broken or of another
    schema; the message names the command that repairs it.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.uploads = path / "uploads"  # the files that belong to the home

    def sources(self) -> dict[str, Any]:
        """What the user asked to index; empty before the first build.

        The generation in use says it, so that moving CURRENT changes both in one step;
        ``sources.json`` repeats it for when that one or CURRENT is lost.
        """
        with contextlib.suppress(StoreError):
            number = self.current()
            if number is not None:
                return dict(read_manifest(self._folder(number))["sources"])
        path = self.path / "sources.json"
        if not path.exists() and not self._numbers():
            return {}
        try:
            return _checked_sources(json.loads(path.read_text("utf-8", "surrogateescape")))
        except (OSError, ValueError) as exc:
            raise StoreError(
                f"読めません（{cause(exc)}）。`tenkyo build PATH…` で指定し直してください。",
                at=path,
            ) from exc

    def kept(self) -> Iterator[Part]:
        """Yield the articles of the last generation that can be read, also where much is damaged."""
        for number in dict.fromkeys((self._usable() or 0, *reversed(self._numbers()))):
            with contextlib.suppress(StoreError):
                for told in read_manifest(self._folder(number))["segments"]:
                    library = self.path / "segments" / told["name"] / "library.sqlite"
                    yield from parts_in(library, told["gone"])
                return

    def articles(self) -> ArticleCache:
        """Open the cache of articles as read. Call inside ``building``."""
        return ArticleCache(self.path / "articles.sqlite")

    def vectors(self) -> VectorCache:
        """Open the cache of vectors. Call inside ``building``."""
        return VectorCache(self.path / "vectors.sqlite")

    def notes(self) -> NoteCache:
        """Open the cache of what is derived of each article. Call inside ``building``."""
        return NoteCache(self.path / "derived.sqlite")

    def forget_vectors(self) -> None:
        """Drop the cache of vectors: a segment holds them all. Call inside ``building``."""
        for path in self.path.glob("vectors.sqlite*"):
            if path.is_file():
                path.unlink()

    def building(self) -> contextlib.AbstractContextManager[None]:
        """Hold the home for one build at a time. Raises as ``held_alone``."""
        return held_alone(self.path)

    def put(self, content: Content) -> str:
        """Write a segment and return its name. Call inside ``building``."""
        with self.segments.writing(partial(write_segment, content=content)) as name:
            return name

    def merge(self, sources: Sequence[tuple[Segment, Rows]]) -> bool:
        """Write some articles of several segments as one segment, and put that in use in their place.

        The home is held for the last step only.

        Args:
            sources: Segments, each with the rows of its articles that are there.

        Returns:
            False where a build has changed these segments meanwhile; then all is as it was.
        """
        if damaged := [name for s, _ in sources for name in self.segments.check(s)]:
            raise broken(*damaged)
        group = {segment.name for segment, _ in sources}
        writing = self.segments.writing(partial(merge_segments, sources=sources))
        with telling(self.path), writing as name:
            ids = {*self.segments.open(name).ids}
            with self.building(), contextlib.closing(self.open()) as now:
                there = {holding.segment.name: holding for holding in now.holdings}
                kept = {one for n in group if n in there for one in there[n].ids()}
                if not (group <= there.keys() and kept <= ids):
                    return False
                told = {n: h.gone for n, h in there.items() if n not in group}
                facts = now.manifest
                plan = Plan(
                    told | {name: frozenset(ids - kept)},
                    facts["encoder"],
                    facts["analyser"],
                    facts["sources"],
                    facts["before"],
                )
                derived = {n: (now.folder / n).read_bytes() for n in facts["parts"]}
                self._put_in_use(plan, lambda _: derived)
        return True

    def publish(
        self,
        segments: Mapping[str, frozenset[str]],
        *,
        encoder: str,
        analyser: str,
        sources: Mapping[str, Any],
        derive: Callable[[Generation], Derived],
    ) -> int:
        """Write a generation beside the old one, verify it, put it in use and return its number.

        Call inside ``building``. ``derive`` makes what is derived from all articles together; for the
        rest see ``Plan``.
        """
        before = None if self.outdated() else self._whole()
        return self._put_in_use(Plan(segments, encoder, analyser, sources, before), derive)

    def _put_in_use(self, plan: Plan, derive: Callable[[Generation], Derived]) -> int:
        current = self._usable()
        known = self._known(current)
        number = max(self._numbers(), default=0) + 1
        draft = self._generations / f".{number}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            planned = Generation.planned(draft, plan, self.segments)
            write(draft, plan, planned.counts, derive(planned))
            draft.rename(self._folder(number))
            sync(self._generations)
            self._switch(number, known)
        except BaseException:
            if self._usable() != number:
                shutil.rmtree(draft, ignore_errors=True)
                shutil.rmtree(self._folder(number), ignore_errors=True)
            raise
        self._sweep({number, plan.before})
        return number

    def rollback(self) -> int:
        """Put the generation before the one in use, and its source list, back in use."""
        with self.building():
            before = self._before()
            if before is None:
                raise StoreError("戻せる前の世代がありません。")
            self._switch(before, frozenset())
            return before

    def size(self) -> int:
        """Bytes on disk."""
        total = 0
        for path in self.path.rglob("*"):
            with contextlib.suppress(FileNotFoundError):  # a build has just replaced it
                total += path.stat().st_size if path.is_file() else 0
        return total

    def _switch(self, number: int, known: frozenset[str]) -> None:
        """Verify a generation, but for known segments, and put it in use: CURRENT is replaced."""
        with contextlib.closing(Generation(self._folder(number), self.segments)) as opened:
            sources = opened.manifest["sources"]
            if damaged := opened.check(known):
                raise broken(*damaged)
        replace(self.path / "sources.json", json.dumps(sources, ensure_ascii=False, indent=1))
        replace(self.path / "CURRENT", f"{number}\n{number}\n")


def _checked_sources(found: Any) -> dict[str, Any]:
    for name in ("paths", "removed"):
        texts = found.get(name) if isinstance(found, dict) else None
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise ValueError("paths と removed の並びがありません")
    return dict(found)
