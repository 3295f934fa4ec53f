"""What is said of the REST interface, by OpenAPI and its page, is what it does."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import serving

from index import payloads
from index.api import models
from index.encoder import Encoder
from index.engine import Engine
from index.records import Filter
from index.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's own

ASKED = "青沢運河はいつ開通したか"


@pytest.fixture(scope="module")
def asked(real_home: Path, real_encoder: Encoder) -> Engine:
    return Engine(Settings(real_home, real_home), encoder=real_encoder)


@pytest.fixture(scope="module")
def client(asked: Engine) -> Iterator[httpx.Client]:
    with serving(asked) as address, httpx.Client(base_url=address) as client:
        yield client


def test_openapi_describes_these_endpoints_and_no_others(client: httpx.Client) -> None:
    schema = client.get("/openapi.json").json()
    assert {(path, *methods) for path, methods in schema["paths"].items()} == {
        ("/api/ask", "post", "get"),
        ("/api/search", "post", "get"),
        ("/api/articles", "get"),
        ("/api/articles/{article_id}", "get"),
    }
    answer = schema["components"]["schemas"]["Answer"]
    assert set(answer["required"]) == set(client.get("/api/ask?question=x").json())
    assert answer["additionalProperties"] is False


def test_every_member_is_described_with_an_example(client: httpx.Client) -> None:
    schema = client.get("/openapi.json").json()
    members = [
        (f"{kind}.{name}", member)
        for kind, part in schema["components"]["schemas"].items()
        for name, member in part["properties"].items()
    ]
    members += [
        (f"{path}?{given['name']}", given["schema"] | {"description": given["description"]})
        for path, methods in schema["paths"].items()
        for given in methods["get" if "get" in methods else "post"].get("parameters", ())
        if given["in"] == "query"
    ]
    assert len(members) > 60
    assert [name for name, member in members if not member.get("description")] == []
    inner = [name for name, member in members if "$ref" not in str(member) and not example(member)]
    assert inner == []


def example(member: dict[str, Any]) -> Any:
    """The example of a member, which stands at the type where null is allowed beside it."""
    kinds = (member, *member.get("anyOf", ()))
    return next((kind["examples"] for kind in kinds if "examples" in kind), None)


def test_the_example_of_a_key_is_a_date_in_the_quote(client: httpx.Client) -> None:
    citation = client.get("/openapi.json").json()["components"]["schemas"]["Citation"]["properties"]
    [key], [start], [quote] = (example(citation[name]) for name in ("key", "start", "quote"))
    assert quote[key["start"] - start : key["end"] - start] == "1923年"


def test_the_models_have_the_members_of_the_payloads(asked: Engine) -> None:
    answer = payloads.ask_payload(asked, ASKED, previous=None, filter=Filter(), explain=True)
    article = asked.articles()[0]
    for kind, payload in (
        (models.Answer, answer),
        (models.Citation, answer["citations"][0]),
        (models.Explanation, answer["explanation"]),
        (models.Scored, answer["explanation"]["sentences"][0]),
        (models.Viewed, answer["explanation"]["passages"][0]),
        (models.Passage, answer["explanation"]["passages"][0]["passage"]),
        (models.Article, payloads.article_payload(article)),
        (models.Listed, payloads.library_payload([article])["library"][0]),
    ):
        named = {field.alias or name for name, field in kind.model_fields.items()}
        assert named == set(payload), kind


def test_the_page_of_the_endpoints_needs_nothing_from_outside(client: httpx.Client) -> None:
    page = client.get("/api/docs")
    for words in ("/api/ask", "/api/articles/{article_id}", "citations[].key.start", "top_k"):
        assert words in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert re.findall(r'(?:src|href)="([^"]+)"', page.text) == ["/openapi.json"]
