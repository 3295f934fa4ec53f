"""From articles to a new generation, and whether one can be searched by this program."""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from index.encoder import Encoder
from index.errors import CorpusError, StoreError
from index.ingest.content import analyser, encode
from index.ingest.reading import read_all
from index.ingest.sources import Sources
from index.ingest.uploads import sweep
from index.passages import cut
from index.records import BuildReport, OnProgress, Progress, Skipped
from index.store import Generation, Home, Part
from index.timeline import make_timeline


def build(
    home: Home,
    encoder: Encoder,
    sources: Callable[[], Sources],
    *,
    on_progress: OnProgress | None = None,
) -> BuildReport:
    """Build a new generation from the sources and put it in use.

    Args:
        home: Held while this goes on.
        encoder: Makes the vectors.
        sources: Asked once the home is held, so that of two changes to a list neither is lost.
        on_progress: Told of each article read and each batch encoded.

    Raises:
        CorpusError: No article could be read; the index stays as it was.
        StoreError: The home cannot be written, or another build is running.
    """
    started = time.perf_counter()
    report = on_progress or (lambda _: None)
    with home.building():
        given = sources()
        before = _previous(home, encoder)
        articles, skipped = read_all(home, given, repair=before.repair, report=report)
        if not articles:
            raise CorpusError(", ".join(given.paths), _nothing(skipped))
        parts = [Part(article, tuple(cut(article))) for article in articles]
        kept = {article.id for article in articles}
        remembered = given.remembering(kept)
        number, embedded = publish(
            home, encoder, parts, sources=remembered, report=report, timeline=make_timeline(parts)
        )
        _tidy(home, kept)
    gone = len(before.article_ids - kept)
    total = sum(len(part.passages) for part in parts)
    counts = (number, len(articles), total, embedded, total - embedded, gone)
    return BuildReport(*counts, tuple(skipped), time.perf_counter() - started)


def publish(
    home: Home,
    encoder: Encoder,
    parts: Sequence[Part],
    *,
    sources: Mapping[str, Any],
    report: OnProgress,
    timeline: str = "",
) -> tuple[int, int]:
    """Encode the parts and put them in use. Call inside ``home.building()``.

    Args:
        home: Held.
        encoder: Makes the vectors.
        parts: In row order.
        sources: What the user asked to index.
        report: Told of each step.
        timeline: As ``timeline.make_timeline`` makes it; an index that is only measured has none.

    Returns:
        The number of the generation, and how many passages had to be encoded anew.
    """
    embedded, content = encode(home, encoder, parts, report)
    report(Progress("write", 0, 1))
    number = home.publish(
        parts=parts, encoder=encoder.fingerprint, sources=sources, timeline=timeline, **content
    )
    report(Progress("write", 1, 1))
    return number, embedded


def fits(generation: Generation, encoder: str) -> bool:
    """Whether this program can search a generation: its vectors and its terms are made alike.

    Args:
        generation: Any that could be opened.
        encoder: Fingerprint of the encoder in use.
    """
    return generation.encoder == encoder and generation.analyser == analyser()


@dataclass(frozen=True, slots=True)
class _Previous:
    """What the generation in use holds; ``repair`` when this program cannot use it."""

    article_ids: frozenset[str]
    repair: bool


def _previous(home: Home, encoder: Encoder) -> _Previous:
    """Look at the generation in use, if there is one that can be opened."""
    try:
        if home.current() is None:
            return _Previous(frozenset(), repair=bool(home.sources()))
        with contextlib.closing(home.open()) as opened:
            ids = frozenset(article.id for article in opened.articles())
            return _Previous(ids, not fits(opened, encoder.fingerprint))
    except StoreError:
        return _Previous(frozenset(), repair=True)


def _tidy(home: Home, article_ids: Collection[str]) -> None:
    """Drop what the build left behind. It stands; what cannot be dropped now is dropped by the next."""
    with contextlib.suppress(sqlite3.Error), home.articles() as cache:
        cache.keep_only(sorted(article_ids))
    sweep(home)


def _nothing(skipped: Sequence[Skipped]) -> str:
    reasons = "、".join(f"{PurePath(s.path).name}: {s.reason.rstrip('。')}" for s in skipped[:3])
    more = f"、ほか {len(skipped) - 3} 件" if len(skipped) > 3 else ""
    because = f"（{reasons}{more}）" if reasons else ""
    return f"索引にできる記事がありません{because}。これまでの索引はそのままです。"
