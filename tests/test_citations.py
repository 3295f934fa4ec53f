import dataclasses

import pytest
from conftest import article
from hypothesis import example, given
from hypothesis import strategies as st

from index.citations import article_name, cite, locate, quote_address, source_name, verify
from index.errors import CitationError

ARTICLE = article("a", "橋は赤い。川は青い。橋は長い。")


@given(st.text(max_size=40), st.integers(-5, 45), st.integers(-5, 45))
@example("橋は赤い。", 0, 6)
@example("橋は赤い。", -3, 4)
def test_a_citation_holds_or_is_not_made(text: str, start: int, end: int) -> None:
    cited = article("a", text)
    try:
        citation = cite(cited, start, end, number=1, score=0.5)
    except CitationError:
        assert not (0 <= start < end <= len(text)) or not text[start:end].strip()
    else:
        assert 0 <= start < end <= len(text)
        assert cited.text[citation.start : citation.end] == citation.quote != ""
        assert verify(citation, cited) is citation


def test_locate_finds_words_that_stand_once() -> None:
    citation = locate("川は青い。", ARTICLE, number=2, score=1.0)
    assert (citation.start, citation.end, citation.number) == (5, 10, 2)


@pytest.mark.parametrize("quote", ["橋は", "空は", "", "  "])
def test_locate_refuses_what_is_not_there_exactly_once(quote: str) -> None:
    with pytest.raises(CitationError):
        locate(quote, ARTICLE, number=1, score=1.0)


def test_locate_refuses_words_that_overlap_themselves() -> None:
    with pytest.raises(CitationError, match="複数"):
        locate("ああ", article("a", "あああ"), number=1, score=1.0)


@pytest.mark.parametrize(
    "changed",
    [
        article("b", ARTICLE.text),
        article("a", ARTICLE.text + "空は高い。"),
        dataclasses.replace(ARTICLE, text="川は青い。橋は赤い。橋は長い。"),
    ],
    ids=["another article", "edited since", "other words"],
)
def test_verify_refuses_what_does_not_hold(changed: object) -> None:
    citation = cite(ARTICLE, 0, 5, number=1, score=1.0)
    with pytest.raises(CitationError):
        verify(citation, changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", [(5, 10), (7, 9)])
def test_the_words_that_answer_stand_in_the_quote(key: tuple[int, int]) -> None:
    assert cite(ARTICLE, 5, 10, number=1, score=1.0, key=key).key == key


@pytest.mark.parametrize("key", [(4, 8), (7, 11), (7, 7), (9, 7)])
def test_a_key_outside_the_quote_is_refused(key: tuple[int, int]) -> None:
    with pytest.raises(CitationError, match="外"):
        cite(ARTICLE, 5, 10, number=1, score=1.0, key=key)


def test_the_address_of_a_quote_holds_any_id_and_the_start_of_the_hash() -> None:
    assert quote_address("a/b?", 3, 9) == "/article/a%2Fb%3F#quote-3-9"
    opened = quote_address("a", 3, 9, sha256="0123456789abcdef", base="https://example.jp")
    assert opened == "https://example.jp/article/a?sha=0123456789ab#quote-3-9"


def test_an_article_is_called_by_its_title_its_source_or_its_id() -> None:
    assert source_name("/home/mori/記事.txt") == "記事.txt"
    assert source_name("記事/港.txt") == "記事/港.txt"
    assert source_name("https://example.jp/a/b") == "https://example.jp/a/b"
    assert article_name("港", "/home/mori/記事.txt", "a1") == "港"
    assert article_name(None, "/home/mori/記事.txt", "a1") == "記事.txt"
    assert article_name("", "", "a1") == "a1"
