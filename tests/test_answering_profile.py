"""Profiles: one name or word, what introduces it first, nobody else by mistake."""

import pytest
from conftest import CANAL, fake_engine

from index.engine import Engine
from index.questions.forms import form_of
from index.questions.lexicon import in_their_words
from index.settings import Settings

MAYOR = """---
title: 港の記念日
published: 2024-05-02
---
葉山市長は五月の式典で、港の百年を祝う言葉を長く述べて客を迎えた。市長選で初当選した葉山志保氏は、灯台を直す計画を港の式典で語った。\
商工会の岩瀬玲会長は、灯台の費用が高すぎると式典の後に批判した。
"""


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """One over an article on a harbour and one on a canal, not to be changed."""
    folder = tmp_path_factory.mktemp("articles")
    for name, text in (("harbour", MAYOR), ("canal", CANAL)):
        (folder / f"{name}.md").write_text(text, "utf-8")
    built = fake_engine(Settings(folder / "home", folder))
    built.build(sorted(folder.glob("*.md")))
    return built


@pytest.mark.parametrize(
    ("asked", "about"),
    [("北朝鮮", "北朝鮮"), ("ニクソンって誰", "ニクソン"), ("連中制ソとは", "連中制ソ"), ("ルビオについて教えて", "ルビオ"),
     ("ウッド氏とはどんな人物？", "ウッド氏"), ("south china sea", "south china sea"), ("Who is Daniel Russel?", "Daniel Russel"),
     ("Tell me about 灘津市民病院", "灘津市民病院"), ("小早瀬由紀是谁？", "小早瀬由紀"), ("介绍一下砥川学園", "砥川学園"),
     ("こんにちは、北朝鮮について教えて", "北朝鮮")],
)  # fmt: skip
def test_a_profile_is_told_by_a_name_alone(asked: str, about: str) -> None:
    assert (form_of(asked).name, form_of(asked).about) == ("profile", about)


@pytest.mark.parametrize(
    "asked",
    ["費用は？", "それ", "今年", "2025年3月", "三つの障害", "Why?", "tell me more", "who is the mayor?",
     "奥砥ダム 総事業費", "凍結した理由を列挙して（東浜線）", "还有呢？"],
)  # fmt: skip
def test_what_asks_more_is_no_profile(asked: str) -> None:
    assert form_of(asked).name != "profile"


def test_who_somebody_is_comes_first_and_others_do_not_come(harbour: Engine) -> None:
    answer = harbour.ask("葉山志保")
    assert answer.form == "profile"
    assert any("初当選した葉山志保氏" in citation.quote for citation in answer.citations)
    assert any("葉山市長は五月" in citation.quote for citation in answer.citations)
    assert not any("岩瀬" in citation.quote for citation in answer.citations)


@pytest.mark.parametrize("asked", ["葉山次郎", "葉山次郎とは？", "Angela Merkel", "默克尔是谁"])
def test_who_stands_nowhere_has_no_profile(harbour: Engine, asked: str) -> None:
    assert harbour.ask(asked).form != "profile"


def test_sentences_are_grouped_by_article(harbour: Engine) -> None:
    answer = harbour.ask("青沢運河")
    assert [group.heading for group in answer.groups] == ["青沢運河の百年 — 青沢新報、2019-04-12"]
    assert "青沢運河は1923年に開通した。" in answer.citations[0].quote
    assert len(answer.citations) <= 6


@pytest.mark.parametrize(
    ("understood", "words"),
    [("south china sea (南シナ海)", "南シナ海"), ("Ukraine (ウクライナ) aid", "ウクライナ aid"),
     ("关于俄罗斯（ロシア）的制裁", "关于ロシア的制裁"), ("Marco Rubio (マルコ・ルビオ)", "マルコ・ルビオ")],
)  # fmt: skip
def test_names_are_read_in_the_words_of_the_articles(understood: str, words: str) -> None:
    assert in_their_words(understood) == words
