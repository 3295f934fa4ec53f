"""A citation, an answer or a conversation as plain text or Markdown, and its sources as BibTeX or RIS.

Markdown has GitHub's and Pandoc's footnotes. In a bibliography each article stands once, by a key that
outlives an edit; what it does not say is left out. ``@misc`` and ``GEN`` on purpose: whether an
article was in a newspaper, a journal or on a page is not known.

Source: https://spec.commonmark.org/0.31.2/#backslash-escapes, https://ctan.org/pkg/bibtex (btxdoc),
https://en.wikipedia.org/wiki/RIS_(file_format)
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from ipaddress import ip_address
from urllib.parse import quote as percent
from urllib.parse import urlsplit

from index.exports.words import Words, original, words_for
from index.schema import Answer, Citation, Parts, Passage, Place, Statement
from index.text.characters import legible, one_line

_ACTIVE = re.compile(r"[\\`*_\[\]<>&~|$^]")
_OPENING = re.compile(r"^[ \t]+|[ \t]+$", re.MULTILINE)
_LINE_START = re.compile(r"^(\d{0,9})([#+\-=:.)])", re.MULTILINE)

# RFC 6761, 6762 G
_LOCAL = r"corp|home|home\.arpa|internal|intranet|lan|local|localhost|private|test"
_DOMAIN = re.compile(rf"(?!.*\.(?:{_LOCAL})\.?$).*\.[^\W\d][\w-]+\.?")

_LATEX = str.maketrans(
    # Braces by name: BibTeX counts them even behind a backslash.
    {"{": r"\textbraceleft{}", "}": r"\textbraceright{}", "\\": r"\textbackslash{}"}
    | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {mark: "\\" + mark for mark in "#$%&_"}
)
_marker = "[{}]".format


def citation_text(place: Citation | Passage, *, base: str = "", language: str = "ja") -> str:
    """Return one citation as text: the quote, where it comes from, and the addresses it has."""
    words = words_for(language)
    told = links(place, words, base)
    addresses = (to if name in (to, words.place) else f"{name} {to}" for name, to in told)
    turned = [legible(said)] if (said := words.turned(place)) else []
    quote = words.quoted.format(legible(_words(place)))
    return "\n".join((quote, *turned, words.cited(place), *addresses))


def answer_text(answer: Answer, *, base: str = "", language: str = "ja") -> str:
    """Return an answer as text: the question, the statements with [1] markers, the sources."""
    return "\n\n".join(_text_parts(answer, words_for(language), base)) + "\n"


def citation_markdown(place: Citation | Passage, *, base: str = "", language: str = "ja") -> str:
    """Return one citation as Markdown: the quote, where it comes from, and links to it."""
    words = words_for(language)
    pairs = links(place, words, base)
    linked = (f"<{to}>" if label == to else f"[{label}]({to})" for label, to in pairs)
    turned = [escaped_line(said)] if (said := words.turned(place)) else []
    quote = words.quoted.format(escaped_line(_words(place)))
    return " ".join((quote, *turned, _text(words.cited(place)), *linked))


def answer_markdown(answer: Answer, *, base: str = "", language: str = "ja") -> str:
    """Return an answer as Markdown: the question, the statements, the sources as footnotes."""
    return "\n\n".join(_markdown_parts(answer, "", words_for(language), base)) + "\n"


def conversation_markdown(
    answers: Sequence[Answer], *, title: str, base: str = "", language: str = "ja"
) -> str:
    """Return the answers of a conversation as Markdown; footnote ``2-1`` is the second answer's first."""
    words = words_for(language)
    parts = [f"# {escaped_line(title)}"]
    for number, answer in enumerate(answers, 1):
        parts += _markdown_parts(answer, f"{number}-", words, base)
    return "\n\n".join(parts) + "\n"


def _text_parts(answer: Answer, words: Words, base: str) -> Iterator[str]:
    refused = "\n".join(words.refusal(answer))
    yield legible(answer.question)
    said = (words.understood(answer), words.wrote(answer), refused, answer.lead)
    yield from map(legible, filter(None, said))
    for group in answer.parts_of:
        heading = group.heading and f"【{legible(group.heading)}】"
        stated = (_stated(answer.statements[n], words) for n in group.statements)
        if told := [*filter(None, (heading, legible(group.note or ""))), *stated]:
            yield "\n".join(told)
    if figures := words.differing(answer, one_line, _marker):
        yield figures
    if answer.citations:
        yield words.sources
    for citation in answer.citations:
        lines = citation_text(citation, base=base, language=words.language)
        yield f"{_marker(citation.number)} {lines}".replace("\n", "\n    ")
    if answer.nearest:
        yield words.nearest
        for near in answer.nearest:
            yield citation_text(near, base=base, language=words.language)


def _stated(statement: Statement, words: Words) -> str:
    markers = "".join(map(_marker, statement.citations))
    gloss = f"\n    {legible(statement.gloss)}" if statement.gloss else ""
    return f"{legible(statement.text)}{markers}{words.spoken(statement, one_line)}{gloss}"


def _words(place: Citation | Passage) -> str:
    return place.quote if isinstance(place, Citation) else place.text


def _markdown_parts(answer: Answer, prefix: str, words: Words, base: str) -> Iterator[str]:
    marker = f"[^{prefix}{{}}]".format
    yield f"## {escaped_line(answer.question)}"
    said = (words.understood(answer), words.wrote(answer), *words.refusal(answer), answer.lead)
    yield from map(_text, filter(None, said))
    for group in answer.parts_of:
        yield from (f"### {escaped_line(group.heading)}",) if group.heading else ()
        yield from map(_text, filter(None, (group.note,)))
        for statement in (answer.statements[n] for n in group.statements):
            text, markers = _emphasised(answer.parts(statement)), map(marker, statement.citations)
            gloss = f"  \n{escaped_line(statement.gloss)}" if statement.gloss else ""
            yield f"{text}{''.join(markers)}{words.spoken(statement, escaped_line)}{gloss}"
    if figures := words.differing(answer, escaped_line, marker):
        yield figures
    for citation in answer.citations:
        footnote = citation_markdown(citation, base=base, language=words.language)
        yield f"{marker(citation.number)}: {footnote}"
    if answer.nearest:
        cited = partial(citation_markdown, base=base, language=words.language)
        yield "\n- ".join([f"### {words.nearest}\n", *map(cited, answer.nearest)])


def _emphasised(parts: Parts) -> str:
    """Escape a statement, the words that answer in bold where every reader of Markdown sees it.

    Between two letters or digits the marks work whatever stands beside them; next to a bracket or a
    stop, which Japanese sets without a space, they would be read as asterisks.

    Source: https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run
    """
    before, key, after = parts
    written = _text(before + key + after)
    if not (key[:1].isalnum() and key[-1:].isalnum()) or "\n" in key:
        return written
    start, end = len(_text(before + key[0])) - 1, len(_text(before + key))
    return f"{written[:start]}**{written[start:end]}**{written[end:]}"


def escaped_line(text: str) -> str:
    """Return a text as one line of Markdown that says it as it stands."""
    return _text(one_line(text))


def _text(text: str) -> str:
    """Escape whatever Markdown would read, anywhere or at the start of a line."""
    text = _OPENING.sub("", legible(text))  # four spaces would begin a block of code
    return _LINE_START.sub(r"\1\\\2", _ACTIVE.sub(r"\\\g<0>", text))


def bibtex(sources: Iterable[Place]) -> str:
    """Return the sources as BibTeX in UTF-8; several of one article are one entry."""
    return "\n".join(_entry(*source) for source in _once(sources))


def ris(sources: Iterable[Place]) -> str:
    """Return the sources as RIS in UTF-8, one field a line, lines ended by CRLF. Takes what ``bibtex`` does."""
    return "\r\n".join(_record(*source) for source in _once(sources))


def key_of(article_id: str) -> str:
    """Return the article's key: letters, digits and hyphens that no other article has."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", article_id).strip("-")
    digest = hashlib.sha256(article_id.encode("utf-8", "replace")).hexdigest()[:8]
    return f"tenkyo-{plain}" if plain == article_id else f"tenkyo-{plain[:40]}-{digest}"


def _once(sources: Iterable[Place]) -> list[tuple[Place, str]]:
    """Return each article once, with the pages of all its places."""
    found: dict[str, list[Place]] = {}
    for source in sources:
        found.setdefault(source.article_id, []).append(source)
    pages = ({place.page for place in own if place.page} for own in found.values())
    told = (",".join(map(str, sorted(numbers))) for numbers in pages)
    return [(own[-1], its) for own, its in zip(found.values(), told, strict=True)]


def _entry(source: Place, pages: str) -> str:
    day = source.published
    fields = {
        "title": source.title and f"{{{_latex(source.title)}}}",  # these braces keep capitals
        # Each name in braces: printed as it is, not taken apart.
        "author": " and ".join(f"{{{_latex(name)}}}" for name in source.authors),
        "publisher": _latex(source.publisher or ""),
        "year": day and day.year,
        "month": day and f"{day:%b}".lower(),
        "day": day and day.day,
        "pages": pages,
        "url": web_address(source.url),
        "language": _latex(source.language or ""),
        "note": _latex(_noted(source)),
    }
    lines = [f"@misc{{{key_of(source.article_id)}"]
    for name, value in fields.items():
        if value:  # the months are macros, without braces
            lines.append(f"  {name} = {value if name == 'month' else f'{{{value}}}'}")
    return ",\n".join(lines) + "\n}\n"


def _noted(source: Place) -> str:
    return "。".join(filter(None, (original(source), words_for("ja").outlets(source))))


def _latex(text: str) -> str:
    return one_line(text).translate(_LATEX)


def _record(source: Place, pages: str) -> str:
    day = source.published
    fields = (
        ("TY", "GEN"),
        ("ID", key_of(source.article_id)),
        ("TI", source.title),
        # An asterisk is the one character that an author may not hold.
        *(("AU", name.replace("*", "＊")) for name in source.authors),
        ("PB", source.publisher),
        ("PY", day and str(day.year)),
        ("DA", day and day.isoformat().replace("-", "/")),
        ("SP", pages),
        ("UR", web_address(source.url)),
        ("LA", source.language),
        ("N1", _noted(source)),
    )
    lines = [f"{tag}  - {one_line(value)}" for tag, value in fields if value]
    return "\r\n".join([*lines, "ER  - ", ""])


def web_address(url: str | None) -> str | None:
    """Return an http or https address with nothing in it that ends a field; None for any other."""
    if not url or not re.match(r"https?://[^/\s]", url, re.IGNORECASE):
        return None
    return percent(url, safe=":/?#[]@!$&'()*+,;=%~", errors="replace")


def links(place: Place, words: Words, base: str) -> list[tuple[str, str]]:
    """Return labels and addresses: the original's, and on a server for all that of the quoted place; so of carriers."""
    url = web_address(place.url)
    here = [(words.place, place.address(base=base))] if is_public(base) else []
    others = ((p, links(p, words, base)) for p in getattr(place, "carriers", ()))
    here += [(one_line(p.publisher or p.name), to) for p, its in others for _, to in its[:1]]
    return [(url, url), *here] if url else here


def is_public(base: str) -> bool:
    """Whether anybody may reach an address: its host is no bare name, nor one of a network's own."""
    with suppress(ValueError):
        host = urlsplit(base).hostname or ""
        return bool(_DOMAIN.fullmatch(host)) or ip_address(host).is_global
    return False
