"""The home: where generations live, which one is in use, and what the user asked to index."""

import contextlib
import fcntl
import json
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from index.errors import OutdatedError, StoreError, cause
from index.store.caches import ArticleCache, NoteCache, VectorCache
from index.store.generation import Generation
from index.store.locks import held_alone, telling
from index.store.manifest import MANIFEST, Derived, Plan, broken, read_manifest, write
from index.store.segment import Content, Segment, merge_segments, sync, write_segment
from index.store.segments import Segments
from index.store.vectors import Rows


class Earlier(NamedTuple):
    """A generation that a roll-back leads to."""

    articles: int
    built: datetime


class Home:
    """A folder that holds an index. Opening one writes nothing.

    What is asked of it raises a StoreError where a file that says it is missing, broken or of another
    schema; the message names the command that repairs it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.uploads = path / "uploads"  # the files that belong to the home
        self._generations = path / "generations"
        self.segments = Segments(path / "segments")

    def current(self) -> int | None:
        """Number of the generation in use, as CURRENT names it; None before the first build."""
        try:
            return int((self.path / "CURRENT").read_text("ascii").strip())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as exc:
            raise StoreError(
                f"使う世代の名を読めません（{cause(exc)}）。`tenkyo build` で作り直してください。",
                at=self.path / "CURRENT",
            ) from exc

    def open(self) -> Generation:
        """Open the generation in use."""
        number = self.current()
        if number is None:
            raise StoreError(
                "索引がありません。先に `tenkyo build` を実行してください。",
                code="no-index",
                at=self.path,
            )
        try:
            return Generation(self._folder(number), self.segments.open)
        except StoreError:
            if self.current() == number:
                raise
            return self.open()  # a build put another in use, and swept this one, in between

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

    def remembered(self) -> set[str]:
        """Every path that a generation still here was built from."""
        usable = (n for n in self._numbers() if not self._is_outdated(n))
        manifests = (read_manifest(self._folder(number)) for number in usable)
        return {path for manifest in manifests for path in manifest["sources"].get("paths", ())}

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
        before = None if self.outdated() else self._usable()
        return self._put_in_use(Plan(segments, encoder, analyser, sources, before), derive)

    def _put_in_use(self, plan: Plan, derive: Callable[[Generation], Derived]) -> int:
        current = self._usable()
        known = self._known(current)
        number = max(self._numbers(), default=0) + 1
        draft = self._generations / f".{number}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            planned = Generation.planned(draft, plan, self.segments.open)
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

    def earlier(self) -> Earlier | None:
        """What a roll-back would put in use; None where there is nothing."""
        number = self._before()
        if number is None:
            return None
        articles = read_manifest(self._folder(number))["articles"]
        built = (self._folder(number) / "manifest.json").stat().st_mtime
        return Earlier(articles, datetime.fromtimestamp(built, UTC))

    def size(self) -> int:
        """Bytes on disk."""
        total = 0
        for path in self.path.rglob("*"):
            with contextlib.suppress(FileNotFoundError):  # a build has just replaced it
                total += path.stat().st_size if path.is_file() else 0
        return total

    def _folder(self, number: int) -> Path:
        return self._generations / str(number)

    def _numbers(self) -> list[int]:
        found = self._generations.iterdir() if self._generations.is_dir() else ()
        return sorted(int(path.name) for path in found if path.name.isdigit())

    def _usable(self) -> int | None:
        """Number of the generation in use, or None when CURRENT names none that is there."""
        with contextlib.suppress(StoreError):
            number = self.current()
            return number if number in self._numbers() else None
        return None

    def _before(self) -> int | None:
        """The generation that was in use before this one, if it is still there."""
        current = self.current() or 0
        earlier = [n for n in self._numbers() if n < current and not self._is_outdated(n)]
        with contextlib.suppress(StoreError):
            before = read_manifest(self._folder(current)).get("before")
            earlier = [n for n in earlier if n == before]
        return max(earlier, default=None)

    def outdated(self) -> bool:
        """Whether the index in use was made by an earlier version of this program."""
        return self._is_outdated(self._usable() or 0)

    def _is_outdated(self, number: int) -> bool:
        with contextlib.suppress(StoreError):
            try:
                read_manifest(self._folder(number))
            except OutdatedError:
                return True
        return False

    def _known(self, number: int | None) -> frozenset[str]:
        """The segments of a generation, which were verified when they were written."""
        with contextlib.suppress(StoreError):
            if number is not None:
                told = read_manifest(self._folder(number))["segments"]
                return frozenset(segment["name"] for segment in told)
        return frozenset()

    def _switch(self, number: int, known: frozenset[str]) -> None:
        """Verify a generation, but for known segments, and put it in use: CURRENT is replaced."""
        folder = self._folder(number)
        with contextlib.closing(Generation(folder, self.segments.open)) as opened:
            sources = opened.manifest["sources"]
            if differing := opened.verify(known):
                raise broken(folder, f"{', '.join(differing)} が記録と違います")
        self._replace("sources.json", json.dumps(sources, ensure_ascii=False, indent=1))
        self._replace("CURRENT", f"{number}\n")

    def _replace(self, name: str, text: str) -> None:
        """Replace a file of the home in one atomic step."""
        draft = self.path / f".{name}.draft"
        draft.write_text(text, "utf-8", errors="surrogateescape")
        sync(draft)
        draft.replace(self.path / name)
        sync(self.path)

    def _sweep(self, keep: Collection[int | None]) -> None:
        """Delete the other generations and what a crash left, but nothing that is being read."""
        old = [self._folder(number) for number in self._numbers() if number not in keep]
        for path in [*self._generations.glob(".*.draft"), *old]:
            with contextlib.suppress(OSError), contextlib.ExitStack() as held:
                if (path / MANIFEST).is_file():
                    lock = held.enter_context((path / MANIFEST).open("rb"))
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # an OSError while it is read
                shutil.rmtree(path)
        self.segments.sweep({name for number in self._numbers() for name in self._known(number)})


def _checked_sources(found: Any) -> dict[str, Any]:
    for name in ("paths", "removed"):
        texts = found.get(name) if isinstance(found, dict) else None
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise ValueError("paths と removed の並びがありません")
    return dict(found)
