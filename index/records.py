"""The records that the rooms hand to each other. Frozen, without logic, importable from anywhere.

Offsets count characters (Python ``str``) of ``Article.text``. Arrays travel beside records, never
inside them: ``(n, d) float32`` with L2-normalised rows.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of whole lines of a text beside their words: ``text[start:end]``.

    Attributes:
        kind: ``page`` (value: its number, from 1), ``ocr`` (read off a picture), ``note`` (a footnote or endnote;
            value: its number or sign) or ``row`` (of a table).
        start: Where its first line begins.
        end: Where its last line ends.
        value: What the kind says; else empty.
    """

    kind: str
    start: int
    end: int
    value: str = ""


@dataclass(frozen=True, slots=True)
class Loss:
    """What was left out of a file on its way to a text.

    Attributes:
        kind: ``chrome`` (navigation, teasers, running heads), ``hidden`` (no reader sees it), ``deleted`` (struck
            out, tracked as deleted), ``page`` (a page without text), ``picture``, ``other``.
        text: The words that are gone, or what names them (``7 ページ``).
    """

    kind: str
    text: str

    @property
    def lines(self) -> int:
        """How many lines are gone."""
        return self.text.count("\n") + 1


@dataclass(frozen=True, slots=True)
class Article:
    """One article as indexed.

    Attributes:
        id: Names the source; the same after an edit.
        title: None when the source does not give one; nothing is guessed. So for the next four.
        authors: Names as printed.
        publisher: Who published it.
        published: The day of publication.
        language: ISO 639-1 code.
        url: Address of the original.
        source: Where it came from, fit to show: the front matter's own words, else the file's path.
        text: The cleaned text. Headings stand on lines of their own.
        sha256: Hex digest of ``text`` in UTF-8; names the content.
        marks: What is known of places of the text, in order of their starts.
        losses: What was left out of the file.
    """

    id: str
    title: str | None
    authors: tuple[str, ...]
    publisher: str | None
    published: date | None
    language: str | None
    url: str | None
    source: str
    text: str
    sha256: str
    marks: tuple[Mark, ...] = ()
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences: ``article.text[start:end] == text``."""

    id: str
    article_id: str
    heading: str | None
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence (or heading line) of a passage: ``article.text[start:end] == text``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles may answer. Empty means all; ``since`` and ``until`` are inclusive.

    An article without a date is within no days, unless it is ``undated`` that are wanted, too.
    """

    since: date | None = None
    until: date | None = None
    publishers: tuple[str, ...] = ()
    article_ids: tuple[str, ...] = ()
    undated: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked passage: rank counts from 1, scores descend."""

    passage: Passage
    score: float
    rank: int


@dataclass(frozen=True, slots=True)
class Citation:
    """A checked pointer to exact words; only ``citations.cite`` and ``locate`` make one.

    ``article_id`` with ``sha256`` tells "changed" from "gone"; ``score`` is the reader's. ``key`` is
    where in the article the words of the quote stand that answer, start and end; None where the
    reader does not tell.
    """

    number: int
    article_id: str
    sha256: str
    start: int
    end: int
    quote: str
    score: float
    key: tuple[int, int] | None = None

    @property
    def key_words(self) -> str:
        """The words of the quote that answer; empty where the reader does not tell."""
        start, end = self.key or (self.start, self.start)
        return self.quote[start - self.start : end - self.start]


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer and the numbers of the citations it rests on.

    ``speaker`` is whose claim or view it is, as written; None for plain reporting. ``gloss`` is what can be
    said of it in the reader's language without translating. ``verdict`` is empty for a quote; of what a language
    model worded, ``supported`` or ``unverified``.
    """

    text: str
    citations: tuple[int, ...]
    speaker: str | None = None
    gloss: str = ""
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Struck:
    """What a language model worded and was left out: ``contradicted``, ``unsupported`` or ``unverified``."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Translation:
    """What a language model made of the quote of a citation, in the reader's language."""

    citation: int
    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """A part of an answer: which statements, counted from 0, and ``note`` on a part that has none."""

    heading: str
    statements: tuple[int, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Differing:
    """One of the figures in which sources differ, as written, with the day of its article."""

    citation: int
    figure: str
    published: date | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader makes of a question.

    Attributes:
        question: As asked.
        understood: As read by the retriever: a follow-up filled in, names as the articles write them.
        reader: Name of the reader.
        answered: False for a refusal; then ``statements`` and ``citations`` are empty.
        text: What a person reads, with [1] markers; for a refusal, a polite sentence.
        statements: In reading order.
        citations: Numbered 1, 2, 3 in order of appearance, each used.
        missing: What the articles do not hold, in the question's words.
        nearest: For a refusal, the passages to look at instead.
        confidence: 0 to 1.
        differing: The figures side by side where sources disagree; else empty.
        follow_up: Whether words of the question before were put into ``understood``.
        undated: Articles that the filter left out for want of a date alone.
        form: Which form of answer it is: a name of ``questions.forms``.
        verdict: On a question to be answered by yes or no: yes, no, differs or changed; unclear where no sentence
            answers a fact clearly; else None.
        lead: What stands before the statements, in the language of the question; all there is of talk.
        groups: The parts of an answer that has any; together they hold every statement.
        writer: Name of the language model that worded the statements; empty for quotes.
        note: What is told of the writing, in the language of the question.
        struck: What the model worded and was left out.
        translations: Of quotes in another language than the question's, the model's.
    """

    question: str
    understood: str
    reader: str
    answered: bool
    text: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    missing: tuple[str, ...]
    nearest: tuple[Hit, ...]
    confidence: float
    differing: tuple[Differing, ...] = ()
    follow_up: bool = False
    undated: int = 0
    form: str = "fact"
    verdict: str | None = None
    lead: str = ""
    groups: tuple[Group, ...] = ()
    writer: str = ""
    note: str = ""
    struck: tuple[Struck, ...] = ()
    translations: tuple[Translation, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """A sentence that carries an article: ``article.text[start:end] == text``, under this heading, if any."""

    article_id: str
    heading: str | None
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Theme:
    """What some articles, or a section of the only one, are about: a short name and a sentence of theirs."""

    name: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Glance:
    """What the articles are, at a glance.

    Attributes:
        articles: How many there are.
        undated: How many of them have no day.
        first: The first day; None where none has one.
        last: The last day.
        publishers: Each with its articles, most first.
        themes: Three to five, their citations numbered 1, 2, 3; none where none were derived.
    """

    articles: int
    undated: int
    first: date | None
    last: date | None
    publishers: tuple[tuple[str, int], ...]
    themes: tuple[Theme, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Progress: ``looking``, ``sources`` with hits, ``writing`` with the Answer as far as it is, ``answer`` with all."""

    name: str
    hits: tuple[Hit, ...] = ()
    answer: Answer | None = None
