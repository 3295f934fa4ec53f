"""A draft that was checked as HTML, every word of it and of the articles escaped; knows neither engine nor request."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator

from index.checked import Check, Sentence
from index.exports import check_docx, check_html, check_markdown
from index.schema import Citation
from index.web.chat.escaping import attribute, note, text
from index.web.chat.sources import around, render_origin
from index.web.words import Words

SIGNS = {"supported": "○", "contradicted": "×", "not_found": "？", "skipped": "–"}
"""What stands before a sentence, by its verdict; its colour says the same."""


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FILES: dict[str, tuple[str, str, Callable[..., bytes | str]]] = {
    "Word": (".docx", DOCX, check_docx),
    "Markdown": (".md", "text/markdown", check_markdown),
    "HTML": (".html", "text/html", check_html),
}
"""The files that a checked draft is taken away as: ending, type, and what writes them."""


def render_said(check: Check, words: Words) -> str:
    """Render how far a draft was read, and how many sentences of each verdict there are."""
    counts = {verdict.replace(" ", "_"): count for verdict, count in check.counts.items()}
    counted = text(words.between).join(
        f'<span class="{verdict}">{_sign(verdict)}{text(_said(verdict, words))} {counts.get(verdict, 0)}</span>'
        for verdict in SIGNS
    )
    done, counted = len(check.sentences), f'<p class="counts">{counted}</p>'
    if done == check.total:
        return f'<div role="status">{counted}</div>{_exports(check, words) if check.total else ""}'
    # What is heard is said once, and not with each sentence.
    label = attribute("aria-label", words.check_reading)
    item = words.library_item.format(done=done, total=check.total)
    return (
        f'<div role="status"><p class="progress">{text(words.check_reading)}</p></div><p class="note">'
        f'<progress{label} max="{check.total}" value="{done}"></progress> {text(item)}</p>{counted}'
    )


def _exports(check: Check, words: Words) -> str:
    """Offer the checked draft as files, which are in the page."""
    links = ""
    for name, (suffix, kind, write) in FILES.items():
        made = write(check, language=words.language)
        content = b64encode(made.encode() if isinstance(made, str) else made).decode()
        address = f"data:{kind};base64,{content}"
        links += f' <a download="tenkyo-draft{suffix}" href="{address}">{name}</a>'
    return f'<p class="exports">{text(words.export)}{links}</p>'


def render_draft(check: Check, words: Words) -> str:
    """Render a draft as written, its sentences marked, and behind each its sources.

    Those of the first that is contradicted are open.
    """
    first = next((n for n, s in enumerate(check.sentences) if s.verdict == "contradicted"), None)
    out, at = "", 0
    for n, sentence in enumerate(check.sentences):
        out += text(check.text[at : sentence.start])
        out += _sentence(sentence, check, f"claim-{n}", words, is_open=n == first)
        at = sentence.end
    return f'<div class="draft">{out}<span class="unread">{text(check.text[at:])}</span></div>'


def _sentence(sentence: Sentence, check: Check, name: str, words: Words, *, is_open: bool) -> str:
    verdict = sentence.verdict.replace(" ", "_")
    said, apart = _said(verdict, words), [(d.start, d.end) for d in sentence.differences]
    sign = f'<span class="sign" role="img"{attribute("aria-label", said)}>{SIGNS[verdict]}</span>'
    return (
        f'<span class="claim {verdict}" id="{name}" role="button" tabindex="0"{attribute("title", said)}'
        f' aria-expanded="{str(is_open).lower()}" aria-controls="{name}-sources">{sign}'
        f"{_marked(check.text[sentence.start : sentence.end], sentence.start, apart)}</span>"
        f'<section id="{name}-sources"{attribute("aria-label", said)}{"" if is_open else " hidden"}>'
        f'<p class="verdict {verdict}">{_sign(verdict)}{text(said)}</p>'
        f"{''.join(map(note, _notes(sentence, check, words)))}"
        f"<ol>{''.join(_cards(sentence, check, words))}</ol></section>"
    )


def _notes(sentence: Sentence, check: Check, words: Words) -> Iterator[str]:
    """Say why a sentence has no sources, and what became of the words that it quotes."""
    if sentence.reason:
        yield str(getattr(words, f"check_{sentence.reason}"))
    if sentence.verdict == "not found" and sentence.citations:
        yield words.check_nearest
    for quoted in sentence.quoted:
        said = str(getattr(words, f"check_{quoted.found}"))
        mine, theirs = quoted.speakers or ("", "")
        said = words.check_speakers if quoted.speakers else said
        quote = check.text[quoted.start : quoted.end]
        yield said.format(words=quote, draft=mine, article=theirs)


def _cards(sentence: Sentence, check: Check, words: Words) -> Iterator[str]:
    """Render the sources, each quote in its passage, the words that differ underlined."""
    cited = {citation.number: citation for citation in check.citations}
    for source in map(cited.__getitem__, sentence.citations):
        apart = [
            (d.there[0], d.there[1]) for d in sentence.differences if d.citation == source.number
        ]
        yield (
            f'<li class="card"><span class="number">{source.number}</span><h3>{text(source.name)}</h3>'
            f"{render_origin(source, words)}{_quote(source, apart)}"
            f'<a class="open"{attribute("href", source.address(base="."))} target="_blank">'
            f"{text(words.open_article)}</a></li>"
        )


def _quote(source: Citation, apart: Iterable[tuple[int, int]]) -> str:
    _, before, after = around(source)
    quote = _marked(source.quote, source.start, apart)
    return f"<blockquote>{text(before)}<mark>{quote}</mark>{text(after)}</blockquote>"


def _marked(piece: str, first: int, places: Iterable[tuple[int, int]]) -> str:
    """Escape a piece that begins at ``first``, the words at some places in it underlined."""
    out, at = "", 0
    for start, end in sorted(places):
        start, end = max(start - first, at), min(end - first, len(piece))
        if start < end:
            out += f"{text(piece[at:start])}<u>{text(piece[start:end])}</u>"
            at = end
    return out + text(piece[at:])


def _sign(verdict: str) -> str:
    return f'<span class="sign" aria-hidden="true">{SIGNS[verdict]}</span>'


def _said(verdict: str, words: Words) -> str:
    return str(getattr(words, f"check_{verdict}"))
