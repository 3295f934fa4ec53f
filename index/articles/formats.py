"""From a path to a finished draft: parse by type, clean, read the masthead. Runs in the child."""

import stat
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from index.articles.cleaning import CleanPage, clean
from index.articles.encodings import decode
from index.articles.files import (
    DOCX,
    HTML,
    MARKDOWN,
    PDF,
    TEXT,
    UNKNOWN_TYPE,
    Draft,
    Limits,
    Unreadable,
)
from index.articles.masthead import fill
from index.text.characters import detect_language, drop_ruby, repair
from index.text.lines import tidy

# Each module has ``parse(raw: bytes, limits: Limits) -> Draft``; imported when first needed.
_PARSERS = {
    **dict.fromkeys(MARKDOWN, "markdown"),
    **dict.fromkeys(HTML, "html"),
    **dict.fromkeys(PDF, "pdf"),
    **dict.fromkeys(DOCX, "docx"),
}


def read_draft(path: Path, limits: Limits) -> Draft:
    """Read, clean and describe the article in a file.

    Raises:
        Unreadable: The file cannot be read or holds no article.
    """
    suffix = path.suffix.lower()
    if suffix in TEXT:
        return finish(Draft(drop_ruby(decode(_read(path, limits.text_bytes))), chrome=True))
    if suffix not in _PARSERS:
        raise Unreadable(UNKNOWN_TYPE)
    raw = _read(path, limits.document_bytes if suffix in PDF | DOCX else limits.text_bytes)
    parser = import_module(f"index.articles.{_PARSERS[suffix]}")
    draft: Draft = parser.parse(raw, limits)
    return finish(draft)


def finish(draft: Draft) -> Draft:
    """Repair the characters, drop the chrome, fill in what the text's head says.

    Raises:
        Unreadable: Nothing is left.
    """
    text = tidy(repair(draft.text))
    if not text:
        raise Unreadable("本文がありません（ファイルが空です）。")
    draft = fill(draft, clean(text) if draft.chrome else CleanPage((), text, ()))
    if not draft.text:
        raise Unreadable("本文がありません（見出しや案内だけのページです）。")
    return replace(draft, language=draft.language or detect_language(draft.text))


def _read(path: Path, largest: int) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise Unreadable("ファイルではなくフォルダです。")
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("通常のファイルではありません。")
        if status.st_size > largest:
            raise Unreadable(
                f"ファイルが大きすぎます（{status.st_size / 1e6:.1f} MB）。"
                f"上限は {largest / 1e6:g} MB です。分けてください。"
            )
        with path.open("rb") as file:
            return file.read(largest)
    except FileNotFoundError:
        raise Unreadable("ファイルがありません。") from None
    except OSError as error:
        raise Unreadable(f"ファイルを開けません（{error.strerror}）。") from error
