import dataclasses

import pytest
from conftest import article
from hypothesis import given
from hypothesis import strategies as st

from index.citations import cite, locate, verify
from index.errors import CitationError

ARTICLE = article("a", "橋は赤い。川は青い。橋は長い。")


@given(st.text(max_size=40), st.integers(-5, 45), st.integers(-5, 45))
def test_a_citation_holds_or_is_not_made(text: str, start: int, end: int) -> None:
    cited = article("a", text)
    try:
        citation = cite(cited, start, end, number=1, score=0.5)
    except CitationError:
        assert not (0 <= start < end <= len(text)) or not text[start:end].strip()
    else:
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
