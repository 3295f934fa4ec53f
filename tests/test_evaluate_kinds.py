import random
from pathlib import Path

import numpy as np
import pytest
from conftest import FakeEncoder, article, publish

from index.evaluate.kinds import holds, swapper, without_passages, without_sentences
from index.retriever import Evidence, retrieve
from index.store import Home

CANAL = "運河は1923年に開通した。工事は11年かかった。"
LOCKS = "閘門は三つある。どれも1923 年の姿のままだ。"
TOWN = "町には運河の資料館がある。"


@pytest.fixture
def evidence(tmp_path: Path) -> list[Evidence]:
    home = Home(tmp_path / "home")
    texts = {"canal": CANAL, "locks": LOCKS, "town": TOWN}
    publish(home, [article(name, text) for name, text in texts.items()])
    generation = home.open()
    found = retrieve(generation, FakeEncoder(), "運河はいつ開通したか", top_k=10)
    generation.close()
    return found


def articles(evidence: list[Evidence]) -> set[str]:
    return {e.hit.passage.article_id for e in evidence}


def test_an_answer_is_found_however_it_is_written() -> None:
    assert holds("運河は１９２３ 年に開通", ["1923年"])
    assert holds("NATO", ["x", "nato"])
    assert not holds("運河は1923年に開通", ["1924年"])
    assert not holds("運河", [])


def test_passages_with_the_answer_are_withheld(evidence: list[Evidence]) -> None:
    assert articles(evidence) == {"canal", "locks", "town"}
    left = without_passages(evidence, {"canal"}, ["1923年"])
    assert articles(left) == {"town"}
    assert [e.hit.rank for e in left] == [1]
    assert articles(without_passages(evidence, {"town"}, ["2031年"])) == {"canal", "locks"}


def test_sentences_with_the_answer_are_withheld(evidence: list[Evidence]) -> None:
    left = {e.hit.passage.article_id: e for e in without_sentences(evidence, ["1923年", "資料館"])}
    assert {name: [s.text for s in e.sentences] for name, e in left.items()} == {
        "canal": ["工事は11年かかった。"],
        "locks": ["閘門は三つある。"],
    }
    before = next(e for e in evidence if e.hit.passage.article_id == "canal")
    np.testing.assert_array_equal(left["canal"].cosines, before.cosines[1:])
    np.testing.assert_array_equal(left["canal"].rows, before.rows[1:])


@pytest.mark.parametrize(
    ("question", "swapped"),
    [
        ("1923年に開通した運河は？", "1925年に開通した運河は?"),  # 1924 and 1922 are held
        ("１１年で第3区の1923年の工事", "11年で第3区の1925年の工事"),
        ("工事は11年か", "工事は12年か"),
        ("口径1.8メートルか", None),
        ("三つのうち1つはどれか", None),
        ("運河の長さは？", None),
    ],
)
def test_a_figure_is_swapped_for_one_the_corpus_lacks(question: str, swapped: str | None) -> None:
    corpus = "１９２４年と1922年と1923年、10と11"
    assert swapper(corpus, random.Random(1))(question) == swapped


@pytest.mark.parametrize("question", ["大阪の運河は？", "ロンドンの運河は?", "田中が掘った運河は"])
def test_a_name_is_swapped_for_one_the_corpus_lacks(question: str) -> None:
    corpus = "奥尻、ビシュケク、小早川"
    swap = swapper(corpus, random.Random(1))
    found = {swap(question) for _ in range(40)}
    assert len(found) > 1
    for swapped in found:
        assert swapped is not None
        assert swapped.rstrip("?").endswith(question.rstrip("？?")[-3:])
        assert not any(
            name in swapped for name in ("大阪", "ロンドン", "田中", *corpus.split("、"))
        )


def test_a_corpus_with_every_name_swaps_none() -> None:
    stand_ins = "奥尻、椎葉、気仙沼、糸魚川"
    assert swapper(stand_ins, random.Random(1))("大阪の運河は？") is None
