"""Who may change the library over HTTP, and in what form."""

import pytest
from borrowing import POSTS, Library, Open, error

from index.engine import Engine

pytest_plugins = ("shelf",)


@pytest.mark.parametrize("path", ["files", "text", "remove"])
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_bodies_of_another_type_are_refused(library: Library, path: str, kind: str) -> None:
    answer = library.post(f"/library/{path}", content=b"{}", headers={"Content-Type": kind})
    assert error(answer)[0] == 415


@pytest.mark.parametrize("path", POSTS)
def test_a_page_of_another_site_changes_nothing(library: Library, path: str) -> None:
    own = f"http://127.0.0.1:{library.base_url.port}"
    for headers in (
        {"X-Tenkyo": ""},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": own, "X-Tenkyo": "0"},
    ):
        answer = library.post(f"/library/{path}", json={}, headers=headers)
        assert error(answer)[0] == 403, headers
    assert library.post(f"/library/{path}", json={}, headers={"Origin": own}).status_code != 403
    library.built()


@pytest.mark.parametrize("path", POSTS)
def test_where_everybody_may_come_nothing_is_changed(
    engine: Engine, open_library: Open, path: str
) -> None:
    library = open_library(engine, writable=False)
    status, told = error(library.post(f"/library/{path}", json={}))
    assert (status, "できません" in told) == (403, True)
    assert library.state()["writable"] is False
    assert library.state()["build"]["kind"] is None
