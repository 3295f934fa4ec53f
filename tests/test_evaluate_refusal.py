import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import FakeCrossEncoder, FakeEncoder
from typer.testing import CliRunner

from index import evaluate
from index.answering import answers, reading
from index.cli.commands import app
from index.crossencoder import CrossEncoder
from index.encoder import Encoder
from index.errors import CorpusError
from index.evaluate.figures import mixture, refusal_figures
from index.evaluate.outcomes import KINDS, Outcomes, RefusalOutcome, Run, tabulate
from index.evaluate.sets import holds, part_of
from index.models import Models
from index.reports import Progress
from index.settings import Settings

DOCUMENTS = [
    {"_id": "water", "title": "運河", "text": "運河は1923年に開通した。船は年に860隻が通る。"},
    {"_id": "locks", "title": "閘門", "text": "閘門は運河に三つある。番人は坂井という人だ。"},
    {"_id": "bread", "title": "パン", "text": "パン屋の窯の温度は230度である。パンは朝に焼く。"},
    {
        "_id": "stars",
        "title": "星",
        "text": "望遠鏡は山の上にあり、星を見る。望遠鏡の費用は27億円だ。",
    },
]
QUERIES = [
    {"_id": "q1", "text": "運河は何年に開通したか", "answers": ["1923年"], "answer_in_text": True},
    {"_id": "q2", "text": "パンを焼くのはいつか", "answers": ["朝"]},
    {"_id": "q3", "text": "望遠鏡の費用はいくらか", "answers": ["27億円"]},
    {"_id": "q4", "text": "題名は何か", "answers": ["星"], "answer_in_text": False},
    {"_id": "q5", "text": "答えのない質問か"},
    {"_id": "q6", "text": "正解の文書のない質問か", "answers": ["朝"]},
]
OFF_TOPIC = [
    {"_id": "u1", "text": "ペンギンの好物は何か", "answers": ["魚"]},
    {"_id": "u2", "text": "サッカーの人数は"},
]
QRELS = ["query-id\tcorpus-id\tscore", "q1\twater\t1", "q2\tbread\t1", "q3\tstars\t1",
         "q4\tstars\t1", "q5\tstars\t1"]  # fmt: skip


def write_lines(path: Path, lines: Sequence[Mapping[str, object]]) -> None:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "beir"
    path.mkdir()
    write_lines(path / "corpus.jsonl", DOCUMENTS)
    write_lines(path / "queries.jsonl", QUERIES)
    write_lines(path / "unanswerable.jsonl", OFF_TOPIC)
    (path / "qrels.tsv").write_text("\n".join(QRELS), "utf-8")
    return path


@pytest.fixture
def nowhere(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "untouched", tmp_path / "cache")


def ask(folder: Path, nowhere: Settings, **options: Any) -> Outcomes:
    return ask_with(FakeCrossEncoder(), folder, nowhere, **options)


def ask_with(reader: CrossEncoder, folder: Path, nowhere: Settings, **options: Any) -> Outcomes:
    models = Models(nowhere, FakeEncoder(), reader)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.evaluate.beir.Models", lambda _: models)
        return evaluate.ask_in_kinds(folder, nowhere, **options).outcomes


def counts(outcomes: Outcomes) -> dict[str, int]:
    return {kind: int((outcomes["kind"] == kind).sum()) for kind in KINDS}


def test_questions_are_asked_in_every_kind(folder: Path, nowhere: Settings) -> None:
    told: list[Progress] = []
    outcomes = ask(folder, nowhere, on_progress=told.append)
    assert counts(outcomes) == {
        "as asked": 3,
        "passage withheld": 3,
        "sentence withheld": 3,
        "off topic": 2,
    }
    assert set(outcomes["id"]) == {"q1", "q2", "q3", "u1", "u2"}
    as_asked = outcomes["kind"] == "as asked"
    assert outcomes[as_asked]["right"].all()
    assert not outcomes[~as_asked]["right"].any()
    assert (outcomes["seconds"] > 0).all()
    assert told[-1] == Progress("ask", 5, 5)
    assert not nowhere.home.exists()


def test_the_sample_is_limited_and_fixed(folder: Path, nowhere: Settings) -> None:
    first, again = (ask(folder, nowhere, sample=1) for _ in range(2))
    assert counts(first)["as asked"] == counts(first)["off topic"] == 1
    for name in ("id", "kind", "answered", "confidence", "right"):
        np.testing.assert_array_equal(first[name], again[name])


def test_off_topic_questions_are_not_required(folder: Path, nowhere: Settings) -> None:
    (folder / "unanswerable.jsonl").unlink()
    assert counts(ask(folder, nowhere))["off topic"] == 0


def test_the_parts_share_out_the_questions(folder: Path, nowhere: Settings) -> None:
    parts = {part: set(ask(folder, nowhere, part=part)["id"]) for part in ("tune", "report")}
    gold = {"q1": "運河", "q2": "パン", "q3": "星"} | {u["_id"]: u["text"] for u in OFF_TOPIC}
    assert all(parts.values())
    for part, asked in parts.items():
        assert asked == {name for name, text in gold.items() if part_of(text) == part}


def test_what_is_withheld_is_missed(folder: Path, nowhere: Settings) -> None:
    outcomes = ask(folder, nowhere)
    sure = {(o["id"], o["kind"]): o["confidence"] for o in outcomes}
    for question in ("q1", "q3"):
        for withheld in ("passage withheld", "sentence withheld"):
            assert sure[question, withheld] < sure[question, "as asked"]


def test_only_the_sentences_that_answer_are_withheld(folder: Path, nowhere: Settings) -> None:
    """Of q1 the sentence on the ships is left, of q3 the one on the mountain."""
    read: dict[tuple[str, int], set[str]] = {}

    class Noting(FakeCrossEncoder):
        def read(self, question: str, windows: Any) -> Any:
            at = sum(asked == question for asked, _ in read)
            read[question, at] = {text for window in windows for text in window.sentences}
            return super().read(question, windows)

    ask_with(Noting(), folder, nowhere)
    for line, kept in (
        (QUERIES[0], "船は年に860隻が通る。"),
        (QUERIES[2], "望遠鏡は山の上にあり、星を見る。"),
    ):
        asked, passage, sentence = (read[str(line["text"]), at] for at in range(3))
        assert any(holds(text, line["answers"]) for text in asked)  # type: ignore[arg-type]
        assert not any(holds(text, line["answers"]) for text in passage | sentence)  # type: ignore[arg-type]
        assert kept in sentence
        assert kept not in passage


def test_widths_blanks_and_case_do_not_hide_an_answer() -> None:
    assert holds("運河は１９２３ 年に開通した。", ["1923年"])
    assert holds("開いたのはBBC放送だ。", ["ＮＨＫ", "ｂｂｃ"])
    assert not holds("運河は1932年に開通した。", ["1923年"])
    assert not holds("運河は1923年に開通した。", [])


def test_a_refusal_counts_with_what_it_would_have_cited(
    folder: Path, nowhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        reading.choose.__kwdefaults__, "belongs", 1e-4
    )  # more than one sentence for some
    monkeypatch.setattr(answers, "ANSWER_FROM", 0.0)
    answered = ask(folder, nowhere)
    monkeypatch.setattr(answers, "ANSWER_FROM", 1.1)
    refused = ask(folder, nowhere)
    assert answered["answered"].all()
    assert not refused["answered"].any()
    assert answered["cited"].max() > 1
    for name in ("kind", "cited", "best", "right"):
        np.testing.assert_array_equal(answered[name], refused[name])


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("queries.jsonl", '{"_id": "q1", "text": "橋", "answers": "赤"}', "q1.*answers"),
        ("queries.jsonl", '{"_id": "q1", "text": "橋", "answers": [3]}', "q1.*answers"),
        ("queries.jsonl", '{"_id": "q1", "text": "橋", "answers": [" "]}', "q1.*answers"),
        ("queries.jsonl", '{"_id": "q1", "text": "橋"}', "answers と正解"),
        ("unanswerable.jsonl", '{"_id": "u1"}', "1 行目.*text"),
        ("qrels.tsv", "x", "answers と正解"),
    ],
)
def test_what_is_broken_is_named(
    folder: Path, nowhere: Settings, file: str, content: str, reason: str
) -> None:
    (folder / file).write_text(content, "utf-8")
    with pytest.raises(CorpusError, match=reason):
        ask(folder, nowhere)


def outcome(question: int, kind: int, confidence: float, **fields: Any) -> RefusalOutcome:
    right = fields.pop("right", False)
    known = {"answered": confidence >= 0.5, "cited": 1, "best": right, "right": right} | fields
    return RefusalOutcome(f"q{question}", KINDS[kind], 0.01, confidence=confidence, **known)


@pytest.fixture
def outcomes() -> Outcomes:
    """Four questions as asked, two with their passage withheld, one off topic."""
    return tabulate(
        [
            outcome(0, 0, 0.95, right=True, cited=2),
            outcome(1, 0, 0.75, right=True, best=False),
            outcome(2, 0, 0.65),
            outcome(3, 0, 0.15, right=True),
            outcome(0, 1, 0.75),
            outcome(1, 1, 0.05),
            outcome(4, 3, 0.35),
        ]
    )


def test_figures_by_hand(outcomes: Outcomes) -> None:
    assert mixture(outcomes) == pytest.approx([1 / 8] * 4 + [1 / 8] * 2 + [1 / 4])
    figures = refusal_figures(outcomes)
    assert figures["as asked"]["refused"] == 1 / 4
    assert figures["as asked"]["refused at 95"] == 0
    assert figures["passage withheld"] == {
        "refused": 1 / 2,
        "refused at 95": 1 / 2,  # the threshold moves to .15
        "auroc": (1 + 0.5 + 0 + 0 + 1 + 1 + 1 + 1) / 8,
    }
    assert figures["off topic"] == {"refused": 1, "refused at 95": 0, "auroc": 3 / 4}
    assert np.isnan(figures["sentence withheld"]["refused"])
    overall = figures["overall"]
    assert overall["evidence@best"] == pytest.approx(1 / 3)
    assert overall["evidence@cited"] == pytest.approx(2 / 3)
    assert overall["citations"] == pytest.approx(4 / 3)
    # .95 right; .75 half right, .65 wrong: of the four answered.
    assert overall["calibration error"] == pytest.approx((0.05 + 2 * 0.25 + 0.65) / 4)
    assert overall["calibration error, all"] == pytest.approx(
        (0.05 + 2 * 0.25 + 0.65 + 0.85 + 0.05 + 2 * 0.35) / 8
    )
    # Wrong so far, by eighths: 0, then the two of .75 together, .65, the two of .35, .15, .05.
    risks = [0, 0.5 / 2, 1 / 3, 2 / 4, 4 / 6, 4 / 6, 4 / 7, 5 / 8]
    assert overall["risk-coverage area"] == pytest.approx(sum(risks) / 8)


def test_intervals_hold_the_value(outcomes: Outcomes) -> None:
    summary = evaluate.summarise(Run("refusal", outcomes))
    assert summary == evaluate.summarise(Run("refusal", outcomes))
    refused = summary["kinds"]["as asked"]["refused"]
    assert 0 <= refused["low"] <= refused["value"] == 0.25 <= refused["high"] <= 1
    assert refused["low"] < refused["high"]
    assert summary["kinds"]["off topic"]["refused"] == {"value": 1, "low": 1, "high": 1}
    assert summary["kinds"]["sentence withheld"]["auroc"] == dict.fromkeys(("value", "low", "high"))
    assert [of["questions"] for of in summary["kinds"].values()] == [4, 2, 0, 1]
    json.dumps(summary, allow_nan=False)


def test_an_interval_is_as_wide_as_the_sample_is_small() -> None:
    """For a share of n: about 1.96 standard errors on either side."""
    rows = [outcome(n, 0, 0.9 if n % 5 else 0.1, right=True) for n in range(500)]
    found = evaluate.summarise(Run("refusal", tabulate(rows)))["kinds"]["as asked"]["refused"]
    error = (0.2 * 0.8 / 500) ** 0.5
    assert found["value"] == 0.2
    assert found["high"] - found["low"] == pytest.approx(2 * 1.96 * error, rel=0.15)


@pytest.fixture
def _fake(monkeypatch: pytest.MonkeyPatch) -> None:
    def encoder(model: str | None, **options: object) -> Encoder:
        return FakeEncoder()

    def crossencoder(name: str, **options: object) -> CrossEncoder:
        return FakeCrossEncoder()

    monkeypatch.setattr("index.encoder.load_encoder", encoder)
    monkeypatch.setattr("index.models.load_crossencoder", crossencoder)


@pytest.mark.usefixtures("_fake")
def test_the_command_prints_a_table_or_json(folder: Path) -> None:
    table = CliRunner().invoke(app, ["evaluate", "refusal", str(folder)]).stdout
    assert [line.split("  ")[0] for line in table.splitlines()[1:5]] == list(KINDS)
    assert "calibration error" in table
    done = CliRunner().invoke(app, ["evaluate", "refusal", str(folder), "--sample", "2", "--json"])
    figures = json.loads(done.stdout)
    assert figures["questions"] == 4
    assert figures["calibration error"] == figures["overall"]["calibration error"]["value"]
    assert figures["kinds"]["as asked"]["questions"] == 2
    assert figures["overall"]["evidence@cited"].keys() == {"value", "low", "high"}
