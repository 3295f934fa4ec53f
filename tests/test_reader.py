"""Answers over three invented articles, by the default encoder."""

from pathlib import Path

import pytest

from index import citations
from index.encoder import Encoder
from index.engine import Engine
from index.records import Answer
from index.settings import Settings


@pytest.fixture(scope="module", params=["trained", "lexical"])
def library(real_home: Path, real_encoder: Encoder, request: pytest.FixtureRequest) -> Engine:
    settings = Settings(real_home, real_home, reader=request.param)
    return Engine(settings, encoder=real_encoder)


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
        ("エベレストの標高は何メートルか", "この質問に"),
        ("1985年に運河を通った船は年に何隻か", "この質問に"),
        ("Who won the football world cup?", "I could not"),
        ("null", "I could not"),
        ("日本的首相是谁？", "在所检索"),
        ("くるみパンには何グラムのくるみが入っているか", "この質問に"),
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
    assert "エベレスト" in library.ask("エベレストの標高は何メートルか").missing


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


@pytest.mark.parametrize(
    "question",
    ["2024年の記事によれば望遠鏡の費用はいくらか", "2019年4月の時点で運河を通る船は年に何隻か"],
)
def test_a_date_the_article_bears_is_no_unknown_figure(library: Engine, question: str) -> None:
    assert library.ask(question).answered


def test_a_sentence_that_points_back_brings_the_one_before(
    tmp_path: Path, real_encoder: Encoder
) -> None:
    text = (
        "市長の堀内静は三月に辞意を表明した。同氏は健康上の理由を挙げている。後任は決まっていない。"
    )
    (tmp_path / "a.txt").write_text(text, "utf-8")
    settings = Settings(tmp_path / "home", tmp_path, reader="lexical")  # the other finds his name
    engine = Engine(settings, encoder=real_encoder)
    engine.build([tmp_path / "a.txt"])
    answer = engine.ask("健康上の理由を挙げたのは誰か")
    assert answer.citations[0].quote.startswith("市長の堀内静")
    assert answer.citations[0].quote.endswith("挙げている。")
    whole(answer, engine)


def test_a_sentence_brings_the_list_that_follows_it(tmp_path: Path, real_encoder: Encoder) -> None:
    text = "市は三つの町と友好関係を結んだ。その中には北浜、西浜、南浜が含まれる。祭りは秋にある。"
    (tmp_path / "a.txt").write_text(text, "utf-8")
    engine = Engine(Settings(tmp_path / "home", tmp_path), encoder=real_encoder)
    engine.build([tmp_path / "a.txt"])
    answer = engine.ask("市が友好関係を結んだ町の名前は")
    assert [c.quote for c in answer.citations] == [text[: text.index("祭り")]]
    whole(answer, engine)


def test_a_row_of_marks_is_no_sentence_to_quote(tmp_path: Path, real_encoder: Encoder) -> None:
    (tmp_path / "a.txt").write_text("#!\n\n※※※\n\n祭りは秋にある。\n\n――――――\n", "utf-8")
    engine = Engine(Settings(tmp_path / "home", tmp_path), encoder=real_encoder)
    engine.build([tmp_path / "a.txt"])
    for question in ("祭りはいつあるか", "#!", "What is the capital of Brazil?", "※※※とは何か"):
        quotes = [citation.quote for citation in engine.ask(question).citations]
        assert set(quotes) <= {"祭りは秋にある。"}
