"""The chosen sentences as an answer's statements, each with its citations, and the text of it all.

Beside the sentences chosen, an answer holds the items of a list that the best one announces, the
sources that give another figure, and, as further citations of one statement, the sentences of other
articles that say the same: the same figures and, these left out, the same content words in the same
order, up to a few that only one of them adds. Sentences disagree when they so differ in one figure
only, of the kind asked for, and the names of each stand in the other or around it.

What it does not know: sentences that say the same in other words or another order, which of two
sources is right, and figures told in other words (倍、半分). Among 846 questions of four sets no sources
say the same or disagree: these rules and their constants rest on the tests alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.answering.quotes import items_of, leans
from index.answering.reading import Found, Scored
from index.answering.speakers import speaker
from index.citations import cite
from index.questions import Question, lexicon
from index.records import Article, Citation, Differing, Sentence, Statement
from index.text.dates import spell_out
from index.text.figures import DATE, Figure, agree, figures, without_figures

MOST = 8
"""Citations of an answer: three sentences that answer, and the items of a list or other sources."""
AROUND = 4000
"""Characters before and behind a sentence among which the items of its list are looked for."""
ADDED = 0.35
"""Share of its words that the longer of two sentences may add."""

_TURNS = re.compile(
    r"な[いくかけ]|ませ?ん|[ずぬ](?=[、。にと]|$)|[らさまわか]れ"
)  # not, or done to
_SPEAKER = {"ja": "（{}の発言・見解）", "en": " (as stated by {})", "zh": "（{}的说法）"}
_DIFFERING = {
    "ja": ("出典によって数字が異なります：", "、", "（{}）"),
    "en": ("The sources give different figures: ", ", ", " ({})"),
    "zh": ("各出处的数字不同：", "、", "（{}）"),
}

Claim = tuple[Scored, Figure]


@dataclass(frozen=True, slots=True)
class _Quote:
    """Words to cite: whole sentences of an article, one of which was chosen."""

    article: Article
    sentences: tuple[Sentence, ...]
    chosen: Sentence
    score: float
    key: tuple[int, int] | None = None

    @property
    def span(self) -> tuple[int, int]:
        return self.sentences[0].start, self.sentences[-1].end

    def overlaps(self, other: "_Quote") -> bool:
        (start, end), (its_start, its_end) = self.span, other.span
        return self.article.id == other.article.id and start < its_end and its_start < end


_Groups = list[list[_Quote]]  # quotes that say the same, best first


def state(
    chosen: Sequence[Scored], found: Found
) -> tuple[tuple[Statement, ...], tuple[Citation, ...], tuple[Differing, ...]]:
    """Turn sentences into statements in reading order and the citations they rest on.

    Args:
        chosen: The sentences that answer, best first; at least one.
        found: All that was found, where other sentences may say the same or differ.

    Returns:
        The statements, the citations numbered 1, 2, 3 in order of appearance, and the figures in
        which sources differ.
    """
    groups: _Groups = []
    claims = _disagreeing(chosen, found)
    for s in (*chosen, *(other for other, _ in claims)):
        _add(groups, _quote(s, s.quoted, found))
    for item in _items(chosen[0], found):
        _add(groups, item)
    place = {g[0].article.id: at for at, g in reversed([*enumerate(groups)])}
    groups.sort(key=lambda g: (place[g[0].article.id], g[0].span))
    for s in found.sentences:
        _add(groups, _quote(s, (s.sentence,), found), alone=False)
    return _numbered(groups, claims)


def _quote(s: Scored, sentences: tuple[Sentence, ...], found: Found) -> _Quote:
    article = found.generation.article(s.hit.passage.article_id)
    return _Quote(article, sentences, s.sentence, s.score, s.key)


def _items(best: Scored, found: Found) -> Iterator[_Quote]:
    """The items of the list that the best sentence announces or belongs to."""
    article = found.generation.article(best.hit.passage.article_id)
    start, end = best.sentence.start - AROUND, best.sentence.end + AROUND
    passages = found.generation.passages_at(article.id, start, end)
    around = [s for p in passages for s in p.sentences]
    for item in items_of(found.asked, best.sentence, around):
        yield _Quote(article, (item,), item, best.score - 1.0)


def _add(groups: _Groups, quote: _Quote, *, alone: bool = True) -> None:
    """Add to the statement of other articles that says the same, else as one of its own.

    Not where there is no room, nor what is cited already.
    """
    cited = [other for group in groups for other in group]
    if len(cited) == MOST or any(quote.overlaps(other) for other in cited):
        return
    for group in groups:
        texts = group[0].chosen.text, quote.chosen.text
        elsewhere = all(quote.article.id != other.article.id for other in group)
        if elsewhere and same(*texts) and not any(map(leans, texts)):  # その is another there
            group.append(quote)
            return
    if alone:
        groups.append([quote])


def _numbered(
    groups: _Groups, claims: Sequence[Claim]
) -> tuple[tuple[Statement, ...], tuple[Citation, ...], tuple[Differing, ...]]:
    statements: list[Statement] = []
    citations: list[Citation] = []
    differing: list[Differing] = []
    for group in groups:
        first = len(citations) + 1
        for number, quote in enumerate(group, first):
            score, key = quote.score, quote.key
            citations.append(cite(quote.article, *quote.span, number=number, score=score, key=key))
            differing += [
                Differing(number, figure.written, quote.article.published)
                for s, figure in claims
                if quote.article.id == s.hit.passage.article_id and s.sentence in quote.sentences
            ]
        numbers = tuple(range(first, first + len(group)))
        statements.append(Statement(citations[first - 1].quote, numbers, _speaker(group[0])))
    return tuple(statements), tuple(citations), tuple(differing) if len(differing) > 1 else ()


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


def same(one: str, other: str) -> bool:
    """Whether two sentences say the same."""
    return _apart(one, other) == [] and _words(one)[-1] == _words(other)[-1]


def _apart(one: str, other: str) -> list[tuple[Figure, Figure]] | None:
    """The figures in which two sentences differ; None where they speak of something else.

    They speak of the same where the longer one holds the words of the other in order, and adds few.
    """
    pairs = [set(lexicon.bigrams(text)) for text in (one, other)]
    if 4 * len(pairs[0] & pairs[1]) < sum(map(len, pairs)):  # most sentences are far off
        return None
    fewer, more = sorted((_words(one), _words(other)), key=len)
    rest = iter(more)
    if len(fewer) <= (1 - ADDED) * len(more) or not all(word in rest for word in fewer):
        return None
    if sorted(_TURNS.findall(one)) != sorted(_TURNS.findall(other)):
        return None
    mine, theirs = (sorted(figures(text), key=lambda f: f.unit) for text in (one, other))
    if [f.unit for f in mine] != [f.unit for f in theirs]:
        return None
    return [(a, b) for a, b in zip(mine, theirs, strict=True) if not agree(a, b)]


def _words(text: str) -> list[str]:
    return lexicon.terms(without_figures(text))


def _disagreeing(chosen: Sequence[Scored], found: Found) -> list[Claim]:
    """The best sentence with the figure asked for and those of other articles that give another."""
    asked = found.asked
    if asked.kind not in ("number", "date") and asked.unit is None:
        return []
    told = (s for s in chosen if any(_asked_for(asked, f) for f in figures(s.sentence.text)))
    if (best := next(told, None)) is None:
        return []
    claims: dict[str, Claim] = {}
    for other in found.sentences:
        article = other.hit.passage.article_id
        if article == best.hit.passage.article_id or article in claims:
            continue
        apart = _apart(best.sentence.text, other.sentence.text) or []
        if [_asked_for(asked, a) for a, _ in apart] == [True] and _about_the_same(
            best, other, found
        ):
            claims[article] = (other, apart[0][1])
            mine = apart[0][0]
    return [(best, mine), *claims.values()] if claims else []


def _asked_for(asked: Question, figure: Figure) -> bool:
    if asked.unit is not None:
        return bool(asked.unit.search(figure.written))
    return (figure.unit == DATE) == (asked.kind == "date") and figure.written not in asked.text


def _about_the_same(one: Scored, other: Scored, found: Found) -> bool:
    """Whether there are names, and those of each sentence and the question stand around the other."""
    articles = [found.generation.article(s.hit.passage.article_id) for s in (one, other)]
    texts = one.sentence.text, other.sentence.text
    spoken = [spell_out(text, a.published) for text, a in zip(texts, articles, strict=True)]
    if spoken[0] != spoken[1]:  # 昨年 of one year is not that of another
        return False
    asked = found.asked.text if found.asked.language == "ja" else ""  # others are written otherwise
    for text, s, article in zip(texts, (other, one), reversed(articles), strict=True):
        named = lexicon.names(f"{text}\n{asked}")
        if not named or not named <= lexicon.names(f"{article.title or ''}\n{s.hit.passage.text}"):
            return False
    return True


def spell(statements: Sequence[Statement], differing: Sequence[Differing], language: str) -> str:
    """Write an answer in lines; the statements stay as they are, the rest is in the language given."""
    lines = []
    for statement in statements:
        markers = "".join(f"[{number}]" for number in statement.citations)
        said = _SPEAKER[language].format(statement.speaker) if statement.speaker else ""
        lines.append(f"{statement.text} {markers}{said}")
    if differing:
        opening, comma, dated = _DIFFERING[language]
        days = [dated.format(d.published) if d.published else "" for d in differing]
        told = zip(differing, days, strict=True)
        lines.append(opening + comma.join(f"[{d.citation}] {d.figure}{day}" for d, day in told))
    return "\n".join(lines)
