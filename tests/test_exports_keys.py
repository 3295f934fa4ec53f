"""The words of a quote that answer, in what is taken away: they stand out, and the quote stays as it is."""

from typing import Any

import pytest
from conftest import article
from hostile import HOSTILE, Page
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index import exports
from index.citations import cite
from index.exports.cited import quote_parts

FRONT = "開通まで\n\n"
QUOTE = "灯台は1924年に、建てられた。"
YEAR = (3, 8)


def payload(quote: str, key: tuple[int, int] | None, *, statement: str | None = None) -> Any:
    """An answer that is one quote, behind a heading; the key is told from the quote."""
    source = article("a", FRONT + quote, title="灯台")
    start = len(FRONT)
    place = key and (start + key[0], start + key[1])
    made = cite(source, start, start + len(quote), number=1, score=0.9, key=place)
    passage = {"start": 0, "end": len(source.text), "text": source.text}
    return {
        "question": "問",
        "understood": "問",
        "answered": True,
        "text": "",
        "statements": [{"text": quote if statement is None else statement, "citations": [1]}],
        "citations": [exports.cited(made, source) | {"passage": passage}],
        "missing": [],
        "nearest": [],
    }


def page_of(answer: Any) -> Page:
    return Page(exports.conversation_html([answer], title="会話"))


def statement_of(markdown: str) -> tuple[str, str]:
    """The statement of an answer in Markdown as it is read, and what of it is strong."""
    inline = MarkdownIt("commonmark").parse(markdown)[4]
    text = strong = ""
    level = 0
    for token in inline.children or ():
        level += token.nesting if token.type.startswith("strong") else 0
        assert token.type in {"text", "text_special", "softbreak", "strong_open", "strong_close"}
        said = "\n" if token.type == "softbreak" else token.content
        text += said
        strong += said if level else ""
    return text.removesuffix("[^1]"), strong


def test_a_citation_has_its_key_as_a_payload_has_it() -> None:
    [citation] = payload(QUOTE, YEAR)["citations"]
    assert citation["key"] == {"start": len(FRONT) + 3, "end": len(FRONT) + 8}
    assert quote_parts(citation) == ("灯台は", "1924年", "に、建てられた。")
    assert payload(QUOTE, None)["citations"][0]["key"] is None


def test_html_shows_the_key_in_the_statement_and_in_the_source() -> None:
    page = page_of(payload(QUOTE, YEAR))
    assert page.strong == "1924年" * 2
    assert page.text == page_of(payload(QUOTE, None)).text


def test_markdown_shows_the_key_in_the_statement_and_leaves_the_quotation() -> None:
    markdown = exports.answer_markdown(payload(QUOTE, YEAR))
    assert "\n灯台は**1924年**に、建てられた。[^1]\n" in markdown
    assert f"[^1]: 「{QUOTE}」" in markdown
    assert statement_of(markdown) == (QUOTE, "1924年")


def test_text_stays_as_it_is() -> None:
    assert exports.answer_text(payload(QUOTE, YEAR)) == exports.answer_text(payload(QUOTE, None))


def test_what_has_no_key_has_no_marks() -> None:
    old = payload(QUOTE, YEAR)
    del old["citations"][0]["key"]
    for answer in (old, payload(QUOTE, None), payload(QUOTE, YEAR, statement="別の文。")):
        assert "**" not in exports.answer_markdown(answer)
    assert "strong" not in page_of(old).tags
    assert page_of(payload(QUOTE, YEAR, statement="別の文。")).strong == "1924年"


def test_a_key_may_be_the_whole_quote() -> None:
    answer = payload("1924年", (0, 5))
    assert page_of(answer).strong == "1924年" * 2
    assert statement_of(exports.answer_markdown(answer)) == ("1924年", "1924年")


@pytest.mark.parametrize(
    ("quote", "key"),
    [
        ("高さは「31m」とされた。", "「31m」"),
        ("割合は42%に上った。", "42%"),
        ("名は 灯台 という。", " 灯台 "),
        ("一行目は\n二行目に続く。", "目は\n二行"),
    ],
)
def test_marks_that_markdown_would_not_read_are_not_set(quote: str, key: str) -> None:
    at = quote.index(key)
    markdown = exports.answer_markdown(payload(quote, (at, at + len(key))))
    assert statement_of(markdown) == (quote, "")
    assert "*" not in markdown


@given(
    st.text("灯台年ーaé0123。、「」（）*_`[]<>&!~|$^\\#+-=:.)% \u3000", min_size=1),
    st.data(),
)
def test_without_its_marks_markdown_is_the_same(quote: str, data: st.DataObject) -> None:
    quote = quote.strip() or "文"
    start = data.draw(st.integers(0, len(quote) - 1))
    end = data.draw(st.integers(start + 1, len(quote)))
    plain = exports.answer_markdown(payload(quote, None))
    marked = exports.answer_markdown(payload(quote, (start, end)))
    assert marked.replace("**", "") == plain
    shown = quote[start].isalnum() and quote[end - 1].isalnum()
    assert statement_of(marked) == (quote, quote[start:end] if shown else "")


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_in_and_around_a_key_are_text(hostile: str) -> None:
    hostile = hostile.encode("utf-8", "replace").decode()
    start = len(hostile) + 1
    quote = f"{hostile}年{hostile}年{hostile}。"
    answer = payload(quote, (start - 1, start + len(hostile) + 1))
    page = page_of(answer)
    assert page.open == []
    assert page.strong == exports.legible(f"年{hostile}年") * 2
    assert page.tags.count("strong") == 2
    assert not {"script", "img", "svg", "b"} & set(page.tags)
