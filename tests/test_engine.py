"""Asking, while the index changes underneath."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from conftest import Choosing, FakeCrossEncoder, FakeEncoder

from index.citations import verify
from index.crossencoder import Reading, Window
from index.engine import Engine
from index.errors import QuestionError, StoreError
from index.ingest import seeds
from index.records import Filter
from index.settings import Settings

QUESTIONS = (
    "青沢運河はいつ開通したか",
    "坂井製パン所の窯の温度は何度か",
    "県と大学が半分ずつ出した費用はいくらか",
)
EXPECTED = ("1923年", "230度", "27億円")


def edit(corpus: Path, name: str, old: str, new: str) -> None:
    text = (corpus / name).read_text("utf-8")
    assert old in text
    (corpus / name).write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(("question", "expected"), [*zip(QUESTIONS, EXPECTED, strict=True)])
def test_an_answer_cites_the_words_that_answer(
    engine: Engine, question: str, expected: str
) -> None:
    answer = engine.ask(question)
    assert answer.answered
    assert expected in answer.text
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert {n for s in answer.statements for n in s.citations} == {
        c.number for c in answer.citations
    }
    for citation in answer.citations:
        article = engine.article(citation.article_id)
        assert verify(citation, article).quote in article.text
        assert f"[{citation.number}]" in answer.text


def test_the_last_step_is_the_answer(engine: Engine) -> None:
    steps = list(engine.steps(QUESTIONS[0]))
    assert [step.name for step in steps] == ["looking", "sources", "answer"]
    assert steps[1].hits
    assert steps[2].answer == engine.ask(QUESTIONS[0])


class Counting(FakeCrossEncoder):
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        self.asked += 1
        return super().read(question, windows)


def test_what_an_answer_was_made_of_is_not_looked_for_again(engine: Engine) -> None:
    reader = Counting()
    own = Engine(engine.settings, encoder=FakeEncoder(), crossencoder=reader)
    answer, found = own.explain(QUESTIONS[0])
    assert reader.asked == 1
    assert answer == engine.ask(QUESTIONS[0])
    assert found.hits == tuple(engine.search(QUESTIONS[0], top_k=len(found.hits)))
    assert {s.text for s in answer.statements} == {
        "".join(q.text for q in s.quoted) for s in found.chosen
    }


def test_ranks_count_from_one_and_scores_descend(engine: Engine) -> None:
    hits = engine.search(QUESTIONS[1], top_k=3)
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert "230度" in hits[0].passage.text
    assert engine.search(QUESTIONS[1], top_k=1) == hits[:1]


def test_filters_hold(engine: Engine) -> None:
    by = {a.id: a for a in engine.status().articles}
    for filter, allowed in [
        (Filter(publishers=("青沢新報",)), lambda a: a.publisher == "青沢新報"),
        (Filter(since=date(2022, 1, 1)), lambda a: a.published >= date(2022, 1, 1)),
        (Filter(until=date(2022, 11, 3)), lambda a: a.published <= date(2022, 11, 3)),
    ]:
        hits = engine.search("新しい計画の費用", filter=filter)
        assert {h.passage.article_id for h in hits} == {i for i, a in by.items() if allowed(a)}


def test_a_filter_that_admits_nothing_refuses(engine: Engine) -> None:
    nothing = Filter(publishers=("どこにもない社",))
    assert engine.search(QUESTIONS[0], filter=nothing) == []
    answer = engine.ask(QUESTIONS[0], filter=nothing)
    assert (answer.answered, answer.citations, answer.nearest) == (False, (), ())
    assert answer.text


@pytest.mark.parametrize("question", ["", " \n\u3000", "あ" * 100_000])
def test_questions_that_cannot_be_asked(engine: Engine, question: str) -> None:
    for use in (engine.ask, engine.search, lambda asked: next(engine.steps(asked))):
        with pytest.raises(QuestionError):
            use(question)


@pytest.mark.parametrize(
    "question", ["。", "？", "\ud800", "\0\x1b[0m", "🌸", "a", "' OR 1=1 --", "あ" * 2000]
)
def test_odd_questions_are_answered_or_refused(engine: Engine, question: str) -> None:
    answer = engine.ask(question, previous="あ" * 5000)
    assert answer.text
    assert answer.answered == (bool(answer.citations) or answer.form == "talk")


def test_without_an_index_the_first_command_is_named(make_engine: Callable[..., Engine]) -> None:
    engine = make_engine()
    assert engine.needs_build()
    assert not engine.ready
    for use in (
        lambda: engine.ask("運河"),
        engine.status,
        lambda: engine.article("a"),
        engine.rollback,
    ):
        with pytest.raises(StoreError):
            use()
    assert not engine.home.path.joinpath("CURRENT").exists()


def test_a_new_generation_is_picked_up_between_questions(
    engine: Engine, make_engine: Callable[..., Engine], corpus: Path
) -> None:
    assert "230度" in engine.ask(QUESTIONS[1]).text
    edit(corpus, "bakery.md", "230度", "245度")
    make_engine().build()
    assert "245度" in engine.ask(QUESTIONS[1]).text
    engine.rollback()
    assert "230度" in engine.ask(QUESTIONS[1]).text


def test_a_question_under_way_stays_in_its_generation(
    engine: Engine, make_engine: Callable[..., Engine], corpus: Path
) -> None:
    steps = engine.steps(QUESTIONS[1])
    assert next(steps).name == "looking"
    assert next(steps).name == "sources"
    edit(corpus, "bakery.md", "230度", "245度")
    for _ in range(3):
        make_engine().build()
    assert engine.search(QUESTIONS[1])[0].passage.text.count("245度") == 1
    *_, last = steps
    assert last.answer is not None
    assert "230度" in last.answer.text


def test_a_citation_opens_after_a_rebuild(engine: Engine, corpus: Path) -> None:
    answer = engine.ask(QUESTIONS[1])
    edit(corpus, "bakery.md", "230度", "245度")
    engine.build()
    engine.ask(QUESTIONS[1])
    for citation in answer.citations:
        article, passage = engine.cited(citation)
        assert article.text[citation.start : citation.end] == citation.quote
        assert passage.start <= citation.start < passage.end


def test_a_citation_of_what_has_changed_or_gone_is_an_error(engine: Engine, corpus: Path) -> None:
    [changed, *_] = engine.ask(QUESTIONS[1]).citations
    [gone, *_] = engine.ask(QUESTIONS[0]).citations
    [kept, *_] = engine.ask(QUESTIONS[2]).citations
    edit(corpus, "bakery.md", "230度", "245度")
    (corpus / "canal.md").unlink()
    for _ in range(2):
        engine.build()
        engine.search("望遠鏡")
    assert engine.cited(kept)[0].id == kept.article_id
    for citation in (changed, gone):
        with pytest.raises(StoreError, match="変わったか"):
            engine.cited(citation)


def test_hits_can_be_shown_after_their_article_has_gone(engine: Engine, corpus: Path) -> None:
    [hit] = engine.search(QUESTIONS[1], top_k=1)
    (corpus / "bakery.md").unlink()
    engine.build()
    assert hit.passage.text in engine.article(hit.passage.article_id).text
    engine.build()
    engine.search("望遠鏡")
    engine.build()
    with pytest.raises(StoreError, match=hit.passage.article_id):
        engine.article(hit.passage.article_id)


def test_eight_threads_get_the_same_answers(engine: Engine) -> None:
    expected = [engine.ask(question) for question in QUESTIONS]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(engine.ask, QUESTIONS * 16))
    assert answers == expected * 16


def test_threads_ask_while_the_index_is_rebuilt(
    engine: Engine, make_engine: Callable[..., Engine], corpus: Path
) -> None:
    stop = threading.Event()
    answers = []

    def ask() -> None:
        while not stop.is_set():
            answer = engine.ask(QUESTIONS[1])
            for citation in answer.citations:
                engine.cited(citation)
            answers.append(answer.text)

    with ThreadPoolExecutor(4) as threads:
        running = [threads.submit(ask) for _ in range(4)]
        for temperature in (231, 232, 233):
            edit(corpus, "bakery.md", f"{temperature - 1}度", f"{temperature}度")
            make_engine().build()
        stop.set()
        for thread in running:
            thread.result()
    assert all("230度" in a or "231度" in a or "232度" in a or "233度" in a for a in answers)
    assert "233度" in engine.ask(QUESTIONS[1]).text


def test_warm_up_makes_ready(engine: Engine, make_engine: Callable[..., Engine]) -> None:
    fresh = make_engine()
    fresh.warm_up()
    assert fresh.ready


def test_status_tells_what_is_there_and_what_is_damaged(engine: Engine) -> None:
    status = engine.status()
    assert (status.generation, status.usable, status.damaged) == (1, True, ())
    assert status.encoder == FakeEncoder.fingerprint
    assert status.bytes > 0
    [segment] = (engine.home.path / "segments").iterdir()
    content = bytearray((segment / "sentences.npy").read_bytes())
    content[-1] ^= 1
    (segment / "sentences.npy").write_bytes(content)
    assert engine.status().damaged == (f"{segment.name}/sentences.npy",)


@pytest.mark.parametrize("part", ["terms/starts", "bigrams/starts"])
def test_damage_met_while_answering_is_named(
    engine: Engine, make_engine: Callable[..., Engine], part: str
) -> None:
    [segment] = (engine.home.path / "segments").iterdir()
    size = (segment / part).stat().st_size
    (segment / part).write_bytes(b"\x7f" * size)
    engine = make_engine()
    for use in (engine.ask, engine.search):
        with pytest.raises(StoreError, match=rf"{part}.*tenkyo build"):
            use(QUESTIONS[0])


@pytest.mark.parametrize("previous", ["", " \n", "\ud800", "あ" * 200_000])
def test_odd_questions_before_do_no_harm(engine: Engine, previous: str) -> None:
    assert engine.ask(QUESTIONS[0], previous=previous).answered
    understood = engine.ask("それは", previous=previous).understood
    assert understood.endswith("それは")
    assert len(understood) < 2100


@pytest.mark.parametrize(
    ("previous", "question", "understood", "expected"),
    [
        (QUESTIONS[0], "技師長は誰？", "青沢運河は開通した。技師長は誰？", "倉持宗一"),
        ("窯の温度を保つのは誰か", "何度？", "窯の温度を保つ。何度？", "230度"),
        (
            "霧原天文台は何を公開したか",
            "その費用はいくら？",
            "霧原天文台は公開した。その費用はいくら？",
            "27億円",
        ),
        (QUESTIONS[0], QUESTIONS[1], QUESTIONS[1], "230度"),
    ],
)
def test_a_follow_up_is_answered_as_understood(
    engine: Engine, previous: str, question: str, understood: str, expected: str
) -> None:
    reader = Choosing(expected)  # where the question led elsewhere, it would not be read
    answer = Engine(engine.settings, encoder=FakeEncoder(), crossencoder=reader).ask(
        question, previous=previous
    )
    assert (answer.question, answer.understood) == (question, understood)
    assert expected in "".join(citation.quote for citation in answer.citations)


def test_the_seeds_come_with_the_program() -> None:
    assert any(seeds().glob("*.md"))


def test_the_default_encoder_answers(real_home: Path, settings: Settings) -> None:
    engine = Engine(Settings(real_home, settings.cache))
    assert not engine.needs_build()
    for question, expected in zip(QUESTIONS, EXPECTED, strict=True):
        assert expected in engine.ask(question).text
    assert not engine.ask("ペンギンの体重は何キロか").answered
    expected = [engine.ask(question) for question in QUESTIONS]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(engine.ask, QUESTIONS * 8)) == expected * 8
