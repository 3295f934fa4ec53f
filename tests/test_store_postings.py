"""BM25 in whole numbers: the best documents against brute force, over blocks and after merging."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.store import postings
from index.store.postings import Postings, best, scores

documents_of = st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12), min_size=1, max_size=60)
asked_for = st.dictionaries(st.sampled_from("abcdefghx"), st.integers(1, 4000), max_size=6)


def opened(documents: Sequence[Sequence[str]], folder: Path, name: str = "terms") -> Postings:
    postings.write(folder / name, documents, length=6.0)
    return Postings(folder / name)


def by_hand(documents: Sequence[Sequence[str]], asked: dict[str, int]) -> list[int]:
    found = []
    for own in documents:
        norm = 1.5 * (0.25 + 0.75 * len(own) / 6.0)
        counts = Counter(own)
        weights = {t: round(255 * n / (n + norm)) for t, n in counts.items()}
        found.append(sum(w * max(1, weights[t]) for t, w in asked.items() if t in weights))
    return found


@settings(max_examples=60, deadline=None)
@given(documents_of, asked_for, st.integers(1, 8), st.integers(1, 5), st.integers(0, 99), st.data())
def test_the_best_are_those_of_brute_force(
    documents: list[list[str]],
    asked: dict[str, int],
    top_k: int,
    size: int,
    seed: int,
    data: st.DataObject,
) -> None:
    """Blocks of four documents, groups of some, some of them not admitted."""
    groups = data.draw(st.none() | st.just(np.arange(0, len(documents), size)))
    count = len(documents) if groups is None else len(groups)
    admitted = np.random.default_rng(seed).random(count) < 0.7
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "BLOCK", 4)
        index = opened(documents, Path(folder))
        wanted = list(zip(asked.values(), index.entries(*asked), strict=True))
        raw = by_hand(documents, asked)
        assert scores(wanted, np.arange(len(documents))).tolist() == raw
        some = np.flatnonzero(np.random.default_rng(seed + 1).random(len(documents)) < 0.5)
        assert scores(wanted, some).tolist() == [raw[n] for n in some]
        ends = [] if groups is None else groups[1:]
        of_groups = raw if groups is None else [max(part) for part in np.split(raw, ends)]
        reached = {n: s for n, s in enumerate(of_groups) if admitted[n] and s > 0}
        least = sorted(reached.values(), reverse=True)[:top_k][-1:]
        expected = {n: s for n, s in reached.items() if s >= least[0]} if least else {}
        rows, those = best(wanted, top_k, groups=groups, admitted=admitted)
        found = dict(zip(rows.tolist(), those.tolist(), strict=True))
        assert {n: s for n, s in found.items() if s >= (least or [0])[0]} == expected
        assert found.items() <= reached.items()
        assert rows.tolist() == sorted(rows.tolist())
        floor = max(reached.values(), default=1)
        rows, those = best(wanted, top_k, groups=groups, admitted=admitted, least=floor)
        assert {n for n, s in zip(rows.tolist(), those.tolist(), strict=True) if s >= floor} == {
            n for n, s in reached.items() if s == floor
        }


@settings(max_examples=40, deadline=None)
@given(
    st.lists(documents_of, min_size=1, max_size=4), st.integers(0, 99), st.sampled_from([1, 7, 999])
)
def test_merged_is_as_written_at_once(
    sources: list[list[list[str]]], seed: int, chunk: int
) -> None:
    random = np.random.default_rng(seed)
    kept = [random.random(len(documents)) < 0.6 for documents in sources]
    places = random.permutation(sum(int(k.sum()) for k in kept))
    numbers, at = [], 0
    together: list[list[str]] = [[] for _ in places]
    for documents, there in zip(sources, kept, strict=True):
        own = np.full(len(documents), -1)
        own[there] = places[at : at + int(there.sum())]
        at += int(there.sum())
        numbers.append(own)
        for number, document in zip(own, documents, strict=True):
            if number >= 0:
                together[number] = document
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "BLOCK", 4)
        patch.setattr(postings, "CHUNK", chunk)
        folder = Path(name)
        each = [opened(documents, folder, str(n)) for n, documents in enumerate(sources)]
        postings.merge(folder / "merged", list(zip(each, numbers, strict=True)))
        postings.write(folder / "once", together, length=6.0)
        for file in sorted(p.name for p in (folder / "once").iterdir()):
            assert (folder / "merged" / file).read_bytes() == (folder / "once" / file).read_bytes()


def test_documents_without_a_single_term_can_be_stored(tmp_path: Path) -> None:
    index = opened([[], []], tmp_path)
    assert index.entries("橋", "川") == [[], []]
    assert index.size == 0
    rows, those = best([(100, [])], 5)
    assert len(rows) == len(those) == 0


def test_a_document_beyond_the_first_block(tmp_path: Path) -> None:
    """In blocks as large as they are."""
    documents = [["橋"]] * 3 + [["川"]] * 70_000 + [["橋", "橋"], ["川", "橋"]]
    index = opened(documents, tmp_path)
    [entries] = index.entries("橋")
    rows = [int(row) for entry in entries for row in entry.rows]
    assert rows == [0, 1, 2, 70_003, 70_004]
    found, those = best([(10, entries)], 1)
    assert found[those == those.max()].tolist() == [70_003]
