"""A question and the passages found to an answer: the sentences that answer it, word for word.

Each sentence of the passages is scored by a weighted sum of a few named signals; the best one
answers, others follow it only when they score nearly as well. Whether to answer at all is a second
sum over the signals of those sentences, a logistic model's log-odds. Both were set on questions
about other texts, so they know nothing of the articles at hand.

What it does not know: it cannot tell a sentence about the right thing that lacks the fact asked for
from one that holds it, except by the kind of thing asked for and the words covered.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from index import lexicon
from index.citations import cite
from index.dates import spell_out
from index.questions import Question, covers, holds_kind, misses_figure, read_question
from index.records import Answer, Article, Citation, Hit, Passage, Sentence, Statement, Step
from index.retriever import Evidence
from index.store import Generation

NEAREST = 3
"""Passages offered with a refusal."""
MOST = 3
"""Sentences an answer may have."""
MARGIN = 0.5
"""Log-odds a further sentence may lie below the best one."""

CHOICE = {
    "passage": 2.0,
    "cosine": 20.0,
    "coverage": 2.0,
    "kind": 1.0,
    "unit": 1.0,
    "heading": -3.0,
}
"""What makes a sentence the one to quote. Set by hand: a logistic model fitted on 1,700 questions of
JaQuAD chose no better (best sentence holds the answer: .77 by hand, .77 fitted; JSQuAD .88, .87)."""
TRUST = {
    "cosine": 27.0,
    "coverage": 3.1,
    "unit": 2.2,
    "figure": 4.6,
    "name": 0.8,
    "bias": -24.7,
}
"""What makes the best sentence an answer: a logistic model fitted on questions of JaQuAD and NIILC
as asked, with their passage withheld, with the sentences that hold the answer withheld, and with
another year put in. The weights of ``unit`` (1.4 fitted) and ``name`` are set by hand: few of those
questions ask for a count, and none names anything unknown."""
BAR = {"ja": -1.2, "en": -3.9, "zh": -2.9}
"""Log-odds from which an answer is given, set by hand. Lower across languages, where words cannot be
covered and cosines lie lower. At these, of tests/questions.jsonl (paraphrased to be hard) four in five
of the answerable are answered and a third of those on topic without an answer are refused."""

SENTENCE = 3
"""Words that make an English question rather than keywords."""

_POINTS_BACK = re.compile(
    r"(?:同(?:日|氏|年|月|国|時|様)|彼(?:ら|女)?[はがのをも、]|これ|それ|この|その|こう|そう|両(?:国|者|氏|首脳)|当時)"
)
_LISTS = re.compile(r"(?:その(?:中|内|うち|内訳)|具体的|例えば|たとえば|第一に|一つ目|ひとつ目)")
_HIRAGANA = re.compile("[ぁ-ん]")  # a word with it is seldom the name of something
_REFUSALS = {
    "ja": "この質問に答える記述は、いまある記事の中に見つかりませんでした。",
    "en": "I could not find anything in the articles that answers this question.",
    "zh": "在现有的文章中没有找到能回答这个问题的内容。",
}


class Reader(Protocol):
    """Makes an Answer of a question and the passages found for it."""

    name: str

    def read(
        self, question: str, understood: str, evidence: Sequence[Evidence], generation: Generation
    ) -> Iterator[Step]:
        """Yield steps, the last of which holds the Answer."""
        ...


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


class ExtractiveReader:
    """Answers with sentences of the articles, verbatim."""

    name = "extractive"

    def read(
        self, question: str, understood: str, evidence: Sequence[Evidence], generation: Generation
    ) -> Iterator[Step]:
        """See ``Reader.read``."""
        hits = tuple(e.hit for e in evidence)
        yield Step("sources", hits)
        asked = read_question(understood)
        scored = score_sentences(asked, evidence, generation)
        chosen = choose(scored)
        trust = _trust(chosen)
        if chosen and trust >= _bar(asked):
            answer = self._answer(question, asked, chosen, generation, trust)
        else:
            answer = self._refuse(question, asked, hits, generation, trust)
        yield Step("answer", hits, answer)

    def _answer(
        self,
        question: str,
        asked: Question,
        chosen: Sequence[Scored],
        generation: Generation,
        trust: float,
    ) -> Answer:
        citations = tuple(_cite(generation, s, number) for number, s in enumerate(chosen, 1))
        statements = tuple(Statement(c.quote, (c.number,)) for c in citations)
        text = "\n".join(f"{c.quote} [{c.number}]" for c in citations)
        return Answer(
            question=question,
            understood=asked.text,
            reader=self.name,
            answered=True,
            text=text,
            statements=statements,
            citations=citations,
            missing=(),
            nearest=(),
            confidence=_confidence(asked, trust),
        )

    def _refuse(
        self,
        question: str,
        asked: Question,
        hits: Sequence[Hit],
        generation: Generation,
        trust: float,
    ) -> Answer:
        own = asked.terms if asked.language == "ja" else {}  # of other languages nothing is known
        absent = [word for term, word in own.items() if term not in generation.terms]
        return Answer(
            question=question,
            understood=asked.text,
            reader=self.name,
            answered=False,
            text=_REFUSALS[asked.language],
            statements=(),
            citations=(),
            missing=tuple(word for word in absent if not _HIRAGANA.search(word)),
            nearest=tuple(hits[:NEAREST]),
            confidence=_confidence(asked, trust),
        )


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
        yield Scored(e.hit, sentence, _quoted(e, at), signals, _log_odds(CHOICE, signals))


def _quoted(e: Evidence, at: int) -> tuple[Sentence, ...]:
    """Return the sentence with the neighbours in its paragraph that it cannot stand without."""
    start = at - 1 if _leads_on(e, at - 1, _POINTS_BACK) else at
    end = at + 1 if _leads_on(e, at, _LISTS) else at
    return e.sentences[start : end + 1]


def _leads_on(e: Evidence, at: int, opening: re.Pattern[str]) -> bool:
    """Whether the sentence after this one, in the same paragraph, opens so."""
    if not 0 <= at < len(e.sentences) - 1 or not opening.match(e.sentences[at + 1].text):
        return False
    offset = e.hit.passage.start
    between = e.hit.passage.text[e.sentences[at].end - offset : e.sentences[at + 1].start - offset]
    return "\n" not in between


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


def _log_odds(coefficients: dict[str, float], signals: dict[str, float]) -> float:
    terms = (c * signals[name] for name, c in coefficients.items() if name != "bias")
    return coefficients.get("bias", 0.0) + sum(terms)


def choose(scored: Sequence[Scored]) -> list[Scored]:
    """Return the best sentence and those nearly as good, in reading order."""
    best: list[Scored] = []
    quoted: set[tuple[str, Sentence]] = set()  # no words twice
    for s in (s for s in scored[:MOST] if s.score >= scored[0].score - MARGIN):
        passage = s.hit.passage.id
        if (passage, s.sentence) not in quoted:
            fresh = tuple(q for q in s.quoted if (passage, q) not in quoted)
            best.append(replace(s, quoted=fresh))
            quoted.update((passage, q) for q in fresh)
    place = {s.hit.passage.article_id: at for at, s in reversed(list(enumerate(best)))}
    return sorted(best, key=lambda s: (place[s.hit.passage.article_id], s.sentence.start))


def _trust(chosen: Sequence[Scored]) -> float:
    return max((_log_odds(TRUST, s.signals) for s in chosen), default=-math.inf)


def _cite(generation: Generation, scored: Scored, number: int) -> Citation:
    article = generation.article(scored.hit.passage.article_id)
    start, end = scored.quoted[0].start, scored.quoted[-1].end
    return cite(article, start, end, number=number, score=scored.score)


def _bar(asked: Question) -> float:
    """The log-odds from which to answer. Keywords in Latin letters are held to the bar of Japanese."""
    is_keywords = asked.language == "en" and len(asked.text.split()) < SENTENCE
    return BAR["ja" if is_keywords else asked.language]


def _confidence(asked: Question, trust: float) -> float:
    """The probability that the answer is one; across languages, from the lower bar upwards."""
    log_odds = trust - _bar(asked) + BAR["ja"]
    return 1 / (1 + math.exp(-max(log_odds, -30.0)))
