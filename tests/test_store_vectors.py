"""Vectors in eight bits: what is nearest, against brute force."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.encoder import Vectors
from index.store import Codes, Rows, quantise
from index.store.vectors import FaissIndex, coarse, products, write_faiss


def random_vectors(count: int, dimensions: int, seed: int) -> Vectors:
    drawn = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    unit: Vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return unit


def open_index(codes: Codes) -> FaissIndex:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.faiss"
        write_faiss(codes, path)
        return FaissIndex(path)


def nearest(codes: Codes, query: Vectors, rows: Rows, top_k: int) -> dict[int, int]:
    """By brute force, in whole numbers: the best, and all that equal the last of them."""
    scores = codes[rows].astype(np.int64) @ query.astype(np.int64)
    least = np.sort(scores)[-top_k:].min(initial=np.iinfo(np.int64).max)
    return {int(r): int(s) for r, s in zip(rows, scores, strict=True) if s >= least}


@settings(max_examples=40, deadline=None)
@given(
    count=st.integers(1, 300),
    distinct=st.integers(1, 300),
    dimensions=st.sampled_from([1, 3, 16, 384]),
    top_k=st.integers(1, 20),
    seed=st.integers(0, 999),
    share=st.floats(0, 1),
)
def test_the_nearest_are_found_with_all_their_equals(
    count: int, distinct: int, dimensions: int, top_k: int, seed: int, share: float
) -> None:
    random = np.random.default_rng(seed)
    codes = quantise(random_vectors(distinct, dimensions, seed))[
        random.integers(0, distinct, count)
    ]
    query = coarse(random_vectors(1, dimensions, seed + 1)[0])
    admitted = np.flatnonzero(random.random(count) < share).astype(np.int64)
    index = open_index(codes)
    for allowed, rows in [(None, np.arange(count)), (admitted, admitted)]:
        found, scores = index.nearest(query, allowed, top_k)
        assert found.tolist() == sorted(found.tolist())
        expected = nearest(codes, query, rows, top_k)
        assert dict(zip(found.tolist(), scores.tolist(), strict=True)) == expected


def test_codes_come_back_and_their_products_are_cosines() -> None:
    vectors = random_vectors(200, 384, 0)
    codes = quantise(vectors)
    np.testing.assert_array_equal(open_index(codes).codes(np.array([7, 3])), codes[[7, 3]])
    query = random_vectors(1, 384, 1)[0]
    exact, ours = vectors @ query, products(codes, query)
    step = 5 / 384**0.5 / 127
    np.testing.assert_allclose(ours * step / 32767, exact, atol=0.003)
    for row in range(200):  # alone as among others, to the last bit
        assert products(codes[row : row + 1], query)[0] == ours[row]


def test_a_component_beyond_reach_is_the_largest_there_is() -> None:
    codes = quantise(np.array([[1.0, 0.0, 0.0, 0.0] * 96], np.float32))
    assert set(codes[0].tolist()) == {127, 0}


def test_a_disk_that_refuses_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="vectors"):
        write_faiss(quantise(random_vectors(3, 8, 0)), tmp_path / "missing" / "vectors.faiss")
