"""Lines of a scraped page: made uniform, joined where hard-wrapped, and told sentence from headline."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[\t\xa0]")
# C0 and C1 controls, soft hyphen, zero-width and bidi controls, lone surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff]"
)

_CLOSERS = r"[」』）)\]】〕》〉”\"’']*"
_CREDIT = r"(?:\s?[（(［\[＝=][^。（(［\[]{1,20}[)）］\]]?)?"
_FULL_STOP = re.compile(rf"(?:[。．｡]|[ぁ-んァ-ヶー一-鿿]\.){_CLOSERS}{_CREDIT}$")
_MARK = re.compile(rf"[！？!?]{_CLOSERS}$")
_LATIN_STOP = re.compile(r"[A-Za-z0-9)”\"’'%]\.[)”\"’']*$")
_INNER_STOP = re.compile(r"[。｡]|[a-z)”\"’'][.!?] +[A-Z“\"‘]")
_TRUNCATED = re.compile(r"(?:…|\.\.\.)$")
_QUOTE = re.compile(r"[「『“\"].*[」』”\"]$")
_SPEAKER = re.compile(r"[―—─–-]{1,3}\s?\S|[QAＱＡ問答][\d０-９]*\s?[.．:：、　]")
_CAPTION = re.compile(
    r"[^。]+＝[^＝]*(?:\d|撮影|提供)|.*[（(][^（(]{1,20}(?:撮影|提供|日)[）)]$"
    r"|.*[（(](?:撮影|写真|提供|出典|圖|图)[・：:=＝／/][^（(]{1,20}[）)]$"
)
_HEADING = re.compile(
    r"[■□◆◇●○▼▽★☆◎#§]|[一二三四五六七八九十]+[、．.]|第[一二三四五六七八九十百\d]+[章節条回部話]"
    r"|[（(]?[\d０-９]{1,2}[）).．、]\s?\D|[<＜〈《【［\[][^>＞〉》】］\]]+[>＞〉》】］\]]$|[一-鿿ァ-ヶー]{1,6}[一二三四五六七八九十\d][:：]"
    r"|(?:はじめに|概要|要旨|要約|要点|背景|ポイント|summary|introduction|abstract)$",
    re.IGNORECASE,
)

_LABELLED = re.compile(r".{1,10}[：:]")

_HEADLINE = 15  # characters: headlines are longer than the last lines of a list or a poem
_LONG = 80  # characters: longer than a title, with or without a full stop
_WRAP_COLUMNS = 40  # a hard-wrapped line is at least this wide (a wide character is two columns)
_WRAPPED, _WIDER = 0.25, 0.1  # shares of a hard-wrapped page's lines: at full width, wider
_PARAGRAPH = 60  # lines of a hard-wrapped paragraph at most
_WRAP_SLACK = 8  # kinsoku and proportional wrapping leave lines this uneven, in columns


@dataclass(frozen=True, slots=True)
class Unit:
    """One line, or the lines of one hard-wrapped paragraph; ``text`` has them joined.

    ``gap`` says that a blank line stands before it.
    """

    lines: tuple[str, ...]
    gap: bool

    @property
    def text(self) -> str:
        """The lines as one."""
        return "".join(self.lines)


def normalise(text: str) -> list[str]:
    """Split into lines without invisible characters, tabs and blanks at the edges; no NFKC."""
    text = _SPACES.sub(" ", _BREAKS.sub("\n", text))
    return [line.strip() for line in _INVISIBLE.sub("", text).split("\n")]


def units(lines: list[str]) -> list[Unit]:
    """Group lines: a hard-wrapped paragraph becomes one unit, any other line its own."""
    found: list[Unit] = []
    full = _full_lines(lines)
    at, gap = 0, False
    while at < len(lines):
        if not lines[at]:
            at, gap = at + 1, True
            continue
        end = _paragraph_end(lines, full, at)
        found.append(Unit(tuple(lines[at:end]), gap))
        at, gap = end, False
    return found


def _full_lines(lines: list[str]) -> list[bool]:
    """Mark the lines that a hard-wrapped page breaks off at its full width."""
    widths = [_columns(line) for line in lines]
    width = _wrap_width([width for width in widths if width])
    return [
        width > 0
        and abs(columns - width) <= _WRAP_SLACK
        and not (ends_sentence(line) or ends_mark(line) or is_truncated(line))
        for line, columns in zip(lines, widths, strict=True)
    ]


def _wrap_width(widths: list[int]) -> int:
    """Return the columns a page is hard-wrapped at, or 0: many lines that wide, hardly any wider."""
    steps = Counter(width // _WRAP_SLACK for width in widths if width >= _WRAP_COLUMNS)
    if not steps:
        return 0
    step, _ = steps.most_common(1)[0]
    top = max(width for width in widths if width // _WRAP_SLACK == step)
    full = sum(abs(width - top) <= _WRAP_SLACK for width in widths)
    wider = sum(width > top + _WRAP_SLACK for width in widths)
    return top if full >= max(3, _WRAPPED * len(widths)) and wider <= _WIDER * len(widths) else 0


def _paragraph_end(lines: list[str], full: list[bool], start: int) -> int:
    """Return the end of the hard-wrapped paragraph at ``start``, or ``start + 1`` if there is none."""
    end = start + 1
    while end < min(len(lines), start + _PARAGRAPH) and lines[end] and full[end - 1]:
        end += 1
    whole = ends_sentence(lines[end - 1]) or any("。" in line for line in lines[start:end])
    return end if whole else start + 1


def _columns(line: str) -> int:
    if len(line) > 2 * _LONG:
        return len(line)
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line)


def ends_sentence(text: str) -> bool:
    """Tell whether the line ends with a full stop (quotes and a credit in brackets may follow)."""
    tail = text[-60:]
    if _FULL_STOP.search(tail):
        return True
    return bool(_LATIN_STOP.search(tail)) and text.count(" ", 0, 400) >= 5


def ends_mark(text: str) -> bool:
    """Tell whether the line ends with ! or ?, as a sentence and a headline both may."""
    return bool(_MARK.search(text[-60:]))


def is_truncated(text: str) -> bool:
    """Tell whether the line was cut off with an ellipsis."""
    return bool(_TRUNCATED.search(text[-3:]))


def is_prose(unit: Unit) -> bool:
    """Tell a unit that only an article's text has: it ends a sentence, holds one, or is long."""
    text = unit.text
    if len(unit.lines) > 1 or ends_sentence(text):
        return True
    if len(text) >= _LONG:
        return not is_truncated(text)
    return len(text) >= _LONG // 2 and bool(_INNER_STOP.search(text))


def opens_body(text: str) -> bool:
    """Tell a line that belongs to the prose below it: a quote, a question, a caption, a marked heading."""
    return ends_mark(text) or any(p.match(text) for p in (_QUOTE, _SPEAKER, _CAPTION, _HEADING))


def is_marked_heading(text: str) -> bool:
    """Tell a heading by its mark: ■, 一、, 第2章, <…>, 【…】."""
    return bool(_HEADING.match(text))


def like_headline(text: str) -> bool:
    """Tell what may be another article's headline: long, and neither marked nor labelled (日時：…)."""
    return len(text) >= _HEADLINE and not (is_marked_heading(text) or _LABELLED.match(text))


def truncated_lists(found: list[Unit]) -> set[int]:
    """Return the indices of headlines cut off at one width: three or more of them, near each other."""
    cut = [i for i, unit in enumerate(found) if is_truncated(unit.text) and len(unit.text) <= _LONG]
    near = [
        (a, b)
        for a, b in pairwise(cut)
        if b - a <= 3 and abs(_columns(found[a].text) - _columns(found[b].text)) <= _WRAP_SLACK
    ]
    chained = {b for (_, b), (c, _) in pairwise(near) if b == c}
    return {i for pair in near if chained & set(pair) for i in pair}
