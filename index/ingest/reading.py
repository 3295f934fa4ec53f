"""From the sources to articles: each file read once, and only when its bytes have changed.

A file that fails becomes a ``Skipped`` entry. A file that is gone from a folder is dropped; when the
whole source is gone, or the index in use does not fit this program and is being repaired, the text
read before serves instead.
"""

import hashlib
import logging
import os
from collections.abc import Callable
from pathlib import Path

from index.articles import READER_VERSION, ArticleReader, find_files
from index.errors import CorpusError
from index.ingest.sources import Sources
from index.records import Article, Progress, Skipped
from index.store import ArticleCache, Home

logger = logging.getLogger(__name__)

OnProgress = Callable[[Progress], None]


def read_all(
    home: Home, sources: Sources, *, repair: bool, report: OnProgress
) -> tuple[list[Article], list[Skipped]]:
    """Read every article of the sources once, and say what was left out."""
    articles: dict[str, Article] = {}
    with home.articles() as cache, ArticleReader() as reader:
        files, stored, skipped = _find(home, sources, cache, repair=repair)
        for done, path in enumerate(files):
            report(Progress("read", done, len(files)))
            try:
                article = _read(path, cache, reader)
            except CorpusError as exc:
                skipped.append(Skipped(exc.path, exc.reason))
                continue
            _admit(article, _name(path), articles, skipped, sources)
        report(Progress("read", len(files), len(files)))
        for path_read, article in stored:
            logger.warning("%s が見つからないため、前に読み込んだ内容を使います。", path_read)
            _admit(article, path_read, articles, skipped, sources)
    return list(articles.values()), skipped


def _find(
    home: Home, sources: Sources, cache: ArticleCache, *, repair: bool
) -> tuple[list[Path], list[tuple[str, Article]], list[Skipped]]:
    """List the files of the sources, the articles whose files are gone but stay, and the rest."""
    files: dict[Path, None] = {}
    stored: list[tuple[str, Article]] = []
    skipped: list[Skipped] = []
    for root in map(Path, sources.paths):
        try:
            found, left_out = find_files(root, without=home.path)
        except CorpusError as exc:
            kept = cache.under(str(root))
            stored += kept
            skipped += [] if kept else [Skipped(exc.path, exc.reason)]
            continue
        files.update(dict.fromkeys(path.resolve() for path in found))
        skipped += left_out
        if not found and not left_out:
            skipped.append(Skipped(_name(root), "フォルダに記事のファイルがありません。"))
        if repair:
            stored += [(path, a) for path, a in cache.under(str(root)) if not Path(path).exists()]
    return list(files), stored, skipped


def _read(path: Path, cache: ArticleCache, reader: ArticleReader) -> Article:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as exc:
        raise CorpusError(_name(path), f"ファイルを開けません（{exc.strerror}）") from exc
    article = cache.get(_name(path), raw_sha256=digest, reader=READER_VERSION)
    if article is None:
        article = reader.read(path)
        cache.put(_name(path), article, raw_sha256=digest, reader=READER_VERSION)
    return article


def _name(path: Path) -> str:
    r"""Write a path as text that can be stored: bytes that are not UTF-8 become ``\xff``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _admit(
    article: Article,
    path: str,
    articles: dict[str, Article],
    skipped: list[Skipped],
    sources: Sources,
) -> None:
    """Take an article into the build unless it was taken out by hand or its text is there already."""
    if sources.leave_out(article, path):
        return
    twin = articles.setdefault(article.sha256, article)
    if twin is not article:
        skipped.append(Skipped(path, f"{twin.source} と同じ内容なので、一つだけ残しました"))
