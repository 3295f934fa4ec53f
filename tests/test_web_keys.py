"""The words of a quote that answer: where they stand, and how the page shows them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hostile import HOSTILE, Page

from index.conversations import Exchange
from index.engine import Engine
from index.records import Answer, Citation, Filter, Statement
from index.web.chat import rendering
from index.web.chat.recall import is_readable, kept_of, turn_of
from index.web.chat.texts import JA
from index.web.chat.turns import Source, Span, Turn, sources_of

ASKED = "青沢運河はいつ開通したか"
WORDS = "1923年"


@pytest.fixture
def turn(engine: Engine) -> Turn:
    """An answer of a real engine, with the year for the key of what it cites first."""
    answer = engine.ask(ASKED)
    first, *others = answer.citations
    start = first.start + first.quote.index(WORDS)
    keyed = replace(first, key=(start, start + len(WORDS)))
    answer = replace(answer, citations=(keyed, *others))
    return Turn(1, ASKED, "answer", answer=answer, sources=sources_of(engine, answer))


def kept(turn: Turn, engine: Engine) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(kept_of(turn, engine, seconds=0.1)))
    return made


def recalled(answer: dict[str, Any]) -> Turn:
    return turn_of(Exchange(1, ASKED, Filter(), answer, ()), None, unreadable="読めません")


def rendered(turn: Turn) -> Page:
    return Page(rendering.render_turn(turn, JA) + rendering.render_sources([turn], JA))


def quoted(quote: str, key: Span | None, *, statement: str | None = None) -> Turn:
    """An answer that is one quote."""
    said = quote if statement is None else statement
    citation = Citation(1, "a", "0" * 64, 9, 9 + len(quote), quote, 0.9)
    statements = (Statement(said, (1,)),)
    answer = Answer(ASKED, ASKED, "extractive", True, "", statements, (citation,), (), (), 0.9)
    source = Source(1, "a", "0" * 64, "題", None, None, None, 5, "前の文。", quote, "後。", key=key)
    return Turn(1, ASKED, "answer", answer=answer, sources=(source,))


def test_a_key_is_told_from_the_quote_whatever_stands_in_front(turn: Turn) -> None:
    source = turn.sources[0]
    assert source.heading == "開通まで"
    assert source.key
    assert source.quote[slice(*source.key)] == WORDS


def test_statement_and_card_show_the_key(turn: Turn) -> None:
    assert Page(rendering.render_turn(turn, JA)).strong == WORDS
    card = Page(rendering.render_sources([turn], JA))
    assert card.strong == WORDS
    assert card.marked == "".join(source.quote for source in turn.sources)


def test_a_key_is_kept_and_recalled(turn: Turn, engine: Engine) -> None:
    answer = kept(turn, engine)
    place = answer["citations"][0]["key"]
    article = engine.article(turn.sources[0].article_id)
    assert article.text[place["start"] : place["end"]] == WORDS
    again = recalled(answer)
    assert again.sources == turn.sources
    assert again.answer
    assert turn.answer
    assert [c.key for c in again.answer.citations] == [c.key for c in turn.answer.citations]
    assert rendered(again).strong == WORDS * 2


def test_what_was_kept_before_there_were_keys_is_shown_without(turn: Turn, engine: Engine) -> None:
    old = kept(turn, engine)
    for citation in old["citations"]:
        del citation["key"]
    page = rendered(recalled(old))
    assert "strong" not in page.tags
    assert page.marked == "".join(source.quote for source in turn.sources)


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (0, 1000), (5, 5)])
def test_a_key_outside_its_quote_is_not_read(
    turn: Turn, engine: Engine, start: int, end: int
) -> None:
    answer = kept(turn, engine)
    first = answer["citations"][0]
    first["key"] = {"start": first["start"] + start, "end": first["start"] + end}
    assert recalled(answer).error == "読めません"
    assert not is_readable(Exchange(1, ASKED, Filter(), answer, ()))


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
    assert Page(rendering.render_turn(turn, JA)).strong == ""
    assert Page(rendering.render_sources([turn], JA)).strong == WORDS
