import numpy as np
import pytest
from conftest import FakeEncoder, article, publish, some_articles

from index import retriever
from index.encoder import Vectors
from index.questions import lexicon
from index.records import Filter
from index.retriever import WEIGHTS, retrieve
from index.store import Generation, Home


@pytest.fixture
def generation(home: Home) -> Generation:
    publish(home, [*some_articles(6), article("lamp", "港の灯台は白い。高さは31メートルである。")])
    return home.open()


def test_the_passage_that_answers_comes_first(generation: Generation) -> None:
    found = retrieve(generation, FakeEncoder(), "灯台の高さは何メートルか")
    assert found[0].hit.passage.article_id == "lamp"
    assert [e.hit.rank for e in found] == list(range(1, len(found) + 1))
    scores = [e.hit.score for e in found]
    assert scores == sorted(scores, reverse=True)


def test_passages_come_with_their_sentences_unread(generation: Generation) -> None:
    [best] = retrieve(generation, FakeEncoder(), "灯台の高さは何メートルか", top_k=1)
    assert [s.text for s in best.sentences] == ["港の灯台は白い。", "高さは31メートルである。"]
    assert sum(best.views.values()) == pytest.approx(best.hit.score)
    assert best.readings == best.pieces == ()


@pytest.mark.parametrize("top_k", [1, 3, 10_000])
def test_no_more_than_wanted_and_no_passage_twice(generation: Generation, top_k: int) -> None:
    found = retrieve(generation, FakeEncoder(), "第3号の記録", top_k=top_k)
    ids = [e.hit.passage.id for e in found]
    assert len(ids) == len(set(ids)) <= top_k
    assert len(ids) == min(top_k, generation.manifest["passages"])


@pytest.mark.parametrize("question", ["。", "zzz", "🌸"])
def test_words_that_stand_nowhere_still_rank(generation: Generation, question: str) -> None:
    assert retrieve(generation, FakeEncoder(), question)


def test_a_filter_admits_only_its_own(generation: Generation) -> None:
    found = retrieve(generation, FakeEncoder(), "灯台の高さ", filter=Filter(publishers=("偶数社",)))
    assert {e.hit.passage.article_id for e in found} == {"a0", "a2", "a4"}
    nothing = Filter(article_ids=("nobody",))
    assert retrieve(generation, FakeEncoder(), "灯台の高さ", filter=nothing) == []


def test_a_term_names_the_rows_that_hold_it(generation: Generation) -> None:
    (lamp,) = lexicon.terms("灯台")
    assert len(generation.terms.holding(lamp)) >= 1
    assert len(generation.terms.holding("どこにも無い語")) == 0
    assert generation.terms.rarity("どこにも無い語") > generation.terms.rarity(lamp)


def test_each_view_is_the_standardised_score_of_the_passage(generation: Generation) -> None:
    """Where every passage is a candidate, as in this small generation."""
    question = "第3号の記録その0の荷物は灯台にあるか"
    found = retrieve(generation, FakeEncoder(), question, top_k=10_000)
    stored = generation.passages(range(generation.manifest["passages"]))
    ends = np.cumsum([len(passage.sentences) for passage in stored])
    cosines = generation.sentence_vectors @ FakeEncoder().encode_queries([question])[0]
    of_terms = generation.terms.scores(lexicon.terms(question))
    raw = {
        "passage": generation.passage_vectors @ FakeEncoder().encode_queries([question])[0],
        "sentence": np.array([part.max() for part in np.split(cosines, ends[:-1])]),
        "terms": np.array([part.max() for part in np.split(of_terms, ends[:-1])]),
        "bigrams": generation.bigrams.scores(lexicon.bigrams(question)),
    }
    at = {passage.passage.id: row for row, passage in enumerate(stored)}
    rows = [at[e.hit.passage.id] for e in found]
    for name, scores in raw.items():
        expected: Vectors = WEIGHTS[name] * (scores - scores.mean()) / scores.std()
        assert [e.views[name] for e in found] == pytest.approx(expected[rows], abs=1e-4)


def test_a_view_puts_forward_its_best_above_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retriever, "CANDIDATES", 2)
    scores = np.array([0.0, 3.0, 1.0, 0.0, 2.0], np.float32)
    assert sorted(retriever._best(scores, None)) == [1, 4]
    assert sorted(retriever._best(scores, np.array([0, 2, 3]))) == [2]


def test_years_of_an_era_are_looked_up_by_both_calendars(home: Home) -> None:
    publish(home, [article(f"a{year}", f"塔は{year}年に建った。") for year in (1963, 1964, 1965)])
    found = retrieve(home.open(), FakeEncoder(), "昭和39年の塔")
    assert max(found, key=lambda e: e.views["terms"]).hit.passage.article_id == "a1964"
