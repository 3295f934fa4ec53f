"""Markdown to plain text: headings stay as ``## …``, all other marks go. Front matter is metadata.

A note stands on a line of its own below the lines that cite it; a row of a table names its columns.
"""

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from index.articles.encodings import decode
from index.articles.files import Draft, Limits, check_count
from index.articles.front import front_matter
from index.records import Loss, Mark
from index.text.characters import drop_ruby
from index.text.lines import join, named_row, together

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_ITEM = re.compile(r"^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]", re.MULTILINE)
_UNSEEN = ("script", "style", "rt", "rp", "del", "s", "strike")  # the last three: struck out
_HIDDEN = re.compile(rf"<!--|<({'|'.join(_UNSEEN)})\b[^<>]*>", re.I)
_SHOWN_AGAIN = {name: re.compile(rf"</{name}\s*>", re.I) for name in _UNSEEN}
_SHOWN_AGAIN[""] = re.compile(r"-->|\Z")
_CELL_END = re.compile(r"</t[dh]\s*>\s*(?=<t[dh]\b)", re.I)
_LINE_END = re.compile(r"<br\b[^<>]*>|</(?:p|div|li|tr|h[1-6])\s*>", re.I)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
# [^1]: or ^1 and the note, with its further lines; a block of code is passed over.
_NOTE = re.compile(
    r"^ {0,3}(?P<fence>```|~~~)(?:.|\n)*?(?:^ {0,3}(?P=fence)|\Z)"
    r"|^ {0,3}(?:\[\^(?P<sign>[^\]\s]{1,40})\]:|\^(?P<bare>\d{1,3})[:：]?(?=[ \t]))[ \t]*(?P<note>.*"
    r"(?:\n(?![ \t]*(?:$|\[\^|\^\d|[#>|`~<]|[-*+][ \t]|\d+[.)][ \t])).+|\n(?:[ \t]*\n)?(?: {4}|\t).+)*)",
    re.MULTILINE,
)
_CITED = re.compile(r"\[\^([^\]\s]{1,40})\]|(?<!\d)\^(\d{1,3})\^?(?!\d)|\^\[([^\[\]]{1,2000})\]")
_STRUCK = re.compile(r"~~(?=\S)([^~]{1,2000}?)(?<=\S)~~")
_RAISED = re.compile(r"(.?)<sup\b[^<>]*>(?:<a\b[^<>]*>)?([^<>]{1,80})(?:</a\s*>)?</sup\s*>", re.I)
_SIGN = re.compile(r"\\?\[?\^?[注※*]?(\d{1,3})\\?\]?(?:\(#[^()]*\))?")
_SMALL = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")


def parse(raw: bytes, limits: Limits) -> Draft:
    """Read Markdown. Without front matter it may be a page saved by a tool, so it is cleaned."""
    text = re.sub(r"\r\n?", "\n", decode(raw))
    front = _FRONT.match(text)
    body = together(text[front.end() :] if front else text)
    check_count("行", body.count("\n") + 1, limits.lines)
    check_count("箇条書きの行", len(_ITEM.findall(body)), limits.tags)
    check_count("角括弧", body.count("["), limits.tags)
    page = render(drop_ruby(body))
    stated = front_matter(front[1]) if front else Draft("", chrome=True)
    return replace(stated, text=page.text, marks=page.marks, losses=page.losses)


class _Page:
    """What has been written so far: lines with their kinds and values, and what was left out."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, str]] = []
        self.losses: list[Loss] = []
        self.notes: dict[str, str] = {}
        self._cited: list[str] = []

    def take_note(self, found: re.Match[str]) -> str:
        """Take a note out of the source."""
        if found["fence"]:
            return found[0]
        self.notes.setdefault(found["sign"] or found["bare"], found["note"])
        return ""

    def raised(self, found: re.Match[str]) -> str:
        """Set a raised figure apart from the one before it: 10⁹. The sign of a note becomes one, or goes."""
        before, words = found.groups()
        sign = _SIGN.fullmatch(words)
        if sign and sign[1] in self.notes:
            return f"{before}[^{sign[1]}]"
        if words.strip("-−").isdecimal() and before.isascii() and before.isalnum():
            return before + words.translate(_SMALL)
        return before if sign else before + words

    def words(self, token: "Token") -> str:
        """Return the words of a token without what is struck out and the signs of notes."""
        text = _words(token)
        if token.type != "inline":
            return text
        self.losses += [Loss("deleted", struck) for struck in _STRUCK.findall(text)]
        return _CITED.sub(self._cite, _STRUCK.sub("", text)).replace("\x01", "").strip()

    def _cite(self, found: re.Match[str]) -> str:
        sign = found[1] or found[2] or f"^{len(self.notes) + 1}"
        if found[3]:
            self.notes[sign] = found[3]
        if sign not in self.notes:
            return found[0]
        self._cited.append(sign)
        return ""

    def write(self, words: str, kind: str = "") -> None:
        """Write lines, and below them the notes that they are the first to cite."""
        self.lines.append((words, kind, ""))
        for sign in self._cited:  # to which a note may add
            if note := self.notes[sign]:
                self.notes[sign] = ""
                token = _parser().parseInline(re.sub(r"\n\s*", "\n", note))[0]
                words = self.words(token).replace("\n", " ")
                self.lines.append((words, "note", sign.removeprefix("^")))
        self._cited.clear()

    def draft(self) -> Draft:
        """Return what was written, and below it the notes that nothing cites."""
        self._cited += self.notes
        self.write("")
        marks, at = [], 0
        for words, kind, value in self.lines:
            if kind and words:
                marks.append(Mark(kind, at, at + len(words), value))
            at += len(words) + 1
        text = "\n".join(words for words, *_ in self.lines)
        return Draft(text, marks=tuple(marks), losses=tuple(self.losses))


def render(markdown: str) -> Draft:
    """Render Markdown as plain text, with the marks and losses of that."""
    page = _Page()
    source = _NOTE.sub(page.take_note, _without_hidden(markdown, page.losses))
    row: list[str] | None = None
    header: list[str] = []
    marks = ""
    for token in _parser().parse(_RAISED.sub(page.raised, source)):
        if token.type == "heading_open":
            marks = "#" * int(token.tag[1:]) + " "
        elif token.type == "list_item_open" and token.info:
            marks += f"{token.info}{token.markup} "
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            if header:
                page.write(named_row(header, row), "row")
            header, row = header or row, None
        elif row is not None and token.type == "inline":
            row.append(page.words(token).replace("\n", " "))
        elif words := page.words(token):
            page.write(marks + words)
            marks = ""
        elif token.type in {"paragraph_close", "heading_close", "table_close", "bullet_list_close"}:
            if token.type == "table_close" and header:
                page.write("" if page.lines and page.lines[-1][1] else "／".join(header), "row")
                header = []
            if not token.hidden:
                page.write("")
    return page.draft()


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").disable("text_join")


def _without_hidden(markdown: str, losses: list[Loss]) -> str:
    """Leave out comments, to the end where they do not end, and elements that are not shown."""
    kept: list[str] = []
    begin = at = 0
    open_still: set[str] = set()  # looked for once, and not again for each that is open
    while found := _HIDDEN.search(markdown, at):
        name, at = (found[1] or "").lower(), found.end()
        end = None if name in open_still else _SHOWN_AGAIN[name].search(markdown, at)
        if end:
            kept.append(markdown[begin : found.start()])
            if name in {"del", "s", "strike"}:
                losses.append(Loss("deleted", markdown[at : end.start()]))
            begin = at = end.end()
        else:
            open_still.add(name)
    return "".join((*kept, markdown[begin:]))


def _words(token: "Token") -> str:
    """The words of a block token; '' for one that only opens or closes."""
    if token.type in {"fence", "code_block"}:
        return token.content.rstrip("\n")
    if token.type == "html_block":
        content = _LINE_END.sub("\n", _CELL_END.sub("／", token.content))
        lines = _TAG.sub("", content).split("\n")
        return "\n".join(
            re.sub("／(?=／|$)", "／―", line.strip()) for line in lines if line.strip()
        )
    if token.type != "inline" or not token.children:
        return ""
    words = ""
    anchor = False
    for child in token.children:
        if child.type in {"link_open", "link_close"}:
            anchor = str(child.attrGet("href")).startswith("#")
        elif (anchor and _SIGN.fullmatch(child.content)) or child.content == "↩":
            continue  # the sign of a note, and the way back from there
        elif child.type == "softbreak":
            words += "\0"
        elif child.type == "hardbreak":
            words += "\n"
        elif child.type == "text":
            # CommonMark does not see **「強調」**の as emphasis.
            words += child.content.replace("**", "")
        elif child.type == "code_inline":
            # So that it strikes and cites nothing.
            words += re.sub(r"([~^])", "\\1\x01", child.content)
        elif child.type in {"image", "text_special"}:
            words += child.content
        elif child.type == "html_inline" and re.match(r"<br\b", child.content, re.I):
            words += "\n"
    words = re.sub(r"(?<! ) +\0", "\0", words)
    return re.sub(r"(.?)\0 *(.?)", lambda broken: join(broken[1], broken[2]), words).strip()
