"""Merging: of small segments, so that a question looks into few, and of homes whose parts were built apart.

Segments are merged beside builds and questions: the home is held only for the moment in which what is merged is
put in use, and what was removed meanwhile stays removed.

Source: tiered merging as in Lucene, https://blog.mikemccandless.com/2011/02/visualizing-lucenes-segment-merges.html.
"""

import contextlib
import math
import os
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from index.encoder import Encoder
from index.errors import StoreError
from index.ingest.draft import Derive, Draft, analyser
from index.ingest.sources import Sources, is_upload, sources_of
from index.reports import OnProgress, Progress
from index.store import Generation, Home, Rows, Segment
from index.store.files import broken
from index.store.segment import FACTS

FANOUT = 4
"""Segments of one size that are merged, and how much a size is above the one below it."""
SMALL = 256
"""Passages up to which all segments are of one size."""


def merge(home: Home, on_progress: OnProgress | None = None) -> int:
    """Merge segments while there are many of one size; return how many times.

    Raises:
        StoreError: The home cannot be written, or a file of it is damaged.
    """
    report = on_progress or (lambda _: None)
    merged = 0
    while home.current() is not None:
        with contextlib.closing(home.open()) as opened:
            group = _to_merge(opened)
        report(Progress("merge", merged, merged + bool(group)))
        if not group or not home.merge(group):
            break
        merged += 1
    return merged


def _to_merge(generation: Generation) -> list[tuple[Segment, Rows]]:
    """The segments to merge next, with the rows of the articles that are there; none when all is well."""
    tiers: dict[int, list[tuple[Segment, Rows]]] = {}
    for holding in generation.holdings:
        own, there = (holding.segment, np.flatnonzero(holding.articles)), holding.passages.sum()
        if 2 * there < len(holding.passages):
            return [own]
        tiers.setdefault(int(math.log(max(there, SMALL), FANOUT)), []).append(own)
    return next((group for _, group in sorted(tiers.items()) if len(group) >= FANOUT), [])


def join(
    home: Home,
    parts: Sequence[Home],
    encoder: Encoder,
    derive: Derive,
    on_progress: OnProgress | None = None,
) -> int:
    """Put what other homes hold in use in this one, in place of what it holds; return the generation's number.

    Nothing is read or encoded again: their segments are linked, or copied, and of articles with the same text
    one stays, as in a build. A build of this home goes on from the files of all of them.

    Raises:
        StoreError: A part has no index, is damaged, was made otherwise, or has uploads or feeds; or this home
            cannot be written.
    """
    report = on_progress or (lambda _: None)
    with contextlib.ExitStack() as held:
        held.enter_context(home.building())
        _bare(home)
        opened = [held.enter_context(contextlib.closing(part.open())) for part in parts]
        told = [_joinable(part, own, encoder) for part, own in zip(parts, opened, strict=True)]
        _check_complete([s for o in opened if (s := o.manifest["sources"].get("shard"))])
        for segment in (holding.segment for own in opened for holding in own.holdings):
            with home.segments.writing(partial(_link, segment)):
                pass
        draft = Draft(home, encoder, None, report, empty=True)
        every = sorted((a.source, a.id, n) for n, own in enumerate(opened) for a in own.articles())
        for done, (_, article_id, n) in enumerate(every):
            report(Progress("join", done, len(every)))
            part = opened[n].part(article_id)
            if draft.twin(part.article) is None:
                draft.take(part)
        with home.articles() as cache:
            for one in parts:
                with one.articles() as other:
                    cache.take(other, replacing=True)
        paths = dict.fromkeys(path for own in told for path in own.paths)
        removed = dict.fromkeys(one for own in told for one in own.removed)
        joined = Sources((*paths,), (*removed,))
        return draft.publish(joined.remembering(draft.ids(), ()), derive)


def _joinable(part: Home, opened: Generation, encoder: Encoder) -> Sources:
    """Return the sources of a part, or raise a StoreError over one that cannot be joined."""
    if (opened.encoder, opened.analyser) != (encoder.fingerprint, analyser()):
        raise StoreError("別のモデルか別の版のプログラムで作られています。", at=part.path)
    sources = _bare(part)
    if damaged := opened.verify():
        raise broken(*damaged)
    return sources


def _bare(home: Home) -> Sources:
    """Return the sources of a home, or refuse one that would lose what was added in the browser, or its feeds."""
    sources = sources_of(home)
    if sources.feeds or any(map(is_upload, sources.paths)):
        raise StoreError("画面から加えた記事かフィードがあるので、合わせられません。", at=home.path)
    return sources


def _check_complete(shards: Sequence[Sequence[int]]) -> None:
    """Refuse shares of which one is missing, or of another number. Each is its place and how many there are."""
    most, there = {of for _, of in shards}, set(map(tuple, shards))
    left = [n for of in most for n in range(1, of + 1) if (n, of) not in there]
    if len(most) > 1 or left:
        told = "、".join(f"{n}/{max(most)}" for n in left[:10])
        raise StoreError(f"分けて作ったものが揃っていません（--shard {told} の分）。")


def _link(segment: Segment, folder: Path) -> None:
    """Have the files of a segment in another folder: they are never written again."""
    for name in (FACTS, *segment.facts["parts"]):
        (folder / name).parent.mkdir(exist_ok=True)
        try:
            os.link(segment.folder / name, folder / name)
        except OSError:  # on another disk
            shutil.copyfile(segment.folder / name, folder / name)
