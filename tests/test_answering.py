"""Answers over three invented articles, by the default models; and what is quoted of a text."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Choosing, FakeEncoder

from index import citations
from index.encoder import Encoder
from index.engine import Engine
from index.records import Answer
from index.settings import Settings


@pytest.fixture(scope="module")
def library(real_home: Path, real_encoder: Encoder, settings: Settings) -> Engine:
    return Engine(Settings(real_home, settings.cache), encoder=real_encoder)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("青沢運河はいつ開通したか", "1923年"),
        ("運河の技師長は誰だった？", "倉持宗一"),
        ("窯は何度に保たれている？", "230度"),
        ("くるみパンの値段はいくら", "240円"),
        ("望遠鏡の費用はいくらか", "27億円"),
        ("一年に何隻の船が運河を通るか", "860隻"),
        ("How many ships use the canal each year?", "860隻"),
        ("面包店的窑保持多少度？", "230度"),
    ],
)
def test_answers_with_the_sentence_that_holds_the_fact(
    library: Engine, question: str, words: str
) -> None:
    answer = library.ask(question)
    assert answer.answered
    best = max(answer.citations, key=lambda citation: citation.score)
    assert words in best.quote


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        ("ブラジルの首都はどこか", "この質問に"),
        ("源氏物語の作者は誰か", "この質問に"),
        ("ペンギンの体重は何キロか", "この質問に"),
        ("Who won the football world cup?", "I could not"),
        ("How do I install Python on Windows?", "I could not"),
        ("日本的首相是谁？", "在所检索"),
        ("谁写了《红楼梦》？", "在所检索"),
    ],
)
def test_refuses_in_the_language_of_the_question(
    library: Engine, question: str, opening: str
) -> None:
    answer = library.ask(question)
    assert not answer.answered
    assert answer.text.startswith(opening)
    assert answer.statements == answer.citations == ()
    assert answer.nearest


def test_a_refusal_names_the_words_the_articles_lack(library: Engine) -> None:
    assert library.ask("ブラジルの首都はどこか").missing == ("ブラジル",)


def whole(answer: Answer, engine: Engine) -> None:
    """Everything that holds of every answer."""
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    used = [number for statement in answer.statements for number in statement.citations]
    assert sorted(set(used)) == [c.number for c in answer.citations]
    assert 0.0 <= answer.confidence <= 1.0
    for citation in answer.citations:
        article, passage = engine.cited(citation)
        citations.verify(citation, article)
        assert passage.start <= citation.start < citation.end <= passage.end
        assert f"{citation.quote} [{citation.number}]" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "運河",
        "パン",
        "？",
        "運河と天文台とパン屋について教えて",
        "a",
        "１２３",
        "[1] <b>運河</b> $x$",
        "何",
    ],
)
def test_odd_questions_get_whole_answers(library: Engine, question: str) -> None:
    whole(library.ask(question), library)


def test_steps_lead_to_the_answer(library: Engine) -> None:
    steps = list(library.steps("青沢運河はいつ開通したか"))
    assert [step.name for step in steps] == ["looking", "sources", "answer"]
    assert steps[1].hits
    assert steps[-1].answer == library.ask("青沢運河はいつ開通したか")


@pytest.fixture
def engine_of(tmp_path: Path) -> Callable[..., Engine]:
    """Engines over one text, where the sentences answer that hold one of some words."""

    def make(text: str, *words: str) -> Engine:
        (tmp_path / "a.txt").write_text(text, "utf-8")
        settings = Settings(tmp_path / "home", tmp_path)
        engine = Engine(settings, encoder=FakeEncoder(), crossencoder=Choosing(*words))
        engine.build([tmp_path / "a.txt"])
        return engine

    return make


def test_a_sentence_that_points_back_brings_the_one_before(
    engine_of: Callable[..., Engine],
) -> None:
    text = (
        "市長の堀内静は三月に辞意を表明した。同氏は健康上の理由を挙げている。後任は決まっていない。"
    )
    engine = engine_of(text, "理由")
    answer = engine.ask("健康上の理由を挙げたのは誰か")
    assert [c.quote for c in answer.citations] == [text[: text.index("後任")]]
    whole(answer, engine)


@pytest.mark.parametrize("question", ["祭りはいつあるか", "What is held there?", "※※※とは何か"])
def test_a_row_of_marks_is_no_sentence_to_quote(
    engine_of: Callable[..., Engine], question: str
) -> None:
    engine = engine_of("#!\n\n※※※\n\n祭りは秋にある。\n\n――――――\n", "")
    _, found = engine.explain(question)
    assert [s.sentence.text for s in found.sentences] == ["祭りは秋にある。"]


def test_a_heading_is_no_sentence_that_answers(engine_of: Callable[..., Engine]) -> None:
    engine = engine_of("## 祭りはいつあるか\n\n祭りは秋にある。\n", "祭り")
    assert [c.quote for c in engine.ask("祭りはいつあるか").citations] == ["祭りは秋にある。"]
