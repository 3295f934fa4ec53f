"""Generations: what is written comes back, what is in use stays."""

import json
import shutil
import sqlite3
from datetime import date

import numpy as np
import pytest
from conftest import (
    QUESTION,
    FakeEncoder,
    article,
    folder_of,
    make_articles_old,
    numbers,
    part_of,
    publish,
    ranking,
    some_articles,
    state,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import StoreError
from index.records import Filter
from index.retriever import retrieve
from index.store import SCHEMA, Home, Part, quantise


def test_records_come_back_as_written(home: Home) -> None:
    articles = [
        *some_articles(3),
        article("b", "## 見出し\n\n" + "𠮷野の山は高い。🌸が咲く。" * 40),
    ]
    publish(home, articles)
    opened = home.open()
    assert opened.articles() == articles
    assert opened.article("b") == articles[3]
    assert [opened.part(a.id) for a in articles] == [part_of(a) for a in articles]
    rows = range(opened.manifest["passages"])
    for stored in opened.passages(list(reversed(rows))):
        text = opened.article(stored.passage.article_id).text
        assert text[stored.passage.start : stored.passage.end] == stored.passage.text
        assert all(text[s.start : s.end] == s.text for s in stored.sentences)
        assert stored in opened.part(stored.passage.article_id).passages
        assert opened.passage_at(stored.passage.article_id, stored.passage.start) == stored.passage
        assert (
            opened.passage_at(stored.passage.article_id, stored.passage.end - 1) == stored.passage
        )
    opened.close()


@settings(max_examples=8, deadline=None)
@given(st.lists(st.text("あいうab。\n", min_size=1).filter(str.strip), min_size=1, max_size=8))
def test_saved_and_loaded_again_the_hits_are_equal(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    articles = [article(f"a{n}", text) for n, text in enumerate(dict.fromkeys(texts))]
    first, second = (Home(tmp_path_factory.mktemp("home")) for _ in range(2))
    publish(first, articles)
    shutil.copytree(first.path, second.path, dirs_exist_ok=True)
    assert state(first) == state(second)


def test_a_code_is_that_of_its_text(home: Home) -> None:
    publish(home, some_articles(4))
    opened = home.open()
    for part in map(opened.part, ("a0", "a3")):
        passages, sentences = opened.codes(part.article.id)
        texts = [passage.text for passage, _ in part.passages]
        np.testing.assert_array_equal(passages, quantise(FakeEncoder().encode_documents(texts)))
        texts = [sentence.text for _, own in part.passages for sentence in own]
        np.testing.assert_array_equal(sentences, quantise(FakeEncoder().encode_documents(texts)))
    opened.close()


def test_filters_are_exact(home: Home) -> None:
    publish(home, [*some_articles(4), article("undated", "いつの文書か分からない。")])
    opened = home.open()

    def admitted(**values: object) -> set[str]:
        filter = Filter(**values)  # type: ignore[arg-type]
        found = retrieve(opened, FakeEncoder(), QUESTION, top_k=10_000, filter=filter)
        assert len(found) == opened.count(filter)
        return {e.hit.passage.article_id for e in found}

    assert opened.count(Filter()) == opened.manifest["passages"]
    assert admitted(since=date(2022, 1, 1)) == {"a2", "a3"}
    assert admitted(until=date(2021, 1, 1)) == {"a0", "a1"}
    assert admitted(since=date(2021, 1, 1), until=date(2022, 12, 31)) == {"a1", "a2"}
    assert admitted(publishers=("偶数社",)) == {"a0", "a2"}
    assert admitted(publishers=("偶数社", "奇数社"), article_ids=("a3", "undated")) == {"a3"}
    assert admitted(article_ids=("x' OR 1=1 --",)) == set()
    assert admitted(since=date(2022, 1, 1), undated=True) == {"a2", "a3", "undated"}
    assert admitted(until=date(2021, 1, 1), undated=True) == {"a0", "a1", "undated"}
    assert admitted(since=date(2022, 1, 1), undated=True, publishers=("偶数社",)) == {"a2"}
    assert admitted(undated=True) == admitted()
    for values, left_out in (
        ({"since": date(2022, 1, 1)}, 1),
        ({"until": date(1999, 1, 1)}, 1),
        ({"since": date(2022, 1, 1), "publishers": ("偶数社",)}, 0),
        ({"since": date(2022, 1, 1), "undated": True}, 0),
        ({"publishers": ("偶数社",)}, 0),
    ):
        assert opened.undated(Filter(**values)) == left_out  # type: ignore[arg-type]
    assert opened.undated(None) == 0
    opened.close()


def test_manifests_name_every_file_with_its_checksum(home: Home) -> None:
    publish(home, some_articles(2))
    [segment] = (home.path / "segments").iterdir()
    for folder, name in ((folder_of(home), "manifest.json"), (segment, "segment.json")):
        told = json.loads((folder / name).read_text("utf-8"))
        files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
        assert told["parts"].keys() == files - {name}
        assert not any(file.endswith((".pkl", ".pickle")) for file in files)
    manifest = json.loads((folder_of(home) / "manifest.json").read_text("utf-8"))
    assert manifest["schema"] == SCHEMA
    assert manifest["segments"] == [{"name": segment.name, "gone": []}]


def test_no_index_yet(home: Home) -> None:
    assert home.current() is None
    assert home.sources() == {}
    assert home.size() == 0
    with pytest.raises(StoreError, match="tenkyo build"):
        home.open()
    assert not home.path.exists()


def test_the_last_two_stay_and_what_a_crash_left_goes(home: Home) -> None:
    publish(home, some_articles(1))
    generations = home.path / "generations"
    (generations / ".7.draft").mkdir()
    (generations / ".x.draft").write_text("")
    (generations / "notes.txt").write_text("")
    (generations / "5").mkdir()
    for count in (2, 3, 4):
        publish(home, some_articles(count))
    assert home.current() == 8
    assert {name for name in numbers(home) if name.isdigit()} == {"7", "8"}
    assert ".7.draft" not in numbers(home)


def test_a_generation_being_read_is_not_swept(home: Home) -> None:
    publish(home, some_articles(2))
    reading = home.open()
    before = ranking(reading)
    for count in (3, 4, 5):
        publish(home, some_articles(count))
    assert numbers(home) == {"1", "3", "4"}
    assert ranking(reading) == before
    assert reading.verify() == []
    reading.close()
    publish(home, some_articles(2))
    assert numbers(home) == {"4", "5"}


def test_a_generation_that_nobody_holds_lets_go_by_itself(home: Home) -> None:
    publish(home, some_articles(1))
    reading = home.open()
    assert reading.number == 1
    del reading
    publish(home, some_articles(2))
    publish(home, some_articles(3))
    assert numbers(home) == {"2", "3"}


def test_roll_back_restores_generation_and_sources(home: Home) -> None:
    publish(home, some_articles(1))
    first = state(home)
    publish(home, some_articles(2))
    assert home.rollback() == 1
    assert state(home) == first
    assert json.loads((home.path / "sources.json").read_text("utf-8")) == first[1]
    with pytest.raises(StoreError, match="前の世代"):
        home.rollback()


def test_after_a_roll_back_the_next_build_rolls_back_to_what_was_in_use(home: Home) -> None:
    publish(home, some_articles(1))
    publish(home, some_articles(2))
    abandoned = home.open()
    home.rollback()
    first = state(home)
    publish(home, some_articles(3))
    assert home.rollback() == 1
    assert state(home) == first
    abandoned.close()


def test_roll_back_works_when_the_index_in_use_is_broken(home: Home) -> None:
    publish(home, some_articles(1))
    publish(home, some_articles(2))
    (folder_of(home) / "manifest.json").write_text("{")
    assert home.rollback() == 1


def test_one_build_at_a_time(home: Home) -> None:
    with home.building(), pytest.raises(StoreError, match="進行中"), home.building():
        pytest.fail("two builds hold one home")
    with home.building():
        pass


# The caches.


def test_a_vector_is_kept_under_its_encoder_and_text(home: Home) -> None:
    home.path.mkdir()
    [vector] = FakeEncoder().encode_documents(["橋"])
    with home.vectors() as cache:
        cache.put("one", ["k"], vector[None])
    with home.vectors() as cache:
        found = cache.get("one", ["k", "l"])
        assert found.keys() == {"k"}
        np.testing.assert_array_equal(found["k"], vector)
        assert cache.get("one", ["l"]) == {}
        assert cache.get("two", ["k"]) == {}


def test_many_vectors_are_found_each_under_its_text(home: Home) -> None:
    home.path.mkdir()
    texts = [str(n) for n in range(1203)]
    with home.vectors() as cache:
        cache.put("one", texts, np.arange(2406, dtype=np.float32).reshape(-1, 2))
        found = cache.get("one", [*texts, "another"])
    assert {text: vector.tolist() for text, vector in found.items()} == {
        text: [2.0 * n, 2.0 * n + 1] for n, text in enumerate(texts)
    }


def test_articles_are_found_by_file_and_by_folder(home: Home) -> None:
    home.path.mkdir()
    known = part_of(
        article("a", "題\n\n## 節\n本文。次の文。", published=date(2020, 2, 3), title="題")
    )
    with home.articles() as cache:
        for path in ("/x/a.txt", "/x/y/b.txt", "/xy/c.txt", "/x%/d.txt"):
            cache.put(path, known, raw_sha256="r", reader="1")
        assert cache.get("/x/a.txt", raw_sha256="r", reader="1") == known
        assert cache.get("/x/a.txt", raw_sha256="s", reader="1") is None
        assert cache.get("/x/a.txt", raw_sha256="r", reader="2") is None
        assert [*cache.under("/x")] == [(f"/x/{name}", known) for name in ("a.txt", "y/b.txt")]
        assert [path for path, _ in cache.under("/x/a.txt")] == ["/x/a.txt"]
        cache.keep_only(["/x/a.txt"])
        assert [path for path, _ in cache.under("/x")] == ["/x/a.txt"]


def test_an_article_that_was_kept_without_passages_is_found(home: Home) -> None:
    """As builds up to schema 2 kept it; it serves where its file is gone."""
    home.path.mkdir()
    known = part_of(article("a", "本文。", published=date(2020, 2, 3)))
    with home.articles() as cache:
        cache.put("/x/a.txt", known, raw_sha256="r", reader="1")
    make_articles_old(home, lambda record: record.update(passages=[]))
    with home.articles() as cache:
        assert [*cache.under("/x")] == [("/x/a.txt", Part(known.article, ()))]


def test_the_library_is_opened_read_only(home: Home) -> None:
    publish(home, some_articles(1))
    opened = home.open()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        opened.holdings[0].segment.all("DELETE FROM articles")
    opened.close()
