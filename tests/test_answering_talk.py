"""Talk: told from questions in three languages, answered shortly, never a refusal."""

from datetime import date
from pathlib import Path

import pytest
from conftest import BAKERY, CANAL, OBSERVATORY, fake_engine

from index.engine import Engine
from index.questions.forms import form_of
from index.questions.talk import after_courtesy, kind_of_talk
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


MESSAGES = [
    line.split("\t")
    for line in Path(__file__).with_name("talk.tsv").read_text("utf-8").splitlines()
]
"""Kind, language and words of what people type; the classifier has not learnt from them."""


def _told(said: str) -> str:
    form = form_of(said)
    return form.about if form.name == "talk" else "question"


@pytest.mark.parametrize("language", ["ja", "en", "zh"])
def test_talk_is_told_from_questions(language: str) -> None:
    told = [(kind, _told(said)) for kind, lang, said in MESSAGES if lang == language]
    questions = [ours == "question" for kind, ours in told if kind == "question"]
    talk = [ours != "question" for kind, ours in told if kind not in ("question", "other")]
    right = [kind == ours for kind, ours in told if ours not in ("question", "other")]
    assert sum(questions) / len(questions) > 0.97
    assert sum(talk) / len(talk) > 0.85
    assert sum(right) / len(right) > 0.8


@pytest.mark.parametrize(
    ("said", "kind", "left"),
    [
        ("こんにちは！", "greeting", ""),
        ("thanks a lot!", "thanks", ""),
        ("何ができますか", "help", ""),
        ("あなたはAIですか", "who", ""),
        ("这里都有哪些文章？", "articles", ""),
        ("what should I ask?", "suggest", ""),
        ("tell me a joke", "other", ""),
        ("こんにちは。運河が開通したのはいつ？", None, "運河が開通したのはいつ？"),
        ("谢谢，那运河是谁设计的？", None, "那运河是谁设计的？"),
        ("ありがとうと言ったのは誰か", None, "ありがとうと言ったのは誰か"),
        ("それはなぜできたの", None, "それはなぜできたの"),
    ],
)
def test_courtesies_do_not_count_where_something_is_asked(
    said: str, kind: str | None, left: str
) -> None:
    assert kind_of_talk(said) == kind
    assert kind or after_courtesy(said) == left


def test_any_number_of_courtesies_is_taken_off() -> None:
    assert after_courtesy("嗨!" * 999 + "运河是谁设计的？") == "运河是谁设计的？"


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
