"""The parts of a text: headings and paragraphs, what stands around a place, and what sums it up."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.citations import kinds_of_lines
from index.store import Part

Span = tuple[int, int]

AROUND = 300
"""Characters at least that are shown on either side of a passage, up to the end of a block."""

_LINE = re.compile(r"[^\n]*\S[^\n]*")
HASHES = re.compile(r"^(#{1,6})[ \u3000]+", re.MULTILINE)
_ENDS = '。！？!?.．」』）)”"'


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or paragraph of the page: ``article.text[start:end]``, character for character."""

    tag: str
    start: int
    end: int


def blocks(part: Part) -> tuple[Block, ...]:
    """Part the text into headings and paragraphs; a paragraph is one line, or several of an unfinished sentence."""
    text = part.article.text
    headings = {
        sentence.start
        for passage, sentences in part.passages
        for sentence in sentences
        if sentence.text == passage.heading
    }
    found: list[Block] = []
    spans = [match.span() for match in _LINE.finditer(text)]
    kinds = ["", *kinds_of_lines(spans, part.article.marks)]
    for span, kind, before in zip(spans, kinds[1:], kinds, strict=False):
        block = _block(text, *span, headings)
        if found and not (kind or before) and _goes_on(text, found[-1], block):
            found[-1] = Block("p", found[-1].start, block.end)
        elif block.start < block.end:
            found.append(block)
    return tuple(found)


def surroundings(edges: Sequence[Block], start: int, end: int) -> Span:
    """Return a wider stretch of the text around one, that begins and ends with whole blocks."""
    before = (block.start for block in reversed(edges) if block.start <= start - AROUND)
    after = (block.end for block in edges if block.end >= end + AROUND)
    first, last = (edges[0].start, edges[-1].end) if edges else (start, end)
    return min(start, next(before, first)), max(end, next(after, last))


def _block(text: str, start: int, end: int, headings: set[int]) -> Block:
    if hashes := HASHES.match(text, start, end):
        return Block(f"h{min(max(len(hashes[1]), 2), 4)}", hashes.end(), end)
    return Block("h2" if headings.intersection(range(start, end)) else "p", start, end)


def _goes_on(text: str, before: Block, block: Block) -> bool:
    """Whether the line goes on with a sentence that the one before broke off."""
    if not before.tag == block.tag == "p" or text.count("\n", before.end, block.start) > 1:
        return False
    return text[before.start : before.end].rstrip()[-1] not in _ENDS
