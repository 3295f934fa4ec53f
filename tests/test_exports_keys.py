"""The words of a quote that answer, in what is taken away: they stand out, and the quote stays as it is."""

import answered
import pytest
from hostile import HOSTILE, Page
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index import exports
from index.schema import Answer
from index.text.characters import legible

FRONT = "開通まで\n\n"
QUOTE = "灯台は1924年に、建てられた。"
YEAR = (3, 8)


def payload(quote: str, key: tuple[int, int] | None, *, statement: str | None = None) -> Answer:
    """An answer that is one quote, behind a heading; the key is told from the quote."""
    cited = answered.citation(1, quote, before=FRONT, key=key, title="灯台")
    said = {"text": quote if statement is None else statement, "citations": [1], "speaker": None}
    return answered.answer(question="問", statements=[said], citations=[cited])


def page_of(answer: Answer) -> Page:
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


def test_a_key_parts_the_quote() -> None:
    assert payload(QUOTE, YEAR).citations[0].parts == ("灯台は", "1924年", "に、建てられた。")
    assert payload(QUOTE, None).citations[0].parts == (QUOTE, "", "")


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
    without = payload(QUOTE, None)
    for answer in (without, payload(QUOTE, YEAR, statement="別の文。")):
        assert "**" not in exports.answer_markdown(answer)
    assert "strong" not in page_of(without).tags
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
    assert page.strong == legible(f"年{hostile}年") * 2
    assert page.tags.count("strong") == 2
    assert not {"script", "img", "svg", "b"} & set(page.tags)
