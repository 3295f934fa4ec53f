"""What stands around a passage: a wider stretch of the very text, as far as it goes."""

from pathlib import Path

import pytest
from conftest import article, fake_engine, part_of, publish
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from index.settings import Settings
from index.store import Home
from index.web.article import article_router
from index.web.article.blocks import blocks, surroundings

PARAGRAPHS = [f"第{n}段落の文である。" + "灯台の記録が続く。" * 12 for n in range(40)]
TEXT = "\n\n".join(["## 始まり", *PARAGRAPHS[:20], "## 終わり", *PARAGRAPHS[20:]])
LONG = article("a/b c", TEXT)
EDGES = blocks(part_of(LONG))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    folder: Path = tmp_path_factory.mktemp("home")
    publish(Home(folder), [LONG])
    app = FastAPI()
    app.include_router(article_router(fake_engine(Settings(folder, folder))))
    return TestClient(app)


@given(st.integers(0, len(TEXT) - 1), st.integers(1, 400))
def test_a_stretch_grows_by_whole_paragraphs_until_it_is_all(start: int, length: int) -> None:
    first, last = start, min(start + length, len(TEXT))
    for _ in range(len(TEXT)):
        before, after = surroundings(EDGES, first, last)
        assert before <= first < last <= after
        if (before, after) == (first, last):
            break
        first, last = before, after
        assert first in (len("## "), start) or TEXT[:first].endswith(("\n", "## "))
        assert last in (len(TEXT), start + length) or TEXT[last] == "\n"
    assert (first, last) == (min(start, len("## ")), len(TEXT))


def test_the_text_around_a_passage_is_served(client: TestClient) -> None:
    start = TEXT.index("第21段落")
    end = TEXT.index("第22段落")
    asked = {"start": start, "end": end, "sha": LONG.sha256}
    around = client.get("/around/a%2Fb%20c", params=asked).json()
    shown = around["before"] + TEXT[start:end] + around["after"]
    assert shown == TEXT[around["start"] : around["end"]].replace("## ", "")
    assert "終わり\n\n第20段落" in around["before"]
    assert around["after"].startswith("第22段落")
    assert around["more"] is True
    whole = client.get(
        "/around/a%2Fb%20c", params=asked | {"start": 0, "end": len(TEXT), "sha": ""}
    )
    assert whole.json()["more"] is False


@pytest.mark.parametrize(
    "wrong",
    [{"sha": "f" * 64}, {"start": -1}, {"end": 10**9}, {"start": 9, "end": 9}],
)
def test_what_is_no_place_of_this_text_is_not_there(
    client: TestClient, wrong: dict[str, object]
) -> None:
    asked = {"start": 3, "end": 9, "sha": LONG.sha256} | wrong
    assert client.get("/around/a%2Fb%20c", params=asked).status_code == 404
    assert client.get("/around/nobody", params=asked).status_code == 404
    assert client.get("/around/a%2Fb%20c?start=x&end=1&sha=").status_code == 422
