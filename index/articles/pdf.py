"""PDF by pdfminer: pages to paragraphs, notes and rows of tables, without running heads and page numbers.

Sizes of type tell headings (larger than the text) and notes (smaller, with a mark). A page whose characters make no
writing, or that is a picture, is read by OCR where that is installed, and else left out.
"""

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import resolve1
from pdfminer.utils import decode_text

from index.articles import files, ocr
from index.articles.files import Draft, Limits, Unreadable, sensible_authors, sensible_title
from index.articles.pdf_layout import (
    Line,
    Row,
    by_direction,
    in_order,
    is_number_split,
    layout,
    link,
    spell,
)
from index.articles.pdf_page import Run, Sheet, raised
from index.records import Loss, Mark
from index.text.characters import is_garbled
from index.text.lines import columns

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it warns of much that does no harm

_EDGE = 2  # first and last rows of a page that may be running ones
_MARGIN = 0.12  # of the height of a page: where a bare number is that of the page
_BARE_NUMBER = re.compile(r"\d{1,4}|[ivxlc]{1,7}|[一二三四五六七八九十百〇]{1,5}")
_PAGE_NUMBER = re.compile(
    r"p(?:age|\.)?\s*\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?|[-–—―(\[（〔]\s*\d{1,4}\s*[-–—―)\]）〕]"
    r"|\d{1,4}\s*(?:/|of)\s*\d{1,4}|第?\s*\d{1,4}\s*(?:ページ|頁)",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"(?<![\d,.])\d{1,4}(?![\d,.]|\s?[万億兆円人件年%％])")
# What browsers print around a page: its address and number; when it was printed, and its title.
_PRINTED_FROM = re.compile(r"(?:https?|file):/*\S+\s+\d+/\d+")
_PRINTED_AT = re.compile(r"\d{1,4}/\d{1,2}/\d{1,4},?\s\d{1,2}:\d{2}\b.*")
_LONGEST_EDGE = 1000  # characters of such a line
_SENTENCE_END = re.compile(r"[。．！？!?.:：][」』）)\]］”\"']*\s*$|[」』】]\s*$")
_NOTE = re.compile(
    r"(?:[※＊*†‡]\s*\d{0,3}|[（(\[［〔]?注\s*\d{0,3}[)）\]］〕]?|[（(\[［]?\d{1,3}[)）\]］]|\d{1,3}(?=\s))\s*(?=\S)"
)
# A line this much shorter than full ones ends where its paragraph does.
_SHORT = 0.7
# Sizes of type, as shares of the text's own.
_HEADING, _SMALL = 1.15, 0.93
_BROKEN = "PDF として読めません。ファイルが壊れています。"
_LOCKED = "暗号化された PDF です。パスワードを外して保存し直してください。"
_GARBLED = "文字として読めない PDF です（文字の対応表がないか、壊れています）。"
_SCAN = "文字情報のない PDF（スキャン画像）です。"


@dataclass(slots=True)
class Page:
    """A page: its runs, then its rows in each direction of reading, then its lines."""

    number: int
    runs: list[Run] = field(default_factory=list)
    height: tuple[float, ...] = (0.0, 0.0)
    painted: bool = True
    pictured: bool = False
    groups: list[list[Row]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    ocr: bool = False


@dataclass(slots=True)
class Paragraph:
    """Lines joined: from which page to which, and whether it is a note or a row of a table."""

    parts: list[str]
    first: int
    last: int
    kind: str = ""
    value: str = ""


def parse(raw: bytes, limits: Limits) -> Draft:
    """Read the text of a PDF, also of one locked with the empty password, as viewers do.

    Raises:
        Unreadable: It is broken or encrypted, or holds nothing that can be read.
    """
    try:
        document = PDFDocument(PDFParser(io.BytesIO(raw)))
        pages = list(_pages(document, limits))
        known = {k: _property(v) for info in document.info[::-1] for k, v in info.items()}
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # pdfminer raises whatever comes of a broken file
        raise Unreadable(_LOCKED if isinstance(error, PDFEncryptionError) else _BROKEN) from error
    losses = [*_settle(pages), *drop_running(pages)]
    for page in pages:
        page.lines = [line for rows in in_order(page.groups) for line in layout(rows)]
    garbled = [page for page in pages if is_garbled("".join(line.text for line in page.lines))]
    for page in garbled:
        page.lines = []
    losses += _recognise(raw, pages, limits)
    text, marks = _marked(join_lines(pages), {page.number for page in pages if page.ocr})
    if not text:
        raise Unreadable(_GARBLED if garbled else _SCAN + ocr.missing() if pages else _BROKEN)
    title = sensible_title(known.get("Title"))
    if title and any(line.startswith(title) and line != title for line in text.split("\n")):
        title = None  # it is the beginning of a sentence
    authors = sensible_authors(known.get("Author"))
    return Draft(text, title, authors, chrome=True, marks=marks, losses=tuple(losses))


def _property(value: Any) -> str | None:
    """A property of the document; old Japanese programs write Shift_JIS where it has no place."""
    raw = resolve1(value)
    if isinstance(raw, bytes) and raw[:2] not in (b"\xfe\xff", b"\xff\xfe"):
        with suppress(UnicodeDecodeError):
            return raw.decode("cp932")
    return decode_text(raw) if isinstance(raw, bytes) else None


def _pages(document: PDFDocument, limits: Limits) -> Iterator[Page]:
    """Yield the pages; one that cannot be drawn to its end has no text."""
    sheet = Sheet()
    for number, source in enumerate(PDFPage.create_pages(document), 1):
        files.check_count("ページ", number, limits.pages)
        files.more_time(limits.page_seconds)
        try:
            sheet.draw(source)
            yield Page(number, sheet.runs, sheet.box[1::2], sheet.painted, sheet.pictured)
        except (Unreadable, MemoryError):
            raise
        except Exception:
            yield Page(number)


def _settle(pages: Sequence[Page]) -> Iterator[Loss]:
    """Decide which runs of each page are its text; yield what is not.

    Invisible words are the text where OCR put them: over a page that shows a picture and hardly any others, and in
    a document that shows no words at all.
    """
    unseen = not any(not run.hidden for page in pages for run in page.runs)
    for page in pages:
        sizes = Counter[str]()
        for run in page.runs:
            sizes[run.hidden] += len(run.text)
        page.ocr = (unseen or page.pictured) and sizes["invisible"] > 5 * sizes[""]
        shown = ("", "invisible") if page.ocr else ("",)
        kept = [run for run in page.runs if run.hidden in shown]
        page.groups = by_direction([run for run in kept if run.turn % 90 == 0])
        away = "\n".join(run.text for run in page.runs if run.hidden not in shown)
        stamp = "".join(run.text for run in kept if run.turn % 90)  # aslant across the page
        struck = "\n".join(run.struck for run in kept if run.struck)
        told = (("hidden", away), ("deleted", struck), ("chrome", stamp))
        yield from (Loss(kind, text) for kind, text in told if text)
        page.runs = []


def drop_running(pages: Sequence[Page]) -> Iterator[Loss]:
    """Drop page numbers, and rows at the same place of many pages that differ in numbers only; yield each once."""
    edges = [
        {
            (row[0].turn, _worded(row), round(row[0].v / 3)): row
            for rows in page.groups
            for row in (*rows[:_EDGE], *rows[-_EDGE:])
        }
        for page in pages
    ]
    seen = Counter(chain.from_iterable(edges))
    often = 2 if len(pages) < 4 else max(len(pages) // 3, 3)
    told: set[str] = set()
    for page, own in zip(pages, edges, strict=True):
        texts = {key: spell(row).strip()[:_LONGEST_EDGE] for key, row in own.items()}
        # The day of printing is not to be taken for that of publication.
        printed = any(map(_PRINTED_FROM.fullmatch, texts.values()))
        gone = [own[key] for key, text in texts.items() if seen[key] >= often or (
            printed and (_PRINTED_FROM.fullmatch(text) or _PRINTED_AT.fullmatch(text)))]  # fmt: skip
        outer = [row for rows in page.groups if rows for row in (rows[0], rows[-1])]
        gone += [row for row in outer if _is_number(row, page)]
        dropped = {id(row) for row in gone}
        page.groups = [[row for row in rows if id(row) not in dropped] for rows in page.groups]
        new = {_worded(row): row for row in gone if _worded(row) not in told}
        told |= new.keys()
        yield from (Loss("chrome", spell(row).strip()) for row in new.values())


def _worded(row: Row) -> str:
    """The wording of a row, but for its numbers where it is no sentence."""
    text = spell(row).strip()[:_LONGEST_EDGE]
    return text if "。" in text else _COUNTED.sub("0", text)


def _is_number(row: Row, page: Page) -> bool:
    """Whether a row is the number of its page; a bare one is in the margin."""
    text = spell(row).strip()[:_LONGEST_EDGE]
    bottom, top = page.height
    margin = _MARGIN * (top - bottom)
    outside = row[0].turn == 0 and not bottom + margin <= row[0].v <= top - margin
    return bool(_PAGE_NUMBER.fullmatch(text) or (outside and _BARE_NUMBER.fullmatch(text)))


def _recognise(raw: bytes, pages: Sequence[Page], limits: Limits) -> Iterator[Loss]:
    """Read the pages without text off their pictures, where that can be done; yield the others."""
    failed = 3 if ocr.missing() else 0  # after three pages in vain no more are tried
    for page in pages:
        if not page.lines and page.painted and failed < 3:
            files.more_time(limits.ocr_seconds)
            found = ocr.read(raw, page.number, limits.ocr_seconds)
            failed = 0 if found else failed + 1
            page.lines = [Line(text, width=columns(text), flow=-1) for text in found]
            page.ocr = bool(found)
        if not page.lines:
            yield Loss("page", f"{page.number} ページ")


def join_lines(pages: Sequence[Page]) -> list[Paragraph]:
    """Join lines into paragraphs, also across pages: one that ends no sentence goes on. Notes stand below their page."""
    lines = [line for page in pages for line in page.lines if not line.kind]
    sizes, widths = Counter[float](), dict[int, list[float]]()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
        widths.setdefault(line.flow, []).append(line.width)
    usual = sizes.most_common(1)[0][0] if sizes else 0.0
    # Nine in ten lines of a flow are no wider than a full one.
    full = {count: sorted(own)[int(len(own) * 0.9)] for count, own in widths.items()}
    found: list[Paragraph] = []
    before, going = Line("", kind="row"), Paragraph([], 0, 0)
    for page in pages:
        texts, notes = _part_notes(page, usual)
        for line in texts:
            if _goes_on(before, line, full):
                last = going.parts.pop()
                going.parts += link(last + raised(last, line.mark), line.text)
                going.last = page.number
            else:
                heading = "## " * (line.size > usual * _HEADING and not line.kind)
                going = Paragraph([heading, line.text], page.number, page.number, line.kind)
                found.append(going)
            before = line
        found += notes
    return [one for one in found if "".join(one.parts).strip("# ")]


def _part_notes(page: Page, usual: float) -> tuple[list[Line], list[Paragraph]]:
    """Part the lines of a page from its notes: with a raised mark, or one in small type; small type goes on."""
    texts: list[Line] = []
    notes: list[Paragraph] = []
    noting = False
    for line in page.lines:
        small = line.size < usual * _SMALL and not line.kind
        begun = _NOTE.match(line.text) if small else None
        ended = not texts or _SENTENCE_END.search(texts[-1].text[-60:])
        if begun or (line.mark and (small or ended)):
            noting, mark = True, line.mark or (begun[0] if begun else "")
            mark = re.sub(r"[^\w※＊*†‡]", "", mark)
            notes.append(Paragraph([line.text], page.number, page.number, "note", mark))
        elif noting and small:
            notes[-1].parts += link(notes[-1].parts.pop(), line.text)
        else:
            noting = False
            texts.append(line)
    return texts, notes


def _goes_on(before: Line, line: Line, full: Mapping[int, float]) -> bool:
    """Whether a full line that ends no sentence goes on in the next, of type of the same size."""
    if before.kind or line.kind or before.width < _SHORT * full[before.flow]:
        return False
    ended = _SENTENCE_END.search(before.text[-60:])
    if ended and not is_number_split(before.text, line.text):
        return False
    return max(before.size, line.size) <= min(before.size, line.size) * _HEADING


def _marked(paragraphs: Sequence[Paragraph], read: set[int]) -> tuple[str, tuple[Mark, ...]]:
    """Return the text, and marks of the notes, rows and pages, and of the pages that OCR read."""
    marks, texts, spans, at = [], [], dict[int, tuple[int, int]](), 0
    for one in paragraphs:
        texts.append("".join(one.parts).strip())
        end = at + len(texts[-1])
        marks += [Mark(one.kind, at, end, one.value)] if one.kind else []
        for number in range(one.first, one.last + 1):
            spans[number] = (spans.get(number, (at, at))[0], end)
        at = end + 1
    marks += [Mark("page", start, end, str(number)) for number, (start, end) in spans.items()]
    marks += [Mark("ocr", *span) for number, span in spans.items() if number in read]
    return "\n".join(texts), tuple(sorted(marks, key=lambda mark: mark.start))
