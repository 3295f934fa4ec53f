"""What the tests share: a fast encoder, invented articles, and engines over them."""

import asyncio
import hashlib
import json
import os
import signal
import socket
import sqlite3
import threading
import zlib
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import answering, ingest
from index import encoder as encoders
from index.answering import Found
from index.crossencoder import CrossEncoder, Reading, Window
from index.derived import derive
from index.encoder import Encoder, Vectors, weights
from index.encoder.tokenizer import Tokenizer
from index.encoder.weights import Weights
from index.engine import Engine
from index.passages import cut
from index.questions import lexicon
from index.questions.sounds import Names
from index.questions.spellings import choose, count
from index.records import Article
from index.retriever import retrieve
from index.settings import Settings
from index.store import Generation, Home, Part

# A shell has its background jobs ignore Ctrl-C, and what the tests start and interrupt would too.
signal.signal(signal.SIGINT, signal.default_int_handler)

CANAL = """---
title: 青沢運河の百年
publisher: 青沢新報
published: 2019-04-12
language: ja
---
## 開通まで

青沢運河は1923年に開通した。工事には延べ4万2千人が加わり、完成まで11年を要した。技師長の倉持宗一は\
「水は低い方へ流れる。人の心も同じだ」と日誌に記している。

## 現在の利用

いまの運河を通る船は年に約860隻である。積み荷の半分は木材で、残りは砂利と穀物が占める。\
市は2031年までに護岸を作り直す計画を立てている。
"""

BAKERY = """---
title: 丘の上の窯
publisher: 暮らし通信
published: 2022-11-03
language: ja
---
## 朝四時の仕事

坂井製パン所の一日は午前四時に始まる。店主の坂井ミツ子は小麦粉を毎日35キロこねる。\
窯の温度は230度に保つという。

## 人気の品

一番売れるのはくるみパンで、一個240円である。日曜日には昼前に売り切れることが多い。
"""

OBSERVATORY = """---
title: 霧原天文台の新しい望遠鏡
publisher: 青沢新報
published: 2024-07-30
language: ja
---
霧原天文台は口径1.8メートルの反射望遠鏡を公開した。費用は27億円で、県と大学が半分ずつ出した。\
台長の真壁玲は、来年の秋から彗星の観測を始めると述べた。望遠鏡は標高1420メートルの尾根に立つ。
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker is left alone with one at the end."""
    items.sort(
        key=lambda i: (i.path.name != "test_gate.py", i.get_closest_marker("browser") is None)
    )


class FakeEncoder:
    """Hashed character n-grams beside a constant, so that cosines lie high as those of e5 do.

    The constant is spread over several components: a large one would not be kept (store.vectors).
    """

    fingerprint = "hashed character n-grams"
    dimensions = 128

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector(text) for text in texts])

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        return self.encode_queries(texts)

    def _vector(self, text: str) -> Vectors:
        vector = np.zeros(self.dimensions, np.float32)
        for size in (1, 2):
            for at in range(len(text) - size + 1):
                vector[zlib.crc32(text[at : at + size].encode()) % (self.dimensions - 16)] += 1
        vector /= max(float(np.linalg.norm(vector)), 1.0)
        vector[-16:] = 1.7 / 4
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit


class FakeCrossEncoder:
    """Reads by the share of the question's content words that a window and its sentences hold."""

    name = "shared words"

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        asked = {*lexicon.terms(question)} or {question}
        return [self._read(asked, window) for window in windows]

    def _read(self, asked: set[str], window: Window) -> Reading:
        def odds(text: str) -> float:
            share = len(asked.intersection(lexicon.terms(text))) / len(asked)
            return 12 * (share - 0.6)

        title = window.title or ""
        best = max((odds(f"{title}\n{text}") for text in window.sentences), default=-6.0)
        sentences = tuple(map(odds, window.sentences))
        return Reading(best, sentences, (None,) * len(sentences))


class Choosing:
    """Finds that the sentences answer which hold one of some words, and no others."""

    name = "chosen words"

    def __init__(self, *words: str) -> None:
        self._words = words

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        return [self._read(window.sentences) for window in windows]

    def _read(self, sentences: Sequence[str]) -> Reading:
        found = tuple(6.0 if any(w in text for w in self._words) else -6.0 for text in sentences)
        return Reading(max(found, default=-6.0), found, (None,) * len(found))


class OtherEncoder(FakeEncoder):
    """The same vectors under another name."""

    fingerprint = "another encoder"


def article(identity: str, text: str, **fields: object) -> Article:
    """An article that was never a file."""
    known = {"title": None, "publisher": None, "published": None, "language": "ja"} | fields
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Article(
        id=identity, authors=(), url=None, source=identity, text=text, sha256=digest, **known
    )  # type: ignore[arg-type]


def part_of(article: Article) -> Part:
    """An article with its passages, as a build cuts them."""
    return Part.at(article, cut(article.text, article.marks))


def publish(home: Home, articles: Sequence[Article], encoder: Encoder | None = None) -> int:
    """Put a generation of these articles in use."""
    names = {"schema": 1, "paths": [a.id for a in articles], "removed": []}
    parts, encoder = map(part_of, articles), encoder or FakeEncoder()
    return ingest.publish(home, encoder, parts, derive=derive, sources=names, report=lambda _: None)


def make_articles_old(
    home: Home, change: Callable[[dict[str, Any]], object] = lambda _: None
) -> None:
    """Leave the articles of a home as the version before kept them: without checksums, in plain JSON."""
    path = home.path / "articles.sqlite"
    with home.articles() as cache:
        found = [(name, part.record()) for name, part in cache.under("")]
    path.unlink()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "CREATE TABLE articles (path TEXT PRIMARY KEY, raw_sha256 TEXT NOT NULL,"
            " reader TEXT NOT NULL, record TEXT NOT NULL)"
        )
        for name, record in found:
            change(record)
            told = (name, "r", "1", json.dumps(record, ensure_ascii=False))
            db.execute("INSERT INTO articles VALUES (?, ?, ?, ?)", told)


def collect(texts: Iterable[str]) -> Names:
    """The names of texts, as those of an index."""
    return choose(*count(texts))


def some_articles(count: int, *, first: int = 0) -> list[Article]:
    """Articles of a few passages each, no two alike."""
    return [
        article(
            f"a{n}",
            "".join(
                f"第{n}号の記録その{k}には、荷物{n * 31 + k}個と書かれている。" for k in range(30)
            ),
            publisher="偶数社" if n % 2 == 0 else "奇数社",
            published=date(2020 + n, 1, 1),
        )
        for n in range(first, first + count)
    ]


ENDLESS = """
class TextSplitter:
    def __init__(self, size, **options):
        self._chunk_size = size

    def _merge_splits(self, pieces, separator):
        while "終わらない" in pieces[0]:
            pass
        return pieces
"""


QUESTION = "第1号の記録には荷物がいくつと書かれているか"


def read(generation: Generation, question: str, crossencoder: CrossEncoder | None = None) -> Found:
    """What is found in a generation to a question."""
    evidence = retrieve(generation, FakeEncoder(), question)
    return answering.read(question, evidence, generation, crossencoder or FakeCrossEncoder())


def ranking(generation: Generation) -> list[tuple[str, float]]:
    found = retrieve(generation, FakeEncoder(), QUESTION, top_k=10)
    return [(e.hit.passage.id, e.hit.score) for e in found]


def numbers(home: Home) -> set[str]:
    return {path.name for path in (home.path / "generations").iterdir()}


def folder_of(home: Home) -> Path:
    return home.path / "generations" / str(home.current())


def state(home: Home) -> tuple[int | None, dict[str, object], list[tuple[str, float]]]:
    """What a reader sees of a home."""
    opened = home.open()
    try:
        return home.current(), home.sources(), ranking(opened)
    finally:
        opened.close()


def served(engine: Engine, **options: Any) -> Any:
    """Make the server inside a loop: where none runs, Gradio makes some and leaves them open."""
    from index.server.app import create_server

    async def make() -> Any:
        return create_server(engine, **options)

    return run_apart(make())


def run_apart(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in another thread: in the main one, a loop of playwright's may run."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@contextmanager
def serving(engine: Engine, **options: Any) -> Iterator[str]:
    """Run the server in a thread; yield its address."""
    with running(served(engine, **options)) as address:
        yield address


@contextmanager
def running(app: Any) -> Iterator[str]:
    """Run an ASGI application in a thread; yield its address."""
    import uvicorn

    config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def damage_last(path: Path) -> None:
    """Change the last byte of a file."""
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


@pytest.fixture
def endless_cutting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A text that a parsing process started from now on never comes to the end of cutting."""
    folder = tmp_path / "stubs"
    folder.mkdir()
    (folder / "langchain_text_splitters.py").write_text(ENDLESS, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
    return "終わらない話がある。"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder of three articles."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in [("canal", CANAL), ("bakery", BAKERY), ("observatory", OBSERVATORY)]:
        (folder / f"{name}.md").write_text(text, "utf-8")
    return folder


def fake_engine(settings: Settings, encoder: Encoder | None = None) -> Engine:
    """An engine that unpacks no weights."""
    return Engine(settings, encoder=encoder or FakeEncoder(), crossencoder=FakeCrossEncoder())


@pytest.fixture
def make_engine(tmp_path: Path) -> Callable[..., Engine]:
    """Engines over one home, each new as after a restart."""

    def make(encoder: Encoder | None = None) -> Engine:
        settings = Settings(tmp_path / "home", tmp_path / "cache")
        return fake_engine(settings, encoder)

    return make


@pytest.fixture
def engine(make_engine: Callable[..., Engine], corpus: Path) -> Engine:
    """An engine over the three articles."""
    opened = make_engine()
    opened.build([corpus])
    return opened


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The settings a user without any has; for the unpacked model, not for the home."""
    return Settings.from_env({})


@pytest.fixture(scope="session")
def stored() -> Weights:
    """The default model's weights."""
    source = weights.find()
    assert source is not None
    return weights.read(source)


@pytest.fixture(scope="session")
def tokenizer(stored: Weights) -> Tokenizer:
    return Tokenizer(stored.pieces, stored.scores.tolist())


@pytest.fixture(scope="session")
def real_encoder(settings: Settings) -> Encoder:
    return encoders.load_encoder(None, cache=settings.cache)


@pytest.fixture(scope="session")
def real_home(tmp_path_factory: pytest.TempPathFactory, real_encoder: Encoder) -> Path:
    """A home over the three articles, made by the default encoder. Not to be changed."""
    folder = tmp_path_factory.mktemp("real")
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, text in [("canal", CANAL), ("bakery", BAKERY), ("observatory", OBSERVATORY)]:
        (corpus / f"{name}.md").write_text(text, "utf-8")
    Engine(Settings(folder / "home", folder), encoder=real_encoder).build([corpus])
    return folder / "home"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's own TENKYO_ variables out."""
    for name in [name for name in os.environ if name.startswith("TENKYO_")]:
        monkeypatch.delenv(name)
