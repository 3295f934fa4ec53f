"""From a path to a finished draft: parse by type, clean, read the masthead. Runs in the child."""

import stat
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from index.articles.characters import repair, tidy
from index.articles.files import type_names
from index.articles.language import detect_language
from index.articles.masthead import fill
from index.articles.settled import DOCX, HTML, MARKDOWN, PDF, TEXT, TYPES, Draft, Limits, Unreadable
from index.cleaning import CleanPage, clean

# Each module has ``parse(raw: bytes, limits: Limits) -> Draft``; imported when first needed.
_PARSERS = {
    **dict.fromkeys(TEXT, "plain"),
    **dict.fromkeys(MARKDOWN, "markdown"),
    **dict.fromkeys(HTML, "page"),
    **dict.fromkeys(PDF, "pdf"),
    **dict.fromkeys(DOCX, "docx"),
}


def read_draft(path: Path, limits: Limits) -> Draft:
    """Read, clean and describe the article in a file.

    Raises:
        Unreadable: The file cannot be read or holds no article.
    """
    suffix = path.suffix.lower()
    if suffix not in TYPES:
        raise Unreadable(f"この種類のファイルは読めません。読めるのは {type_names()} です。")
    largest = limits.document_bytes if suffix in PDF | DOCX else limits.text_bytes
    raw = _read_bytes(path, largest)
    parse: Callable[[bytes, Limits], Draft] = import_module(
        f"index.articles.{_PARSERS[suffix]}"
    ).parse
    return finish(parse(raw, limits))


def finish(draft: Draft) -> Draft:
    """Repair the characters, drop the chrome, fill in what the text's head says.

    Raises:
        Unreadable: Nothing is left.
    """
    text = tidy(repair(draft.text))
    if not text:
        raise Unreadable("本文がありません（ファイルが空です）。")
    page = clean(text) if draft.chrome else CleanPage((), text, ())
    draft = fill(draft, page)
    if not draft.text:
        raise Unreadable("本文がありません（見出しや案内だけのページです）。")
    return replace(draft, language=draft.language or detect_language(draft.text))


def _read_bytes(path: Path, largest: int) -> bytes:
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
