"""The chosen sentences as an answer's statements, each with its citations.

Beside the sentences chosen, an answer holds the items of a list that the best one announces, the
sources that give another figure, and, as further citations of one statement, the sentences of other
articles that say the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.answering.attribution import speaker
from index.answering.differing import Claim, disagreeing
from index.answering.likeness import same
from index.answering.lists import items_of
from index.answering.quotes import leans
from index.answering.reading import Scored
from index.citations import cite
from index.questions import Question
from index.records import Article, Citation, Differing, Sentence, Statement
from index.store import Generation

MOST = 5
"""Citations of an answer."""
AROUND = 4000
"""Characters before and behind a sentence among which the items of its list are looked for."""


@dataclass(frozen=True, slots=True)
class _Quote:
    """Words to cite: whole sentences of an article, one of which was chosen."""

    article: Article
    sentences: tuple[Sentence, ...]
    chosen: Sentence
    score: float
    key: tuple[int, int] | None = None


_Groups = list[list[_Quote]]  # quotes that say the same, best first


def state(
    chosen: Sequence[Scored],
    generation: Generation,
    *,
    asked: Question,
    scored: Sequence[Scored] = (),
) -> tuple[tuple[Statement, ...], tuple[Citation, ...], tuple[Differing, ...]]:
    """Turn sentences in reading order into statements and the citations they rest on.

    Args:
        chosen: The sentences that answer.
        generation: Where they stand.
        asked: The question.
        scored: All sentences found, best first, among which others may say the same or differ.

    Returns:
        The statements, the citations numbered 1, 2, 3 in order of appearance, and the figures in
        which sources differ.
    """
    groups = _grouped([_quote(s, generation) for s in chosen])
    claims = disagreeing(asked, chosen, scored, generation)
    for s, _ in claims:
        _add(groups, [_quote(s, generation)])
    if groups:
        best = max((quote for group in groups for quote in group), key=lambda q: q.score)
        _add(groups, _items(asked, best, generation))
        _add_same(groups, scored, generation)
    return _numbered(groups, claims)


def _quote(s: Scored, generation: Generation) -> _Quote:
    article = generation.article(s.hit.passage.article_id)
    return _Quote(article, _run(s, article), s.sentence, s.score, s.key)


def _run(s: Scored, article: Article) -> tuple[Sentence, ...]:
    """The sentences to quote that stand together with the one chosen."""
    at = s.quoted.index(s.sentence)
    start = end = at
    while start and not article.text[s.quoted[start - 1].end : s.quoted[start].start].strip("\n #"):
        start -= 1
    while (
        end + 1 < len(s.quoted)
        and not article.text[s.quoted[end].end : s.quoted[end + 1].start].strip()
    ):
        end += 1
    return s.quoted[start : end + 1]


def _grouped(quotes: Sequence[_Quote]) -> _Groups:
    """Put quotes that say the same together, the best first."""
    groups: _Groups = []
    for quote in quotes:
        group = next((g for g in groups if _agree(g[0].chosen.text, quote.chosen.text)), None)
        if group is None:
            groups.append([quote])
        else:
            group.append(quote)
            group.sort(key=lambda q: -q.score)
    return groups


def _items(asked: Question, best: _Quote, generation: Generation) -> Iterator[_Quote]:
    """The items of the list that the best sentence announces or belongs to."""
    start, end = best.chosen.start - AROUND, best.chosen.end + AROUND
    passages = generation.passages_at(best.article.id, start, end)
    around = [s for p in passages for s in p.sentences]
    for item in items_of(asked, best.chosen, around):
        yield _Quote(best.article, (item,), item, best.score - 1.0)


def _add(groups: _Groups, quotes: Sequence[_Quote] | Iterator[_Quote]) -> None:
    """Add statements as far as there is room, each article's in its order."""
    for quote in quotes:
        if _room(groups) and not _quoted(groups, quote):
            groups.append([quote])
    place = {g[0].article.id: at for at, g in reversed(list(enumerate(groups)))}
    groups.sort(key=lambda g: (place[g[0].article.id], g[0].sentences[0].start))


def _add_same(groups: _Groups, scored: Sequence[Scored], generation: Generation) -> None:
    """Cite the sentences of other articles that say what a statement says."""
    for group in groups:
        for s in scored:
            known = {quote.article.id for quote in group}
            if not _room(groups) or s.hit.passage.article_id in known:
                continue
            if _agree(group[0].chosen.text, s.sentence.text):
                article = generation.article(s.hit.passage.article_id)
                quote = _Quote(
                    article, (s.sentence,), s.sentence, min(s.score, group[0].score), s.key
                )
                if not _quoted(groups, quote):
                    group.append(quote)


def _agree(one: str, other: str) -> bool:
    """Whether two sentences say the same; その of one article is not that of another."""
    return same(one, other) and not leans(one) and not leans(other)


def _room(groups: _Groups) -> bool:
    return sum(map(len, groups)) < MOST


def _quoted(groups: _Groups, quote: _Quote) -> bool:
    """Whether some of these words are cited already."""
    start, end = quote.sentences[0].start, quote.sentences[-1].end
    return any(
        other.article.id == quote.article.id
        and start < other.sentences[-1].end
        and other.sentences[0].start < end
        for group in groups
        for other in group
    )


def _numbered(
    groups: _Groups, claims: Sequence[Claim]
) -> tuple[tuple[Statement, ...], tuple[Citation, ...], tuple[Differing, ...]]:
    quotes = [quote for group in groups for quote in group]
    citations = tuple(_cite(quote, number) for number, quote in enumerate(quotes, 1))
    statements, first = [], 0
    for group in groups:
        numbers = tuple(range(first + 1, first + 1 + len(group)))
        statements.append(Statement(citations[first].quote, numbers, _speaker(group[0])))
        first += len(group)
    return tuple(statements), citations, _differing(quotes, claims)


def _cite(quote: _Quote, number: int) -> Citation:
    start, end = quote.sentences[0].start, quote.sentences[-1].end
    return cite(quote.article, start, end, number=number, score=quote.score, key=quote.key)


def _speaker(quote: _Quote) -> str | None:
    """Whose words the chosen sentence is, and those that it answers, as the quote tells."""
    texts = [s.text for s in quote.sentences]
    at = quote.sentences.index(quote.chosen)
    last = at + 1 if texts[at][0] in "「『" else at  # the speaker may stand behind the words
    names = [speaker(text, texts[:n], quote.article) for n, text in enumerate(texts[: last + 1])]
    if not any(names[at:]):
        return None
    distinct = dict.fromkeys(name for name in names if name)
    return "、".join(n for n in distinct if not any(o != n and o.endswith(n) for o in distinct))


def _differing(quotes: Sequence[_Quote], claims: Sequence[Claim]) -> tuple[Differing, ...]:
    """The figures that differ, where each is cited."""
    found = [
        Differing(number, figure.written, quote.article.published)
        for s, figure in claims
        for number, quote in enumerate(quotes, 1)
        if quote.article.id == s.hit.passage.article_id and s.sentence in quote.sentences
    ]
    return tuple(found) if len(found) > 1 else ()
