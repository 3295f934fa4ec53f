"""What the trained reader changes in the order of the passages, by one that says what it is told."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.crossreader import CrossReader, Reading
from index.encoder import Encoder
from index.questions import read_question
from index.reader import rerank, score_sentences
from index.reader.model import probability
from index.reader.reranking import DEPTH, WINDOW
from index.retriever import Evidence, retrieve
from index.store import Generation, Home

QUESTION = "運河の技師長は誰か"


class Told(CrossReader):
    """Gives the n-th passage the n-th odds, and takes its last four letters for the answer."""

    def __init__(self, *odds: float) -> None:
        self.odds = odds
        self.asked: list[tuple[str | None, str]] = []

    def read(self, question: str, passages: Sequence[tuple[str | None, str]]) -> list[Reading]:
        self.asked = list(passages)
        return [
            self._reading(odds, text) for odds, (_, text) in zip(self.odds, passages, strict=False)
        ]

    @staticmethod
    def _reading(odds: float, text: str) -> Reading:
        located = [(9, at, at + 1) for at in range(len(text))]
        starts, ends = (np.full(len(text), -9.0, np.float32) for _ in range(2))
        starts[-4] = ends[-1] = 0.0
        return Reading(odds, starts, ends, located)


@pytest.fixture(scope="module")
def generation(real_home: Path) -> Generation:
    return Home(real_home).open()


@pytest.fixture(scope="module")
def found(generation: Generation, real_encoder: Encoder) -> list[Evidence]:
    found = retrieve(generation, real_encoder, QUESTION)
    assert len(found) > DEPTH
    return found


def ids(evidence: Sequence[Evidence]) -> list[str]:
    return [e.hit.passage.id for e in evidence]


def test_without_a_reader_nothing_changes(generation: Generation, found: list[Evidence]) -> None:
    assert rerank(QUESTION, found, generation, None) == found
    assert rerank(QUESTION, [], generation, Told()) == []


@pytest.mark.parametrize(
    ("question", "reads"),
    [
        ("運河の技師長はなぜ辞めたのか", False),
        ("運河の技師長について教えて", False),
        ("Why did the engineer of the canal resign?", True),
        ("运河的总工程师为什么辞职？", True),
    ],
)
def test_japanese_explanations_are_not_for_it(
    generation: Generation, found: list[Evidence], question: str, reads: bool
) -> None:
    reader = Told(-3.0, 4.0)
    ranked = rerank(question, found, generation, reader)
    assert (len(reader.asked) == DEPTH) == reads
    assert (ranked == found) != reads


def test_what_it_is_sure_of_comes_first(generation: Generation, found: list[Evidence]) -> None:
    reader = Told(-9.0, 9.0)
    ranked = rerank(QUESTION, found, generation, reader)
    assert ids(ranked) == ids([found[1], found[0], *found[2:]])
    assert [e.hit.rank for e in ranked] == list(range(1, len(found) + 1))
    scores = [e.hit.score for e in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(sum(e.views.values()) == pytest.approx(e.hit.score) for e in ranked)


def test_it_reads_the_best_with_their_titles(generation: Generation, found: list[Evidence]) -> None:
    reader = Told(1.0, 1.0)
    ranked = rerank(QUESTION, found, generation, reader)
    assert ids(ranked) == ids(found)
    assert [e.reading is not None for e in ranked] == [at < DEPTH for at in range(len(ranked))]
    for (title, text), e in zip(reader.asked, found, strict=False):
        assert title == generation.article(e.hit.passage.article_id).title
        nearest = e.sentences[int(e.cosines.argmax())].text
        assert nearest in text in "".join(s.text for s in e.sentences)
        assert len(text) <= max(WINDOW, len(nearest))


def test_its_words_are_found_in_the_article(generation: Generation, found: list[Evidence]) -> None:
    ranked = rerank(QUESTION, found, generation, Told(2.0, 0.0))
    scored = score_sentences(read_question(QUESTION), ranked, generation)
    first = ranked[0]
    window = first.sentences[first.read.start : first.read.stop]
    own = [s for s in scored if s.hit.passage.id == first.hit.passage.id]
    read = [s for s in own if s.sentence in window]
    article = generation.article(first.hit.passage.article_id)
    last = window[-1]
    assert {s.signals["odds"] for s in read} == {2.0}
    (sure,) = (s for s in read if s.key)
    assert sure.sentence == last
    assert sure.key is not None
    assert article.text[slice(*sure.key)] == last.text[-4:]
    assert sure.signals["read"] == pytest.approx(probability(2.0), abs=0.02)
    assert max(s.signals["read"] for s in read if s is not sure) < 0.02
    unread = [s for s in scored if s.hit.passage.id in ids(ranked[DEPTH:])]
    assert unread
    assert all((s.key, s.signals["odds"], s.signals["read"]) == (None, 0.0, 0.0) for s in unread)
