"""More of an answer, one of its items, another in the place of one, and the words in another language."""

import re

import pytest
from conftest import fake_engine

from index.answering.further import AROUND
from index.engine import Engine
from index.records import Answer
from index.settings import Settings

BRIDGE = """---
title: 入江橋の架け替え
published: 2025-03-04
language: ja
---
入江橋の架け替えの理由は三つある。第一に、橋脚の傷みが進んだこと。第二に、大型の船が通れないこと。\
第三に、歩道がないこと。工事は2026年4月に始まる。総工費は52億円である。
"""
SANCTIONS = """---
title: 制裁のゆくえ
published: 2025-03-04
language: ja
---
山海国への制裁を米国は解いた。山海国への制裁を欧州は一部だけ解いた。
"""
MORE = {"ja": "もっと詳しく", "en": "Tell me more", "zh": "再详细一点"}
NO_MORE = {"ja": "これ以上の記述", "en": "anything more", "zh": "更多内容"}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine over both articles; not to be changed."""
    folder = tmp_path_factory.mktemp("articles")
    (folder / "bridge.md").write_text(BRIDGE, "utf-8")
    (folder / "sanctions.md").write_text(SANCTIONS, "utf-8")
    other = tmp_path_factory.mktemp("home")
    engine = fake_engine(Settings(other / "home", other))
    engine.build([folder])
    return engine


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


@pytest.mark.parametrize("language", ["ja", "en", "zh"])
def test_each_page_is_new_until_there_is_no_more(asked: Engine, language: str) -> None:
    answer = asked.ask("入江橋の架け替えの総工費は？")
    seen = quotes(answer)
    assert seen
    for _ in range(AROUND):
        answer = asked.ask(MORE[language], previous=answer.understood)
        if not answer.answered:
            break
        assert not set(quotes(answer)) & set(seen)
        seen += quotes(answer)
    assert NO_MORE[language] in answer.text
    assert (answer.statements, answer.citations) == ((), ())
    assert any("2026年4月" in quote for quote in seen)
    assert asked.ask(answer.understood).text == asked.ask(answer.understood).text


def test_a_refusal_has_no_more(asked: Engine) -> None:
    refused = asked.ask("彗星の尾の長さは？")
    answer = asked.ask("もっと詳しく", previous=refused.understood)
    assert (refused.answered, answer.answered, answer.text) == (False, False, refused.text)


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("2つ目を詳しく", "第二に、大型の船"),
        ("the third one", "第三に、歩道"),
        ("第一个呢？", "第一に、橋脚"),
        ("最後のは？", "第三に、歩道"),
    ],
)
def test_an_item_is_told_first(asked: Engine, question: str, holds: str) -> None:
    answer = asked.ask(question, previous="入江橋の架け替えの三つの理由は？")
    assert holds in answer.citations[0].quote
    again = asked.ask(answer.understood)
    assert quotes(again) == quotes(answer)


def test_an_item_that_is_not_there_is_not_told(asked: Engine) -> None:
    answer = asked.ask("5つ目は？", previous="入江橋の架け替えの三つの理由は？")
    assert (answer.answered, answer.citations) == (False, ())


def test_another_is_not_answered_with_the_same(asked: Engine) -> None:
    before = asked.ask("山海国への制裁を米国は解いたか")
    assert any("米国は解いた" in quote for quote in quotes(before))
    answer = asked.ask("では欧州は？", previous=before.understood)
    assert [quote for quote in quotes(answer) if "米国" in quote] == []
    assert any("欧州は一部" in quote for quote in quotes(answer))
    assert not asked.ask("日本は？", previous=before.understood).answered


def test_the_words_come_in_the_language_wished_for(asked: Engine) -> None:
    before = asked.ask("総工費52億円")
    assert [s.gloss for s in before.statements if s.gloss] == []
    answer = asked.ask("英語で答えて", previous=before.understood)
    assert quotes(answer) == quotes(before)
    assert any("5.2 billion yen" in s.gloss for s in answer.statements)
    more = asked.ask("もっと詳しく", previous=answer.understood)
    assert any("April 2026" in s.gloss for s in more.statements)
    assert re.search("could not", asked.ask("彗星の尾は？英語で答えて").text)
