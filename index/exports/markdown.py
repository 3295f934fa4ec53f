"""A citation, an answer or a conversation as Markdown, with GitHub's and Pandoc's footnotes.

Source: https://spec.commonmark.org/0.31.2/#backslash-escapes
"""

import re
from collections.abc import Iterator, Sequence

from index.exports.cited import Parts, Payload, cited, origin, passage_address, statement_parts
from index.exports.wording import differing, missing, understood
from index.exports.words import Words, words_for
from index.legible import legible, one_line
from index.records import Article, Citation

_ACTIVE = re.compile(r"[\\`*_\[\]<>&~|$^]")
_OPENING = re.compile(r"^[ \t]+|[ \t]+$", re.MULTILINE)
_LINE_START = re.compile(r"^(\d{0,9})([#+\-=:.)])", re.MULTILINE)


def copy_markdown(
    citation: Citation, article: Article, *, base: str = "", language: str = "ja"
) -> str:
    """Return one citation as Markdown: the quote, where it comes from, its position as a link."""
    return citation_markdown(cited(citation, article), base=base, language=language)


def citation_markdown(citation: Payload, *, base: str = "", language: str = "ja") -> str:
    """Return one citation of an answer's payload as ``copy_markdown`` does."""
    return _quoted(citation, citation["quote"], words_for(language), base)


def answer_markdown(answer: Payload, *, base: str = "", language: str = "ja") -> str:
    """Return an answer as Markdown: the question, the statements, the sources as footnotes."""
    return _joined(_parts(answer, "", words_for(language), base))


def conversation_markdown(
    answers: Sequence[Payload], *, title: str, base: str = "", language: str = "ja"
) -> str:
    """Return the answers of a conversation as Markdown; footnote ``2-1`` is the second answer's first."""
    words = words_for(language)
    parts = [f"# {_line(title)}"]
    for number, answer in enumerate(answers, 1):
        parts += _parts(answer, f"{number}-", words, base)
    return _joined(parts)


def _joined(parts: Sequence[str] | Iterator[str]) -> str:
    return "\n\n".join(parts) + "\n"


def _parts(answer: Payload, prefix: str, words: Words, base: str) -> Iterator[str]:
    yield f"## {_line(answer['question'])}"
    yield from map(_text, filter(None, (understood(answer, words),)))
    if not answer["answered"]:
        yield from map(_text, filter(None, (answer["text"], missing(answer, words))))
    for statement in answer["statements"]:
        yield _statement(statement, answer, prefix, words)
    if figures := differing(answer, words, lambda figure, n: f"{_line(figure)}[^{prefix}{n}]"):
        yield figures
    for citation in answer["citations"]:
        footnote = _quoted(citation, citation["quote"], words, base)
        yield f"[^{prefix}{citation['number']}]: {footnote}"
    if answer["nearest"]:
        near = (f"- {_quoted(p, p['text'], words, base)}" for p in answer["nearest"])
        yield "\n".join([f"### {words.nearest}", "", *near])


def _statement(statement: Payload, answer: Payload, prefix: str, words: Words) -> str:
    speaker = statement.get("speaker")
    said = words.aside.format(words.speaker.format(_line(speaker))) if speaker else ""
    markers = "".join(f"[^{prefix}{number}]" for number in statement["citations"])
    return f"{_emphasised(statement_parts(statement, answer))}{markers}{said}"


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


def _quoted(item: Payload, quote: str, words: Words, base: str) -> str:
    place = words.position.format(start=item["start"], end=item["end"])
    link = f"[{place}]({passage_address(item, base=base)})"
    return f"{words.quoted.format(_line(quote))} {_text(origin(item, words))} / {link}"


def _line(text: str) -> str:
    return _text(one_line(text))


def _text(text: str) -> str:
    """Escape whatever Markdown would read, anywhere or at the start of a line."""
    text = _OPENING.sub("", legible(text))  # four spaces would begin a block of code
    return _LINE_START.sub(r"\1\\\2", _ACTIVE.sub(r"\\\g<0>", text))
