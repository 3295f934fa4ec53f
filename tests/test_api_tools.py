"""The tools for language models, used by a real client of MCP over a real server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import run_apart, serving

from index.encoder import Encoder
from index.engine import Engine
from index.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's own

ASKED = "青沢運河はいつ開通したか"

mcp = pytest.importorskip("mcp", reason="mcp がないため、道具の試験を省きます（tenkyo[mcp]）。")


@pytest.fixture(scope="module")
def asked(real_home: Path, real_encoder: Encoder) -> Engine:
    return Engine(Settings(real_home, real_home), encoder=real_encoder)


@pytest.fixture(scope="module")
def address(asked: Engine) -> Iterator[str]:
    with serving(asked) as address:
        yield f"{address}/mcp"


def call(address: str, tool: str, **arguments: Any) -> Any:
    async def run() -> Any:
        async with mcp.Client(address) as client:
            return await client.call_tool(tool, arguments)

    return run_apart(run())


def test_these_are_the_tools(address: str) -> None:
    async def run() -> Any:
        async with mcp.Client(address) as client:
            return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in run_apart(run())}
    assert set(tools) == {"ask", "search", "check_draft", "read_article"}
    assert tools["ask"].input_schema["required"] == ["question"]
    assert "citations" in tools["ask"].output_schema["properties"]


def test_an_answer_leads_to_its_articles(address: str, asked: Engine) -> None:
    answer = call(address, "ask", question=ASKED, publisher=["青沢新報"]).structured_content
    assert answer["text"] == asked.ask(ASKED).text
    assert "schema" in answer
    [citation, *_] = answer["citations"]
    article = call(address, "read_article", article_id=citation["article_id"]).structured_content
    assert article["text"][citation["start"] : citation["end"]] == citation["quote"]
    assert article["source"] == "canal.md"


def test_a_search_gives_as_many_as_asked_for(address: str) -> None:
    found = call(address, "search", question=ASKED, top_k=2).structured_content
    assert [hit["rank"] for hit in found["hits"]] == [1, 2]


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("ask", {"question": " "}, "質問が空です"),
        ("ask", {"question": ASKED, "since": "昨日"}, "since は"),
        ("read_article", {"article_id": "nobody"}, "nobody という記事"),
    ],
)
def test_an_error_is_told(address: str, tool: str, arguments: dict[str, Any], words: str) -> None:
    told = call(address, tool, **arguments)
    assert told.is_error
    assert words in told.content[0].text
