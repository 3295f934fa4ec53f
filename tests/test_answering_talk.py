"""Talk: told from questions in three languages, answered shortly, never a refusal."""

from datetime import date

import pytest
from conftest import BAKERY, CANAL, OBSERVATORY, fake_engine

from index.engine import Engine
from index.questions.forms import form_of
from index.records import Filter
from index.settings import Settings


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """One over the three articles, not to be changed."""
    folder = tmp_path_factory.mktemp("articles")
    for name, text in (("canal", CANAL), ("bakery", BAKERY), ("observatory", OBSERVATORY)):
        (folder / f"{name}.md").write_text(text, "utf-8")
    built = fake_engine(Settings(folder / "home", folder))
    built.build(sorted(folder.glob("*.md")))
    return built


TALK = {
    "greeting": "こんにちは！|こにちは|はじめまして|hello|helo|hi there|你好|早上好",
    "thanks": "ありがとう、よくわかった！|ありがとございます|thanks a lot!|thnaks|谢谢你|好的，明白了",
    "bye": "じゃあまた|さようなら〜|ok that's all, thanks, bye|好的，谢谢，先到这儿吧",
    "help": "こんにちは、何ができますか|はじめまして。このサイトはどう使うの？|使い方|waht can you do?|你能帮我做什么？",
    "who": "あなたはAIですか|もしかしてAIが答えてるの？|are you chatgpt or an actual person??|你是谁",
    "articles": "今入ってる記事の一覧見せて|どんな記事がありますか|What articles have you got?|这里都有哪些文章？",
    "suggest": "何を聞けばいい？|質問例を見せて|what should I ask?|给我推荐几个问题",
    "other": "1+1|いちたすいちは？|what's 2+2|一加一等于几|あああああ|tell me a joke",
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "said"), [(kind, said) for kind, all_of in TALK.items() for said in all_of.split("|")]
)
def test_talk_is_told_by_its_words(kind: str, said: str) -> None:
    assert (form_of(said).name, form_of(said).about) == ("talk", kind)


@pytest.mark.parametrize(
    "asked",
    ["ありがとうと言ったのは誰か", "では欧州は？", "それはなぜできたの", "明日の天気は？", "2025-03-03",
     "名前は？", "What about Iran?", "who said that", "tell me more", "What is held there?", "今天天气怎么样", "他是谁？"],
)  # fmt: skip
def test_what_asks_something_is_no_talk(asked: str) -> None:
    assert form_of(asked).name != "talk"


@pytest.mark.parametrize(
    ("said", "word"), [("こんにちは", "記事"), ("What can you do?", "quote"), ("你是谁", "引用")]
)
def test_talk_is_answered_without_citations_in_its_language(
    engine: Engine, said: str, word: str
) -> None:
    answer = engine.ask(said)
    assert answer.answered
    assert answer.form == "talk"
    assert answer.confidence == 1
    assert not answer.citations
    assert word in answer.text


def test_the_articles_are_listed_with_their_days_and_publishers(engine: Engine) -> None:
    text = engine.ask("どんな記事がありますか").text
    assert "3本" in text
    assert text.index("霧原天文台の新しい望遠鏡") < text.index("青沢運河の百年")
    text = engine.ask("どんな記事がありますか", filter=Filter(until=date(2020, 1, 1))).text
    assert "1本" in text
    assert "望遠鏡" not in text


def test_after_a_fact_talk_is_no_follow_up(engine: Engine) -> None:
    answer = engine.ask("何ができるの", previous="青沢運河が開通したのは何年か")
    assert (answer.form, answer.understood, answer.follow_up) == ("talk", "何ができるの", False)
