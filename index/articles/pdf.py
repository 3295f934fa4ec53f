"""PDF by pypdf: lines joined into paragraphs, running heads and page numbers dropped.

Sizes of type tell headings (larger than the text) and ruby (kana about half its size). Knows no columns,
tables or footnotes: the text comes in the order in which the file holds it.
"""

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from index.articles.files import Draft, Limits, Unreadable, sensible_authors, sensible_title
from index.text.characters import repair
from index.text.lines import columns, join

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

# A running line stands among the first or last lines of more than half of the pages.
_EDGE = 2
_FEWEST_PAGES = 3
_PAGE_NUMBER = re.compile(
    r"(?:p(?:age)?\.?\s*)?[-–—(\[]?\s*\d{1,4}\s*[-–—)\]]?(?:\s*(?:/|of)\s*\d{1,4})?(?:\s*(?:ページ|頁))?",
    re.IGNORECASE,
)
# What browsers print around a page: its address and number; when it was printed, and its title.
_PRINTED_FROM = re.compile(r"(?:https?|file):/*\S+\s+\d+/\d+")
_LONGEST_EDGE = 1000  # characters of such a line
_PRINTED_AT = re.compile(r"\d{1,4}/\d{1,2}/\d{1,4},?\s\d{1,2}:\d{2}\b.*")
_SENTENCE_END = re.compile(r"[。．！？!?.:：][」』）)\]］”\"']*$|[」』】]$")
_READING = re.compile(r"[ぁ-ゖァ-ヺー・\s]+")
# A line this much shorter than the page's lines ends where its paragraph does.
_SHORT = 0.7
# Sizes of type, as shares of the text's own.
_HEADING = 1.15
_RUBY = 0.65

Piece = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line, with the size of most of its type (in points; 0 when not known)."""

    text: str
    size: float = 0.0


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
        pages = [_pieces(page) for page in reader.pages]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable("PDF として読めません。ファイルが壊れています。") from error
    usual = _usual_size([piece for page in pages for piece in page])
    text = join_lines(drop_running([_lines(page, usual) for page in pages]), usual)
    if not text.strip():
        raise Unreadable("文字情報のない PDF（スキャン画像）です。OCR が必要です。")
    properties = reader.metadata  # the day a file was made is not that of publication
    return Draft(
        text,
        title=sensible_title(properties.title) if properties else None,
        authors=sensible_authors(properties.author) if properties else (),
        chrome=True,
    )


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


def _pieces(page: "PageObject") -> list[Piece]:
    """The text of a page in the pieces the file shows it in, each with its size."""
    pieces: list[Piece] = []

    def visit(text: str, page_matrix: Any, text_matrix: Any, _font: Any, size: float) -> None:
        scale = abs(page_matrix[3] * text_matrix[3]) or 1.0
        pieces.append((text, round(size * scale, 1)))

    page.extract_text(visitor_text=visit)
    return pieces


def _usual_size(pieces: Sequence[Piece]) -> float:
    sizes: Counter[float] = Counter()
    for text, size in pieces:
        sizes[size] += len(text.strip())
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _lines(pieces: Sequence[Piece], usual: float) -> list[Line]:
    """Put the pieces together line by line, without ruby and blank lines."""
    lines: list[list[Piece]] = [[]]
    for text, size in pieces:
        if size <= usual * _RUBY and _READING.fullmatch(text):
            text = re.sub(r"[^\n]", "", text)
        first, *others = text.split("\n")
        lines[-1].append((first, size))
        lines += [[(other, size)] for other in others]
    texts = (repair("".join(text for text, _ in line)).strip() for line in lines)
    return [Line(text, _usual_size(line)) for text, line in zip(texts, lines, strict=True) if text]


def drop_running(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Drop page numbers, and lines repeated at the same place of most pages but for their digits."""
    seen = Counter(key for page in pages for key in _edges(page))
    often = max(len(pages) // 2 + 1, _FEWEST_PAGES)
    kept: list[list[Line]] = []
    for page in pages:
        edges = _edges(page)
        gone = {number for key, number in edges.items() if seen[key] >= often}
        gone |= {
            n
            for n in (0, len(page) - 1)
            if page and _PAGE_NUMBER.fullmatch(page[n].text[:_LONGEST_EDGE])
        }
        printed = {
            n for n in edges.values() if _PRINTED_FROM.fullmatch(page[n].text[:_LONGEST_EDGE])
        }
        if printed:  # the day of printing is not to be taken for that of publication
            gone |= printed | {n for n in edges.values() if _PRINTED_AT.fullmatch(page[n].text)}
        kept.append([line for number, line in enumerate(page) if number not in gone])
    return kept


def _edges(page: Sequence[Line]) -> dict[tuple[int, str], int]:
    """The page's edge lines by place (0, 1 from the top, -1, -2 from the bottom) and wording."""
    return {
        (place, re.sub(r"\d+", "0", page[place].text)): place % len(page)
        for place in (*range(_EDGE), *range(-_EDGE, 0))
        if -len(page) <= place < len(page)
    }


def join_lines(pages: Sequence[Sequence[Line]], usual: float = 0.0) -> str:
    """Join lines into paragraphs, also across pages: one that ends no sentence goes on.

    Larger type than the ``usual`` makes a heading.
    """
    lines = [line for page in pages for line in page]
    widths = sorted(map(_width, lines)) or [0]
    full = widths[int(len(widths) * 0.9)]  # nine lines in ten are no wider than a full one
    paragraphs: list[list[str]] = []
    before: Line | None = None
    for line in lines:
        if before and _goes_on(before, line, full):
            last = paragraphs[-1].pop()
            hyphenated = re.search(r"[a-z]-$", last) and re.match(r"[a-z]", line.text)
            follows = line.text if hyphenated else join(last[-1], line.text)
            paragraphs[-1] += [last[:-1], follows]
        else:
            paragraphs.append(["## " * (line.size > usual * _HEADING) + line.text])
        before = line
    return "\n".join(map("".join, paragraphs))


def _goes_on(before: Line, line: Line, full: float) -> bool:
    """Whether a full line that ends no sentence goes on in the next, of type of the same size."""
    if _SENTENCE_END.search(before.text[-60:]) or _width(before) < _SHORT * full:
        return False
    return max(before.size, line.size) <= min(before.size, line.size) * _HEADING


def _width(line: Line) -> float:
    """Width on paper, in half-width characters of one point."""
    return columns(line.text) * (line.size or 1.0)
