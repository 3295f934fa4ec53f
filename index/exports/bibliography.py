"""The sources of an answer as BibTeX and RIS, each article once, by keys that outlive an edit.

What an article does not say is left out. ``@misc`` and ``GEN`` on purpose: whether an article was in a
newspaper, a journal or on a page is not known.

Source: https://ctan.org/pkg/bibtex (btxdoc), https://en.wikipedia.org/wiki/RIS_(file_format)
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import date
from urllib.parse import quote as percent

from index.exports.cited import Payload, provenance
from index.legible import one_line

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_LATEX = str.maketrans(
    {
        # Braces by name: BibTeX counts them even behind a backslash.
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
    | {mark: "\\" + mark for mark in "#$%&_"}
)


def bibtex(sources: Iterable[Payload]) -> str:
    """Return the sources as BibTeX in UTF-8.

    Args:
        sources: Citations of payloads, or what ``source_of`` gives; several of one article are one entry.
    """
    return "\n".join(_entry(source) for source in _once(sources))


def ris(sources: Iterable[Payload]) -> str:
    """Return the sources as RIS in UTF-8, one field a line, lines ended by CRLF. Takes what ``bibtex`` does."""
    return "\r\n".join(_record(source) for source in _once(sources))


def key_of(article_id: str) -> str:
    """Return the article's key: letters, digits and hyphens that no other article has."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", article_id).strip("-")
    digest = hashlib.sha256(article_id.encode("utf-8", "replace")).hexdigest()[:8]
    return f"tenkyo-{plain}" if plain == article_id else f"tenkyo-{plain[:40]}-{digest}"


def _once(sources: Iterable[Payload]) -> list[Payload]:
    return list({source["article_id"]: source for source in sources}.values())


def _entry(source: Payload) -> str:
    lines = "".join(f",\n  {name} = {value}" for name, value in _bibtex_fields(source))
    return f"@misc{{{key_of(source['article_id'])}{lines}\n}}\n"


def _bibtex_fields(source: Payload) -> Iterator[tuple[str, str]]:
    if source.get("title"):
        yield "title", f"{{{{{_latex(source['title'])}}}}}"  # the inner pair keeps capitals
    if source.get("authors"):
        names = " and ".join(f"{{{_latex(name)}}}" for name in source["authors"])
        yield "author", f"{{{names}}}"  # each in braces: printed as it is, not taken apart
    if source.get("publisher"):
        yield "publisher", f"{{{_latex(source['publisher'])}}}"
    if source.get("published"):
        day = date.fromisoformat(source["published"])
        yield "year", f"{{{day.year}}}"
        yield "month", MONTHS[day.month - 1]
        yield "day", f"{{{day.day}}}"
    if url := web_address(source.get("url")):
        yield "url", f"{{{url}}}"
    if source.get("language"):
        yield "language", f"{{{_latex(source['language'])}}}"
    if provenance(source):
        yield "note", f"{{{_latex(provenance(source))}}}"


def _latex(text: str) -> str:
    return one_line(text).translate(_LATEX)


def _record(source: Payload) -> str:
    return "".join(f"{tag}  - {one_line(value)}\r\n" for tag, value in _ris_fields(source))


def _ris_fields(source: Payload) -> Iterator[tuple[str, str]]:
    yield "TY", "GEN"
    yield "ID", key_of(source["article_id"])
    if source.get("title"):
        yield "TI", source["title"]
    for name in source.get("authors") or ():
        yield "AU", name.replace("*", "＊")  # the one character an author may not hold
    if source.get("publisher"):
        yield "PB", source["publisher"]
    if source.get("published"):
        day = date.fromisoformat(source["published"])
        yield "PY", str(day.year)
        yield "DA", day.isoformat().replace("-", "/")
    if url := web_address(source.get("url")):
        yield "UR", url
    if source.get("language"):
        yield "LA", source["language"]
    if provenance(source):
        yield "N1", provenance(source)
    yield "ER", ""


def web_address(url: str | None) -> str | None:
    """Return an http or https address with nothing in it that ends a field; None for any other."""
    if not url or not re.match(r"https?://[^/\s]", url, re.IGNORECASE):
        return None
    return percent(url, safe=":/?#[]@!$&'()*+,;=%~", errors="replace")
