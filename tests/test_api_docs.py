"""What is said of the REST interface, by OpenAPI and its page, is what it does."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import serving

from index.encoder import Encoder
from index.engine import Engine
from index.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's own

ASKED = "青沢運河はいつ開通したか"


@pytest.fixture(scope="module")
def asked(real_home: Path, real_encoder: Encoder) -> Engine:
    return Engine(Settings(real_home, real_home), encoder=real_encoder)


@pytest.fixture(scope="module")
def client(asked: Engine) -> Iterator[httpx.Client]:
    with serving(asked) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_openapi_describes_these_endpoints_and_no_others(client: httpx.Client) -> None:
    schema = client.get("/openapi.json").json()
    assert {(path, *methods) for path, methods in schema["paths"].items()} == {
        ("/api/ask", "post", "get"),
        ("/api/search", "post", "get"),
        ("/api/check", "post"),
        ("/api/articles", "get"),
        ("/api/articles/{article_id}", "get"),
    }
    answer = schema["components"]["schemas"]["Answer"]
    later = {
        "form",
        "verdict",
        "lead",
        "groups",
        "writer",
        "note",
        "struck",
    }  # answers kept before have none
    assert set(answer["required"]) | later == set(client.get("/api/ask?question=x").json())
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


def resolved(part: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A part of the schema that is given by its name."""
    part = next((kind for kind in part.get("anyOf", ()) if kind.get("type") != "null"), part)
    named: dict[str, Any] = schema["components"]["schemas"]
    return named[part["$ref"].rpartition("/")[2]] if "$ref" in part else part


def follows(given: Any, part: dict[str, Any], schema: dict[str, Any]) -> bool:
    """Whether a value has exactly the members that the schema names, all the way down."""
    part = resolved(part, schema)
    if isinstance(given, list):
        return all(follows(item, part["items"], schema) for item in given)
    if not isinstance(given, dict) or "properties" not in part:
        return True
    members = part["properties"]
    assert not part["additionalProperties"]
    assert set(part["required"]) <= set(given) <= set(members), sorted(given)
    return all(follows(value, members[name], schema) for name, value in given.items())


def test_what_is_given_has_the_members_that_openapi_names(client: httpx.Client) -> None:
    schema = client.get("/openapi.json").json()
    article = client.get("/api/articles").json()["library"][0]["id"]
    for path, question in (
        ("/api/ask", {"question": ASKED, "explain": True}),
        ("/api/ask", {"question": "ペンギンの体重は何キロか"}),
        ("/api/search", {"question": ASKED}),
        ("/api/articles", {}),
        ("/api/articles/{article_id}", {}),
    ):
        given = client.get(path.format(article_id=article), params=question).json()
        told = schema["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        assert follows(given, told["schema"], schema), path


def test_the_page_of_the_endpoints_needs_nothing_from_outside(client: httpx.Client) -> None:
    page = client.get("/api/docs")
    for words in ("/api/ask", "/api/articles/{article_id}", "citations[].key.start", "top_k"):
        assert words in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert re.findall(r'(?:src|href)="([^"]+)"', page.text) == [
        "../openapi.json",
        "../docs/manual.md",
    ]


@pytest.mark.parametrize("name", ["manual", "serving", "method", "measures", "map"])
def test_the_docs_are_pages_too(client: httpx.Client, name: str) -> None:
    page = client.get(f"/docs/{name}.md")
    assert page.status_code == 200
    assert "<h1 id=" in page.text
    assert "<table>" in page.text or name in ("method",)
    assert "README.md" not in page.text


@pytest.mark.parametrize("name", ["nothing", "..%2f..%2fREADME", "%2e%2e/manual", "manual.md%00"])
def test_no_other_file_is_a_page(client: httpx.Client, name: str) -> None:
    page = client.get(f"/docs/{name}.md")
    assert page.status_code == 404
    assert page.json()["code"] == "not-found"
