"""A citation or an answer as plain text."""

from collections.abc import Iterator

from index.exports.cited import Payload, cited, origin, passage_address
from index.exports.wording import differing, missing, understood
from index.exports.words import Words, words_for
from index.legible import legible, one_line
from index.records import Article, Citation


def copy_text(citation: Citation, article: Article, *, base: str = "", language: str = "ja") -> str:
    """Return one citation as text: the quote, where it comes from, its position and address."""
    return citation_text(cited(citation, article), base=base, language=language)


def citation_text(citation: Payload, *, base: str = "", language: str = "ja") -> str:
    """Return one citation of an answer's payload as ``copy_text`` does."""
    return _quoted(citation, citation["quote"], words_for(language), base)


def answer_text(answer: Payload, *, base: str = "", language: str = "ja") -> str:
    """Return an answer as text: the question, the statements with [1] markers, the sources."""
    words = words_for(language)
    return "\n\n".join([legible(answer["question"]), *_parts(answer, words, base)]) + "\n"


def _parts(answer: Payload, words: Words, base: str) -> Iterator[str]:
    if read := understood(answer, words):
        yield legible(read)
    if not answer["answered"]:
        yield legible("\n".join(filter(None, (answer["text"], missing(answer, words)))))
    statements = "\n".join(_statement(statement, words) for statement in answer["statements"])
    if statements:
        yield statements
    if figures := differing(answer, words, lambda figure, n: f"{one_line(figure)}[{n}]"):
        yield figures
    if answer["citations"]:
        yield "\n\n".join(
            [words.sources, *(_footnote(c, words, base) for c in answer["citations"])]
        )
    if answer["nearest"]:
        near = (_quoted(passage, passage["text"], words, base) for passage in answer["nearest"])
        yield "\n\n".join([words.nearest, *near])


def _statement(statement: Payload, words: Words) -> str:
    speaker = statement.get("speaker")
    said = words.aside.format(words.speaker.format(one_line(speaker))) if speaker else ""
    markers = "".join(f"[{number}]" for number in statement["citations"])
    return f"{legible(statement['text'])}{markers}{said}"


def _footnote(citation: Payload, words: Words, base: str) -> str:
    lines = _quoted(citation, citation["quote"], words, base).replace("\n", "\n    ")
    return f"[{citation['number']}] {lines}"


def _quoted(item: Payload, quote: str, words: Words, base: str) -> str:
    place = words.position.format(start=item["start"], end=item["end"])
    return (
        f"{words.quoted.format(legible(quote))}\n{origin(item, words)} / {place}\n"
        f"{passage_address(item, base=base)}"
    )
