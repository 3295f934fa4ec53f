import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from index import evaluate
from index.cli.commands import app
from index.errors import CorpusError, TenkyoError
from index.evaluate.outcomes import (
    AS_ASKED,
    AnswerOutcome,
    ClaimOutcome,
    NewsOutcome,
    Outcome,
    RankingOutcome,
    RefusalOutcome,
    Run,
    Subject,
    tabulate,
)


def ranking(*success: float) -> Run:
    rows = [
        RankingOutcome(f"q{n}", AS_ASKED, 0.02, value, 1.0, value / 2, value / 2)
        for n, value in enumerate(success)
    ]
    return Run("retrieval", tabulate(rows))


def compared(now: Run, then: Run, name: str = "success@1") -> dict[str, Any]:
    figure: dict[str, Any] = evaluate.summarise(now, then)["overall"][name]["against"]
    return figure


def test_a_difference_by_hand() -> None:
    """All questions gain one quarter, so that every draw does: paired, the interval is a point."""
    then = ranking(0.0, 0.5, 0.25, 0.75)
    now = ranking(0.25, 0.75, 0.5, 1.0)
    assert compared(now, then) == {
        "value": 0.375, "difference": 0.25, "low": 0.25, "high": 0.25, "differs": True,
    }  # fmt: skip
    assert compared(now, then, "recall@10") == {
        "value": 1, "difference": 0, "low": 0, "high": 0, "differs": False,
    }  # fmt: skip
    alone = evaluate.summarise(now)["overall"]["success@1"]
    assert alone["high"] - alone["low"] > 0.25  # unpaired, the gain would be lost in it


def test_a_real_difference_is_found_and_a_null_one_is_not() -> None:
    """Of 400 questions 30 are won and 10 lost; then 20 and 20."""
    chance = random.Random(1)
    then = [float(chance.random() < 0.7) for _ in range(400)]
    lost = [n for n, value in enumerate(then) if value]
    won = [n for n, value in enumerate(then) if not value]

    def flip(wins: int, losses: int) -> Run:
        flipped = {*won[:wins], *lost[:losses]}
        return ranking(*(1 - value if n in flipped else value for n, value in enumerate(then)))

    real, null = (compared(flip(*changes), ranking(*then)) for changes in ((30, 10), (20, 20)))
    assert real["difference"] == pytest.approx(20 / 400)
    assert real["differs"]
    assert real["low"] > 0
    error = (40 / 400 - (20 / 400) ** 2) ** 0.5 / 400**0.5  # of a mean of +1, 0 and -1
    assert real["high"] - real["low"] == pytest.approx(2 * 1.96 * error, rel=0.15)
    assert null["difference"] == pytest.approx(0)
    assert not null["differs"]
    assert null["low"] < 0 < null["high"]


def test_chance_is_seldom_taken_for_a_difference() -> None:
    generator = np.random.default_rng(7)
    taken = 0
    for _ in range(60):
        then, now = generator.random((2, 80)) < 0.5
        taken += compared(ranking(*now.astype(float)), ranking(*then.astype(float)))["differs"]
    assert taken <= 8  # 3 expected at 5 %


def test_speed_is_that_of_questions_asked_whole() -> None:
    seconds = {("q1", AS_ASKED): 0.01, ("q1", "withheld"): 9.0, ("q2", AS_ASKED): 0.04,
               ("q3", AS_ASKED): 0.01}  # fmt: skip
    rows = [RankingOutcome(*asked, took, 1.0, 1.0, 1.0, 1.0) for asked, took in seconds.items()]
    summary = evaluate.summarise(Run("retrieval", tabulate(rows)))
    assert summary["questions"] == 3
    assert summary["questions/s"] == pytest.approx(50)
    assert summary["ms, median"] == pytest.approx(10)
    assert "questions/s" not in summary["overall"]


def test_rows_may_stand_in_another_order() -> None:
    then = ranking(0.0, 0.5, 0.25, 0.75)
    shuffled = Run("retrieval", then.outcomes[::-1])
    assert compared(then, shuffled)["low"] == compared(then, shuffled)["high"] == 0


def test_other_questions_are_not_compared() -> None:
    with pytest.raises(TenkyoError, match="質問が違う"):
        evaluate.summarise(ranking(1.0, 0.0), ranking(1.0, 0.0, 1.0))


SUBJECT = Subject("retrieval", "0123", None, None)


def test_a_saved_run_comes_back(tmp_path: Path) -> None:
    run, path = ranking(0.1 + 0.2, 1.0), tmp_path / "run.json"
    evaluate.check_save(path)
    assert not path.exists()
    evaluate.save_run(path, SUBJECT, run)
    again = evaluate.load_run(path, SUBJECT)
    assert again.measure == "retrieval"
    np.testing.assert_array_equal(again.outcomes, run.outcomes)
    evaluate.check_save(path)  # may be written again


@pytest.mark.parametrize(
    ("measure", "row"),
    [
        ("answers", AnswerOutcome("q1", "off-topic", 0.5, False, False, 0.25)),
        ("refusal", RefusalOutcome("q1", AS_ASKED, 0.5, True, 0.75, 2, True, True)),
        ("news", NewsOutcome("0/1", "ja", 0.5, True, True, True, 0.75, 2, True, False, True)),
        ("claims", ClaimOutcome("0/1", "ja", 0.5, False, "not found", "supported")),
    ],
)
def test_a_run_of_any_measure_comes_back(tmp_path: Path, measure: str, row: Outcome) -> None:
    run, subject = Run(measure, tabulate([row])), Subject(measure, "0123")
    evaluate.save_run(tmp_path / "run.json", subject, run)
    again = evaluate.load_run(tmp_path / "run.json", subject)
    assert again.measure == measure
    np.testing.assert_array_equal(again.outcomes, run.outcomes)


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        (Subject("refusal", "0123"), r"別の測定（retrieval）"),
        (Subject("retrieval", "4567"), "別の質問集"),
        (Subject("retrieval", "0123", "tune"), "--part.*なし"),
        (Subject("retrieval", "0123", None, 10), "--sample.*なし"),
    ],
)
def test_a_run_of_something_else_is_refused(tmp_path: Path, subject: Subject, reason: str) -> None:
    path = tmp_path / "run.json"
    evaluate.save_run(path, SUBJECT, ranking(1.0))
    with pytest.raises(CorpusError, match=reason):
        evaluate.load_run(path, subject)


def column(name: str, values: object) -> Callable[[dict[str, Any]], None]:
    return lambda kept: kept["outcomes"].update({name: values})


@pytest.mark.parametrize(
    "damage",
    [
        lambda kept: kept.pop("subject"),
        lambda kept: kept.pop("outcomes"),
        lambda kept: kept["outcomes"].pop("ndcg"),
        lambda kept: kept["subject"].update(more=1),
        lambda kept: kept.update(outcomes=[]),
        column("more", [1.0, 1.0]),
        column("ndcg", [1.0]),
        column("ndcg", [1.0, "1"]),
        column("ndcg", 1.0),
        column("id", [1, 2]),
        lambda kept: kept.update(outcomes={name: [] for name in kept["outcomes"]}),
    ],
)
def test_a_damaged_run_is_refused(
    tmp_path: Path, damage: Callable[[dict[str, Any]], object]
) -> None:
    path = tmp_path / "run.json"
    evaluate.save_run(path, SUBJECT, ranking(1.0, 0.0))
    kept = json.loads(path.read_text("utf-8"))
    damage(kept)
    path.write_text(json.dumps(kept), "utf-8")
    with pytest.raises(CorpusError, match=r"壊れています.*--save"):
        evaluate.load_run(path, SUBJECT)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "壊れ"), (b"[]", "壊れ"), (b"\xff", "壊れ"), (b"[" * 10**5, "壊れ"),
     (b'{"schema": 2}', "別の版"), (None, "読めません")],
    ids=str,
)  # fmt: skip
def test_what_is_no_run_is_refused(tmp_path: Path, content: bytes | None, reason: str) -> None:
    path = tmp_path / "run.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CorpusError, match=reason):
        evaluate.load_run(path, SUBJECT)


def test_where_no_run_can_be_written_is_told_first(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere" / "run.json"):
        with pytest.raises(TenkyoError, match="記録"):
            evaluate.check_save(path)


def test_the_digest_is_of_what_is_measured(tmp_path: Path) -> None:
    file, folder = tmp_path / "q.jsonl", tmp_path / "beir"
    folder.mkdir()
    digests = set()
    for path in (file, folder / "queries.jsonl", folder / "qrels.tsv", folder / "corpus.jsonl"):
        for content in ("一", "二"):
            path.write_text(content, "utf-8")
            digests.add(evaluate.digest(file if path == file else folder))
    assert len(digests) == 8
    (folder / "README.md").write_text("三", "utf-8")
    assert evaluate.digest(folder) in digests
    with pytest.raises(CorpusError, match="読めません"):
        evaluate.digest(tmp_path / "nowhere")


# The commands.


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    lines = [
        {"id": "q1", "lang": "ja", "question": "青沢運河はいつ開通したか", "evidence": ["1923年"]},
        {"id": "q2", "lang": "ja", "question": "くるみパンは一個いくらか", "evidence": ["240円"]},
        {"id": "q3", "type": "off-topic", "question": "ペンギンの好物は何味のアイスか"},
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    return path


def tenkyo(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)])


def test_the_command_saves_and_compares(questions: Path, real_home: Path, tmp_path: Path) -> None:
    saved = tmp_path / "run.json"
    first = tenkyo("answers", questions, "--save", saved, "--home", real_home)
    assert first.exit_code == 0
    assert "差なし" not in first.stdout
    again = tenkyo("answers", questions, "--against", saved, "--home", real_home).stdout
    marked = {line.split()[0] for line in again.splitlines() if line.endswith("差なし")}
    assert marked >= {"answerable", "off-topic", "overall"}
    done = tenkyo("answers", questions, "--against", saved, "--home", real_home, "--json")
    against = json.loads(done.stdout)["overall"]["answered"]["against"]
    assert against == {"value": 1, "difference": 0, "low": 0, "high": 0, "differs": False}


def test_the_command_refuses_before_it_asks(
    questions: Path, real_home: Path, tmp_path: Path
) -> None:
    """A home without an index would be refused as soon as something is asked."""
    saved, nowhere = tmp_path / "run.json", tmp_path / "nowhere"
    tenkyo("answers", questions, "--save", saved, "--home", real_home)
    for options in (
        ("--against", nowhere), ("--save", tmp_path), ("--against", saved, "--part", "tune"),
        ("--against", questions),
    ):  # fmt: skip
        done = tenkyo("answers", questions, *options, "--home", nowhere)
        assert isinstance(done.exception, TenkyoError)
        assert str(options[1]) in str(done.exception)


def test_the_command_asks_a_part(questions: Path, real_home: Path) -> None:
    done = tenkyo("answers", questions, "--part", "report", "--json", "--home", real_home)
    assert json.loads(done.stdout)["questions"] == 1
    assert tenkyo("answers", questions, "--part", "both", "--home", real_home).exit_code == 2
