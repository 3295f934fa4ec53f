"""HTML: the body by trafilatura, the metadata from what the page states (JSON-LD, meta, link, time).

trafilatura's own metadata is not used: it guesses dates and names from the look of the page. Nothing
in a page is executed, and nothing is fetched.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from index.articles.encodings import decode_page
from index.articles.files import Draft, Limits, Unreadable, check_count
from index.text.characters import repair
from index.text.dates import find_day

_ARTICLE = re.compile(r"(?:Article|BlogPosting|Report|WebPage)$")
_DAY_META = (
    "article:published_time",
    "datepublished",
    "date",
    "pubdate",
    "dc.date.issued",
    "dc.date",
    "dcterms.created",
    "parsely-pub-date",
)
_DEEPEST = 20  # of nested JSON-LD
_VALUE = re.compile(r"\"[^\"<]*\"|'[^'<]*'")
_TAG = re.compile(rf"<[a-z](?:{_VALUE.pattern}|[^\"'<>])*+", re.I)
_CELL = re.compile(r"<t[dh]\b", re.I)
_LONGEST_DAY = 100  # characters
_TABLE_CELL = "　"


def parse(raw: bytes, limits: Limits) -> Draft:
    """Read the article of an HTML page.

    Raises:
        Unreadable: It has no article, or too many tags.
    """
    from lxml import etree, html

    text = repair(decode_page(raw))
    check_count("タグ", text.count("<"), limits.tags)
    long = (tag[0] for tag in _TAG.finditer(text) if len(tag[0]) > 2 * limits.attributes)
    own = max((len(_VALUE.sub("", tag).split()) for tag in long), default=0)
    check_count("一つのタグの属性", own, limits.attributes)
    check_count("表の欄", len(_CELL.findall(text)), limits.cells)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(text.encode(), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise Unreadable("HTML として読めません。") from error
    etree.strip_elements(tree, "rt", "rp", with_tail=False)
    stated = read_metadata(tree)  # before trafilatura, which takes the tree apart
    return replace(stated, text=_body(tree), chrome=True)


def _body(tree: Any) -> str:
    import trafilatura

    found = trafilatura.bare_extraction(
        tree,
        favor_recall=True,
        include_comments=False,
        include_tables=True,
        include_formatting=False,
        with_metadata=False,
    )
    body = getattr(found, "body", None)
    text = "\n".join(_blocks(body)) if body is not None else ""
    if not text.strip():
        raise Unreadable("記事の本文が見つかりません。")
    return text


def _blocks(element: Any) -> list[str]:
    """The lines of trafilatura's tree (its tags: head, p, list, item, table, row, cell, quote, lb)."""
    lines: list[str] = []
    for child in element:
        if child.tag == "head":
            level = (child.get("rend") or "h2")[-1]
            mark = "#" * int(level if level in "123456" else 2)
            lines.append(f"{mark} {_inline(child).replace(chr(10), ' ')}")
        elif child.tag == "row":
            cells = (_inline(cell).replace("\n", " ") for cell in child)
            lines.append(_TABLE_CELL.join(filter(None, cells)))
        elif child.tag in {"list", "table", "quote", "div"} and len(child):
            lines += [_flat(child.text), *_blocks(child)]
        else:
            lines.append(_inline(child))
        lines += [_flat(child.tail)] if child.tag in {"item", "row"} else [_flat(child.tail), ""]
    return lines


def _inline(element: Any) -> str:
    words = _flat(element.text)
    for child in element:
        words += "\n" if child.tag == "lb" else _inline(child)
        words += _flat(child.tail)
    return words.strip()


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def read_metadata(tree: Any) -> Draft:
    """Read what a parsed page (an lxml element) states of itself; the draft has no text.

    JSON-LD comes first, then meta, link, time and title elements.
    """
    linked, meta = _linked_article(tree), _meta(tree)
    links = tree.xpath("//link[@rel='canonical']/@href")
    urls = [*map(str, links), meta.get("og:url") or ""]
    lang = re.match(r"([a-z]{2})(?:[-_]|$)", tree.get("lang") or tree.get("xml:lang") or "", re.I)
    names = next(filter(None, map(meta.get, ("author", "article:author", "dc.creator"))), "")
    return Draft(
        "",
        title=_words(linked.get("headline")) or meta.get("og:title") or _title(tree),
        authors=_names(linked.get("author")) or _names(re.split(r"[,、;]|\band\b", names)),
        publisher=next(iter(_names(linked.get("publisher"))), None) or meta.get("og:site_name"),
        published=_published(linked, meta, tree),
        language=lang[1].lower() if lang else None,
        url=next((url for url in urls if re.match(r"https?://[^\s/]", url)), None),
    )


def _meta(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = _words(element.get("content"))
        if name and content:
            found.setdefault(name.lower(), content)
    return found


def _linked_article(tree: Any) -> dict[str, Any]:
    """The JSON-LD object of the article, or an empty one."""
    objects: list[dict[str, Any]] = []
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            objects += _objects(json.loads(script.text or "", strict=False), 0)
        except (ValueError, RecursionError):
            continue
    typed = [(_type(thing), thing) for thing in objects if _ARTICLE.search(_type(thing))]
    return min(typed, key=lambda pair: pair[0] == "WebPage")[1] if typed else {}


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(value, list) and depth < _DEEPEST:
        for item in value:
            yield from _objects(item, depth + 1)
    elif isinstance(value, dict) and depth < _DEEPEST:
        yield value
        yield from _objects(value.get("@graph"), depth + 1)


def _type(thing: dict[str, Any]) -> str:
    kind = thing.get("@type")
    return str(kind[0] if isinstance(kind, list) and kind else kind)


def _names(value: Any) -> tuple[str, ...]:
    people = value if isinstance(value, list) else [value]
    names = (_words(one.get("name") if isinstance(one, dict) else one) for one in people)
    return tuple(name for name in names if name and "://" not in name)


def _published(linked: dict[str, Any], meta: dict[str, str], tree: Any) -> date | None:
    stated = [_words(linked.get("datePublished")), *(meta.get(name) for name in _DAY_META)]
    stated += tree.xpath("//*[@itemprop='datePublished']/@datetime | //time[@pubdate]/@datetime")
    times = tree.xpath("//time[@datetime]")
    if len(times) == 1:  # the page's only time, unless it is that of an update
        time = times[0]
        around = time.getparent().text_content()[:50]
        about = f"{time.get('class')} {time.get('itemprop')} {around}"
        if not re.search(r"updat|modif|更新|修正", about, re.I):
            stated.append(time.get("datetime"))
    days = (find_day(str(day)[:_LONGEST_DAY]) for day in stated if day)
    return next(filter(None, days), None)


def _title(tree: Any) -> str | None:
    """The page's title element, or its only h1."""
    element = tree.find(".//head/title")
    heads = tree.findall(".//h1")
    if len(heads) == 1 and (head := _words(heads[0].text_content())):
        return head
    return _words(element.text_content()) if element is not None else None


def _words(value: Any) -> str | None:
    return (" ".join(value.split()) or None) if isinstance(value, str) else None
