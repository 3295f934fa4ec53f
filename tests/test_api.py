"""The REST interface on a real server: what is asked over HTTP is what the command line prints."""

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import run_apart, serving

from index import answers
from index.encoder import Encoder
from index.engine import Engine
from index.records import Article, Filter, Step
from index.server.admission import WAITING
from index.server.app import AT_ONCE
from index.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's own

ASKED = "青沢運河はいつ開通したか"
REFUSED = "ペンギンの体重は何キロか"


def opened(home: Path, encoder: Encoder, kind: type[Engine] = Engine) -> Engine:
    return kind(Settings(home, home), encoder=encoder)


@pytest.fixture(scope="module")
def asked(real_home: Path, real_encoder: Encoder) -> Engine:
    return opened(real_home, real_encoder)


@pytest.fixture(scope="module")
def client(asked: Engine) -> Iterator[httpx.Client]:
    with serving(asked) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def without_seconds(payload: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name != "seconds"}


def named(payload: Any) -> Any:
    """The same with file names for paths, as others than the owner of the machine see them."""
    if isinstance(payload, dict):
        return {k: Path(v).name if k == "source" else named(v) for k, v in payload.items()}
    return [named(item) for item in payload] if isinstance(payload, list) else payload


@pytest.mark.parametrize("question", [ASKED, REFUSED])
def test_an_answer_is_that_of_the_command_line(
    client: httpx.Client, asked: Engine, question: str
) -> None:
    given = client.post("/api/ask", json={"question": question}).raise_for_status().json()
    expected = answers.ask(asked, question).as_json(paths=True)
    assert given["answered"] == (question == ASKED)
    assert without_seconds(given) == without_seconds(named(expected))
    by_address = client.get("/api/ask", params={"question": question}).json()
    assert without_seconds(by_address) == without_seconds(given)


def test_an_explanation_is_given_when_asked_for(client: httpx.Client, asked: Engine) -> None:
    given = client.post("/api/ask", json={"question": ASKED, "explain": True}).json()
    expected = answers.explanation_of(asked.explain(ASKED)[1], asked).as_json(paths=True)
    assert given["explanation"] == named(expected)
    assert "explanation" not in client.post("/api/ask", json={"question": ASKED}).json()


def test_a_follow_up_is_read_with_the_question_before(client: httpx.Client) -> None:
    given = client.post("/api/ask", json={"question": "技師長は？", "previous": ASKED})
    assert "青沢運河" in given.json()["understood"]
    assert given.json()["follow_up"]


@pytest.mark.parametrize(
    ("limits", "filter"),
    [
        ({"publisher": "青沢新報", "since": "2020-01-01"}, ("霧原天文台の新しい望遠鏡",)),
        ({"publisher": ["青沢新報", "暮らし通信"], "until": "2019-12-31"}, ("青沢運河の百年",)),
        ({"publisher": "だれも知らない社"}, ()),
        ({"since": "2022-12-01", "undated": True}, ("霧原天文台の新しい望遠鏡",)),
    ],
)
def test_a_search_is_limited(
    client: httpx.Client, limits: dict[str, Any], filter: tuple[str, ...]
) -> None:
    for given in (
        client.post("/api/search", json={"question": "費用", **limits}),
        client.get("/api/search", params={"question": "費用", **limits}),
    ):
        found = given.raise_for_status().json()
        hits = found["hits"]
        assert found["undated"] == 0
        assert {hit["passage"]["title"] for hit in hits} == set(filter)


def test_a_search_is_that_of_the_command_line(client: httpx.Client, asked: Engine) -> None:
    given = client.post("/api/search", json={"question": ASKED, "top_k": 3}).json()
    hits = asked.search(ASKED, top_k=3, filter=Filter())
    assert given["hits"] == named([answers.hit_of(hit, asked).as_json(paths=True) for hit in hits])
    assert [hit["rank"] for hit in given["hits"]] == [1, 2, 3]


def test_quotes_stand_in_the_articles_as_given(client: httpx.Client) -> None:
    for citation in client.post("/api/ask", json={"question": ASKED}).json()["citations"]:
        article = client.get(f"/api/articles/{citation['article_id']}").json()
        assert article["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert article["sha256"] == citation["sha256"]


def test_the_library_names_every_article_and_no_path(client: httpx.Client, asked: Engine) -> None:
    given = client.get("/api/articles").json()
    assert given["articles"] == len(given["library"]) == 3
    assert all(Path(article.source).is_absolute() for article in asked.articles())
    assert {a["source"] for a in given["library"]} == {"canal.md", "bakery.md", "observatory.md"}


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "words"),
    [
        ("ask", {"question": " "}, 422, "question-empty", "質問が空です"),
        ("ask", {"question": "あ" * 100_000}, 422, "question-too-long", "質問が長すぎます"),
        ("ask", {}, 422, "invalid", "question を入れてください"),
        ("ask", {"question": 3}, 422, "invalid", "question は文字列"),
        ("ask", {"question": ASKED, "explain": "多分"}, 422, "invalid", "explain は true"),
        ("ask", {"question": ASKED, "explain": 0}, 422, "invalid", "explain は true"),
        ("ask", {"question": ASKED, "explain": "true"}, 422, "invalid", "explain は true"),
        ("search", {"question": ASKED, "top_k": "3"}, 422, "invalid", "top_k は整数"),
        ("search", {"question": ASKED, "top_k": True}, 422, "invalid", "top_k は整数"),
        ("search", {"question": ASKED, "top_k": 1.5}, 422, "invalid", "top_k は整数"),
        ("ask", {"question": ASKED, "since": "20250131"}, 422, "date", "since は 2025-01-31 の形"),
        ("ask", {"question": ASKED, "since": "2025-W05-5"}, 422, "date", "2025-01-31 の形"),
        ("ask", {"question": ASKED, "since": "昨日"}, 422, "date", "since は 2025-01-31 の形"),
        ("ask", {"question": ASKED, "publisher": {"a": 1}}, 422, "invalid", "publisher は文字列か"),
        ("ask", {"question": ASKED, "article": [1]}, 422, "invalid", "article は文字列"),
        (
            "ask",
            {"question": ASKED, "quesiton": ""},
            422,
            "invalid",
            "quesiton という項目はありません",
        ),
        ("ask", [], 422, "invalid", "本文は JSON のオブジェクト"),
        ("search", {"question": ASKED, "top_k": 0}, 422, "invalid", "top_k は 1 以上"),
        ("search", {"question": ASKED, "top_k": 101}, 422, "invalid", "top_k は 100 以下"),
        ("search", {"question": ASKED, "top_k": "三"}, 422, "invalid", "top_k は整数"),
        ("ask", b"{", 400, "unreadable", "JSON になっていません"),
        ("ask", b"\xff\xfe{}", 400, "unreadable", "JSON になっていません"),
        ("ask", b" " * 2**21, 413, "too-large", "大きすぎます"),
        ("nothing", {}, 404, "not-found", "何もありません"),
    ],
)
def test_an_error_says_what_is_wrong(
    client: httpx.Client, path: str, body: Any, status: int, code: str, words: str
) -> None:
    json = {"content-type": "application/json"}
    sent = {"content": body, "headers": json} if isinstance(body, bytes) else {"json": body}
    told = client.post(f"/api/{path}", **sent)
    assert (told.status_code, told.json().keys()) == (status, {"schema", "error", "code"})
    assert told.json()["code"] == code
    assert words in told.json()["error"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "ask", "GET, POST"),
        ("DELETE", "articles/x", "GET"),
        ("POST", "articles", "GET"),
        ("HEAD", "docs", "GET"),
    ],
)
def test_what_is_not_done_to_an_address_is_named(
    client: httpx.Client, method: str, path: str, allowed: str
) -> None:
    told = client.request(method, f"/api/{path}")
    assert (told.status_code, told.headers["allow"]) == (405, allowed)
    assert method == "HEAD" or told.json()["code"] == "method"


def test_openapi_says_what_a_question_is(client: httpx.Client) -> None:
    told = client.get("/openapi.json").json()
    given = told["components"]["schemas"]["Search"]["properties"]
    assert given["question"]["maxLength"] == 2000
    for blank in ("", " 　\t\n", "\x1c\x85"):
        assert not re.search(given["question"]["pattern"], blank)
        assert client.post("/api/search", json={"question": blank}).status_code == 422
    assert re.search(given["question"]["pattern"], " 運河\n")
    assert (given["top_k"]["minimum"], given["top_k"]["maximum"]) == (1, 100)
    one_or_several = [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]
    assert given["article"]["anyOf"] == one_or_several
    by_address = {p["name"]: p["schema"] for p in told["paths"]["/api/search"]["get"]["parameters"]}
    assert by_address["article"]["anyOf"] == one_or_several
    for sent in ({"article": "x"}, {"article": ["x"]}, {"top_k": 3.0}):
        assert client.post("/api/search", json={"question": ASKED, **sent}).status_code == 200
    assert client.get(f"/api/ask?question={ASKED}&explain=true").json()["explanation"]
    assert len(client.get(f"/api/search?question={ASKED}&top_k=1").json()["hits"]) == 1


def test_what_does_not_say_how_long_it_is_has_an_end_too(client: httpx.Client) -> None:
    told = client.post(
        "/api/ask",
        content=(b" " * 2**16 for _ in range(32)),
        headers={"content-type": "application/json"},
    )
    assert (told.status_code, "大きすぎます" in told.json()["error"]) == (413, True)


def test_an_article_that_is_not_there(client: httpx.Client) -> None:
    told = client.get("/api/articles/../../etc/passwd")
    assert told.status_code == 404
    told = client.get("/api/articles/nobody")
    assert (told.status_code, "nobody という記事" in told.json()["error"]) == (404, True)


def test_without_an_index_the_command_that_makes_one_is_named(
    make_engine: Callable[..., Engine],
) -> None:
    with serving(make_engine()) as address, httpx.Client(base_url=address, timeout=60) as client:
        for path in ("search?question=x", "articles", "articles/x"):
            told = client.get(f"/api/{path}")
            assert (told.status_code, "tenkyo build" in told.json()["error"]) == (503, True)
            assert told.json()["code"] == "no-index"
        assert client.get("/healthz").json()["status"] == "ok"
        assert client.get("/readyz").status_code == 503


@pytest.mark.parametrize(
    "damaged", ["CURRENT", "conversations.sqlite", "generations/1/manifest.json"]
)
def test_no_answer_names_a_place_on_the_disk(
    make_engine: Callable[..., Engine], engine: Engine, damaged: str
) -> None:
    place = engine.settings.home / damaged
    place.unlink(missing_ok=True)
    place.mkdir()  # what cannot be read as a file
    with serving(make_engine()) as address, httpx.Client(base_url=address, timeout=60) as client:
        while "準備中" in (early := client.get("/readyz")).text:
            pass
        told = [early, *map(client.get, ("/api/ask?question=x", "/api/articles", "/article/x"))]
    assert damaged == "conversations.sqlite" or told[1].json()["code"] == "index"
    assert not [answer.text for answer in told if str(engine.settings.home) in answer.text]


class Broken(Engine):
    def articles(self) -> list[Article]:
        raise RuntimeError("秘密の中身")


def test_what_nobody_foresaw_tells_nothing(real_home: Path, real_encoder: Encoder) -> None:
    engine = opened(real_home, real_encoder, Broken)
    with serving(engine) as address:
        told = httpx.get(f"{address}/api/articles")
    assert (told.status_code, told.json().keys()) == (500, {"schema", "error", "code"})
    assert "秘密" not in told.text


class Slow(Engine):
    """The real engine, whose answers wait until they are let go."""

    go = threading.Event()

    def steps(self, *args: Any, **options: Any) -> Iterator[Step]:
        self.go.wait(30)
        yield from super().steps(*args, **options)


async def crowd(address: str) -> tuple[list[httpx.Response], httpx.Response, str]:
    limits = httpx.Limits(max_connections=200)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        asking = [
            asyncio.create_task(client.post("/api/ask", json={"question": ASKED}))
            for _ in range(AT_ONCE + WAITING + 6)
        ]
        done, _ = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        while len(done) < 6:
            await asyncio.sleep(0.05)
            done = {task for task in asking if task.done()}
        health = await client.get("/healthz")
        figures = (await client.get("/metrics")).text
        Slow.go.set()
        return list(await asyncio.gather(*asking)), health, figures


def test_a_crowd_waits_and_those_too_many_are_sent_away(
    real_home: Path, real_encoder: Encoder
) -> None:
    engine = opened(real_home, real_encoder, Slow)
    with serving(engine) as address:
        answers, health, figures = run_apart(crowd(address))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) == 6
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
    assert "混み合って" in refused[0].json()["error"]
    assert {a.status_code for a in answers} == {200, 429}
    assert health.status_code == 200
    assert f"tenkyo_questions_waiting {WAITING}.0" in figures
    assert 'tenkyo_errors_total{kind="BusyError"} 6.0' in figures
