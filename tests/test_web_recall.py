"""What is kept of an answer is shown again as it was, whatever has become of its articles."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from index.answers import ask
from index.conversations import Conversations, Exchange, Verdict
from index.engine import Engine
from index.records import Filter
from index.web.chat.sources import render_sources
from index.web.chat.turns import Catalogue, Catalogues, Turn, turn_of
from index.web.words import LANGUAGES

JA = LANGUAGES["ja"]
ASKED = "青沢運河はいつ開通したか"
REFUSED = "ペンギンの体重は何キロか"


@pytest.fixture
def built(engine: Engine, corpus: Path) -> Engine:
    engine.build([corpus])
    return engine


def recalled(engine: Engine, question: str, catalogue: Catalogue | None) -> tuple[Turn, Turn]:
    """A turn, and the same as read from the file of conversations."""
    answer = ask(engine, question)
    kept = Conversations(engine.settings.home / "conversations.sqlite")
    name, _ = kept.append(None, question, answer, filter=Filter(), owner="")
    kept.judge(name, 1, Verdict(True), owner="")
    [exchange] = kept.read(name, owner="")
    turn = Turn(1, question, "answer", answer=answer, kept=1, verdicts=(Verdict(True),))
    return turn, turn_of(exchange, catalogue, unreadable="読めません")


@pytest.mark.parametrize("question", [ASKED, REFUSED])
def test_a_turn_comes_back_as_it_was(built: Engine, question: str) -> None:
    before, after = recalled(built, question, Catalogues(built).current())
    assert after == before
    assert hash(after) == hash(before)  # Gradio hashes what a page holds
    assert after.sources


@pytest.mark.parametrize("question", [ASKED, REFUSED])
def test_a_turn_tells_what_has_become_of_its_articles(built: Engine, question: str) -> None:
    answer = ask(built, question)
    ids = frozenset(source.article_id for source in answer.citations or answer.nearest)
    contents = dict.fromkeys(ids, "another")
    before, changed = recalled(built, question, Catalogue(contents, contents, ()))
    assert changed == replace(before, changed=ids)
    before, gone = recalled(built, question, Catalogue({}, {}, ()))
    assert gone == replace(before, gone=ids)


@pytest.mark.parametrize(
    ("edit", "state"),
    [
        (("青沢運河は1923年に開通した", "昔、青沢運河は1923年に開通した"), "moved"),
        (("1923年に開通した", "1924年に開通した"), "altered"),
        (("青沢運河は1923年に開通した。", ""), "gone"),
        (("工事には", "この工事には"), "unchanged"),
    ],
)
def test_a_quote_of_an_article_that_changed_is_looked_for_again(
    built: Engine, corpus: Path, edit: tuple[str, str], state: str
) -> None:
    answer = ask(built, ASKED)
    for path in corpus.glob("*.md"):
        path.write_text(path.read_text("utf-8").replace(*edit), "utf-8")
    built.build([corpus])
    catalogues, exchange = Catalogues(built), Exchange(1, ASKED, Filter(), answer)
    known = {"unreadable": "", "standing": catalogues.standing}
    turn = turn_of(exchange, catalogues.current(), **known)
    [(number, standing)] = turn.standing
    assert (number, standing.state) == (1, state)
    card = render_sources(turn, JA)
    assert getattr(JA, f"words_{state}") in card
    if state == "altered":
        assert "1924年" in standing.words
        assert "1924年" in card


def test_the_catalogue_follows_the_index(built: Engine, corpus: Path) -> None:
    catalogues = Catalogues(built)
    first = catalogues.current()
    assert first
    assert catalogues.current() is first
    built.remove(next(iter(first.titles)))
    second = catalogues.current()
    assert second
    assert len(second.titles) == len(first.titles) - 1
    assert 0 < second.passages < first.passages
    assert list(first.titles.values()) == sorted(first.titles.values())


def test_without_an_index_there_is_no_catalogue(make_engine: Callable[..., Engine]) -> None:
    assert Catalogues(make_engine()).current() is None


def test_a_record_that_cannot_be_read_says_so() -> None:
    turn = turn_of(Exchange(4, "問", Filter(), None), None, unreadable="読めません")
    assert (turn.number, turn.stage, turn.error) == (4, "error", "読めません")
