"""The windows that a step learns from.

Of a newsqa question both versions of its article are shown in one batch, as the same run of
sentences, with the edit; so neither the question nor the length tells which one answers. Beside
them stand windows that do not answer: the same run under a sibling of the question, another passage
of the article, one of another article that the encoder finds near, and any passage under words that
ask nothing. Of a question of another set: the sentences round its answer, and the
same paragraph without the sentences that hold the answer, another paragraph of the document, or one
of another document.

A step's windows are a pure function of seed and step, so that a run that goes on after an
interruption sees what it would have seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from random import Random
from typing import TypeVar

from index.crossencoder.reading import VERDICTS, Laid, lay
from index.encoder.tokenizer import Tokenizer
from index.evaluate.sets import Item, NewsArticle, Variant, holds
from index.training.data import Asked, Corpus, Shown, passages, read_talk

SHARES = {"questions": 4, "claims": 4, "others": 2}
"""Of half a step."""
LENGTHS = (40, 60, 80, 100, 130, 160)
"""Characters of a window, as long as those that are read in the end; more only where the evidence needs
more. On longer ones the same steps teach less."""
FARTHEST = 350
"""Characters between the first and last sentence of the evidence of one window."""
NEGATIVES, CLAIM_NEGATIVES, SIBLINGS = 0.6, 0.2, 1.0
"""Further windows that do not answer: a question, a claim, a question that has a sibling."""
LATIN = 2.2
"""How much longer a run in Latin letters may be."""
DRAWN = 30
"""Paragraphs of other documents of which one is taken."""
UNTITLED = 0.15
"""The share of windows without their title."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Example:
    """A window in token ids and what is to be learnt of it; None is what is not said."""

    laid: Laid
    answered: float | None  # 1 or 0
    evidence: tuple[float | None, ...]  # of each sentence laid 1 or 0
    span: tuple[int, int] | None = None  # the first and last token of the answer
    verdict: int | None = None  # of a claim, a number of VERDICTS
    pair: int | None = None  # shared by the two versions of one question


class Examples:
    """Makes the examples of one half step after another."""

    def __init__(self, corpus: Corpus, tokenizer: Tokenizer, seed: int) -> None:
        self._corpus = corpus
        self._locate = cache(tokenizer.locate)
        self._seed = seed
        self._questions = [(a, q) for a in corpus.articles for q in a.questions]
        self._claims = [(a, c) for a in corpus.articles for c in a.claims]
        self._passages = cache(passages)
        self._nothing = [words for kind, words in read_talk() if kind != "question"]
        self._documents: dict[str, list[Asked]] = {}
        for asked in (asked for those, _ in corpus.sets for asked in those):
            self._documents.setdefault(asked.document, []).append(asked)
        self._names = [*self._documents]

    def of(self, half: int) -> list[Example]:
        """Return the examples of a half step; the two versions of a question stand in one."""
        chance = Random(f"{self._seed} {half}")
        found: list[Example] = []
        for pair, (article, question) in enumerate(self._drawn("questions", self._questions, half)):
            found += self._of_item(article, question, pair, NEGATIVES, chance)
            if pair == 0:
                own = chance.choice(self._passages(article.paragraphs))
                shown = _piece(article.title, question.variants[0].sentences, own, chance)
                found.append(self._put(chance.choice(self._nothing), shown, 0.0))
        for article, claim in self._drawn("claims", self._claims, half):
            found += self._of_item(article, claim, None, CLAIM_NEGATIVES, chance)
        if self._corpus.sets:
            sets, shares = zip(*self._corpus.sets, strict=True)
            for those in chance.choices(sets, shares, k=SHARES["others"]):
                found += self._of_asked(chance.choice(those), chance)
        return found

    def _drawn(self, name: str, items: Sequence[T], half: int) -> Iterator[T]:
        """The items of a half step; every one comes once an epoch."""
        if items:
            for at in range(half * SHARES[name], (half + 1) * SHARES[name]):
                epoch, place = divmod(at, len(items))
                yield items[_order(len(items), f"{self._seed} {name} {epoch}")[place]]

    def _of_item(
        self, article: NewsArticle, item: Item, pair: int | None, negatives: float, chance: Random
    ) -> Iterator[Example]:
        title = article.title if chance.random() >= UNTITLED else ""
        own = _run(item.variants, self._passages(item.variants[0].paragraphs), chance)
        is_claim = item.variants[0].label in VERDICTS
        for variant in item.variants:
            run = range(variant.behind(own[0]).start, variant.behind(own[-1]).stop)
            yield self._example(item.text, variant, title, run, pair)
            if item.sibling and variant.written and chance.random() < SIBLINGS:
                unsaid = replace(_shown(variant, title, run), span=None)
                yield self._put(item.sibling, unsaid, 0.0, None, pair)
            for rival in _rivals(article, item, chance) if is_claim and variant.written else ():
                yield self._example(rival.text, rival.variants[0], title, run, None)
        if chance.random() < negatives and (other := self._negative(item, title, chance)):
            verdict = VERDICTS.index("not found") if is_claim else None
            yield self._put(item.text, other, 0.0, verdict)

    def _example(
        self, text: str, variant: Variant, title: str, run: Sequence[int], pair: int | None
    ) -> Example:
        """A window of a variant; where it holds too little of the evidence, nothing is said of it."""
        inside = sum(n in run for n in variant.evidence)
        is_claim = variant.label in VERDICTS
        whole = inside == len(variant.evidence) if is_claim else 2 * inside > len(variant.evidence)
        told = whole or not variant.evidence
        verdict = VERDICTS.index(variant.label) if is_claim and told else None
        answered = float(variant.settled) if told else None
        return self._put(text, _shown(variant, title, run), answered, verdict, pair)

    def _put(
        self,
        text: str,
        shown: Shown,
        answered: float | None,
        verdict: int | None = None,
        pair: int | None = None,
    ) -> Example:
        """Put a window into token ids."""
        located = [self._locate(sentence) for sentence in shown.sentences]
        question, title = ([i for i, _, _ in self._locate(t)] for t in (text, shown.title))
        laid = lay(question, title, [[i for i, _, _ in own] for own in located])
        span = None
        if shown.span and shown.span[0] < len(laid.sentences):
            number, start, end = shown.span
            first, last = laid.sentences[number]
            pieces = enumerate(located[number], first)
            inside = [at for at, (_, a, b) in pieces if a < b and a < end and b > start]
            span = (inside[0], inside[-1]) if inside and inside[-1] < last else None
        evidence = tuple(shown.evidence[: len(laid.sentences)])
        return Example(laid, answered, evidence, span, verdict, pair)

    def _negative(self, item: Item, title: str, chance: Random) -> Shown | None:
        """A piece of another article that is near, or one of its own that says nothing on it."""
        near = self._corpus.near.get(item.text)
        if near and chance.random() < 0.5:
            shown = chance.choice(near)
            every = range(len(shown.sentences))
            return _piece(shown.title if title else "", shown.sentences, every, chance)
        variant = chance.choice(item.variants)
        kept = {*variant.near, *variant.evidence}
        others = [p for p in self._passages(variant.paragraphs) if kept.isdisjoint(p)]
        return _piece(title, variant.sentences, chance.choice(others), chance) if others else None

    def _of_asked(self, asked: Asked, chance: Random) -> Iterator[Example]:
        """A question of another set with its answer and without."""
        title = asked.title if chance.random() >= UNTITLED else ""
        limit = (LATIN if asked.sentences[0].isascii() else 1.0) * chance.choice(LENGTHS)
        silent: Sequence[str]
        if asked.span is None:
            at, silent = chance.randrange(len(asked.sentences)), asked.sentences
        else:
            at, *words = asked.span
            run = _grown([at], asked.sentences, limit, chance)
            evidence = [float(n == at) for n in run]
            span = (at - run[0], words[0], words[1])
            shown = Shown(title, [asked.sentences[n] for n in run], evidence, span)
            yield self._put(asked.question, shown, 1.0)
            silent = self._silent(asked, chance)
        if silent:
            run = _grown([min(at, len(silent) - 1)], silent, limit, chance)
            shown = Shown(title, [silent[n] for n in run], [None] * len(run))
            yield self._put(asked.question, shown, 0.0)

    def _silent(self, asked: Asked, chance: Random) -> Sequence[str]:
        """The paragraph without the answer, another one of the document, or one of another document."""
        drawn = chance.random()
        if drawn < 0.4:
            return [s for s in asked.sentences if not holds(s, asked.answers)]
        others = self._documents[asked.document]
        if drawn > 0.7:
            others = self._alike(asked, chance)
        silent = [o.sentences for o in others if not holds("".join(o.sentences), asked.answers)]
        return chance.choice(silent) if silent else ()

    def _alike(self, asked: Asked, chance: Random) -> list[Asked]:
        """Of some paragraphs of other documents the one that shares most pairs of letters with a question."""
        pairs = {*pairwise(asked.question)}
        names = (n for n in chance.choices(self._names, k=DRAWN) if n != asked.document)
        drawn = (chance.choice(self._documents[name]) for name in names)
        shared = lambda a: len(pairs.intersection(pairwise("".join(a.sentences))))  # noqa: E731
        return sorted(drawn, key=shared)[-1:]


def _run(
    variants: Sequence[Variant], cuts: Sequence[Sequence[int]], chance: Random
) -> Sequence[int]:
    """The sentences of the article as written to show: a run round what settles it.

    Each is as long as it is, with what was inserted behind it, in the version where it is longest.
    """
    count = len(variants[0].sentences)
    settling = [v for v in variants if v.evidence] or variants
    sought = [(v, {*(v.evidence or v.near)}) for v in settling]
    wanted = [n for n in range(count) if any(those & {*v.behind(n)} for v, those in sought)] or [0]
    texts = [
        max(("".join(v.sentences[m] for m in v.behind(n)) for v in variants), key=len)
        for n in range(count)
    ]
    limit = chance.choice(LENGTHS)
    if sum(map(len, texts[wanted[0] : wanted[-1] + 1])) <= FARTHEST:
        return _grown(wanted, texts, limit, chance)
    best = max(cuts, key=lambda own: len({*own}.intersection(wanted)))
    return _grown([n for n in wanted if n in best], texts, limit, chance, within=best)


def _rivals(article: NewsArticle, claim: Item, chance: Random) -> list[Item]:
    """Claims about the same sentences with other verdicts, one of each: words of one skeleton."""
    own = {*claim.variants[0].near}
    others = [c for c in article.claims if own.intersection(c.variants[0].near)]
    of_each = {c.kind: c for c in chance.sample(others, len(others)) if c.kind != claim.kind}
    return [*of_each.values()]


def _piece(title: str, sentences: Sequence[str], own: Sequence[int], chance: Random) -> Shown:
    """A window of some of a passage's sentences, none of which answers."""
    run = _grown([chance.choice(own)], sentences, chance.choice(LENGTHS), chance, within=own)
    return Shown(title, [sentences[n] for n in run], [0.0] * len(run))


def _grown(
    kept: Sequence[int],
    sentences: Sequence[str],
    limit: float,
    chance: Random,
    within: Sequence[int] | None = None,
) -> range:
    """A run of sentences round those kept, grown to either side while it is not too long."""
    least, most = (within[0], within[-1] + 1) if within else (0, len(sentences))
    start, end = min(kept), max(kept) + 1
    size = sum(map(len, sentences[start:end]))
    while True:
        within_reach = (n for n in (start - 1, end) if least <= n < most)
        beside = [n for n in within_reach if size + len(sentences[n]) <= limit]
        if not beside:
            return range(start, end)
        n = chance.choice(beside)
        size += len(sentences[n])
        start, end = min(start, n), max(end, n + 1)


def _shown(variant: Variant, title: str, run: Sequence[int]) -> Shown:
    """Where nothing answers, what comes nearest is to be found; where something does, it need not."""
    wanted = {*variant.evidence} or {*variant.near}
    evidence = [None if n in {*variant.near} - wanted else float(n in wanted) for n in run]
    sentences, answer, span = variant.sentences, variant.answer, None
    if answer:
        holding = [n for n in variant.evidence if n in run and answer in sentences[n]]
        for n in holding[:1]:
            start = sentences[n].index(answer)
            span = ([*run].index(n), start, start + len(answer))
    return Shown(title, [sentences[n] for n in run], evidence, span)


@lru_cache(maxsize=8)
def _order(count: int, seed: str) -> list[int]:
    return Random(seed).sample(range(count), count)
