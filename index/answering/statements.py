"""The chosen sentences as an answer's statements, each with its citations.

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

from index.answering.composing import Groups, Made, Quote, Section, numbered, quote_of
from index.answering.quotes import items_of, leans
from index.answering.reading import ANSWER_FROM, Found, Scored, choose
from index.questions import Question, lexicon
from index.records import Citation, Differing, Sentence, Statement
from index.store.tables import Place
from index.text.dates import spell_out
from index.text.figures import DATE, Figure, agree, figures, without_figures

MOST = 8
"""Citations of an answer: three sentences that answer, and the items of a list or other sources."""
AROUND = 4000
"""Characters before and behind a sentence among which the items of its list are looked for."""
ADDED = 0.35
"""Share of its words that the longer of two sentences may add."""

LISTED, SPREAD, LIKELY = 8, 3.0, 0.75
"""Sentences of a list, log-odds by which the piece of one may be less likely than the best, and the probability
from which it belongs: on 32 list questions of our own 39 of the wanted sentences in 70; with a margin of 2 34 in 55,
of 4 42 in 83. Passages behind the three that are read hold no more."""

_TURNS = re.compile(
    r"な[いくかけ]|ませ?ん|[ずぬ](?=[、。にと]|$)|[らさまわか]れ"
)  # not, or done to

Claim = tuple[Quote, str]
"""A sentence and the figure in it that another source gives otherwise."""


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
    groups: Groups = []
    claims = _disagreeing(chosen, found) or _known(chosen, found)
    for quote in (*(quote_of(s, found) for s in chosen), *(quote for quote, _ in claims)):
        _add(groups, quote, found)
    for item in listed(chosen[0], found):
        _add(groups, item, found)
    place = {g[0].article.id: at for at, g in reversed([*enumerate(groups)])}
    groups.sort(key=lambda g: (place[g[0].article.id], g[0].span))
    for s in found.sentences:
        _add(groups, quote_of(s, found, (s.sentence,)), found, alone=False)
    differing = [
        Differing(number, figure, quote.article.published)
        for number, quote in enumerate((quote for group in groups for quote in group), 1)
        for claim, figure in claims
        if quote.article.id == claim.article.id and claim.chosen in quote.sentences
    ]
    return *numbered(groups), tuple(differing) if len(differing) > 1 else ()


def listed(best: Scored, found: Found) -> Iterator[Quote]:
    """The items of the list that the best sentence announces or belongs to."""
    article = found.generation.article(best.hit.passage.article_id)
    start, end = best.sentence.start - AROUND, best.sentence.end + AROUND
    passages = found.generation.passages_at(article.id, start, end)
    around = [s for p in passages for s in p.sentences]
    for item in items_of(found.asked, best.sentence, around):
        yield Quote(article, (item,), item, best.score - 1.0)


def enumerate_(found: Found) -> Made | None:
    """Quote what a question asks several of; None where no more than one sentence answers."""
    if found.confidence < ANSWER_FROM:
        return None
    count, best = found.asked.form.count, found.sentences[0]
    items = list(listed(best, found))
    announced = all(best.sentence not in item.sentences for item in items)
    quotes = [quote_of(best, found, (best.sentence,))] * announced + items
    quotes = quotes if items else list(_several(found, count))
    if len(quotes) < 2:
        return None
    return Made((Section("", tuple(quotes)),))


def _several(found: Found, count: int) -> Iterator[Quote]:
    """The sentences that answer."""
    taken = choose(found.sentences, most=count or LISTED, margin=SPREAD, belongs=LIKELY)
    yield from (quote_of(s, found) for s in taken)


def _add(groups: Groups, quote: Quote, found: Found, *, alone: bool = True) -> None:
    """Add to the statement of other articles that says the same, else as one of its own.

    Not where there is no room, nor what is cited already, also of another carrier of the same copy.
    """
    cited = [other for group in groups for other in group]
    if len(cited) == MOST or any(quote.overlaps(other) for other in cited):
        return
    for group in groups:
        texts = group[0].chosen.text, quote.chosen.text
        elsewhere = all(quote.article.id != other.article.id for other in group)
        if elsewhere and same(*texts) and not any(map(leans, texts)):  # その is another there
            copies = found.generation.stories.get(quote.article.id, ())
            if all(other.article.id not in copies for other in group):
                group.append(quote)
            return
    if alone:
        groups.append([quote])


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
    claims: dict[str, tuple[Scored, Figure]] = {}
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
    both = [(best, mine), *claims.values()] if claims else []
    return [(quote_of(s, found), figure.written) for s, figure in both]


def _known(chosen: Sequence[Scored], found: Found) -> list[Claim]:
    """The first sentence chosen with which others disagree, as the index knows, and these."""
    for s in chosen:
        article_id, own = s.hit.passage.article_id, s.sentence
        apart = found.generation.apart.get(article_id, ())
        pairs = [pair for pair in apart if pair[0][1] == own.start]
        if pairs:
            others = (_quote(other, s.score - 1.0, found) for _, other in pairs)
            return [(quote_of(s, found), pairs[0][0][3]), *others]
    return []


def _quote(place: Place, score: float, found: Found) -> Claim:
    article_id, start, end, figure = place
    article = found.generation.article(article_id)
    sentence = Sentence(article.text[start:end], start, end)
    return Quote(article, (sentence,), sentence, score), figure


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
