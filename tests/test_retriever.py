import pytest
from conftest import FakeEncoder, article, publish, some_articles

from index.questions import lexicon
from index.records import Filter
from index.retriever import retrieve
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
