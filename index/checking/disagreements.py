"""Sentences of different articles that give another figure for the same thing, found after a build.

They do where they share words, the names of each stand in or around the other, a figure of the one stands otherwise
in the other, and the reader says that the one contradicts the other. Of claims on newsqa-dev, put into
articles of their own, 7 of 96 wrong ones are found so and no other; without another figure the reader finds 49 of
them beside their nearest sentences and takes 19 others for such, too many to be told unasked. What it does not know:
disagreements without figures.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from index.answering import Asking
from index.checking.verdicts import CONTRADICTED_FROM, differing, meet
from index.crossencoder import Window
from index.crossencoder.reading import read_in_one_form
from index.questions import lexicon
from index.records import Article, Passage, Sentence
from index.reports import OnProgress, Progress
from index.store import Archive, Part
from index.store.tables import Place
from index.text.characters import nfkc
from index.text.dates import in_full
from index.text.figures import DATE, figures, without_figures
from index.text.spans import mentions

VERSION = "1"
NEAREST = 5
"""Sentences that one is read beside."""
NEAR = 14
"""Days between two articles that tell of the same, where their sentences do not both name one."""
SHARED = 3
"""Words that they share, beside figures."""
LOOKED, PASSAGES = 400, 8
"""Sentences looked up in a build, and passages looked at for each: some ten seconds."""

_TURNS = re.compile(
    "見通し|見込|予定|目標|計画|予想|補正|うち|当たり|な[いか]|男性|女性|大人|子ども|国内|海外|[小中高](?=学?校)|[0-9]年生"
)
"""What makes another thing of what a figure tells of: both sentences hold it, or neither."""

Told = tuple[Sentence, Passage, Article]


def disagreeing(
    article: Article, sentences: Sequence[tuple[Passage, Sentence]], asking: Asking
) -> Iterator[tuple[Place, Place]]:
    """Yield of these sentences of an article each with one of another article that disagrees with it."""
    copies = asking.generation.stories.get(article.id, ())
    for passage, sentence in sentences:
        near, words = list[tuple[int, Article, Sentence]](), _words(sentence.text)
        for e in asking.retrieve(sentence.text, top_k=PASSAGES):
            other, beside = asking.generation.article(e.hit.passage.article_id), e.hit.passage
            if other.id != article.id and other.id not in copies:
                for s in e.sentences:
                    shared = len(words & _words(s.text))
                    both = (sentence, passage, article), (s, beside, other)
                    if shared >= SHARED and _on_the_same(*both):
                        near.append((shared, other, s))
        near = sorted(near, key=lambda one: -one[0])[:NEAREST]
        windows = [Window(other.title, (s.text,)) for _, other, s in near]
        readings = read_in_one_form(asking.crossencoder, sentence.text, windows)
        for (_, other, s), reading in zip(near, readings, strict=True):
            sure = reading.verdict and math.exp(reading.verdict[1]) >= CONTRADICTED_FROM
            if sure and differing(s.text, sentence.text):  # a bound is one on either side
                apart = [p for p in differing(sentence.text, s.text) if p[0].unit != DATE]
                for mine, theirs in apart[:1]:
                    own = article.id, sentence.start, sentence.end, mine.written
                    yield own, (other.id, s.start, s.end, theirs.written)


def _at_the_same_time(*both: Told) -> bool:
    """Whether two sentences speak of the same day; or else two articles came out near to each other."""
    (mine, day), (theirs, its) = ((mentions(s.text, a.published), a.published) for s, _, a in both)
    if mine and theirs:
        spelled = in_full(nfkc(both[0][0].text), day)
        return any(meet(m, t, spelled) for m in mine for t in theirs)
    return day is None or its is None or abs((day - its).days) <= NEAR


def _on_the_same(*both: Told) -> bool:
    """Whether the names of each sentence, or else of its title, stand in the other, its passage or its title."""
    turns = [{*_TURNS.findall(s.text)} for s, *_ in both]
    if turns[0] != turns[1] or not _at_the_same_time(*both):
        return False
    for (s, _, article), (_, passage, other) in (both, both[::-1]):
        named = lexicon.names(s.text) or lexicon.names(article.title or "")
        if not named or not named <= lexicon.names(f"{other.title or ''}\n{passage.text}"):
            return False
    return True


def _words(text: str) -> set[str]:
    return {*lexicon.terms(without_figures(text))}


def compared(
    before: Mapping[str, Any],
    generation: Archive,
    ids: Mapping[str, str],
    asking: Callable[[], Asking],
    report: OnProgress,
) -> dict[str, Any]:
    """Compare articles that are new, the latest first, as many as ``LOOKED`` allows; the others come later.

    Args:
        before: What this returned for the generation before.
        generation: Whose articles they are.
        ids: Of all articles, by their keys.
        asking: Returns what asks the generation, where there is something new.
        report: Told of each article.
    """
    known = ids.keys() & {*before.get("compared", ())}
    there = {ids[key] for key in known}
    kept = [p for p in before.get("apart", ()) if {p[0][0], p[1][0]} <= there]
    pairs, left = {frozenset((tuple(one[:3]), tuple(other[:3]))) for one, other in kept}, LOOKED
    keys = {article_id: key for key, article_id in ids.items() if key not in known}
    new = sorted(map(generation.article, keys), key=lambda a: (a.source, a.id))
    new.sort(key=lambda a: str(a.published or ""), reverse=True)
    for done, article in enumerate(new):
        sentences = told(generation.part(article.id))
        left -= len(sentences)
        if done and left < 0:
            break
        report(Progress("compare", done, len(new)))
        for one, other in disagreeing(article, sentences, asking()):
            if (both := frozenset((tuple(one[:3]), tuple(other[:3])))) not in pairs:
                pairs.add(both)
                kept.append((one, other))
        known.add(keys[article.id])
    report(Progress("compare", len(new), len(new)))
    return {"compared": sorted(known), "apart": kept}


def told(part: Part) -> list[tuple[Passage, Sentence]]:
    """Return the sentences that tell a figure, each with its passage, up to ``LOOKED``."""
    every = {s.start: (passage, s) for passage, sentences in part.passages for s in sentences}
    return [(passage, s) for passage, s in every.values() if figures(s.text)][:LOOKED]
