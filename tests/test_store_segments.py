"""However an index came to hold its articles, the answers are the same to the last bit."""

import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from conftest import FakeEncoder, article, publish
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from index import derived, retriever
from index.errors import StoreError
from index.ingest import merging
from index.records import Article, Filter
from index.retriever import retrieve
from index.store import Home
from index.store import generations as store_generations

WORDS = [
    "運河",
    "灯台",
    "望遠鏡",
    "くるみパン",
    "1923年",
    "木材",
    "砂利",
    "技師長",
    "彗星",
    "小麦粉",
]
QUESTIONS = ["運河の技師長は誰か", "灯台で木材を運んだ1923年の彗星", "くるみパン"]


def made(number: int, words: list[int], version: int) -> Article:
    """An article of some sentences; of others with these words it differs in the number alone."""
    text = "".join(
        f"{WORDS[w]}は{WORDS[(w + k) % 10]}と第{version}の記録にある。" for k, w in enumerate(words)
    )
    return article(f"a{number}", text, publisher="偶数社" if number % 2 else "奇数社")


def found(home: Home) -> list[object]:
    """All that the questions find, with every score."""
    opened = home.open()
    try:
        return (
            [
                [
                    (e.hit, e.views, e.sentences)
                    for e in retrieve(opened, FakeEncoder(), q, top_k=50, filter=f)
                ]
                for q in QUESTIONS
                for f in (None, Filter(publishers=("偶数社",)))
            ]
            + [sorted(a.id for a in opened.articles()), opened.timeline()]
            + [values.tolist() for _, values in sorted(opened.names.items())]
        )
    finally:
        opened.close()


class Archive(RuleBasedStateMachine):
    """Adds, changes, removes, rolls back and breaks off; compares with an index made from nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp())
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(derived, "MOST", 3)
        self.patch.setattr(derived, "RESERVE", 2)
        self.home = Home(self.folder / "home")
        self.there: dict[str, Article] = {}
        self.before: dict[str, Article] | None = None

    def teardown(self) -> None:
        self.patch.undo()
        shutil.rmtree(self.folder)

    def put(self, articles: dict[str, Article]) -> None:
        publish(self.home, list(articles.values()))
        self.before, self.there = self.there or None, articles

    @rule(
        numbers=st.lists(st.integers(0, 30), min_size=1, max_size=6, unique=True),
        words=st.lists(st.integers(0, 9), min_size=1, max_size=12),
        version=st.integers(0, 2),
    )
    def add_or_change(self, numbers: list[int], words: list[int], version: int) -> None:
        new = [made(number, words, version) for number in numbers]
        self.put(self.there | {a.id: a for a in new})

    @precondition(lambda self: len(self.there) > 1)
    @rule(share=st.floats(0, 1))
    def remove(self, share: float) -> None:
        kept = list(self.there.values())[: max(1, int(share * len(self.there)))]
        self.put({a.id: a for a in kept})

    @precondition(lambda self: self.before is not None)
    @rule()
    def roll_back(self) -> None:
        self.home.rollback()
        assert self.before is not None
        self.there, self.before = self.before, None

    @rule(fanout=st.sampled_from([2, 4]))
    def merge(self, fanout: int) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(merging, "FANOUT", fanout)
            merging.merge(self.home)

    @rule(words=st.lists(st.integers(0, 9), min_size=1, max_size=12))
    def break_off(self, words: list[int]) -> None:
        """A build that ends when its segment is written and nothing is in use yet."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Home, "publish", interrupted)
            with pytest.raises(KeyboardInterrupt):
                publish(self.home, [*self.there.values(), made(40, words, 0)])

    @invariant()
    def is_as_made_from_nothing(self) -> None:
        if self.there:
            fresh = Home(self.folder / "fresh")
            publish(fresh, list(self.there.values()))
            assert found(self.home) == found(fresh)
            shutil.rmtree(fresh.path)


def many(home: Home) -> None:
    """Put five articles in use, a segment each."""
    for count in range(1, 6):
        publish(home, [made(n, [n, n + 1], 0) for n in range(count)])


def merging_beside(home: Home, change: Callable[[], object]) -> int:
    """Merge, and change the index between the writing of what is merged and its use."""
    real = store_generations.merge_segments

    def merge_and_change(folder: Path, sources: Any) -> None:
        real(folder, sources)
        patch.undo()
        change()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_generations, "merge_segments", merge_and_change)
        return merging.merge(home)


def test_of_many_equals_the_same_come_whatever_the_segments(home: Home) -> None:
    """More than a view puts forward, and than FAISS is asked for."""
    articles = [made(n, [1, 2, 3], 0) for n in range(10, 10 + 5 * retriever.CANDIDATES)]
    publish(home, articles[1::2])
    publish(home, articles)
    fresh = Home(home.path.with_name("fresh"))
    publish(fresh, articles)
    assert found(home) == found(fresh)


def test_what_a_build_changes_beside_a_merge_stays_changed(home: Home) -> None:
    many(home)
    left = [made(n, [n, n + 1], int(n == 3)) for n in (0, 2, 3, 7)]
    merging_beside(home, lambda: publish(home, left))
    fresh = Home(home.path.with_name("fresh"))
    publish(fresh, left)
    assert found(home) == found(fresh)
    assert home.open().verify() == []


@pytest.mark.parametrize("change", ["gone", "back"])
def test_what_goes_or_comes_back_beside_a_merge_does(home: Home, change: str) -> None:
    """From segments that stay, of which one article more is gone, or one less."""
    articles = [made(n, [n % 10, n % 7], 0) for n in range(15)]
    for count in (3, 6, 9, 12, 15):
        publish(home, articles[:count])
    without = [a for a in articles if a.id != "a4"]
    before, after = (articles, without) if change == "gone" else (without, articles)
    publish(home, before)
    merging_beside(home, lambda: publish(home, after))
    fresh = Home(home.path.with_name("fresh"))
    publish(fresh, after)
    assert found(home) == found(fresh)
    assert home.open().verify() == []


def test_what_is_merged_leads_back_to_where_the_last_change_does(home: Home) -> None:
    many(home)
    assert merging.merge(home) == 1
    assert merging.merge(home) == 0
    with contextlib.closing(home.open()) as opened:
        assert [len(h.segment.ids) for h in opened.holdings] == [5]
    home.rollback()
    with contextlib.closing(home.open()) as opened:
        assert opened.ids() == {"a0", "a1", "a2", "a3"}


def test_a_question_goes_on_in_the_segments_it_began_with(home: Home) -> None:
    many(home)
    with contextlib.closing(home.open()) as reading:
        before = retrieve(reading, FakeEncoder(), QUESTIONS[0])
        merging.merge(home)
        publish(home, [made(9, [1], 0)])
        publish(home, [made(9, [2], 0)])
        assert retrieve(reading, FakeEncoder(), QUESTIONS[0]) == before
        assert reading.verify() == []
    publish(home, [made(9, [3], 0)])
    assert len([*(home.path / "segments").iterdir()]) == 2


@pytest.mark.parametrize("harm", ["damage", "disk"])
def test_where_merging_fails_the_index_stays(home: Home, harm: str) -> None:
    many(home)
    expected = found(home)
    with pytest.MonkeyPatch.context() as patch:
        if harm == "disk":
            patch.setattr(store_generations, "merge_segments", full)
        with contextlib.closing(home.open()) as opened:
            for holding in opened.holdings if harm == "damage" else ():
                patch.setattr(holding.segment, "all", malformed)
            with pytest.raises(StoreError, match="残って" if harm == "disk" else "tenkyo build"):
                merging.merge(home)
    assert found(home) == expected
    assert not [*(home.path / "segments").glob(".*")]


def full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def malformed(*_: object) -> None:
    raise sqlite3.DatabaseError("database disk image is malformed")


def test_a_segment_that_is_half_gone_is_written_anew(home: Home) -> None:
    publish(home, [made(n, [n, n + 1], 0) for n in range(5)])
    publish(home, [made(n, [n, n + 1], 0) for n in range(2)])
    assert merging.merge(home) == 1
    with contextlib.closing(home.open()) as opened:
        assert [h.segment.ids for h in opened.holdings] == [["a0", "a1"]]
        assert opened.counts["articles"] == 2


def test_what_was_noted_and_not_counted_is_counted(home: Home) -> None:
    """Where a build broke off between the two."""
    publish(home, [made(1, [4], 0)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(derived.Sums, "add", interrupted)
        with pytest.raises(KeyboardInterrupt):
            publish(home, [made(1, [4], 0), made(2, [4, 4], 0)])
    publish(home, [made(1, [4], 0), made(2, [4, 4], 0)])
    fresh = Home(home.path.with_name("fresh"))
    publish(fresh, [made(1, [4], 0), made(2, [4, 4], 0)])
    assert found(home) == found(fresh)


def test_where_all_lines_that_were_kept_go_those_before_them_are_found(home: Home) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(derived, "MOST", 3)
        patch.setattr(derived, "RESERVE", 2)
        publish(home, [made(0, [4] * 5, 0), made(1, [4] * 8, 0)])
        left = [made(-1, [4] * 5, 0), made(0, [4] * 5, 0)]  # what comes anew stands before
        publish(home, left)
        fresh = Home(home.path.with_name("fresh"))
        publish(fresh, left)
        assert found(home) == found(fresh)


def interrupted(*_: object, **__: object) -> int:
    raise KeyboardInterrupt


TestArchive = Archive.TestCase
TestArchive.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)
