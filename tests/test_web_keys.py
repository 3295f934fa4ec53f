"""The words of a quote that answer: how the page shows them."""

import answered
import pytest
from hostile import HOSTILE, Page

from index.web.chat.answers import render_turn
from index.web.chat.sources import render_sources
from index.web.chat.turns import Turn
from index.web.words import LANGUAGES

JA = LANGUAGES["ja"]
WORDS = "1923年"


def rendered(turn: Turn) -> Page:
    return Page(render_turn(turn, JA))


def quoted(quote: str, key: tuple[int, int] | None, *, statement: str | None = None) -> Turn:
    """An answer that is one quote."""
    said = {"text": quote if statement is None else statement, "citations": [1], "speaker": None}
    cited = answered.citation(1, quote, before="前の文。", after="後。", start=5, key=key)
    return Turn(1, "問", "answer", answer=answered.answer(statements=[said], citations=[cited]))


def test_statement_and_card_show_the_key() -> None:
    turn = quoted("運河は1923年に開通した。", (3, 8))
    assert rendered(turn).strong == WORDS * 2
    card = Page(render_sources(turn, JA))
    assert (card.strong, card.marked) == (WORDS, "運河は1923年に開通した。")


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_in_and_around_a_key_are_shown_as_written(hostile: str) -> None:
    key = (len(hostile), 2 * len(hostile))
    page = rendered(quoted(hostile * 3, key))
    assert page.open == []
    assert page.strong == hostile * 2  # once in the statement, once in the card
    assert page.marked == hostile * 3
    assert page.text.count(hostile * 3) == 2
    assert page.tags.count("strong") == 2
    assert not {"script", "img", "svg", "b", "style"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]


def test_a_key_may_be_the_whole_quote() -> None:
    page = rendered(quoted(WORDS, (0, len(WORDS))))
    assert (page.strong, page.marked) == (WORDS * 2, WORDS)


def test_without_a_key_nothing_stands_out() -> None:
    page = rendered(quoted(WORDS, None))
    assert (page.strong, page.marked) == ("", WORDS)
    assert "strong" not in page.tags


def test_a_statement_in_other_words_than_its_quote_has_no_key() -> None:
    turn = quoted("運河は1923年に開通した。", (3, 8), statement="開通は一九二三年である。")
    assert rendered(turn).strong == Page(render_sources(turn, JA)).strong == WORDS
