"""Markdown to plain text: headings stay as ``## …``, all other marks go. Front matter is metadata."""

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from index.articles.encodings import decode
from index.articles.files import Draft, Limits, Unreadable, check_count
from index.text.characters import drop_ruby
from index.text.dates import find_day
from index.text.lines import join, together

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_LARGEST_FRONT = 64_000
_ITEM = re.compile(r"^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]", re.MULTILINE)
_HIDDEN = re.compile(r"<!--|<(script|style|rt|rp)\b[^<>]*>", re.I)
_SHOWN_AGAIN = {
    name: re.compile(rf"</{name}\s*>", re.I) for name in ("script", "style", "rt", "rp")
}
_SHOWN_AGAIN[""] = re.compile(r"-->|\Z")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def parse(raw: bytes, limits: Limits) -> Draft:
    """Read Markdown. Without front matter it may be a page saved by a tool, so it is cleaned."""
    text = re.sub(r"\r\n?", "\n", decode(raw))
    front = _FRONT.match(text)
    body = together(text[front.end() :] if front else text)
    check_count("行", body.count("\n") + 1, limits.lines)
    check_count("箇条書きの行", len(_ITEM.findall(body)), limits.tags)
    check_count("角括弧", body.count("["), limits.tags)
    if not front:
        return Draft(drop_ruby(plain(body)), chrome=True)
    return front_matter(front[1], plain(drop_ruby(body)))


def plain(markdown: str) -> str:
    """Render Markdown as plain text."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table").disable("text_join")
    lines: list[str] = []
    row: list[str] | None = None
    marks: list[str] = []
    for token in parser.parse(_without_hidden(markdown)):
        if token.type == "heading_open":
            marks.append("#" * int(token.tag[1:]) + " ")
        elif token.type == "list_item_open" and token.info:
            marks.append(f"{token.info}{token.markup} ")
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            lines.append("　".join(cell for cell in row if cell))
            row = None
        elif words := _words(token):
            if row is not None:
                row.append(words)
            else:
                lines.append("".join(marks) + words)
            marks.clear()
        elif token.type in {"paragraph_close", "heading_close", "table_close", "bullet_list_close"}:
            lines += [] if token.hidden else [""]
    return "\n".join(lines)


def _without_hidden(markdown: str) -> str:
    """Leave out comments, to the end where they do not end, and elements that are not shown."""
    kept: list[str] = []
    begin = at = 0
    open_still: set[str] = set()  # looked for once, and not again for each that is open
    while found := _HIDDEN.search(markdown, at):
        name, at = (found[1] or "").lower(), found.end()
        end = None if name in open_still else _SHOWN_AGAIN[name].search(markdown, at)
        if end:
            kept.append(markdown[begin : found.start()])
            begin = at = end.end()
        else:
            open_still.add(name)
    return "".join((*kept, markdown[begin:]))


def _words(token: "Token") -> str:
    """The words of a block token; '' for one that only opens or closes."""
    if token.type in {"fence", "code_block"}:
        return token.content.rstrip("\n")
    if token.type == "html_block":
        return _TAG.sub("", token.content).strip()
    if token.type != "inline" or not token.children:
        return ""
    words = ""
    for child in token.children:
        if child.type == "softbreak":
            words += "\0"
        elif child.type == "hardbreak":
            words += "\n"
        elif child.type == "text":
            # CommonMark does not see **「強調」**の as emphasis.
            words += child.content.replace("**", "")
        elif child.type in {"code_inline", "image", "text_special"}:
            words += child.content
        elif child.type == "html_inline" and re.match(r"<br\b", child.content, re.I):
            words += "\n"
    words = re.sub(r"(?<! ) +\0", "\0", words)
    return re.sub(r"(.?)\0 *(.?)", lambda broken: join(broken[1], broken[2]), words).strip()


def front_matter(yaml_text: str, text: str) -> Draft:
    """Read the front matter.

    Raises:
        Unreadable: It is no YAML, or a value is of the wrong kind.
    """
    import yaml

    if len(yaml_text) > _LARGEST_FRONT:
        raise Unreadable("front matter が長すぎます。")
    try:
        fields = yaml.safe_load(yaml_text) or {}
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: 2025-02-30
        mark = getattr(error, "problem_mark", None)
        where = f"{mark.line + 2} 行目" if mark else "日付などの値が正しくありません"
        raise Unreadable(f"front matter が YAML として読めません（{where}）。") from error
    if not isinstance(fields, dict):
        raise Unreadable("front matter は「title: …」のような項目の並びにしてください。")
    language = _string(fields, "language") or _string(fields, "lang")
    url = _string(fields, "url")
    if url and not url.startswith(("https://", "http://")):
        raise _wrong("url", " http:// か https:// で始まるアドレス")
    return Draft(
        text,
        title=_string(fields, "title"),
        authors=_names(fields, "authors") or _names(fields, "author"),
        publisher=_string(fields, "publisher"),
        published=_date(fields, "published") or _date(fields, "date"),
        language=language.replace("_", "-").split("-")[0].lower() if language else None,
        url=url,
        source=_source(fields),
    )


def _wrong(key: str, wanted: str) -> Unreadable:
    return Unreadable(f"front matter の {key} は{wanted}で書いてください。")


def _string(fields: dict[Any, Any], key: str) -> str | None:
    value = fields.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _wrong(key, "文字列")
    return " ".join(value.split()) or None


def _names(fields: dict[Any, Any], key: str) -> tuple[str, ...]:
    value = fields.get(key)
    if value is None:
        return ()
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(name, str) for name in values):
        raise _wrong(key, "文字列、または文字列の並び")
    return tuple(name.strip() for name in values if name.strip())


def _date(fields: dict[Any, Any], key: str) -> date | None:
    value = fields.get(key)
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str) and len(value) < 100:
        value = find_day(value)
    if not isinstance(value, date):
        raise _wrong(key, " 2025-01-22 のような日付")
    return value


def _source(fields: dict[Any, Any]) -> str | None:
    """The source in one line: a string as it is; a mapping as ``発行元「題」2025-01-22``."""
    value = fields.get("source")
    if not isinstance(value, dict):
        return _string(fields, "source")
    title, day = _string(value, "title"), _date(value, "date") or _date(value, "published")
    parts = (_string(value, "publisher"), f"「{title}」" if title else None, day and str(day))
    return " ".join(part for part in parts if part) or None
