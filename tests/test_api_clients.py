"""What programs call by name through Gradio, with its real client, over a real server."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import serving

from index.encoder import Encoder
from index.engine import Engine
from index.settings import Settings
from index.users import add_user

# The client says who uses it to a host outside, unless told before it is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
from gradio_client import Client
from gradio_client.exceptions import AppError, AuthenticationError

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*no_silent_downcasting"),  # Gradio's own
]

ASKED = "青沢運河はいつ開通したか"


def connected(address: str, **options: Any) -> Client:
    return Client(address, verbose=False, analytics_enabled=False, download_files=False, **options)


@pytest.fixture(scope="module")
def address(real_home: Path, real_encoder: Encoder) -> Iterator[str]:
    with serving(Engine(Settings(real_home, real_home), encoder=real_encoder)) as address:
        yield address


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Client]:
    client = connected(address)
    yield client
    client.close()


def posted(address: str, path: str, **body: Any) -> dict[str, Any]:
    answer: dict[str, Any] = httpx.post(f"{address}/api/{path}", json=body, timeout=60).json()
    return answer


def test_three_functions_can_be_called(client: Client) -> None:
    told = client.view_api(return_format="dict", print_info=False)
    assert set(told["named_endpoints"]) == {"/ask", "/search", "/check_draft", "/read_article"}
    assert told["unnamed_endpoints"] == {}
    named = {p["parameter_name"] for p in told["named_endpoints"]["/ask"]["parameters"]}
    limits = {"since", "until", "undated", "publisher", "article"}
    assert named == {"question", "previous", "explain"} | limits


def test_the_handlers_of_the_page_are_none_of_them(client: Client) -> None:
    events = client.config["dependencies"]
    assert len(events) > 6
    for event in events[4:]:
        with pytest.raises(ValueError, match="Invalid function index"):
            client.predict(fn_index=event["id"])


@pytest.mark.parametrize(
    "given",
    [
        {"question": ASKED},
        {"question": ASKED, "explain": True},
        {"question": "技師長は？", "previous": ASKED},
        {"question": "費用はいくらか", "publisher": ["青沢新報"], "since": "2020-01-01"},
        {"question": "費用はいくらか", "publisher": "だれも知らない社", "until": "2020-01-01"},
    ],
)
def test_an_answer_is_that_of_rest(client: Client, address: str, given: dict[str, Any]) -> None:
    called, rest = client.predict(api_name="/ask", **given), posted(address, "ask", **given)
    assert called.pop("seconds") > 0
    assert rest.pop("seconds") > 0
    assert called == rest


def test_the_question_alone_will_do(client: Client) -> None:
    assert "1923年" in client.predict(ASKED, api_name="/ask")["text"]


def test_a_search_is_that_of_rest_and_leads_to_its_article(client: Client, address: str) -> None:
    found = client.predict(ASKED, top_k=2, api_name="/search")
    assert found == posted(address, "search", question=ASKED, top_k=2)
    identity = found["hits"][0]["passage"]["article_id"]
    article = client.predict(identity, api_name="/read_article")
    assert article == httpx.get(f"{address}/api/articles/{identity}").json()


@pytest.mark.parametrize(
    ("function", "given", "words"),
    [
        ("ask", {"question": " "}, "質問が空です"),
        ("ask", {"question": 3}, "question は文字列"),
        ("ask", {"question": ASKED, "since": "昨日"}, "since は 2025-01-31 の形"),
        ("ask", {"question": ASKED, "article": [1]}, "article は文字列"),
        ("search", {"question": ASKED, "top_k": 101}, "top_k は 100 以下"),
        ("read_article", {"article_id": "nobody"}, "nobody という記事はありません"),
    ],
)
def test_an_error_is_told(client: Client, function: str, given: dict[str, Any], words: str) -> None:
    with pytest.raises(AppError, match=words):
        client.predict(api_name=f"/{function}", **given)


def test_opening_pages_costs_nothing_and_asking_does(
    real_home: Path, real_encoder: Encoder
) -> None:
    engine = Engine(Settings(real_home, real_home), encoder=real_encoder)
    with serving(engine, rate=2) as address:
        for _ in range(4):
            client = connected(address)
            client.close()
        for _ in range(2):
            client.predict(ASKED, api_name="/ask")
        with pytest.raises(AppError, match="間隔が短すぎます"):
            client.predict(ASKED, api_name="/ask")
        assert httpx.get(f"{address}/api/ask", params={"question": ASKED}).status_code == 429
        figures = httpx.get(f"{address}/metrics").text
    assert "tenkyo_questions_total 2.0" in figures


def test_where_one_signs_in_a_client_does_so_by_basic(
    real_home: Path, real_encoder: Encoder, tmp_path: Path
) -> None:
    add_user(tmp_path / "users", "花子", "long enough")
    engine = Engine(Settings(real_home, real_home), encoder=real_encoder)
    with serving(engine, auth_file=tmp_path / "users") as address:
        with pytest.raises(AuthenticationError):
            connected(address)
        client = connected(address, httpx_kwargs={"auth": ("花子", "long enough")})
        assert client.predict(ASKED, api_name="/ask")["answered"]
        client.close()
