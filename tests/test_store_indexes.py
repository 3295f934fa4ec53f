"""What finds: vectors against brute force, terms by their rarity."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.encoder import Vectors
from index.store import Rows
from index.store.indexes import FaissIndex, TermIndex, write_faiss, write_terms


def random_vectors(count: int, dimensions: int, seed: int) -> Vectors:
    drawn = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    unit: Vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return unit


def open_index(vectors: Vectors) -> FaissIndex:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.faiss"
        write_faiss(vectors, path)
        return FaissIndex(path, vectors)


def by_brute_force(vectors: Vectors, query: Vectors, rows: Rows, top_k: int) -> list[int]:
    scores = vectors[rows] @ query
    return [int(row) for row in rows[np.argsort(-scores, kind="stable")[:top_k]]]


@settings(max_examples=40, deadline=None)
@given(
    count=st.integers(1, 300),
    dimensions=st.sampled_from([1, 3, 16, 48]),
    top_k=st.integers(1, 20),
    seed=st.integers(0, 999),
    share=st.floats(0, 1),
)
def test_search_equals_brute_force(
    count: int, dimensions: int, top_k: int, seed: int, share: float
) -> None:
    vectors = random_vectors(count, dimensions, seed)
    queries = random_vectors(3, dimensions, seed + 1)
    admitted = np.flatnonzero(np.random.default_rng(seed).random(count) < share).astype(np.int64)
    index = open_index(vectors)
    for allowed, rows in [(None, np.arange(count)), (admitted, admitted)]:
        for query in queries:
            found, scores = index.search(query, allowed, top_k)
            expected = by_brute_force(vectors, query, rows, top_k)
            assert set(found.tolist()) <= set(rows.tolist())
            assert len(found) == len(expected)
            # Eight bits may swap what is all but equal; the cosines tell.
            np.testing.assert_allclose(scores, vectors[expected] @ query, atol=1e-5)
            np.testing.assert_allclose(scores, vectors[found] @ query, atol=1e-6)
            assert (np.diff(scores) <= 0).all()


def test_more_wanted_than_there_are() -> None:
    index = open_index(random_vectors(3, 8, 0))
    rows, scores = index.search(random_vectors(1, 8, 1)[0], None, 50)
    assert sorted(rows.tolist()) == [0, 1, 2]
    assert len(scores) == 3


def test_a_filter_that_admits_nothing() -> None:
    index = open_index(random_vectors(3, 8, 0))
    rows, scores = index.search(random_vectors(1, 8, 1)[0], np.empty(0, np.int64), 5)
    assert len(rows) == len(scores) == 0


def test_a_disk_that_refuses_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="vectors"):
        write_faiss(random_vectors(3, 8, 0), tmp_path / "missing" / "vectors.faiss")


def test_terms_without_a_single_word_can_be_stored(tmp_path: Path) -> None:
    write_terms(tmp_path / "terms", [[], []])
    index = TermIndex(tmp_path / "terms")
    assert index.scores(["橋"]).tolist() == [0, 0]
    assert "橋" not in index


def test_rarity_falls_with_every_document_that_holds_the_term(tmp_path: Path) -> None:
    write_terms(tmp_path / "terms", [["橋", "川"], ["橋"], ["橋", "空"]])
    index = TermIndex(tmp_path / "terms")
    assert index.rarity("雲") > index.rarity("川") == index.rarity("空") > index.rarity("橋") > 0
    assert index.scores(["川"]).argmax() == 0
