"""A conversation as one HTML file that opens by itself: no script, nothing fetched."""

from collections.abc import Callable, Sequence

from index.exports.cited import (
    Parts,
    Payload,
    origin,
    passage_address,
    quote_parts,
    statement_parts,
)
from index.exports.document import document, text_html
from index.exports.wording import differing, missing, understood
from index.exports.words import Words, words_for


def conversation_html(
    answers: Sequence[Payload], *, title: str, base: str = "", language: str = "ja"
) -> str:
    """Return the answers of a conversation as an HTML file.

    Args:
        answers: Payloads of answers, oldest first.
        title: The conversation's.
        base: Address of the server; without one, the file leads nowhere outside itself.
        language: That of the file's own words.
    """
    words = words_for(language)
    sections = "\n".join(_section(answer, n, words, base) for n, answer in enumerate(answers, 1))
    body = f"<main>\n<h1>{text_html(title)}</h1>\n{sections}\n</main>"
    return document(body, title=title, language=words.language)


def _section(answer: Payload, turn: int, words: Words, base: str) -> str:
    def marker(number: int) -> str:
        return f'<a class="cite" href="#source-{turn}-{number}">[{number}]</a>'

    parts = [f"<h2>{text_html(answer['question'])}</h2>"]
    parts += _paragraphs("note", understood(answer, words))
    if not answer["answered"]:
        parts += _paragraphs("refusal", answer["text"], missing(answer, words))
    parts += [_statement(statement, answer, words, marker) for statement in answer["statements"]]
    if figures := differing(answer, words, lambda figure, n: text_html(figure) + marker(n)):
        parts.append(f'<p class="note">{figures}</p>')
    parts.append(_sources(answer, turn, words, base))
    return f'<section class="turn">{"".join(parts)}</section>'


def _paragraphs(name: str, *lines: str) -> list[str]:
    return [f'<p class="{name}">{text_html(line)}</p>' for line in lines if line]


def _statement(
    statement: Payload, answer: Payload, words: Words, marker: Callable[[int], str]
) -> str:
    speaker = statement.get("speaker")
    said = words.aside.format(words.speaker.format(speaker)) if speaker else ""
    markers = "".join(marker(number) for number in statement["citations"])
    text = _emphasised(statement_parts(statement, answer))
    return f"<p>{text}{markers}<small>{text_html(said)}</small></p>"


def _emphasised(parts: Parts) -> str:
    before, key, after = map(text_html, parts)
    return f"{before}<strong>{key}</strong>{after}" if key else before


def _sources(answer: Payload, turn: int, words: Words, base: str) -> str:
    cards = [
        f'<li id="source-{turn}-{c["number"]}" value="{c["number"]}">'
        f"{_card(c, _emphasised(quote_parts(c)), words, base)}{_around(c, words)}</li>"
        for c in answer["citations"]
    ]
    near = [f"<li>{_card(p, text_html(p['text']), words, base)}</li>" for p in answer["nearest"]]
    listed = _list(words.sources, "ol", cards) + _list(words.nearest, "ul", near)
    return f'<div class="sources">{listed}</div>' if listed else ""


def _list(title: str, tag: str, items: list[str]) -> str:
    return f"<h3>{title}</h3><{tag}>{''.join(items)}</{tag}>" if items else ""


def _card(item: Payload, quote: str, words: Words, base: str) -> str:
    place = words.position.format(start=item["start"], end=item["end"])
    if base:
        address = text_html(passage_address(item, base=base))
        place = f'<a href="{address}" rel="noreferrer">{place}</a>'
    return (
        f"<blockquote>{quote}</blockquote>"
        f'<p class="origin">{text_html(origin(item, words))} / {place}</p>'
    )


def _around(citation: Payload, words: Words) -> str:
    """Show the quote inside its passage, folded."""
    passage = citation.get("passage")
    if not passage or passage["text"] == citation["quote"]:
        return ""
    start, end = (citation[edge] - passage["start"] for edge in ("start", "end"))
    text = passage["text"]
    before, quote, after = (text_html(p) for p in (text[:start], text[start:end], text[end:]))
    return (
        f"<details><summary>{words.around}</summary>"
        f"<blockquote>{before}<mark>{quote}</mark>{after}</blockquote></details>"
    )
