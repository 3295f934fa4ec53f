"""Where an article begins, where it is interrupted, and where it ends.

The rules, in order:

1. A hard-wrapped paragraph counts as one unit; related-article notices in brackets and a trailing "read
   more" are cut out of their line.
2. A line that *is* a chrome phrase is dropped (see ``chrome``). One that heads lists of headlines, but has
   a sentence or a row under it, is a heading of the article.
3. What stands before the first prose is the masthead; quotes, questions, captions and marked headings right
   above it belong to the body, so do rows of a table; a short sentence above a date line does not. A page
   without any prose (a poem, a table) begins below its date line, a text without chrome above at its top.
4. After the heading of a headline list (「関連記事」, a ranking) everything goes until prose resumes; after a
   line that ends articles (a copyright, a pay wall) only a long run of prose counts as that.
5. Short lines after the last prose stay until the first chrome among them, which ends the body, unless all are
   as long as headlines, without mark or label; a lone short sentence below several chrome lines is one of them.
   A paragraph that breaks off at a pay wall stays.

What this does not know: links without a heading, ranks or truncation inside the body; advertising written
in sentences; a caption above the first paragraph that neither ends a sentence nor is marked as one (it goes
to the head).
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.articles.chrome import (
    Kind,
    is_marked_heading,
    is_prose,
    is_row,
    kind,
    like_headline,
    opens_body,
)
from index.text.lines import Unit, ends_sentence, is_truncated, units

_BRACKETED = re.compile(
    r"[(（\[［【](?:関連(?:記事|ニュース|リンク)?|(?:合|あ)わせて読みたい|参考記事|related(?: story| article)?"
    r"|延伸[阅閱][读讀]|相[关關][新报報][闻聞道導])\s*(?:[:：=＝|｜]|は|[\d０-９]+面)"
    r"(?:[^()（）\[\]［］【】\n]|[(（\[［【][^()（）\[\]［］【】\n]{0,100}[)）\]］】]){0,300}[)）\]］】]"
    r"|[(（]全\s?[\d０-９]+回の[\d０-９]+回目[^()（）\n]{0,40}[)）]",
    re.IGNORECASE,
)
_READ_ON = re.compile(
    r"(?<=[。．！？!?.…」）)])\s*[\[［（(【]?(?:続きを読む|もっと読む|全文を読む|記事全文を読む|記事を読む|詳しく見る"
    r"|read more|continue reading|阅读全文|閱讀全文)[\]］）)】]?\s*[>＞»→▶]*$",
    re.IGNORECASE,
)
_RANK = re.compile(r"[•・●○#№]?\s*[\d０-９]{1,2}(?:位|\.)?$")
_DATE = re.compile(
    r"[^\d。、「]{0,8}(?:\d{4}\s?[年/.-]\s?\d{1,2}|[令平昭][和成][\d元]{1,2}年)[^。、「ぁ-ん]{0,30}$"
)
_IMPRINT = re.compile(r"copyright|©|\(c\)", re.IGNORECASE)
_BYLINE = re.compile(
    _DATE.pattern + r"|(?:[Bb]y )?(?:[A-Z][\w.'’-]++[ ,]*+){2,12}+$|[^。]{1,30}記者$"
)

# A paragraph that breaks off at a pay wall.
_CUT_OFF = re.compile(r"(?=.{30}).*[、，。]|(?=.{15}).*[、，]$|(?=.{60}).*, ")
_WALL = re.compile(r"会[員员]|有料|購読|ログイン|登[録录]|残り|続き|付[费費]|订阅|(?i:subscri)")

_NOTICES = 4  # chrome lines above a lone short sentence that make it one of them
_AHEAD = 12  # units looked at to see whether prose resumes
_RESUMES = 60  # characters of sentences that make prose after a headline list
_REOPENS = 240  # the same after a line that ends articles, in at least three units


@dataclass(frozen=True, slots=True)
class CleanPage:
    """A page without its chrome."""

    head: tuple[str, ...]  # lines above the body, in order: title, date, names; maybe navigation
    body: str  # headings and paragraphs, one a line as in the input; at most one blank line between
    tail: tuple[str, ...]  # copyright, agency and credit lines below the body
    kept: tuple[int, ...] = ()  # the numbers of the body's lines in the text, blank ones left out


def clean(text: str) -> CleanPage:
    """Drop the chrome from the text of a page; a clean article comes back as it is.

    Args:
        text: As ``characters.repair`` and ``lines.tidy`` leave it.
    """
    lines = [_BRACKETED.sub("", line).rstrip() for line in text.split("\n")]
    found = units([line[:-80] + _READ_ON.sub("", line[-80:]) for line in lines])
    kinds = [kind(u.lines[0]) if len(u.lines) == 1 else Kind.TEXT for u in found]
    for i, then in enumerate(found[1:]):
        states = kinds[i + 1] is Kind.TEXT and (_is_solid(then) or is_row(then.text))
        if kinds[i] is Kind.LIST and states:
            kinds[i] = Kind.TEXT  # a section of the article, not a list
    below = _body_start(found, kinds)
    start = _first_kept(found, kinds, below)
    kept = _trimmed(found, kinds, _body(found, kinds, start))
    early = _early_bylines(found, kept) if start == below else []
    head = [
        unit
        for unit, judged in zip(found[:start], kinds, strict=False)
        if judged in (Kind.TEXT, Kind.CREDIT) or _DATE.match(unit.text)
    ] + [found[i] for i in early]
    tail = [
        found[i]
        for i in sorted(set(range(start, len(found))) - set(kept))
        if kinds[i] is Kind.CREDIT
        or "©" in found[i].text
        or (kinds[i] is Kind.END and _IMPRINT.search(found[i].text))
    ]
    body: list[str] = []
    numbers: list[int] = []
    for i in kept:
        if i not in early:
            gap = [""] if found[i].gap and body else []
            body += gap + list(found[i].lines)
            numbers += range(found[i].at, found[i].at + len(found[i].lines))
    return CleanPage(_lines(head), "\n".join(body), _lines(tail), tuple(numbers))


def notices(line: str) -> list[str]:
    """Return what ``clean`` cuts out of a line that it keeps."""
    return [*_BRACKETED.findall(line), *_READ_ON.findall(line[-80:])]


def _first_kept(found: list[Unit], kinds: list[Kind], start: int) -> int:
    """Move the body's start up: over rows of a table, and to the top where nothing above is chrome."""
    chrome = [i for i, k in enumerate(kinds) if k in (Kind.DROP, Kind.LIST, Kind.END)]
    names = (kinds[i] is Kind.WEAK and not found[i].text.isdecimal() for i in range(start))
    if len(chrome) <= 1 and start <= min(chrome, default=start) and not any(names):
        return 0
    rows = start
    while rows and kinds[rows - 1] is Kind.TEXT and is_row(found[rows - 1].text):
        rows -= 1
    return rows if start - rows > 1 else start


def _body_start(found: list[Unit], kinds: list[Kind]) -> int:
    """Return the index of the body's first unit, past a date line when there is no prose."""
    prose = [i for i, u in enumerate(found) if kinds[i] is Kind.TEXT and is_prose(u)]
    if not prose:
        top = found[:_AHEAD]
        return max((i + 1 for i, unit in enumerate(top) if _DATE.match(unit.text)), default=0)
    first = _after_masthead(found, prose)
    for i in range(first - 1, -1, -1):
        if kinds[i] is Kind.TEXT and opens_body(found[i].text):
            first = i
        elif kinds[i] is not Kind.DROP:
            break
    return first


def _after_masthead(found: list[Unit], prose: list[int]) -> int:
    """Skip a short sentence above a date line: a title with a full stop, a notice."""
    size = 0
    for i, then in pairwise(prose):
        size += len(found[i].text)
        if size >= _RESUMES:
            break
        if any(_DATE.match(found[j].text) for j in range(i + 1, min(then, i + _AHEAD))):
            return then
    return prose[0]


def _body(found: list[Unit], kinds: list[Kind], start: int) -> list[int]:
    """Return the indices kept from ``start`` on: no chrome, no headline lists."""
    kept: list[int] = []
    need = 0  # characters of prose that reopen the body; 0 inside it
    for i in range(start, len(found)):
        if kinds[i] is Kind.END:
            need = _REOPENS
        elif kinds[i] is Kind.LIST:
            need = max(need, _RESUMES)
        elif kinds[i] in (Kind.TEXT, Kind.WEAK, Kind.CREDIT):
            if need and _resumes(found, kinds, i, need):
                need = 0
            if not need:
                kept.append(i)
    return kept


def _resumes(found: list[Unit], kinds: list[Kind], i: int, need: int) -> bool:
    """Tell whether the body goes on at ``i`` after an interruption."""
    heading = _is_heading(found, kinds, i)
    if not (heading or _is_solid(found[i])) or (i and _RANK.match(found[i - 1].text)):
        return False
    if _has_summaries(found, kinds, i):
        return False
    first = i + 1 if heading and not _is_solid(found[i]) else i
    run: list[Unit] = []
    for j in range(first, min(first + _AHEAD, len(found))):
        if kinds[j] in (Kind.LIST, Kind.END):
            break
        if kinds[j] is Kind.TEXT and _is_solid(found[j]):
            run.append(found[j])
        elif j == first:
            return False
    size = sum(len(unit.text) for unit in run)
    if need >= _REOPENS:
        return size >= need and len(run) >= 3
    if size >= need or sum(unit.text.endswith("。") for unit in run) >= 2:
        return True
    # A short sentence is no further headline where no headline follows it.
    if not found[i].text.endswith("。") or kinds[i - 1] is Kind.LIST:
        return False
    after = i + 1
    return after == len(found) or kinds[after] is not Kind.TEXT or is_prose(found[after])


def _is_heading(found: list[Unit], kinds: list[Kind], i: int) -> bool:
    """Tell a heading from the headlines above it: a mark they lack, or the first blank line."""
    if not i or kinds[i - 1] is not Kind.TEXT:
        return is_marked_heading(found[i].text)
    if is_marked_heading(found[i].text):
        return found[i].text[0] != found[i - 1].text[0]
    return found[i].gap and not found[i - 1].gap


def _has_summaries(found: list[Unit], kinds: list[Kind], i: int) -> bool:
    """Tell a list of headlines with a summary under each: both alternate to the list's end."""
    if i > 1 and kinds[i - 2] is Kind.TEXT and not is_prose(found[i - 2]):
        return False  # the headline above the headline had none
    at = i
    while at < min(len(found), i + _AHEAD) and kinds[at] is kinds[at - 1] is Kind.TEXT:
        above, text = found[at - 1], found[at].text
        if not is_prose(found[at]) or len(text) > 2 * _RESUMES:
            return False
        if is_prose(above) or opens_body(above.text):
            return False
        at += 2
    return at - i >= 4


def _is_solid(unit: Unit) -> bool:
    return len(unit.lines) > 1 or (ends_sentence(unit.text) and not is_truncated(unit.text))


def _trimmed(found: list[Unit], kinds: list[Kind], kept: list[int]) -> list[int]:
    """End the body at the first chrome after its last prose."""
    plain = {i for i in kept if kinds[i] is Kind.TEXT}
    last = max(plain, default=-1)
    for i in reversed(kept):
        if i not in plain or not is_prose(found[i]) or i > last:
            continue
        first = i
        while first - 1 in plain:
            first -= 1
        above = first - kept[bisect_left(kept, first) - 1] - 1  # units dropped right above
        if first == kept[0] or _is_body_run(found[first : i + 1], above):
            last = i
            break
        last = first - 1
    else:
        return sorted(plain)
    end = last + 1
    while end in plain:
        end += 1
    # Below the last prose, lines each as long as a headline and chrome after them are links.
    chrome_after = end < len(found) and kinds[end] is not Kind.CREDIT
    below = found[last + 1 : end]
    walled = end < len(found) and _WALL.search(found[end].text)
    cut_off = walled and len(below) == 1 and _CUT_OFF.match(below[0].text)
    links = chrome_after and all(like_headline(u.text) or _RANK.match(u.text) for u in below)
    if cut_off or not links:
        last = end - 1
    return [i for i in kept if i <= last]


def _is_body_run(run: list[Unit], above: int) -> bool:
    """Tell text between chrome lines, ``above`` of them dropped above it, from a lone notice."""
    size = sum(len(unit.text) for unit in run if is_prose(unit))
    if size >= _RESUMES:
        return True
    return above < _NOTICES and (is_prose(run[0]) or opens_body(run[0].text))


def _early_bylines(found: list[Unit], kept: Sequence[int]) -> list[int]:
    """Return dates and names between a caption at the top and the second paragraph."""
    early: list[int] = []
    for i in kept[1:6]:
        if is_prose(found[i]):
            return early
        if _BYLINE.match(found[i].text):
            early.append(i)
    return []


def _lines(found: Sequence[Unit]) -> tuple[str, ...]:
    return tuple(line for unit in found for line in unit.lines)
