from collections import Counter

import numpy as np
import pytest
from conftest import FakeEncoder, article, publish, some_articles

from index.questions import lexicon
from index.records import Filter
from index.retriever import WEIGHTS, retrieve
from index.store import Generation, Home
from index.store.proposals import Field
from index.store.segment import FIELDS


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
    assert len(generation.terms.holding(lamp)) == 1
    assert len(generation.terms.holding("どこにも無い語")) == 0
    assert generation.terms.rarity("どこにも無い語") > generation.terms.rarity(lamp)
    [row] = generation.bigrams.holding("灯台")
    [stored] = generation.passages([row])
    assert stored.passage.article_id == "lamp"


def test_each_view_is_the_standardised_score_of_the_passage(generation: Generation) -> None:
    """Where every passage is a candidate, as in this small generation."""
    question = "第3号の記録その0の荷物は灯台にあるか"
    found = retrieve(generation, FakeEncoder(), question, top_k=10_000)
    vector = FakeEncoder().encode_queries([question])[0]
    fields = {"terms": lexicon.terms(question), "bigrams": lexicon.bigrams(question)}
    raw: dict[str, list[float]] = {name: [] for name in WEIGHTS}
    for e in found:
        texts = [s.text for s in e.sentences]
        raw["passage"].append(FakeEncoder().encode_documents([e.hit.passage.text])[0] @ vector)
        raw["sentence"].append((FakeEncoder().encode_documents(texts) @ vector).max())
        of_sentences = [
            bm25(lexicon.terms(text), fields["terms"], generation.terms) for text in texts
        ]
        raw["terms"].append(max(of_sentences))
        pairs = lexicon.bigrams(e.hit.passage.text)
        raw["bigrams"].append(bm25(pairs, fields["bigrams"], generation.bigrams))
    for name, scores in raw.items():
        values = np.array(scores)
        expected = WEIGHTS[name] * (values - values.mean()) / values.std()
        assert [e.views[name] for e in found] == pytest.approx(expected, abs=0.05)


def bm25(document: list[str], asked: list[str], field: Field) -> float:
    """By the book: idf times the saturated frequency."""
    norm = 1.5 * (0.25 + 0.75 * len(document) / FIELDS[field.name])
    counts = Counter(document)
    return sum(field.rarity(term) * counts[term] / (counts[term] + norm) for term in asked)


def test_years_of_an_era_are_looked_up_by_both_calendars(home: Home) -> None:
    publish(home, [article(f"a{year}", f"塔は{year}年に建った。") for year in (1963, 1964, 1965)])
    found = retrieve(home.open(), FakeEncoder(), "昭和39年の塔")
    assert max(found, key=lambda e: e.views["terms"]).hit.passage.article_id == "a1964"
