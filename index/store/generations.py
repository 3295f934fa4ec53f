"""The generations of a home: which there are, which of them is in use, and how another is put in use."""

import contextlib
import json
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from index.errors import DamagedError, OutdatedError, StoreError, cause
from index.store.archive import Archive
from index.store.files import broken, held, replace, seal, sync, telling
from index.store.generation import Generation
from index.store.manifest import MANIFEST, SCHEMA, Derived, listed, read_manifest
from index.store.segment import Content, Segment, Segments, merge_segments, write_segment
from index.store.vectors import Rows

PATIENCE = 0.5
"""Seconds that a build waits for what holds the home only to put merged segments in use."""


class Earlier(NamedTuple):
    """A generation that a roll-back leads to."""

    articles: int
    built: datetime


class Generations:
    """The part of a home that questions are answered from; of what is asked and raised see ``Home``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.segments = Segments(path / "segments")
        self._generations = path / "generations"

    def current(self) -> int | None:
        """Number of the generation in use, as CURRENT names it; None before the first build."""
        try:
            [named] = {*(self.path / "CURRENT").read_text("ascii").split()}  # twice the same
            return int(named)
        except (OSError, ValueError) as exc:
            if isinstance(exc, FileNotFoundError) and not self._numbers():
                return None
            raise StoreError(
                f"使う世代の名を CURRENT から読めません（{cause(exc)}）。"
                "`tenkyo build` で直してください。",
                at=self.path / "CURRENT",
            ) from exc

    def stamp(self) -> tuple[int | None, int]:
        """Return what changes whenever another generation is put in use, or this one is written anew."""
        number = self.current()
        with contextlib.suppress(OSError):
            return number, (self._folder(number) / MANIFEST).stat().st_mtime_ns
        return number, 0

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
            return self._open(number)
        except StoreError:
            if self.current() == number:
                raise
            return self.open()  # a build put another in use, and swept this one, in between

    def open_before(self) -> Generation:
        """Open the generation before the one in use, once all of its files are found to be whole."""
        number = self._before()
        if number is None:
            raise StoreError("戻せる前の世代がありません。")
        return self._checked(number)

    def holds(self, _: Archive, /) -> bool:
        """Whether a generation that is open is there: what is open is not swept."""
        return True

    def earlier(self) -> Earlier | None:
        """What a roll-back would put in use; None where there is nothing."""
        number = self._before()
        if number is None:
            return None
        articles = read_manifest(self._folder(number))["articles"]
        built = (self._folder(number) / MANIFEST).stat().st_mtime
        return Earlier(articles, datetime.fromtimestamp(built, UTC))

    def outdated(self) -> bool:
        """Whether the index in use was made by an earlier version of this program."""
        return self._is_outdated(self._usable())

    @contextlib.contextmanager
    def building(self) -> Iterator[None]:
        """Hold the home for one build at a time; disk errors inside become StoreErrors.

        Raises:
            StoreError: Another build is running, or the disk is full or read-only.
        """
        lock = self.path / "build.lock"
        with telling(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            lock.touch()
            with held(lock, patience=PATIENCE):
                yield

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
                gone = {n: h.gone for n, h in there.items() if n not in group}
                segments = listed(gone | {name: frozenset(ids - kept)})
                self._put_again(now, segments=segments)
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

        Call inside ``building``.

        Args:
            segments: Their names, each with the ids of the articles that are gone from it.
            encoder: Fingerprint of what made the vectors.
            analyser: Names how terms and names were made.
            sources: What the user asked to index, so that a roll-back restores it.
            derive: Makes what is derived from all articles together.
        """
        facts = {
            "schema": SCHEMA,
            "encoder": encoder,
            "analyser": analyser,
            "sources": dict(sources),
            "before": self._next_before(),
            "segments": listed(segments),
        }
        return self._put_in_use(facts, derive)

    def adopt(self, made: Generation) -> int:
        """Put a generation that was made elsewhere in use; its segments are here. Call inside ``building``."""
        return self._put_again(made, before=self._next_before())

    def rollback(self) -> int:
        """Put the generation before the one in use, and its source list, back in use."""
        with self.building(), contextlib.closing(self.open_before()) as before:
            self._switch(before)
            return before.number

    def _put_in_use(self, facts: Mapping[str, Any], derive: Callable[[Generation], Derived]) -> int:
        known = self._segments_of(self._usable())  # they were verified when they were written
        number = max(self._numbers(), default=0) + 1
        draft = self._generations / f".{number}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            planned = Generation.planned(draft, facts, self.segments)
            for name, content in derive(planned).items():
                (draft / name).write_bytes(content)
            seal(draft, MANIFEST, {**facts, **planned.counts})
            draft.rename(self._folder(number))
            sync(self._generations)
            with contextlib.closing(self._checked(number, known)) as opened:
                self._switch(opened)
        except BaseException:
            if self._usable() != number:
                shutil.rmtree(draft, ignore_errors=True)
                shutil.rmtree(self._folder(number), ignore_errors=True)
            raise
        self._sweep({number, facts.get("before")})
        return number

    def _put_again(self, opened: Generation, **changes: Any) -> int:
        """Put what a generation says in use, but for some changes, with all that is derived of its articles."""
        derived = {name: (opened.folder / name).read_bytes() for name in opened.manifest["parts"]}
        return self._put_in_use(opened.manifest | changes, lambda _: derived)

    def _switch(self, to: Generation) -> None:
        """Put a generation in use: CURRENT is replaced."""
        sources = json.dumps(to.manifest["sources"], ensure_ascii=False, indent=1)
        replace(self.path / "sources.json", sources)
        replace(self.path / "CURRENT", f"{to.number}\n{to.number}\n")

    def _sweep(self, keep: Collection[int | None]) -> None:
        """Delete the other generations and what a crash left, but nothing that is being read."""
        old = [self._folder(number) for number in self._numbers() if number not in keep]
        for path in [*self._generations.glob(".*.draft"), *old]:
            read = path / MANIFEST
            with contextlib.suppress(OSError), held(read if read.is_file() else path):
                shutil.rmtree(path)
        self.segments.sweep(
            {name for number in self._numbers() for name in self._segments_of(number)}
        )

    def _folder(self, number: int | None) -> Path:
        return self._generations / str(number)

    def _open(self, number: int) -> Generation:
        return Generation(self._folder(number), self.segments)

    def _checked(self, number: int, known: Collection[str] = ()) -> Generation:
        """Open a generation and compare its files, but for known segments, with their checksums."""
        opened = self._open(number)
        if damaged := opened.check(known):
            opened.close()
            raise broken(*damaged)
        return opened

    def _told(self, number: int | None) -> dict[str, Any]:
        """The manifest of a generation; empty where it cannot be read."""
        with contextlib.suppress(StoreError):
            return read_manifest(self._folder(number))
        return {}

    def _segments_of(self, number: int | None) -> frozenset[str]:
        return frozenset(segment["name"] for segment in self._told(number).get("segments", ()))

    def _numbers(self) -> list[int]:
        names = (path.name for path in self._generations.glob("*"))
        return sorted(int(name) for name in names if name.isdigit())

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
        if told := self._told(current):
            earlier = [n for n in earlier if n == told.get("before")]
        return max(earlier, default=None)

    def _next_before(self) -> int | None:
        """The generation that a roll-back from the next one goes to, or None: what is known to be damaged is none."""
        number = None if self.outdated() else self._usable()
        if number is not None and self._is_damaged(number):
            number = self._before()
            return None if number is None or self._is_damaged(number) else number
        return number

    def _is_damaged(self, number: int) -> bool:
        try:
            self._open(number).close()
        except StoreError as exc:  # it may be of another schema
            return isinstance(exc, DamagedError)
        return False

    def _is_outdated(self, number: int | None) -> bool:
        try:
            read_manifest(self._folder(number))
        except StoreError as exc:
            return isinstance(exc, OutdatedError)
        return False
