"""An archive on a real server of Milvus: the same answers as from local files, whoever writes or breaks off."""

import contextlib
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import (
    QUESTION,
    FakeEncoder,
    OtherEncoder,
    article,
    fake_engine,
    publish,
    ranking,
    some_articles,
)

from index.encoder import Encoder
from index.engine import Engine
from index.errors import DamagedError, StoreError
from index.evaluate.beir import read_corpus
from index.evaluate.sets import read_lines, read_queries
from index.evaluate.trial import index_articles
from index.ingest import Upload
from index.models import Models
from index.questions import lexicon
from index.records import Filter
from index.retriever import retrieve
from index.settings import Settings
from index.store import Archive, DistantStore, Home, Milvus
from index.store.rows import ALIAS, FOREVER, KINDS, Stem
from index.store.searching import Searching

ROOT = Path(__file__).resolve().parents[1]
TOWN = ROOT / "tests" / "town"
WRITER = "0123456789abcdef"
HOSTILE = '"] or row >= 0 or outlet in ["\' \\ 社'


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of our own."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    folder = tmp_path_factory.mktemp("milvus")
    command = [sys.executable, "-m", "milvus_lite", "server", "--host", "127.0.0.1"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--port", str(port), "--data-dir", str(folder / "data")],
            stdout=log,
            stderr=log,
        )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def _wait_for(port: int) -> None:
    for _ in range(1800):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise AssertionError("the server did not start")


@pytest.fixture
def server(address: str) -> Iterator[Milvus]:
    """A server that is empty before and after."""
    server = Milvus(address)
    clear(server)
    yield server
    clear(server)


@pytest.fixture
def store(server: Milvus) -> DistantStore:
    return DistantStore(server)


def clear(server: Milvus) -> None:
    for name in server.call("list_collections"):
        for alias in server.call("list_aliases", name)["aliases"]:
            server.call("drop_alias", alias)
        server.call("drop_collection", name)


def put(store: DistantStore, home: Home, writer: str = WRITER) -> int:
    with contextlib.closing(home.open()) as generation:
        return store.put(generation, writer, lambda _: None)


def put_twice(store: DistantStore, home: Home) -> None:
    """Have a generation of three articles, and one of four in use."""
    for count in (3, 4):
        publish(home, some_articles(count))
        put(store, home)


def found(archive: Archive, encoder: Encoder, question: str, filter: Filter | None = None) -> Any:
    """All that a question finds: places, scores, views and sentences."""
    return [
        (e.hit, e.views, e.nearness, e.sentences)
        for e in retrieve(archive, encoder, question, filter=filter)
    ]


def named(number: int, kind: str = "") -> str:
    return "_".join(filter(None, (ALIAS, WRITER, str(number), kind)))


def rows(server: Milvus, where: str = "row >= 0") -> dict[str, int]:
    """How many rows of each kind fulfil a condition, of the archive that began first."""
    return {kind: server.count(named(1, kind), where) for kind in KINDS}


def test_thirty_questions_find_the_same_in_the_same_order(
    store: DistantStore, tmp_path: Path, real_encoder: Encoder
) -> None:
    home = Home(tmp_path / "home")
    fake_engine(Settings(home.path, tmp_path), real_encoder).build([TOWN, ROOT / "seeds"])
    put(store, home)
    local, distant = home.open(), store.open()
    questions = [line["question"] for line in read_lines(ROOT / "tests" / "questions.jsonl")]
    publisher = next(p for p, _ in local.published if p)
    filters = [
        None,
        Filter(since=date(2024, 1, 1), until=date(2024, 12, 31)),
        Filter(until=date(2024, 6, 30), undated=True),
        Filter(publishers=(publisher, "どこにも無い社")),
        Filter(article_ids=tuple(sorted(local.ids())[:4])),
    ]
    assert len(questions) > 300
    seen = 0
    for number, question in enumerate(questions[:: len(questions) // 30][:30]):
        filter = filters[number % len(filters)]
        own = found(local, real_encoder, question, filter)
        assert own == found(distant, real_encoder, question, filter), question
        seen += len(own)
        assert local.undated(filter) == distant.undated(filter)
    assert seen > 200


def test_all_that_is_read_of_it_is_the_same(store: DistantStore, home: Home) -> None:
    publish(home, some_articles(7))
    put(store, home)
    local, distant = home.open(), store.open()
    for name in ("names", "overview", "counts", "published", "writers", "stories", "apart"):
        one, other = getattr(local, name), getattr(distant, name)
        assert (
            {k: list(v) for k, v in one.items()} == {k: list(v) for k, v in other.items()}
            if (name == "names")
            else one == other
        )
    for ask in ("ids", "sizes", "articles", "timeline", "verify"):
        assert getattr(local, ask)() == getattr(distant, ask)()
    for one in local.ids():
        assert local.part(one) == distant.part(one)
        for own, other in zip(local.codes(one), distant.codes(one), strict=True):
            assert (own == other).all()
        assert local.passages_at(one, 30, 500) == distant.passages_at(one, 30, 500)
        assert local.passage_at(one, 30) == distant.passage_at(one, 30)
    for word in ("荷物", "記録その", "荷車", "録荷"):
        pairs = lexicon.bigrams(word)
        assert local.stands_together(pairs) == distant.stands_together(pairs)
        assert [(p in local.bigrams, local.bigrams.rarity(p)) for p in pairs] == [
            (p in distant.bigrams, distant.bigrams.rarity(p)) for p in pairs
        ]
    with pytest.raises(StoreError, match="b9 という記事はありません"):
        distant.article("b9")


def test_texts_without_terms_and_long_ones(store: DistantStore, home: Home) -> None:
    long = "".join(f"第{n}の倉庫には荷物が{n * 7}個ある。" for n in range(900))
    spoken = "".join(chr(0x4E00 + n * 7 % 9973) for n in range(15_000))  # and never a full stop
    texts = {"dots": "…", "signs": "！？\n\n—。そうだ。", "long": long, "spoken": spoken}
    publish(home, [article(one, text) for one, text in texts.items()])
    put(store, home)
    local, distant = home.open(), store.open()
    assert distant.verify() == []
    for one in local.ids():
        assert local.part(one) == distant.part(one)
    for question in ("第77の倉庫", "…", "！？", spoken[9000:9020]):
        own = found(local, FakeEncoder(), question)
        assert own == found(distant, FakeEncoder(), question)
        assert own


def test_a_build_writes_what_is_new_and_a_roll_back_writes_nothing(
    store: DistantStore, server: Milvus, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(home, some_articles(6))
    assert put(store, home) == 1
    first = ranking(store.open())
    written: list[int] = []
    write = Milvus.write
    monkeypatch.setattr(
        Milvus,
        "write",
        lambda self, name, rows, **told: (
            written.append(len(rows)),
            write(self, name, rows, **told),
        ),
    )
    publish(home, some_articles(7)[1:])  # a0 goes, a6 comes
    assert put(store, home) == 2
    own = [store.open().directory.rows(kind, "a6") for kind in KINDS]
    gone = [len(store.open_before().directory.rows(kind, "a0")) for kind in KINDS]
    pages = server.count(named(2), "row >= 0")
    assert sum(written) == sum(map(len, own)) + sum(gone) + pages
    assert ranking(store.open()) == ranking(home.open()) != first
    assert ranking(store.open_before()) == first

    written.clear()
    assert put(store, home) == 2  # again: nothing to do
    home.rollback()
    assert put(store, home) == 1
    assert written == []
    assert ranking(store.open()) == ranking(home.open()) == first

    publish(home, some_articles(9)[2:])
    assert put(store, home) == 3  # what the second had, is not there
    assert ranking(store.open()) == ranking(home.open())
    assert store.open().ids() == {f"a{n}" for n in range(2, 9)}
    assert store.open().verify() == store.open_before().verify() == []
    assert [stem.number for stem in server.generations()] == [3, 1]
    publish(home, some_articles(4))
    put(store, home)
    assert rows(server, f"died > 3 and died < {FOREVER}") != dict.fromkeys(KINDS, 0)
    assert rows(server, "died < 3") == dict.fromkeys(KINDS, 0)  # of those that nobody reads


@pytest.mark.parametrize("after", [0, 1, 3, 5, 6, 7])
def test_a_write_that_is_broken_off_is_not_seen_and_is_cleared_away(
    store: DistantStore,
    server: Milvus,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    after: int,
) -> None:
    publish(home, some_articles(5))
    put(store, home)
    first, before = ranking(store.open()), rows(server)
    publish(home, some_articles(8)[2:])
    calls: list[str] = []
    for name in ("write", "switch"):
        real = getattr(Milvus, name)

        def break_off(
            self: Milvus, *values: Any, real: Any = real, name: str = name, **told: Any
        ) -> None:
            calls.extend([name] if values[1:] != ([],) else [])
            if len(calls) > after:
                raise KeyboardInterrupt
            real(self, *values, **told)

        monkeypatch.setattr(Milvus, name, break_off)
    with pytest.raises(KeyboardInterrupt):
        put(store, home)
    monkeypatch.undo()
    assert ranking(store.open()) == first
    assert store.open().verify() == []
    assert after == 0 or rows(server) != before
    assert calls == [*["write"] * 7, "switch"][: after + 1]

    home.rollback()
    put(store, home)
    publish(home, some_articles(5)[:4])
    put(store, home)
    assert store.open().verify() == []
    assert ranking(store.open()) == ranking(home.open())
    assert rows(server, "born > 1") == dict.fromkeys(KINDS, 0)


def test_servers_read_while_a_home_writes(store: DistantStore, address: str, home: Home) -> None:
    local = fake_engine(Settings(home.path, home.path))

    def searched(engine: Engine) -> list[tuple[str, float]]:
        return [(hit.passage.id, hit.score) for hit in engine.search(QUESTION)]

    publish(home, some_articles(3))
    put(store, home)
    states = [searched(local)]
    done = threading.Event()
    seen: list[Any] = []

    def ask() -> None:
        settings = Settings(home.path.parent / "reader", home.path, store=address)
        reader = fake_engine(settings)
        while not done.is_set():
            try:
                seen.append(searched(reader))
            except Exception as exc:
                seen.append(exc)
                raise

    readers = [threading.Thread(target=ask) for _ in range(2)]
    for reader in readers:
        reader.start()
    for count in range(4, 7):
        publish(home, some_articles(count)[count - 3 :])
        states.append(searched(local))
        put(store, home)
        until = time.monotonic() + 60
        while states[-1] not in seen and time.monotonic() < until:
            time.sleep(0.05)
    done.set()
    for reader in readers:
        reader.join()
    assert [one for one in seen if one not in states] == []
    assert states[-1] in seen


def test_another_encoder_begins_anew_beside_what_is_in_use(
    store: DistantStore, server: Milvus, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(home, some_articles(3))
    put(store, home)
    publish(home, some_articles(3), OtherEncoder())
    assert put(store, home) == 2
    assert store.open().encoder == OtherEncoder.fingerprint
    assert store.open_before().encoder == FakeEncoder.fingerprint
    assert store.open_before().verify() == []
    publish(home, some_articles(4), OtherEncoder())
    put(store, home)
    with monkeypatch.context() as patch:
        patch.setattr(Milvus, "write", lambda *_, **__: 1 / 0)
        publish(home, some_articles(4))
        with pytest.raises(ZeroDivisionError):
            put(store, home)
    assert store.open().verify() == store.open_before().verify() == []
    publish(home, some_articles(5), OtherEncoder())
    put(store, home)
    names = server.call("list_collections")
    assert sorted(names) == [*(named(2, kind) for kind in sorted(KINDS)), named(3), named(5)]


def test_what_is_damaged_is_named_and_written_anew(
    store: DistantStore, server: Milvus, home: Home, address: str
) -> None:
    put_twice(store, home)
    last = int(store.open().directory.rows("sentences", "a3")[0])
    server.delete(named(1, "sentences"), f"row == {last}")
    assert store.open().verify() == [named(1, "sentences")]
    reader = fake_engine(Settings(home.path.parent / "reader", home.path, store=address))
    assert {hit.passage.article_id for hit in reader.search(QUESTION)} <= {"a0", "a1", "a2"}
    assert "一つ前の索引" in str(reader.damage)
    assert put(store, home) == 3
    assert store.open().verify() == []
    assert ranking(store.open()) == ranking(home.open())
    server.delete(named(3), "row == 1")
    with pytest.raises(DamagedError, match=named(3)):
        store.open()
    put(store, home)
    assert ranking(store.open()) == ranking(home.open())


def test_a_row_that_both_generations_need_is_not_looked_for_again_and_again(
    store: DistantStore, server: Milvus, home: Home, address: str
) -> None:
    put_twice(store, home)
    server.call(
        "upsert", named(1, "articles"), [{"row": 0, "content": ["AAAA"]}], partial_update=True
    )
    reader = fake_engine(Settings(home.path.parent / "reader", home.path, store=address))
    with pytest.raises(DamagedError, match="articles/a0"):
        reader.ask("第0号の記録には荷物がいくつと書かれているか")
    writer = fake_engine(Settings(home.path.parent / "another", home.path, store=address))
    with pytest.raises(StoreError, match="別のホーム"):  # which the message tells to build
        writer.build([TOWN])


def test_a_server_that_began_anew_is_asked_as_before(
    store: DistantStore, server: Milvus, home: Home
) -> None:
    publish(home, some_articles(3))
    put(store, home)
    opened = store.open()
    for name in server.collections():
        server.call("release_collection", name)  # as milvus-lite comes up
    assert ranking(opened) == ranking(home.open())
    for name in server.collections():
        server.call("release_collection", name)
    publish(home, some_articles(4))
    put(store, home)
    assert ranking(store.open()) == ranking(home.open())


def test_a_question_that_two_builds_overtake_is_asked_again(
    store: DistantStore, home: Home, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(home, some_articles(4))
    put(store, home)
    reader = fake_engine(Settings(home.path.parent / "reader", home.path, store=address))
    reader.search(QUESTION)
    propose = Searching.propose

    def overtaken(self: Searching, *values: Any) -> Any:
        monkeypatch.undo()
        for first in (1, 2):
            publish(home, some_articles(4 + first)[first:])
            put(store, home)
        return propose(self, *values)

    monkeypatch.setattr(Searching, "propose", overtaken)
    local = fake_engine(Settings(home.path, home.path))
    own = [(hit.passage.id, hit.score) for hit in reader.search(QUESTION)]
    assert own == [(hit.passage.id, hit.score) for hit in local.search(QUESTION)]
    assert reader.damage is None


def test_a_page_that_is_not_as_it_was_written_is_damage(
    store: DistantStore, server: Milvus, home: Home
) -> None:
    publish(home, some_articles(2))
    put(store, home)
    told = {"row": 1, "content": ["AAAA"], "none": [0.0, 0.0]}
    server.call("upsert", named(1), [told])
    with pytest.raises(DamagedError, match=f"{named(1)}/facts"):
        store.open()


def test_what_is_in_use_is_never_dropped(store: DistantStore, server: Milvus, home: Home) -> None:
    publish(home, some_articles(2))
    put(store, home)
    others = ["somebody_elses", f"{ALIAS}_2024", f"{ALIAS}_1_passages", f"{named(1)}_x"]
    for name in (named(7, "passages"), *others):
        server.call("create_collection", name, dimension=2)
    server.sweep(lambda name: False)
    left = server.call("list_collections")
    assert {named(1), *others} == {*left}  # the first bears the alias
    server.call("alter_alias", others[0], ALIAS)
    with pytest.raises(StoreError, match="ほかのプログラム"):
        put(store, home)


def test_a_filter_is_never_read_as_a_condition(store: DistantStore, home: Home) -> None:
    told = some_articles(3)
    odd = some_articles(4)[3:]
    odd = [
        type(odd[0])(**{n: getattr(odd[0], n) for n in odd[0].__slots__} | {"publisher": HOSTILE})
    ]
    publish(home, [*told, *odd])
    put(store, home)
    local, distant = home.open(), store.open()
    for filter in (
        Filter(publishers=("",)),
        Filter(publishers=("\ud800",), undated=True),
        Filter(publishers=(HOSTILE,)),
        Filter(article_ids=(HOSTILE, "a1")),
        Filter(article_ids=(HOSTILE,)),
    ):
        own = found(local, FakeEncoder(), QUESTION, filter)
        assert own == found(distant, FakeEncoder(), QUESTION, filter)
    assert {
        hit.passage.article_id
        for hit, *_ in found(distant, FakeEncoder(), QUESTION, Filter(publishers=(HOSTILE,)))
    } == {"a3"}
    assert own == []


@pytest.fixture
def make(address: str, server: Milvus, tmp_path: Path) -> Callable[[str], Engine]:
    """Engines over homes of their own that share the store."""
    return lambda name: fake_engine(Settings(tmp_path / name, tmp_path, store=address))


def test_one_home_writes_and_others_ask(
    make: Callable[[str], Engine], corpus: Path, tmp_path: Path
) -> None:
    writer, reader = make("writer"), make("reader")
    assert not reader.needs_build()  # nobody else's archive is made by chance
    with pytest.raises(StoreError, match="索引がありません") as none:
        reader.ask("青沢運河はいつ開通したか")
    assert none.value.code == "no-index"
    writer.build([corpus])
    answer = reader.ask("青沢運河はいつ開通したか")
    assert "1923年" in answer.text
    [article] = [a for a in reader.articles() if a.title == "青沢運河の百年"]
    citation = answer.citations[0]
    assert article.text[citation.start : citation.end] == citation.quote
    assert reader.cited(citation)[0] == article
    assert reader.outline(article.id) == writer.outline(article.id)
    assert reader.glance() == writer.glance()
    for change in (
        lambda: reader.build([corpus]),
        lambda: reader.add([corpus]),
        lambda: reader.upload([Upload("新しい記事.md", b"# a\n\nb")]),
        lambda: reader.remove(article.id),
        reader.rollback,
    ):
        with pytest.raises(StoreError, match="別のホーム") as refused:
            change()
        assert refused.value.code == "not-writer"
    assert not (tmp_path / "reader").exists()  # asking writes nothing

    writer.remove(article.id)
    assert not reader.ask("青沢運河はいつ開通したか").answered
    assert reader.cited(citation)[0] == article  # which the generation before still holds
    assert reader.earlier() is None
    assert writer.earlier() is not None
    writer.rollback()
    assert "1923年" in reader.ask("青沢運河はいつ開通したか").text
    status = reader.status()
    assert (len(status.articles), status.damaged, status.usable) == (3, (), True)

    third = make("third")
    third.build([TOWN], take_over=True)
    assert len(reader.articles()) == len([*TOWN.iterdir()])
    with pytest.raises(StoreError, match="別のホーム"):
        writer.build()


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    engine = fake_engine(Settings(tmp_path / "home", tmp_path, store=address))
    with pytest.raises(StoreError, match=address) as away:
        engine.search("何か")
    assert away.value.code == "store-away"
    assert "127.0.0.1" not in away.value.told  # which visitors read
    with pytest.raises(StoreError, match="TENKYO_STORE"):
        engine.build([TOWN])


@pytest.mark.endurance
@pytest.mark.skipif("JSQUAD" not in os.environ, reason="JSQUAD names no folder of questions")
def test_five_hundred_questions_of_jsquad(store: DistantStore, tmp_path: Path) -> None:
    folder, home = Path(os.environ["JSQUAD"]), Home(tmp_path / "home")
    models = Models(Settings.from_env({}))
    questions = [query["text"] for query in read_queries(folder)]
    with index_articles(home, read_corpus(folder), models, lambda _: None) as trial:
        put(store, home)
        distant = store.open()
        for question in random.Random(1).sample(questions, 500):
            own = found(trial.generation, trial.encoder, question)
            assert own == found(distant, trial.encoder, question), question


def test_questions_do_not_wait_for_each_other_where_a_server_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.store.milvus.SECONDS", 4.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        engine = fake_engine(Settings(tmp_path / "home", tmp_path, store=address))
        started = time.monotonic()
        for _ in range(5):
            with pytest.raises(StoreError):
                engine.search("何か")
        assert time.monotonic() - started < 16


def test_of_two_that_write_first_the_later_is_told(
    store: DistantStore, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Home(tmp_path / "other")
    for one, count in ((home, 2), (other, 3)):
        publish(one, some_articles(count))
    write = Milvus.write

    def overtaken(self: Milvus, *values: Any, **told: Any) -> None:
        monkeypatch.undo()
        put(store, other, "f" * 16)
        write(self, *values, **told)

    monkeypatch.setattr(Milvus, "write", overtaken)
    with pytest.raises(DamagedError, match="索引が替わったか"):  # its rows are swept
        put(store, home)
    assert ranking(store.open()) == ranking(other.open())


def test_who_writes_on_after_another_has_switched_is_told(
    store: DistantStore, server: Milvus, home: Home
) -> None:
    publish(home, some_articles(2))
    put(store, home)
    current = server.current()
    with pytest.raises(StoreError, match="別のホームが索引を替えました"):
        server.switch(Stem.of(WRITER, 2), None)
    assert server.current() == current


def test_a_share_is_built_on_any_machine(make: Callable[[str], Engine], corpus: Path) -> None:
    make("writer").build([corpus])
    # Of fourteen files; of three, all may be of the other share, as their paths will have it.
    assert make("part").build([TOWN], shard=(1, 2)).articles > 0


def test_commands_and_processes_share_a_store(
    server: Milvus, address: str, corpus: Path, tmp_path: Path
) -> None:
    def run(home: str, *arguments: object) -> Any:
        env = {**os.environ, "TENKYO_STORE": address, "TENKYO_HOME": str(tmp_path / home)}
        command = [sys.executable, "-m", "index", *map(str, arguments), "--json"]
        done = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    run("writer", "build", corpus)
    answer = run("reader", "ask", "青沢運河はいつ開通したか")
    assert "1923年" in answer["text"]
    status = run("reader", "status")
    assert (status["store"], status["intact"], status["generation"]) == (address, True, 1)
