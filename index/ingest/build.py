"""From the sources to a generation in use: read, cut, encode, write.

Each file is read and cut once, in a child process, and only when its bytes have changed; one that
fails becomes a ``Skipped`` entry. A file that is gone from a folder is dropped; when the whole source is
gone, or the index in use does not fit this program and is being repaired, what was read before serves.
"""

import contextlib
import logging
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path, PurePath
from typing import Any

from index.articles import READER_VERSION, ArticleReader, find_files, sha256_of
from index.articles.files import ZIP
from index.citations import source_name
from index.encoder import Encoder
from index.errors import CorpusError, StoreError
from index.ingest.archives import UNPACKED, unpack
from index.ingest.draft import Derive, Draft, analyser
from index.ingest.received import bring
from index.ingest.sources import Sources, as_upload, check_upload, is_upload, name_in, sweep
from index.passages import cut
from index.reports import BuildReport, OnProgress, Progress, Skipped
from index.store import Archive, ArticleCache, Generation, Home, Part

logger = logging.getLogger(__name__)

Shard = tuple[int, int]
"""Which share of the files, from 1, and of how many."""


def build(
    home: Home,
    encoder: Encoder,
    sources: Callable[[], Sources],
    *,
    derive: Derive,
    on_progress: OnProgress | None = None,
    private: bool = False,
    shard: Shard = (1, 1),
) -> BuildReport:
    """Build a new generation from the sources, or of a share of their files, and put it in use.

    What is written on the way stays when the build is broken off, and serves the next one. ``sources`` are asked
    for once the home is held, so that of two changes to a list neither is lost; ``private``: whether addresses
    may lead to machines that are not public.

    Raises:
        CorpusError: No article could be read; the index stays as it was.
        StoreError: The home cannot be written, or another build is running.
    """
    started = time.perf_counter()
    report = on_progress or (lambda _: None)
    with home.building():
        given = bring(home, sources(), report, private=private)
        skipped = [*given.failed]
        current, before = _in_use(home, encoder)
        with contextlib.closing(current) if current else contextlib.nullcontext():
            whole = given.changed is None or current is None
            draft = Draft(home, encoder, current, report, empty=whole)
            read = _read_all(home, given, draft, skipped, whole=whole, shard=shard)
            kept = draft.ids()
            if not kept:
                raise CorpusError(", ".join(given.paths), _nothing(skipped))
            remembered = given.remembering(kept, {*read})
            remembered |= {"shard": [*shard]} if shard != (1, 1) else {}
            number = draft.publish(remembered, derive)
        # The build stands; what cannot be dropped now is dropped by the next one.
        if whole:
            with contextlib.suppress(sqlite3.Error), home.articles() as cache:
                cache.keep_only(read)
        sweep(home)
    return BuildReport(
        generation=number,
        articles=len(kept),
        passages=draft.passages,
        embedded=draft.embedded,
        reused=draft.passages - draft.embedded,
        removed=len(before - kept),
        skipped=tuple(skipped),
        seconds=time.perf_counter() - started,
        losses=dict(draft.losses),
    )


def publish(
    home: Home,
    encoder: Encoder,
    parts: Iterable[Part],
    *,
    derive: Derive,
    sources: Mapping[str, Any] | None = None,
    report: OnProgress,
) -> int:
    """Put these parts in use in place of all others; return the number of the generation.

    Raises:
        StoreError: The home cannot be written, or another build is running.
    """
    with home.building():
        current, _ = _in_use(home, encoder)
        with contextlib.closing(current) if current else contextlib.nullcontext():
            draft = Draft(home, encoder, current, report, empty=True)
            for part in parts:
                draft.take(part)
            return draft.publish(sources or {}, derive)


def fits(generation: Archive, encoder: str) -> bool:
    """Whether a program with this encoder (its fingerprint) can search a generation."""
    return generation.encoder == encoder and generation.analyser == analyser()


def check_fits(generation: Archive, *, fingerprint: Callable[[], str]) -> None:
    """Raise a StoreError over a generation that a program with this encoder cannot search."""
    if not fits(generation, fingerprint()):
        raise StoreError(
            "この索引は別のモデルか別の版のプログラムで作られています。`tenkyo build` で作り直して"
            "ください。記事は保存してあるので、元のファイルがなくても作り直せます。"
        )


def _read_all(
    home: Home,
    sources: Sources,
    draft: Draft,
    skipped: list[Skipped],
    *,
    whole: bool,
    shard: Shard,
) -> list[str]:
    """Put into a draft what the sources hold, or what has changed; return the files whose articles are there."""
    paths = sources.paths if whole else sources.changed or ()
    names: list[str] = []
    unpacked = tempfile.TemporaryDirectory(prefix=UNPACKED)
    with unpacked as folder, home.articles() as cache, ArticleReader() as reader:
        draft.drop(*sources.dropped)
        if not whole:  # what is gone from a folder must not stay
            draft.drop(*(part.article.id for path in paths for _, part in cache.under(path)))
        files, gone = _find(home, paths, cache, skipped, Path(folder), shard)
        if draft.current is None:  # a repair: folders may have been emptied since
            gone = [*paths]
        found = _parts(sources, files, cache, reader, skipped, draft.report)
        for name, part in chain(found, _kept(home, files, gone, cache, draft)):
            if sources.leave_out(part.article.id, name):
                continue
            if twin := draft.twin(part.article):
                shown = source_name(twin)  # visitors read it as well
                reason = f"{shown} と同じ内容なので、一つだけ残しました"
                skipped.append(Skipped(sources.named(name), reason))
                continue
            draft.take(part)
            names.append(name)
    return names


def _parts(
    sources: Sources,
    files: Mapping[str, Path],
    cache: ArticleCache,
    reader: ArticleReader,
    skipped: list[Skipped],
    report: OnProgress,
) -> Iterator[tuple[str, Part]]:
    """Yield the article of each file, with its name."""
    for done, (name, path) in enumerate(files.items()):
        told = sources.named(name)
        report(Progress("read", done, len(files), PurePath(told).name))
        try:
            digest = sha256_of(path)
            part = cache.get(name, raw_sha256=digest, reader=READER_VERSION)
            if part is None:
                article, places, digest = reader.read(path)  # it may have changed since
                if is_upload(name) or path.parent.name.startswith(UNPACKED):
                    article = as_upload(article, name, path, sources.pages.get(name))
                part = Part.at(article, places)
                cache.put(name, part, raw_sha256=digest, reader=READER_VERSION)
        except CorpusError as exc:
            skipped.append(Skipped(told, exc.reason))
        else:
            yield name, part
    report(Progress("read", len(files), len(files)))


def _kept(
    home: Home, files: Mapping[str, Path], gone: Sequence[str], cache: ArticleCache, draft: Draft
) -> Iterator[tuple[str, Part]]:
    """Yield what was read before of lost files; what the cache has lost too, as the last index has it."""
    for name, part in chain.from_iterable(map(cache.under, gone)):
        is_there = (home.path / name).exists()
        if name not in files and (is_upload(name) or not is_there):
            lost = "壊れている" if is_there else "見つからない"
            logger.warning("%s が%sため、前に読み込んだ内容を使います。", name, lost)
            # Builds up to schema 2 kept no passages.
            yield name, part if part.passages else Part.at(part.article, cut(part.article.text))
    if not gone or cache.check():
        return
    there = draft.ids()
    for part in home.kept():
        if part.article.id not in there:
            name = f"{gone[0]}/{part.article.id}"
            source = part.article.source
            logger.warning("%s が見つからないため、索引に残っている内容を使います。", source)
            cache.put(name, part, raw_sha256="", reader="")
            yield name, part


def _find(
    home: Home,
    paths: Sequence[str],
    cache: ArticleCache,
    skipped: list[Skipped],
    folder: Path,
    shard: Shard,
) -> tuple[dict[str, Path], list[str]]:
    """Find the files of the sources by name, and the sources of which what was read before serves."""
    files: dict[str, Path] = {}
    gone: list[str] = []
    for source in paths:
        try:
            check_upload(source, home.path / source)
            found, left_out = find_files(home.path / source, without=home.path)
        except CorpusError as exc:
            gone.append(source)
            if next(cache.under(source), None) is None:
                skipped.append(Skipped(source, exc.reason))
            continue
        for path in map(Path.resolve, found):
            name = name_in(home, path)
            if zlib.crc32(name.encode("utf-8", "surrogateescape")) % shard[1] != shard[0] - 1:
                continue
            is_archive = path.suffix.lower() in ZIP
            files |= unpack(path, name, folder, skipped) if is_archive else {name: path}
        skipped += left_out
        if not found and not left_out:
            skipped.append(Skipped(source, "フォルダに記事のファイルがありません。"))
    return files, gone


def _in_use(home: Home, encoder: Encoder) -> tuple[Generation | None, set[str]]:
    """The generation in use, if this program can use it, and the ids of its articles."""
    try:
        if home.current() is None:
            return None, set()
        opened = home.open()
        ids = opened.ids()
        if fits(opened, encoder.fingerprint):
            return opened, ids
        opened.close()
    except StoreError:
        return None, set()
    return None, ids


def _nothing(skipped: Sequence[Skipped]) -> str:
    reasons = "、".join(f"{PurePath(s.path).name}: {s.reason.rstrip('。')}" for s in skipped[:3])
    more = f"、ほか {len(skipped) - 3} 件" if len(skipped) > 3 else ""
    because = f"（{reasons}{more}）" if reasons else ""
    return f"索引にできる記事がありません{because}。これまでの索引はそのままです。"
