"""What an HTML page states about itself: JSON-LD first, then meta, link, time and title elements."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from index.articles.dates import find_day

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
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Statements:
    """What a page states; None and () where it does not."""

    title: str | None
    authors: tuple[str, ...]
    publisher: str | None
    published: date | None
    language: str | None
    url: str | None


def read_statements(tree: Any) -> Statements:
    """Read the metadata of a parsed page (an lxml element)."""
    linked = _linked_article(tree)
    meta = _meta(tree)
    return Statements(
        title=_text(linked.get("headline")) or meta.get("og:title") or _title(tree),
        authors=_people(linked.get("author")) or _meta_authors(meta),
        publisher=next(iter(_people(linked.get("publisher"))), None) or meta.get("og:site_name"),
        published=_published(linked, meta, tree),
        language=_language(tree),
        url=_url(tree, meta),
    )


def _meta(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = _text(element.get("content"))
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
    typed = [thing for thing in objects if _ARTICLE.search(_type(thing))]
    typed.sort(key=lambda thing: _type(thing) == "WebPage")
    return typed[0] if typed else {}


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


def _people(value: Any) -> tuple[str, ...]:
    people = value if isinstance(value, list) else [value]
    names = (_text(one.get("name") if isinstance(one, dict) else one) for one in people)
    return tuple(name for name in names if name and "://" not in name)


def _meta_authors(meta: dict[str, str]) -> tuple[str, ...]:
    stated = meta.get("author") or meta.get("article:author") or meta.get("dc.creator") or ""
    names = (name.strip() for name in re.split(r"[,、;]|\band\b", stated))
    return tuple(name for name in names if name and "://" not in name)


def _published(linked: dict[str, Any], meta: dict[str, str], tree: Any) -> date | None:
    stated = [_text(linked.get("datePublished")), *(meta.get(name) for name in _DAY_META)]
    timed = tree.xpath("//*[@itemprop='datePublished']/@datetime | //time[@pubdate]/@datetime")
    days = (find_day(day) for day in [*stated, *map(str, timed), _only_time(tree)] if day)
    return next((day for day in days if day), None)


def _only_time(tree: Any) -> str | None:
    """The day of the page's time element, if it has one only and that is of no update."""
    times = tree.xpath("//time[@datetime]")
    if len(times) != 1:
        return None
    about = f"{times[0].get('class')} {times[0].get('itemprop')} {times[0].getparent().text_content()[:50]}"
    return (
        None if re.search(r"updat|modif|更新|修正", about, re.I) else str(times[0].get("datetime"))
    )


def _title(tree: Any) -> str | None:
    """The page's title element, or its only h1."""
    element = tree.find(".//head/title")
    heads = tree.findall(".//h1")
    if len(heads) == 1 and (head := _text(heads[0].text_content())):
        return head
    return _text(element.text_content()) if element is not None else None


def _language(tree: Any) -> str | None:
    stated = (
        (tree.get("lang") or tree.get("xml:lang") or "").replace("_", "-").split("-")[0].lower()
    )
    return stated if re.fullmatch(r"[a-z]{2}", stated) else None


def _url(tree: Any, meta: dict[str, str]) -> str | None:
    links = tree.xpath("//link[@rel='canonical']/@href")
    stated = [*map(str, links), meta.get("og:url") or ""]
    return next((url for url in stated if re.match(r"https?://[^\s/]", url)), None)


def _text(value: Any) -> str | None:
    return (" ".join(value.split()) or None) if isinstance(value, str) else None
