"""What is fetched of a kept conversation: files, text to copy, questions to go on with."""

import contextlib
import sqlite3
from pathlib import Path
from urllib.parse import unquote

import bibtexparser
import httpx
import pytest
import rispy
from conftest import serving
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient
from hostile import HOSTILE, Page
from starlette.middleware.base import RequestResponseEndpoint

from index import exports
from index.answers import answer_of
from index.conversations import Conversations
from index.engine import Engine
from index.records import Filter
from index.schema import Answer
from index.text.characters import BIDI, legible
from index.users import add_user
from index.web.chat.export import conversation_router

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's own

ASKED = "青沢運河はいつ開通したか"
REFUSED = "ペンギンの体重は何キロか"


@pytest.fixture
def kept(engine: Engine) -> Conversations:
    return Conversations(engine.settings.home / "conversations.sqlite")


@pytest.fixture
def client(engine: Engine) -> TestClient:
    app = FastAPI()
    app.include_router(conversation_router(engine))

    @app.middleware("http")
    async def alone(request: Request, go_on: RequestResponseEndpoint) -> Response:
        request.state.owner = ""
        return await go_on(request)

    return TestClient(app, base_url="https://tenkyo.example.org")


def keep(
    engine: Engine, kept: Conversations, *questions: str, owner: str = ""
) -> tuple[str, list[Answer]]:
    """Keep a conversation of these questions; return its id and the answers."""
    conversation_id, answers = None, []
    for question in questions:
        answer = answer_of(engine.ask(question), engine, seconds=0.1)
        conversation_id, _ = kept.append(
            conversation_id, question, answer, filter=Filter(), owner=owner
        )
        answers.append(answer)
    assert conversation_id
    return conversation_id, answers


@pytest.mark.parametrize(
    ("format", "ending", "kind"),
    [("markdown", "md", "text/markdown"), ("html", "html", "text/html"),
     ("bibtex", "bib", "application/x-bibtex"), ("ris", "ris", "application/x-research-info-systems")],
)  # fmt: skip
def test_a_conversation_is_taken_away_as_a_file(
    engine: Engine, kept: Conversations, client: TestClient, format: str, ending: str, kind: str
) -> None:
    name, answers = keep(engine, kept, ASKED, REFUSED)
    kept.rename(name, "運河/\u202eの 話", owner="")
    given = client.get(f"/conversation/{name}/export?format={format}")
    assert given.status_code == 200
    assert given.headers["content-type"].startswith(kind)
    assert given.headers["x-content-type-options"] == "nosniff"
    disposition = given.headers["content-disposition"]
    assert disposition.startswith(f'attachment; filename="tenkyo.{ending}"')
    file = unquote(disposition.partition("''")[2])
    assert file.startswith("運河_")
    assert file.endswith("の_話." + ending)
    assert not BIDI & set(file)
    told = given.content.decode()
    if format == "bibtex":
        [entry] = bibtexparser.parse_string(told).entries
        assert entry["title"] == "{青沢運河の百年}"
        assert entry["language"] == "ja"
    elif format == "ris":
        [record] = rispy.loads(told.replace("\r\n", "\n"))
        assert record["title"] == "青沢運河の百年"
    else:
        assert answers[0].citations[0].quote in told
        assert "https://tenkyo.example.org/article/" in told


def test_what_is_copied_bears_the_address_of_the_page(
    engine: Engine, kept: Conversations, client: TestClient
) -> None:
    name, [answer, _] = keep(engine, kept, ASKED, REFUSED)
    base = "https://tenkyo.example.org"
    address = f"/conversation/{name}/copy?turn=1"
    assert client.get(address).text == exports.answer_text(answer, base=base)
    markdown = client.get(address + "&format=markdown", headers={"accept-language": "en"})
    assert markdown.text == exports.answer_markdown(answer, base=base, language="en")
    [citation, *_] = answer.citations
    copied = client.get(address + "&citation=1")
    assert copied.text == exports.citation_text(citation, base=base)
    assert copied.headers["content-type"].startswith("text/plain")
    for missing in ("turn=3", "turn=1&citation=99", "turn=2&citation=1"):
        assert client.get(f"/conversation/{name}/copy?{missing}").status_code == 404
    assert client.get(f"/conversation/{name}/export?format=exe").status_code == 422


def test_a_record_that_cannot_be_read_is_left_out(
    engine: Engine, kept: Conversations, client: TestClient
) -> None:
    conversation_id, [answer] = keep(engine, kept, ASKED)
    number = kept.append(conversation_id, "壊れた記録", answer, filter=Filter(), owner="")[1]
    with (
        contextlib.closing(sqlite3.connect(engine.settings.home / "conversations.sqlite")) as db,
        db,
    ):
        broken = ('{"answered": true}', conversation_id, number)
        db.execute("UPDATE turns SET answer = ? WHERE conversation = ? AND number = ?", broken)
    below = f"/conversation/{conversation_id}"
    for format in ("markdown", "html", "bibtex", "ris"):
        taken = client.get(f"{below}/export", params={"format": format})
        assert taken.status_code == 200
        assert "壊れた記録" not in taken.text
    assert client.get(f"{below}/copy", params={"turn": 2}).status_code == 404
    assert client.get(f"{below}/copy", params={"turn": 1}).status_code == 200


def test_nobody_takes_away_what_is_anothers(engine: Engine, tmp_path: Path) -> None:
    users = tmp_path / "users"
    for user in ("花子", "太郎"):
        add_user(users, user, "correct horse")
    kept = Conversations(engine.settings.home / "conversations.sqlite")
    name, _ = keep(engine, kept, ASKED, owner="花子")
    with (
        serving(engine, auth_file=users) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        asked = ("export?format=markdown", "copy?turn=1")
        for user, status in (("花子", 200), ("太郎", 404)):
            auth = httpx.BasicAuth(user, "correct horse")
            for path in asked:
                given = client.get(f"/conversation/{name}/{path}", auth=auth)
                assert given.status_code == status, (user, path)
        assert client.get(f"/conversation/{name}/{asked[0]}").status_code == 303


def test_hostile_words_are_taken_away_as_words(
    engine: Engine, kept: Conversations, client: TestClient
) -> None:
    assert len(HOSTILE) >= 60
    answer = answer_of(engine.ask(ASKED), engine, seconds=0.1)
    for hostile in HOSTILE:
        typed = hostile.encode("utf-8", "replace").decode()  # as a browser sends it
        fields = dict.fromkeys(("title", "publisher", "source", "url", "language", "quote"), typed)
        passage = answer.citations[0].passage.model_copy(update={"text": typed})
        fields |= {"authors": (typed,), "passage": passage, "key": None}
        citation = answer.citations[0].model_copy(update=fields)
        told = {"question": typed, "understood": typed, "citations": (citation,)}
        told_by = answer.model_copy(update=told)
        name, _ = kept.append(None, typed, told_by, filter=Filter(), owner="")
        page = Page(client.get(f"/conversation/{name}/export?format=html").text)
        assert page.open == []
        assert not {"script", "img", "svg", "iframe", "form", "object", "b"} & set(page.tags)
        for format in ("markdown", "bibtex", "ris"):
            given = client.get(f"/conversation/{name}/export?format={format}")
            assert given.status_code == 200
            disposition = given.headers["content-disposition"]
            assert disposition.isascii()
            assert "\n" not in disposition
        copied = client.get(f"/conversation/{name}/copy?turn=1&citation=1").text
        assert legible(typed)[:50] in copied
        assert not BIDI & set(copied)
