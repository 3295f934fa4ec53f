"""From the sources to articles: each file read once, and only when its bytes have changed.

A file that fails becomes a ``Skipped`` entry. A file that is gone from a folder is dropped; when the
whole source is gone, or the index in use does not fit this program and is being repaired, the text
read before serves instead.
"""

import hashlib
import logging
from pathlib import Path

from index.addresses import source_name
from index.articles import READER_VERSION, ArticleReader, find_files
from index.errors import CorpusError
from index.ingest.sources import Sources
from index.ingest.uploads import as_upload, is_upload, name_in
from index.records import Article, OnProgress, Progress, Skipped
from index.store import ArticleCache, Home

logger = logging.getLogger(__name__)


def read_all(
    home: Home, sources: Sources, *, repair: bool, report: OnProgress
) -> tuple[list[Article], list[Skipped]]:
    """Read every article of the sources once, and say what was left out."""
    articles: dict[str, Article] = {}
    with home.articles() as cache, ArticleReader() as reader:
        files, stored, skipped = _find(home, sources, cache, repair=repair)
        for done, (name, path) in enumerate(files.items()):
            report(Progress("read", done, len(files), path.name))
            try:
                article = _read(name, path, cache, reader)
            except CorpusError as exc:
                skipped.append(Skipped(name, exc.reason))
                continue
            _admit(article, name, articles, skipped, sources)
        report(Progress("read", len(files), len(files)))
        for name, article in stored:
            logger.warning("%s が見つからないため、前に読み込んだ内容を使います。", name)
            _admit(article, name, articles, skipped, sources)
    return list(articles.values()), skipped


def _find(
    home: Home, sources: Sources, cache: ArticleCache, *, repair: bool
) -> tuple[dict[str, Path], list[tuple[str, Article]], list[Skipped]]:
    """Find the files of the sources by name, the articles whose files are gone but stay, and the rest."""
    files: dict[str, Path] = {}
    stored: list[tuple[str, Article]] = []
    skipped: list[Skipped] = []
    for source in sources.paths:
        try:
            found, left_out = find_files(home.path / source, without=home.path)
        except CorpusError as exc:
            kept = cache.under(source)
            stored += kept
            skipped += [] if kept else [Skipped(source, exc.reason)]
            continue
        files |= {name_in(home, path.resolve()): path.resolve() for path in found}
        skipped += left_out
        if not found and not left_out:
            skipped.append(Skipped(source, "フォルダに記事のファイルがありません。"))
        if repair:
            lost = [kept for kept in cache.under(source) if not (home.path / kept[0]).exists()]
            stored += lost
    return files, stored, skipped


def _read(name: str, path: Path, cache: ArticleCache, reader: ArticleReader) -> Article:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as exc:
        raise CorpusError(name, f"ファイルを開けません（{exc.strerror}）") from exc
    article = cache.get(name, raw_sha256=digest, reader=READER_VERSION)
    if article is None:
        article = reader.read(path)
        article = as_upload(article, name, path) if is_upload(name) else article
        cache.put(name, article, raw_sha256=digest, reader=READER_VERSION)
    return article


def _admit(
    article: Article,
    name: str,
    articles: dict[str, Article],
    skipped: list[Skipped],
    sources: Sources,
) -> None:
    """Take an article into the build unless it was taken out by hand or its text is there already."""
    if sources.leave_out(article, name):
        return
    twin = articles.setdefault(article.sha256, article)
    if twin is not article:
        shown = source_name(twin.source)  # visitors read it as well
        skipped.append(Skipped(name, f"{shown} と同じ内容なので、一つだけ残しました"))
