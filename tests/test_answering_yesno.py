"""Yes or no: which questions want it, and what the sentences say together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from conftest import article, publish, read

from index.answering import answer
from index.crossencoder import Reading, Window
from index.questions.forms import form_of
from index.records import Answer
from index.store import Home


class Polar:
    """Takes every sentence for an answer, and those with 再開 for a yes, with 停止 for a no."""

    name = "polar"

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        return [self._read("".join(w.sentences), len(w.sentences)) for w in windows]

    def _read(self, text: str, count: int) -> Reading:
        odds = 2.0 * ("再開" in text) - 2.0 * ("停止" in text)
        return Reading(6.0, (6.0,) * count, (None,) * count, (odds, 0.0, -4.0))


def ask(home: Home, *texts: tuple[str, date], question: str = "工事は進んだか") -> Answer:
    made = [article(f"a{n}", text, published=day) for n, (text, day) in enumerate(texts)]
    publish(home, made)
    found = read(home.open(), question, Polar())
    alike = tuple(replace(s, retrieved=0.0, nearness=1.0) for s in found.sentences)
    return answer(replace(found, sentences=alike))


OLD, NEW = date(2024, 3, 1), date(2025, 4, 1)


@pytest.mark.parametrize(
    ("texts", "verdict"),
    [
        ([("市は工事を再開した。", OLD)], "yes"),
        ([("市は工事を停止した。", OLD)], "no"),
        ([("市は工事を検討した。", OLD)], None),
        ([("市は工事を停止した。", OLD), ("市は工事を再開した。", NEW)], "differs"),
        ([("市は工事を停止した。", OLD), ("県は工事が再開したと言う。", OLD)], "differs"),
    ],
)
def test_the_sentences_say_together(
    home: Home, texts: list[tuple[str, date]], verdict: str | None
) -> None:
    told = ask(home, *texts)
    assert (told.form, told.verdict, told.answered) == ("yesno", verdict, True)
    assert {s.text for s in told.statements} == {text for text, _ in texts}


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("工事は今も進んでいるか", "changed"),
        ("工事は停止したままか", "no"),
        ("工事は停止したか", "no"),
    ],
)
def test_a_state_that_has_changed_is_told_as_changed(
    home: Home, question: str, verdict: str
) -> None:
    assert ask(home, ("市は工事を停止した。", NEW), question=question).verdict == verdict


def test_what_is_newer_comes_first(home: Home) -> None:
    told = ask(home, ("市は工事を停止した。", OLD), ("市は工事を再開した。", NEW))
    assert [s.text for s in told.statements] == ["市は工事を再開した。", "市は工事を停止した。"]
    assert told.text.startswith("記事によれば：記事によって違います\n")


@pytest.mark.parametrize(
    "question",
    [
        "工事は再開したか", "工事って止まったままなの？", "市長は約束したのでしょうか", "減益だった？", "本当に決まったんですか",
        "いまの競争相手は今もロシア？", "Did the court stop it?", "Is it still closed", "工程重新开始了吗？", "他是否同意",
    ],
)  # fmt: skip
def test_a_question_wants_yes_or_no(question: str) -> None:
    assert form_of(question).name == "yesno"


@pytest.mark.parametrize(
    "question",
    [
        "工事はいつ再開したか", "再開した理由", "工事の再開について知りたい", "運河 再開 2019", "なぜ止まったのか", "誰が決めたの？",
        "Why did it stop?", "When is it open", "工程什么时候重新开始？", "得なのは道路かそれとも橋か",
    ],
)  # fmt: skip
def test_a_question_wants_something_else(question: str) -> None:
    assert form_of(question).name != "yesno"
