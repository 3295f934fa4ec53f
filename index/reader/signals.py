"""The sentences of the passages found, each with the named signals that speak for it.

What they do not know: they cannot tell a sentence about the right thing that lacks the fact asked
for from one that holds it, except by the kind of thing asked for and the words covered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index import lexicon
from index.dates import spell_out
from index.questions import Question, covers, holds_kind, misses_figure
from index.reader.model import CHOICE, log_odds
from index.reader.quotes import quoted
from index.records import Article, Hit, Passage, Sentence
from index.retriever import Evidence
from index.store import Generation


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence with the signals that speak for it, by name, and its log-odds.

    ``quoted`` are the sentences to quote: with it, the one it points back to and the one that
    lists what it speaks of.
    """

    hit: Hit
    sentence: Sentence
    quoted: tuple[Sentence, ...]
    signals: dict[str, float]
    score: float


def score_sentences(
    asked: Question, evidence: Sequence[Evidence], generation: Generation
) -> list[Scored]:
    """Score every sentence of the passages found, best first."""
    rarity = {term: generation.terms.rarity(term) for term in asked.terms}
    names = lexicon.names(asked.text) if asked.language == "ja" else ()
    common = {"name": -1.0 if any(name not in generation.terms for name in names) else 0.0}
    scored = [s for e in evidence for s in _score_passage(asked, e, generation, rarity, common)]
    return sorted(scored, key=lambda s: -s.score)


def _score_passage(
    asked: Question,
    e: Evidence,
    generation: Generation,
    rarity: dict[str, float],
    common: dict[str, float],
) -> Iterator[Scored]:
    article = generation.article(e.hit.passage.article_id)  # once: it is read and checked whole
    around = _around(article, e.hit.passage)
    common = common | {"figure": -1.0 if misses_figure(asked, around) else 0.0}
    for at, (sentence, cosine) in enumerate(zip(e.sentences, e.cosines, strict=True)):
        own = _covered(f"{sentence.text} {spell_out(sentence.text, article.published)}", rarity)
        held = holds_kind(asked, sentence.text)
        signals = common | {
            "passage": e.hit.score,
            "cosine": float(cosine),
            "coverage": _share(own, rarity),
            "kind": 0.0 if held is None else 1.0 if held else -1.0,
            "unit": -1.0 if asked.unit and not held else 0.0,
            "heading": float(sentence.text == e.hit.passage.heading),
        }
        yield Scored(e.hit, sentence, quoted(e, at), signals, log_odds(CHOICE, signals))


def _around(article: Article, passage: Passage) -> str:
    """The passage with what a reader of the page knows: title, date, heading."""
    day = article.published
    known = (
        article.title,
        f"{day.year}年{day.month}月{day.day}日" if day else None,
        passage.heading,
        passage.text,
        spell_out(passage.text, day),
    )
    return "\n".join(part for part in known if part)


def _covered(text: str, rarity: dict[str, float]) -> dict[str, float]:
    terms, pairs = lexicon.terms(text), frozenset(lexicon.bigrams(text))
    return {term: covers(term, terms, pairs) for term in rarity}


def _share(covered: dict[str, float], rarity: dict[str, float]) -> float:
    """Share of the question's terms that is covered, each weighing what it is rare."""
    total = sum(rarity.values())
    return sum(covered[term] * rarity[term] for term in rarity) / total if total else 0.0
