"""What a request says of its reader."""

import pytest
from starlette.requests import Request

from index.web.words import language_of, scheme_of


def request(**headers: str) -> Request:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": sent})


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "ja"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr-FR, EN-gb;q=0.7, ja;q=0.2", "en"),
        ("ja;q=0.1, en;q=0.9", "en"),
        ("en;q=0, zh", "zh"),
        ("en;q=0, xx;q=much, *", "ja"),
        ("en;q=;;,,;q", "ja"),
    ],
)
def test_the_most_wanted_language_is_spoken(accepted: str, language: str) -> None:
    assert language_of(request(accept_language=accepted)) == language


def test_what_was_chosen_on_the_page_comes_first() -> None:
    chosen = request(accept_language="en", cookie="tenkyo-language=zh; tenkyo-scheme=dark")
    assert (language_of(chosen), scheme_of(chosen)) == ("zh", "dark")
    nonsense = request(accept_language="en", cookie='tenkyo-language=<b>; tenkyo-scheme="x')
    assert (language_of(nonsense), scheme_of(nonsense)) == ("en", "")
