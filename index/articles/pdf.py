"""PDF by pypdf: lines joined into paragraphs, running heads and page numbers dropped.

Knows no columns, tables or footnotes: the text comes in the order in which the file holds it.
"""

import io
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from index.articles.characters import repair
from index.articles.properties import sensible_authors, sensible_title
from index.articles.settled import Draft, Limits, Unreadable

if TYPE_CHECKING:
    from pypdf import PdfReader

# A running line stands among the first or last lines of more than half of the pages.
_EDGE = 2
_FEWEST_PAGES = 3
_PAGE_NUMBER = re.compile(
    r"(?:p(?:age)?\.?\s*)?[-–—(\[]?\s*\d{1,4}\s*[-–—)\]]?(?:\s*(?:/|of)\s*\d{1,4})?(?:\s*(?:ページ|頁))?",
    re.I,
)
_SENTENCE_END = re.compile(r"[。．！？!?.:：][」』）)\]］”\"']*$|[」』】]$")
_EAST = re.compile(r"[\u2e80-\u30ff\u3400-\u9fff\uff00-\uffef、。「」]")
# A line this much shorter than the page's lines ends where its paragraph does.
_SHORT = 0.7


def parse(raw: bytes, limits: Limits) -> Draft:  # noqa: ARG001
    """Read the text of a PDF.

    Raises:
        Unreadable: It is broken, encrypted, or holds pictures only.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(raw))
        _unlock(reader)
        pages = [repair(page.extract_text()) for page in reader.pages]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable("PDF として読めません。ファイルが壊れています。") from error
    text = join_lines(drop_running([page.split("\n") for page in pages]))
    if not text.strip():
        raise Unreadable("文字情報のない PDF（スキャン画像）です。OCR が必要です。")
    return _described(reader, text)


def _unlock(reader: "PdfReader") -> None:
    """Open a PDF that is locked with the empty password, as viewers do."""
    from pypdf.errors import DependencyError

    if not reader.is_encrypted:
        return
    try:
        opened = bool(reader.decrypt(""))
    except (DependencyError, NotImplementedError):
        opened = False
    if not opened:
        raise Unreadable("暗号化された PDF です。パスワードを外して保存し直してください。")


def _described(reader: "PdfReader", text: str) -> Draft:
    """Properties, where they are sensible. The day a file was made is not that of publication."""
    properties = reader.metadata
    return Draft(
        text,
        title=sensible_title(properties.title) if properties else None,
        authors=sensible_authors(properties.author) if properties else (),
        chrome=True,
    )


def drop_running(pages: list[list[str]]) -> list[list[str]]:
    """Drop page numbers, and lines repeated at the same place of most pages but for their digits."""
    pages = [[line.strip() for line in page if line.strip()] for page in pages]
    seen = Counter(key for page in pages for key in _edge_keys(page))
    often = max(len(pages) // 2 + 1, _FEWEST_PAGES)
    running = {key for key, count in seen.items() if count >= often}
    return [_without_edges(page, running) for page in pages]


def _edge_keys(page: list[str]) -> dict[tuple[int, str], int]:
    """The page's edge lines by place (0, 1 from the top, -1, -2 from the bottom) and wording."""
    places = [*range(_EDGE), *range(-_EDGE, 0)]
    return {
        (place, re.sub(r"\d+", "0", page[place])): place % len(page)
        for place in places
        if -len(page) <= place < len(page)
    }


def _without_edges(page: list[str], running: set[tuple[int, str]]) -> list[str]:
    gone = {number for key, number in _edge_keys(page).items() if key in running}
    for number in (0, len(page) - 1):
        if page and _PAGE_NUMBER.fullmatch(page[number]):
            gone.add(number)
    return [line for number, line in enumerate(page) if number not in gone]


def join_lines(pages: list[list[str]]) -> str:
    """Join lines into paragraphs, also across pages: one that ends no sentence goes on."""
    lines = [line for page in pages for line in page]
    full = _usual_width(lines)
    paragraphs: list[str] = []
    open_ended = False
    for line in lines:
        if open_ended:
            paragraphs[-1] = _joined(paragraphs[-1], line)
        else:
            paragraphs.append(line)
        open_ended = not _SENTENCE_END.search(line) and _width(line) >= _SHORT * full
    return "\n".join(paragraphs)


def _joined(before: str, after: str) -> str:
    if re.search(r"[a-z]-$", before) and re.match(r"[a-z]", after):
        return before[:-1] + after
    east = _EAST.match(before[-1]) or _EAST.match(after[0])
    return before + ("" if east else " ") + after


def _usual_width(lines: list[str]) -> float:
    """Width of a full line: nine lines in ten are no wider."""
    widths = sorted(map(_width, lines)) or [0]
    return widths[int(len(widths) * 0.9)]


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)
