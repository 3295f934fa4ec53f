"""What an answer is put together of: quotes in sections, each cited once, and the text of it all."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from index.answering.reading import Found, Scored
from index.answering.speakers import speaker
from index.citations import cite, marks_of
from index.records import Answer, Article, Citation, Group, Mark, Sentence, Statement

_SPEAKER = {"ja": "（{}の発言・見解）", "en": " (as stated by {})", "zh": "（{}的说法）"}
_UNVERIFIED = {
    "ja": "（記事で確かめられていません）",
    "en": " (not verified by the articles)",
    "zh": "（未能由文章证实）",
}
_DIFFERING = {
    "ja": ("出典によって数字が異なります：", "、", "（{}）"),
    "en": ("The sources give different figures: ", ", ", " ({})"),
    "zh": ("各出处的数字不同：", "、", "（{}）"),
}


@dataclass(frozen=True, slots=True)
class Quote:
    """Words to cite: whole sentences of an article, one of which was chosen."""

    article: Article
    sentences: tuple[Sentence, ...]
    chosen: Sentence
    score: float
    key: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        """Leave out what a note or a row of a table parts from the sentence chosen."""
        runs = (tuple(run) for _, run in groupby(self.sentences, partial(_apart, self.article)))
        object.__setattr__(self, "sentences", next(run for run in runs if self.chosen in run))

    @property
    def span(self) -> tuple[int, int]:
        """Where in the article they stand, start and end."""
        return self.sentences[0].start, self.sentences[-1].end

    def overlaps(self, other: "Quote") -> bool:
        """Whether some words are in both."""
        (start, end), (its_start, its_end) = self.span, other.span
        return self.article.id == other.article.id and start < its_end and its_start < end


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an answer: its heading, what it quotes, and what is said of one that quotes nothing."""

    heading: str
    quotes: tuple[Quote, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """What a form makes of a question: the parts of its answer, and what is told of them.

    ``lead`` stands before them, in the language of the question; ``confidence`` is that of the form, None
    where it is the reader's.
    """

    sections: tuple[Section, ...] = ()
    lead: str = ""
    verdict: str | None = None
    confidence: float | None = None


def _apart(article: Article, sentence: Sentence) -> list[Mark]:
    known = marks_of(article, sentence.start, sentence.end)
    return [mark for mark in known if mark.kind in ("note", "row")]


Groups = list[list[Quote]]
"""Quotes that say the same, best first; a statement each."""


def compose(
    sections: Sequence[Section],
) -> tuple[tuple[Statement, ...], tuple[Citation, ...], tuple[Group, ...]]:
    """Turn the parts of an answer into statements, citations and groups; without headings there are none.

    What is quoted once is not quoted again.
    """
    groups: Groups = []
    parts: list[Group] = []
    for section in sections:
        first = len(groups)
        for quote in section.quotes:
            if not any(quote.overlaps(other) for group in groups for other in group):
                groups.append([quote])
        own = tuple(range(first, len(groups)))
        if own or section.note:
            parts.append(Group(section.heading, own, section.note))
    statements, citations = numbered(groups)
    return statements, citations, tuple(parts) if any(part.heading for part in parts) else ()


def quote_of(s: Scored, found: Found, sentences: tuple[Sentence, ...] = ()) -> Quote:
    """Return a sentence that was read as it is quoted: with those that it needs, or with these."""
    article = found.generation.article(s.hit.passage.article_id)
    return Quote(article, sentences or s.quoted, s.sentence, s.score, s.key)


def numbered(groups: Groups) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """Return a statement of each group, and their citations numbered 1, 2, 3 in order."""
    statements: list[Statement] = []
    citations: list[Citation] = []
    for group in groups:
        first = len(citations) + 1
        for number, quote in enumerate(group, first):
            score, key = quote.score, quote.key
            citations.append(cite(quote.article, *quote.span, number=number, score=score, key=key))
        numbers = tuple(range(first, first + len(group)))
        statements.append(Statement(citations[first - 1].quote, numbers, _speaker(group[0])))
    return tuple(statements), tuple(citations)


def _speaker(quote: Quote) -> str | None:
    """Whose words the chosen sentence is, and those that it answers, as the quote tells."""
    texts = [s.text for s in quote.sentences]
    at = quote.sentences.index(quote.chosen)
    last = at + 1 if texts[at][0] in "「『" else at  # the speaker may stand behind the words
    names = [speaker(text, texts[:n], quote.article) for n, text in enumerate(texts[: last + 1])]
    if not any(names[at:]):
        return None
    distinct = dict.fromkeys(name for name in names if name)
    return "、".join(n for n in distinct if not any(o != n and o.endswith(n) for o in distinct))


def parts_of(answer: Answer) -> tuple[Group, ...]:
    """Return the groups; of an answer without any one that holds it whole."""
    return answer.groups or (Group("", tuple(range(len(answer.statements)))),)


def spell(answer: Answer, language: str) -> str:
    """Write an answer in lines; the statements stay as they are, the rest is in the language given."""
    lines = [answer.lead] if answer.lead else []
    for group in parts_of(answer):
        lines += [f"【{group.heading}】"] if group.heading else []
        lines += [group.note] if group.note else []
        for statement in (answer.statements[at] for at in group.statements):
            markers = "".join(f"[{number}]" for number in statement.citations)
            said = _SPEAKER[language].format(statement.speaker) if statement.speaker else ""
            said += _UNVERIFIED[language] if statement.verdict == "unverified" else ""
            lines.append(f"{statement.text} {markers}{said}")
    if answer.differing:
        opening, comma, dated = _DIFFERING[language]
        days = [dated.format(d.published) if d.published else "" for d in answer.differing]
        told = zip(answer.differing, days, strict=True)
        lines.append(opening + comma.join(f"[{d.citation}] {d.figure}{day}" for d, day in told))
    return "\n".join(lines)
