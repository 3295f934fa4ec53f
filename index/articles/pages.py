"""The body of a page: trafilatura finds the article, its words are read from the page's own blocks.

1. What is not shown, struck out or raised is settled first; rows of tables name their columns (``markup``).
2. A block is the article's where trafilatura has its words. Between those, in the same element, stays what it takes
   for lists of links: names and places, what the line above announces, sentences. So do tables beside them.
3. Cards go: a link around several blocks, a linked headline with its summary. Lists under 関連記事 and the like,
   notices and what stands below the body are left to ``cleaning``.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from itertools import groupby, islice
from typing import Any

from index.articles.blocks import Block, Reader, inherited, letters, ranges_of
from index.articles.files import LONGEST_FIELD, Draft, Limits, Unreadable
from index.articles.markup import settle
from index.records import Loss, Mark
from index.text.lines import columns, ends_sentence

_CARD = re.compile(r"li|article|section|div|d[dl]|header|hgroup|span|blockquote")
_ANNOUNCES = re.compile(
    r"[：:]$|(?:次|以下|下記|following)[^。]{0,20}[。.]?$|(?:[とど]お|通)り。?$", re.I
)
_NAME_WIDE, _HEADLINE_WIDE = 32, 40  # columns
_LINKED = 0.5  # share of the letters of a block that is a list of links
_CARD_LONG, _CARD_SAYS = 8, 200  # blocks, characters
_SURE = 12  # letters of a block that are in a text by no chance


def read_body(tree: Any, stated: Draft, limits: Limits) -> Draft:
    """The article of a page as text, with its rows and notes marked and what was left out.

    Args:
        tree: The page; it is taken apart.
        stated: What the page states of itself.
        limits: How much a page may cost.

    Raises:
        Unreadable: There is none.
    """
    losses, notes = settle(tree)
    title = stated.title
    elements = list(tree.iter())  # held, so that an element stays the same object
    blocks = Reader(limits).read(tree)  # pages without a body tag have theirs in the head
    signs = inherited(elements, lambda one: notes.get(one.get("id") or one.get("name") or ""))
    kept = _of_article(blocks, letters(_found(tree)))
    half = sum(len(blocks[n].text) for n in kept) / 2
    kept -= _cards(elements, blocks, title, half)
    kept |= {n for n, block in enumerate(blocks) if block.element in signs}
    text, marks = _compose([blocks[n] for n in sorted(kept)], signs)
    if not text:
        raise Unreadable("記事の本文が見つかりません。")
    for is_kept, run in groupby(range(len(blocks)), kept.__contains__):
        losses += [] if is_kept else [Loss("chrome", "\n".join(blocks[n].text for n in run))]
    return replace(stated, text=text, chrome=True, marks=marks, losses=tuple(losses))


def _found(tree: Any) -> str:
    """The words that trafilatura takes for the article."""
    import trafilatura

    found = trafilatura.bare_extraction(
        deepcopy(tree),
        favor_recall=True,
        include_comments=False,
        include_tables=True,
        with_metadata=False,
    )
    body = getattr(found, "body", None)
    return "" if body is None else "".join(body.itertext())


def _of_article(blocks: list[Block], found: str) -> set[int]:
    """The numbers of the blocks whose words were found, and of those that belong beside them."""
    words = [letters(b.text) for b in blocks]
    told = {n for n, own in enumerate(words) if own and own in found}
    sure = [n for n in sorted(told) if len(words[n]) >= _SURE]
    if not sure:
        return told
    homes = {blocks[n].home for n in sure if blocks[n].linked < _LINKED}
    kept, above = set[int](), ""
    for n, block in enumerate(blocks):
        inside, at_home = sure[0] <= n <= sure[-1], block.home in homes
        links = sure[0] <= n and at_home and _belongs(block, above, inside=inside)
        plain = block.linked < _LINKED
        found_here = n in told and (links or plain if at_home else inside)
        # A table may stand in a figure, and that in a block of its own.
        near = islice(block.element.iterancestors(), 3) if block.kind == "row" else ()
        if found_here or links or not homes.isdisjoint(near):
            kept.add(n)
            above = above if block.linked else block.text
    return kept


def _belongs(block: Block, above: str, *, inside: bool) -> bool:
    """Whether links are a part of the article: names between sentences, or what the line above announces."""
    each, announced = columns(block.text) / max(block.links, 1), _ANNOUNCES.search(above)
    if block.linked < _LINKED or not (inside or announced):
        return False
    single = block.kind == "item" and block.links == 1
    worded = single and re.search("[、？！…?!]", block.text)  # as headlines are
    named = each <= 2 * _NAME_WIDE if announced else each <= _NAME_WIDE and not worded
    return named or (block.kind == "p" and ends_sentence(block.text))


def _compose(blocks: list[Block], signs: dict[Any, Any]) -> tuple[str, tuple[Mark, ...]]:
    parts, marks, size, last = list[str](), list[Mark](), 0, ""
    for block in blocks:
        note = signs.get(block.element, "") if block.kind != "row" else ""
        what = "note" if note else block.kind
        gap = "" if not parts else "\n" if what == last and what in {"item", "row"} else "\n\n"
        part = f"{'#' * int(what[1])} {block.text}" if what[0] == "h" else block.text
        parts += [gap, part]
        size += len(gap) + len(part)
        if what in {"note", "row"}:
            marks.append(Mark(what, size - len(part), size, note))
        last = what
    return "".join(parts), tuple(marks)


def _cards(elements: list[Any], blocks: list[Block], title: str | None, most: float) -> set[int]:
    """Teasers of other articles: links around several blocks, linked headlines with what stands below them."""
    around = Counter(b.link for b in blocks if b.link is not None)
    gone = {n for n, b in enumerate(blocks) if b.link is not None and around[b.link] > 1}
    ranges, size = ranges_of(elements, blocks), 1
    headline = [_is_headline(block, title) for block in blocks]
    for n, block in enumerate(blocks):
        card = range(n, n + headline[n])
        if card and block.is_head:  # what stands below it, up to the next; below the last as much
            heads = (at for at in range(n + 1, len(blocks)) if blocks[at].is_head)
            then = next(heads, n)
            size = then - n if then > n and headline[then] else size
            card = range(n, min(n + size, len(blocks)))
        for outer in block.element.iterancestors() if card else ():
            start, end = ranges[outer]
            own = range(start, min(end, start + _CARD_LONG + 1))
            several = sum(headline[start : own.stop]) > 1
            if several or len(own) > _CARD_LONG or sum(len(blocks[k].text) for k in own) > most:
                break
            card = own if _CARD.fullmatch(outer.tag) else card
        gone.update(card)
    return gone | {number for own in _alike(blocks, ranges) for number in own}


def _alike(blocks: list[Block], ranges: Mapping[Any, tuple[int, int]]) -> Iterator[range]:
    """Yield the blocks of each of three or more short elements in one, each with a link and words of its own."""
    found: dict[tuple[Any, str], set[range]] = {}
    for block in (b for b in blocks if b.linked > 0.6):
        around = (block.element, *block.element.iterancestors())
        card = next((one for one in around if ranges[one][1] - ranges[one][0] > 1), around[-1])
        own = range(*ranges[card])
        if len(own) <= _CARD_LONG and sum(len(blocks[n].text) for n in own) <= _CARD_SAYS:
            found.setdefault((card.getparent(), card.tag), set()).add(own)
    for cards in found.values():
        if len(cards) > 2:
            yield from cards


def _is_headline(block: Block, title: str | None) -> bool:
    """Whether it may be the headline of another article, linked to it."""
    alone = block.linked > 0.6 and block.links <= 2 and not ends_sentence(block.text)
    wide = block.is_head or columns(block.text) > _HEADLINE_WIDE
    return alone and wide and not (title and same(block.text, title))


def same(text: str, title: str) -> bool:
    """Whether one of two titles holds the other, but for marks, blanks and widths."""
    if max(len(text), len(title)) > LONGEST_FIELD:
        return False
    one, other = sorted((letters(t).casefold() for t in (text, title)), key=len)
    return len(one) * 3 > len(other) and len(one) > 3 and one in other
