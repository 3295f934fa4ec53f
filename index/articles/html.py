"""HTML: the article by ``pages``, the metadata from what the page states (JSON-LD, meta, link, time).

Dates and names are not guessed from the look of a page. Nothing in a page is executed, and nothing is
fetched.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from html import unescape
from itertools import islice
from typing import Any

from index.articles.encodings import decode_page
from index.articles.files import Draft, Limits, Unreadable, check_count
from index.articles.pages import read_body, same
from index.text.characters import detect_language, repair
from index.text.dates import find_day

_ARTICLE = re.compile(r"(?:Article|BlogPosting|Report|WebPage)$")
# Names of the day of publication, letters only; first those that say so most clearly.
_DAY_META = (
    re.compile(r"(?:og)?(?:article)?(?:published(?:time|date|at)?|datepublished)"),
    re.compile(
        r"(?!.*(?:updat|modif|chang|expir|unpub))(?:[a-z]*(?:publish|publication|pub|post|release|issue|display"
        r"|original|creat)[a-z]{0,3}(?:date|time|at|on|day)|(?:first|[a-z]*date)?(?:published|posted|issued|pub|created|original)"
        r"|(?:sailthru|eprints|parsely|dc|dcterms|prism|rnews|bt|article|news|upload)?date|dcterms?(?:created|issued)|ptime)"
    ),
)
_CHANGED = re.compile(r"updat|modif|更新|修正|改訂", re.I)
JAPAN = timezone(timedelta(hours=9))
_DEEPEST = 20  # of nested JSON-LD
_VALUE = re.compile(r"\"[^\"<]*\"|'[^'<]*'")
_TAG = re.compile(rf"<[a-z](?:{_VALUE.pattern}|[^\"'<>])*+", re.I)
_CELL = re.compile(r"<t[dh]\b", re.I)
_LONGEST_DAY = 100  # characters
_MOST_HEADS = 50


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
    for reading in tree.iter("rt", "rp"):
        reading.clear(keep_tail=True)
    return read_body(tree, read_metadata(tree), limits)


def read_metadata(tree: Any) -> Draft:
    """Read what a parsed page (an lxml element) states of itself; the draft has no text.

    JSON-LD comes first, then meta, link, time and title elements.
    """
    linked, meta = _linked_article(tree), _meta(tree)
    site = next(iter(_names(linked.get("publisher"))), None) or meta.get("og:site_name")
    links = tree.xpath("//link[@rel='canonical']/@href")
    urls = [*map(str, links), meta.get("og:url") or ""]
    lang = re.match(r"([a-z]{2})(?:[-_]|$)", tree.get("lang") or tree.get("xml:lang") or "", re.I)
    names = next(filter(None, map(meta.get, ("author", "article:author", "dc.creator"))), "")
    return Draft(
        "",
        title=_title(tree, [_words(linked.get("headline")), meta.get("og:title")], site),
        authors=_names(linked.get("author")) or _names(re.split(r"[,、;]|\band\b", names)),
        publisher=site,
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
        with suppress(ValueError, RecursionError):
            objects += _objects(json.loads(script.text or "", strict=False), 0)
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
    """The day of publication: in Japan's time on a page in Japanese, else in the time it is stated in."""
    spoken = tree.get("lang") or meta.get("og:locale") or ""
    words = "".join(tree.xpath("//title//text() | //p//text()"))
    japanese = spoken.lower().startswith("ja") or detect_language(words) == "ja"
    stated = [_words(linked.get("datePublished"))]
    for known in _DAY_META:
        stated += (day for name, day in meta.items() if known.fullmatch(re.sub("[^a-z]", "", name)))
    stated += tree.xpath("//*[@itemprop='datePublished']/@datetime | //time[@pubdate]/@datetime")
    days = (_day(day, japanese) for day in stated if day)
    return next(filter(None, days), None) or _timed(tree, japanese)


def _timed(tree: Any, japanese: bool) -> date | None:
    """The day of the time elements, those of updates and lists left out, where they agree."""
    days = set()
    for time in tree.xpath("//time[not(ancestor::nav|ancestor::aside|ancestor::li|ancestor::a)]"):
        before, outer = time.getprevious(), time.getparent()
        label = ((outer.text if before is None else before.tail) or "").strip() or time.tail or ""
        about = f"{time.get('class')} {time.get('itemprop')} {outer.get('class')} {label[-20:]}"
        if not _CHANGED.search(about):
            days.add(_day(time.get("datetime") or "".join(time.itertext()), japanese))
    days.discard(None)
    return days.pop() if len(days) == 1 else None


def _day(stated: str, japanese: bool) -> date | None:
    stated = stated.strip()[:_LONGEST_DAY]
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError, TypeError, IndexError, OverflowError):
            moment = read(stated)
            return (moment.astimezone(JAPAN) if japanese and moment.tzinfo else moment).date()
    return find_day(stated)


def _title(tree: Any, stated: list[str | None], site: str | None) -> str | None:
    """What most of the page's titles and headings agree with; else what is stated, then the title element.

    An h1 with which nothing agrees may be that of a widget.
    """
    found = ([_words(" ".join(one.itertext())) for one in islice(tree.iter(tag), _MOST_HEADS)]
             for tag in ("title", "h1", "h2"))  # fmt: skip
    whole, first, second = found
    titles = [t for t in (stated[0], *first, *stated[1:], *whole[:1]) if t]
    named = [t for t in titles if not (site and same(t, site) and len(t) < len(site) + 8)]
    others = [t for t in (*stated, *first, *whole[:1], *second) if t]
    agreed = [sum(same(title, other) for other in others) for title in named]
    if max(agreed, default=0) < 2:
        named = [t for t in (*stated, *whole[:1], *first) if t in named]
    return named[agreed.index(max(agreed)) if max(agreed) > 1 else 0] if named else site


def _words(value: Any) -> str | None:
    """A text as shown: character references read, also where they were escaped twice."""
    return (" ".join(unescape(unescape(value)).split()) or None) if isinstance(value, str) else None
