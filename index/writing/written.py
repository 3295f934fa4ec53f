"""An answer in quotes to one that a language model words, statement by statement, each of them checked.

A statement stays where the reader finds it supported by the sentences it cites; is left out, or marked, where the
reader does not find it; and is struck where they contradict it, or where it holds a figure, date, name, quotation or
address that they do not. So is a translation of a quote. Of a part of which nothing stays, the quotes stand as they
were. Whatever goes wrong, the answer in quotes is given, with a line that says why.

Not written are talk and refusals: where the reader finds no answer, a model is not asked for one.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any

from index import answering
from index.answering import Found
from index.answering.composing import parts_of, spell
from index.checking.verdicts import stands
from index.citations import cite
from index.crossencoder import CrossEncoder, Window
from index.errors import WritingError
from index.questions import language_of
from index.records import Answer, Citation, Group, Statement, Step, Struck, Translation
from index.settings import Llm
from index.text.characters import one_line
from index.writing import requests
from index.writing.endpoint import Model
from index.writing.requests import Source
from index.writing.unheld import unheld

MOST = 12
"""Statements of an answer."""
LONGEST = 600
"""Characters of a statement, or of a quote in another language."""
OFTEN = 0.5
"""Seconds between two signs of life while a model writes: between them, nobody can stop it."""

_MARKER = re.compile(r"[\[［【]\^?[0-9０-９]{1,3}[\]］】]")
"""A mark of the model's own, which would pass for a citation."""
_AGAIN = "That was not one JSON object of the form asked for, or it cited numbers that do not exist. Reply again."


def answer_steps(
    found: Found, model: Model | None, crossencoder: Callable[[], CrossEncoder], llm: Llm | None
) -> Iterator[Step]:
    """Answer in quotes, and have a model word what they say: ``writing`` with what stands so far, then ``answer``.

    Args:
        found: All that was found to the question.
        model: None where there is none to word it.
        crossencoder: Returns what checks each statement.
        llm: How long it may take, and what becomes of statements that are not found.
    """
    answer = answering.answer(found)
    if model is None or llm is None or not answer.citations:
        yield Step("answer", found.hits, answer)
        return
    writing = _Writing(found, answer, crossencoder(), model.name, llm)
    try:
        for _ in chain([None], _write(writing, model), _translate(writing, model)):
            yield Step("writing", found.hits, writing.answer(whole=writing.is_written))
        last = writing.answer(whole=True)
    except WritingError as exc:
        note = requests.WHY[found.asked.language][exc.code].format(model=model.name)
        last = replace(answer, note=note, struck=tuple(writing.struck))
    yield Step("answer", found.hits, last)


def _write(writing: "_Writing", model: Model) -> Iterator[None]:
    """Have a model write, once more where it does not keep to the form."""
    messages = requests.asked(writing.found, writing.quotes, writing.sources)
    schema = requests.schema_of_statements(writing.numbers)
    for again in (False, True):
        writing.clear()
        reply = requests.Reply("statements", requests.Written)
        try:
            pieces = model.stream(messages, schema, until=writing.until)
            yield from _read(reply, pieces, writing.add)
            written = reply.whole()
            break
        except WritingError as exc:
            if exc.code != "nonsense" or again:
                raise
            messages = [*messages, *requests.once_more(reply.text, _AGAIN)]
    if not written.answered:
        raise WritingError("declined")
    if not writing.kept:
        raise WritingError("struck" if writing.struck else "declined")


def _translate(writing: "_Writing", model: Model) -> Iterator[None]:
    """Have what is quoted in another language translated; what cannot be is left as it is."""
    writing.is_written = True
    foreign = writing.foreign()
    if not foreign:
        return
    quotes = {number: source.text for number, source in foreign.items()}
    messages = requests.to_translate(quotes, writing.language)
    schema = requests.schema_of_translations(foreign)
    reply = requests.Reply("translations", requests.Translated)
    try:
        pieces = model.stream(messages, schema, until=writing.until)
        yield from _read(reply, pieces, partial(writing.translate, foreign))
    except WritingError:
        return


def _read(
    reply: "requests.Reply[Any]", pieces: Iterator[str], take: Callable[[Any], None]
) -> Iterator[None]:
    """Take each object of a reply when its bracket closes; yield now and then."""
    told = time.monotonic()
    for piece in pieces:
        new = [*reply.read(piece)]
        for one in new:
            take(one)
        if new or time.monotonic() > told + OFTEN:
            told = time.monotonic()
            yield


@dataclass(frozen=True, slots=True)
class _Kept:
    text: str
    verdict: str
    sources: tuple[Source, ...]

    @property
    def group(self) -> int:
        return self.sources[0].group


class _Writing:
    """What a model has written of an answer, as far as it stands."""

    def __init__(
        self,
        found: Found,
        quotes: Answer,
        crossencoder: CrossEncoder,
        name: str,
        llm: Llm,
    ) -> None:
        self.found, self.quotes, self.name, self.drops = found, quotes, name, llm.drops
        self.until, self.is_written = time.monotonic() + llm.seconds, False
        self.language = found.asked.language
        self.sources = requests.sources_of(quotes, found)
        self.numbers = range(1, len(self.sources) + 1)
        self.kept: list[_Kept] = []
        self.struck: list[Struck] = []
        self.translations: list[Translation] = []
        self._crossencoder = crossencoder

    def clear(self) -> None:
        """Begin anew."""
        self.kept.clear()
        self.struck.clear()

    def add(self, one: "requests.Stated") -> None:
        """Check a statement, and keep it or not. Raises WritingError: it cites what was not given."""
        if any(n not in self.numbers for n in one.sentences):
            raise WritingError("nonsense")
        text = one_line(one.text)
        if len(self.kept) + len(self.struck) >= 2 * MOST or time.monotonic() > self.until:
            return
        if not text or len(self.kept) == MOST or any(text == kept.text for kept in self.kept):
            return
        cited = tuple(self.sources[n - 1] for n in dict.fromkeys(one.sentences))
        verdict = self._verdict(text, cited)
        if verdict == "supported" and len(cited) > 1:
            cited = tuple(s for s in cited if self._verdict(text, (s,)) == "supported") or cited
        if verdict == "supported" or (verdict == "unverified" and not self.drops):
            self.kept.append(_Kept(text, verdict, cited))
        else:
            self.struck.append(Struck(text[:LONGEST], verdict))

    def _verdict(self, text: str, cited: Sequence[Source]) -> str:
        if not cited or not any(map(str.isalnum, text)) or _MARKER.search(text):
            return "unsupported"
        if len(text) > LONGEST or self._unheld(text, cited):
            return "unsupported"
        every = [s.text for s in cited]
        titles = [s.article.title for s in cited]
        windows = [Window(title, (one,)) for title, one in zip(titles, every, strict=True)]
        if len(cited) > 1:
            windows.append(Window(titles[0], tuple(every)))
        said = stands(text, windows, self._crossencoder)
        return "unverified" if said == "not found" else said

    def _unheld(self, text: str, cited: Sequence[Source]) -> list[str]:
        told = [(s.text, s.article.published) for s in cited]
        titles = "\n".join(s.article.title or "" for s in cited)
        return unheld(text, told, titles, self.language)

    def foreign(self) -> Mapping[int, Source]:
        """Return what is quoted in another language than the question's, by the numbers of the citations."""
        cited = ((c.number, self._source(c)) for c in self.answer(whole=True).citations)
        return {
            number: source
            for number, source in cited
            if (source.article.language or language_of(source.text)) != self.language
        }

    def translate(self, foreign: Mapping[int, Source], one: "requests.Turned") -> None:
        """Keep the translation of a quote that stands up to it as a statement would."""
        source, text = foreign.get(one.sentence), one_line(one.text)
        known = any(t.citation == one.sentence for t in self.translations)
        if source and text and not known and self._verdict(text, [source]) == "supported":
            self.translations.append(Translation(one.sentence, text))

    def answer(self, *, whole: bool = False) -> Answer:
        """Return the answer as far as it is written; of parts that have nothing, the quotes, where it is whole."""
        statements: list[Statement] = []
        citations: list[Citation] = []
        groups: list[Group] = []
        for at, group in enumerate(parts_of(self.quotes)):
            first = len(statements)
            own = [kept for kept in self.kept if kept.group == at]
            for kept in own:
                numbers = tuple(_cited(s, citations, self.quotes) for s in kept.sources)
                by = self._speaker(kept)
                statements.append(Statement(kept.text, numbers, by, verdict=kept.verdict))
            for n in () if own or not whole else group.statements:
                statements.append(self._as_quoted(self.quotes.statements[n], citations))
            groups.append(replace(group, statements=tuple(range(first, len(statements)))))
        told = replace(
            self.quotes,
            statements=tuple(statements),
            groups=tuple(groups) if self.quotes.groups else (),
            differing=tuple(self._differing(citations)) if whole else (),
            citations=tuple(citations),
            writer=self.name,
            struck=tuple(self.struck),
            translations=tuple(self.translations),
        )
        return replace(told, text=spell(told, self.language))

    def _speaker(self, kept: _Kept) -> str | None:
        """Whose words the quotes that it rests on are, unless it tells that itself."""
        places = {(s.article.id, s.start, s.end) for s in kept.sources}
        for one in self.quotes.statements:
            cited = {
                (c.article_id, c.start, c.end)
                for c in (self.quotes.citations[n - 1] for n in one.citations)
            }
            if one.speaker and places <= cited and one.speaker not in kept.text:
                return one.speaker
        return None

    def _as_quoted(self, statement: Statement, citations: list[Citation]) -> Statement:
        numbers = tuple(self._again(n, citations) for n in statement.citations)
        return replace(statement, citations=numbers)

    def _differing(self, citations: list[Citation]) -> Iterator[Any]:
        for one in self.quotes.differing:
            yield replace(one, citation=self._again(one.citation, citations))

    def _again(self, number: int, citations: list[Citation]) -> int:
        """Return the number that a citation of the quotes has now."""
        old = self.quotes.citations[number - 1]
        return _cited(self._source(old), citations, self.quotes)

    def _source(self, c: Citation) -> Source:
        return Source(self.found.generation.article(c.article_id), c.start, c.end)


def _cited(source: Source, citations: list[Citation], quotes: Answer) -> int:
    """Cite a source, with its score and key where the quotes cite it; return its number."""
    place = source.article.id, source.start, source.end
    for c in citations:
        if (c.article_id, c.start, c.end) == place:
            return c.number
    number = len(citations) + 1
    same = (c for c in quotes.citations if (c.article_id, c.start, c.end) == place)
    if old := next(same, None):
        citations.append(replace(old, number=number))
    else:
        citations.append(cite(source.article, source.start, source.end, number=number, score=0.0))
    return number
