"""From a path to a finished draft: parse by type, clean, read the masthead. Runs in the child."""

import hashlib
import os
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from index.articles.aozora import read_aozora
from index.articles.carrying import carry
from index.articles.cleaning import CleanPage, clean
from index.articles.encodings import decode
from index.articles.files import (
    ARCHIVES,
    HTML,
    LONGEST_FIELD,
    MAIL,
    MARKDOWN,
    PDF,
    TEXT,
    TYPES,
    Draft,
    Limits,
    Unreadable,
    check_count,
    open_file,
    unknown_type,
)
from index.articles.masthead import fill
from index.text.characters import detect_language, drop_ruby, repair
from index.text.lines import tidy

# Each module has ``parse(raw: bytes, limits: Limits) -> Draft``; imported when first needed.
_PARSERS = {
    **dict.fromkeys(MARKDOWN, "markdown"),
    **dict.fromkeys(HTML, "html"),
    **dict.fromkeys(PDF, "pdf"),
    **dict.fromkeys(ARCHIVES, "archives"),
    **dict.fromkeys(MAIL, "mail"),
}
_SHORT = ("title", "publisher", "language", "url", "source")


def read_draft(path: Path, limits: Limits) -> tuple[Draft, str]:
    """Read, clean and describe the article in a file; return it with the SHA-256 of the bytes read.

    Raises:
        Unreadable: The file cannot be read or holds no article.
    """
    suffix = path.suffix.lower()
    if suffix not in TYPES:
        raise Unreadable(unknown_type(suffix))
    is_document = suffix in PDF | ARCHIVES | MAIL
    raw = _read(path, limits.document_bytes if is_document else limits.text_bytes)
    if suffix in TEXT:
        text = decode(raw)
        draft = read_aozora(text) or Draft(drop_ruby(text), chrome=True)
    else:
        parser = import_module(f"index.articles.{_PARSERS[suffix]}")
        draft = parser.parse(raw, limits)
    return finish(draft, limits), hashlib.sha256(raw).hexdigest()


def finish(draft: Draft, limits: Limits) -> Draft:
    """Repair the characters, drop the chrome, fill in what the text's head says.

    Raises:
        Unreadable: Nothing is left, or there are too many lines.
    """
    text = tidy(repair(draft.text))
    if not text:
        raise Unreadable("本文がありません（ファイルが空です）。")
    check_count("行", text.count("\n") + 1, limits.lines)
    kept = tuple(n for n, line in enumerate(text.split("\n")) if line)
    page = clean(text) if draft.chrome else CleanPage((), text, (), kept)
    finished = fill(_sensible(draft), page)
    if not finished.text:
        raise Unreadable("本文がありません（見出しや案内だけのページです）。")
    finished = carry(draft, page, finished, text=text)
    return replace(finished, language=finished.language or detect_language(finished.text))


def _read(path: Path, largest: int) -> bytes:
    with open_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > largest:
            raise Unreadable(
                f"ファイルが大きすぎます（{size / 1e6:.1f} MB）。"
                f"上限は {largest / 1e6:g} MB です。分けてください。"
            )
        return file.read(largest)


def _sensible(draft: Draft) -> Draft:
    """Leave out what is no title, name, address or day: it would stand beside every passage."""
    authors = draft.authors if sum(map(len, draft.authors)) <= LONGEST_FIELD else ()
    day = draft.published if draft.published and 1000 <= draft.published.year < 9000 else None
    unfit = [name for name in _SHORT if not 0 < len(getattr(draft, name) or "") <= LONGEST_FIELD]
    left_out: dict[str, Any] = dict.fromkeys(unfit)
    return replace(draft, authors=authors, published=day, **left_out)
