"""What is kept of an answer is shown again as it was, whatever has become of its articles."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from index.conversations import Exchange, Verdict
from index.engine import Engine
from index.records import Answer, Filter
from index.web.chat.catalogue import Catalogue, Catalogues
from index.web.chat.recall import kept_of, turn_of
from index.web.chat.turns import Turn, sources_of

ASKED = "青沢運河はいつ開通したか"
REFUSED = "ペンギンの体重は何キロか"


@pytest.fixture
def built(engine: Engine, corpus: Path) -> Engine:
    engine.build([corpus])
    return engine


def recalled(engine: Engine, question: str, catalogue: Catalogue | None) -> tuple[Turn, Turn]:
    answer = engine.ask(question)
    turn = Turn(1, question, "answer", answer=answer, sources=sources_of(engine, answer))
    kept = json.loads(json.dumps(kept_of(turn, engine, seconds=0.1)))
    exchange = Exchange(1, question, Filter(), kept, (Verdict(True),))
    again = turn_of(exchange, catalogue, unreadable="読めません")
    return replace(turn, kept=1, verdicts=(Verdict(True),)), again


def rounded(answer: Answer | None) -> Answer:
    assert answer
    citations = tuple(replace(c, score=round(c.score, 4)) for c in answer.citations)
    nearest = tuple(replace(hit, score=0.0) for hit in answer.nearest)
    return replace(
        answer, citations=citations, nearest=nearest, confidence=round(answer.confidence, 4)
    )


@pytest.mark.parametrize("question", [ASKED, REFUSED])
def test_a_turn_comes_back_as_it_was(built: Engine, question: str) -> None:
    before, after = recalled(built, question, Catalogues(built).current())
    assert rounded(after.answer) == rounded(before.answer)
    assert [s.state for s in after.sources] == [""] * len(before.sources)
    if question == ASKED:
        assert after.sources == before.sources
    assert replace(after, answer=None, sources=()) == replace(before, answer=None, sources=())


def test_a_source_tells_what_has_become_of_its_article(built: Engine) -> None:
    before, _ = recalled(built, ASKED, None)
    named = before.sources[0].article_id
    for contents, state in (({named: "another"}, "changed"), ({}, "gone")):
        catalogue = Catalogue(dict.fromkeys(contents, "題"), contents, ())
        _, after = recalled(built, ASKED, catalogue)
        assert after.sources[0] == replace(before.sources[0], state=state)


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
    turn = turn_of(Exchange(4, "問", Filter(), {"answered": True}), None, unreadable="読めません")
    assert (turn.number, turn.stage, turn.error) == (4, "error", "読めません")
