"""``tenkyo train-reader``: where it stops before the hours of work, and one step of it."""

import json
from pathlib import Path

import numpy as np
import pytest
from newsqa import write_folder, write_lines
from safetensors.numpy import load_file, save_file

from index.cli import main
from index.crossencoder.weights import FORMAT, read
from index.encoder.weights import SHA256, Weights
from index.training import run
from index.training.network import CARD, FILE


def failing(capsys: pytest.CaptureFixture[str], *arguments: object, status: int = 1) -> str:
    with pytest.raises(SystemExit) as done:
        main(["train-reader", *map(str, arguments)])
    assert done.value.code == status
    return capsys.readouterr().err


def write_set(folder: Path) -> Path:
    """A folder in JaQuAD's layout, of one question."""
    folder.mkdir()
    text = "青沢運河は1923年に開通した。技師長は倉持宗一である。"
    spans = [{"passage": "p", "start": text.index("1923年"), "text": "1923年"}]
    line = {"_id": "q", "text": "青沢運河はいつ開通したか", "answers": ["1923年"], "spans": spans}
    write_lines(folder / "passages.jsonl.gz", [{"_id": "p", "title": "青沢運河", "text": text}])
    write_lines(folder / "questions.jsonl.gz", [line])
    return folder


def test_missing_data_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    none, out, news = tmp_path / "none", tmp_path / "out", write_folder(tmp_path / "news")
    assert failing(capsys, "--news", none, "--out", out).startswith(f"tenkyo: {none}: ")
    for option in (("--set", f"{none}=1"), ("--validation", none)):
        said = failing(capsys, "--news", news, *option, "--out", out)
        assert said.startswith(f"tenkyo: {none}: ")
    assert not out.exists()


def test_weights_to_begin_from_that_are_missing_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    news, none = write_folder(tmp_path / "news"), tmp_path / "none.safetensors"
    said = failing(capsys, "--news", news, "--start", none, "--out", tmp_path / "out")
    assert f"tenkyo: {none}: " in said
    assert not (tmp_path / "out").exists()


def test_articles_to_measure_on_without_twins_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    news, plain = write_folder(tmp_path / "news"), write_folder(tmp_path / "plain")
    for file in plain.glob("twins*"):
        file.unlink()
    said = failing(capsys, "--news", news, "--validation", plain, "--out", tmp_path / "out")
    assert "twins" in said


def test_a_run_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / run.CHECKPOINT).write_bytes(b"hours of work")
    assert "--resume" in failing(capsys, "--out", tmp_path)
    assert (tmp_path / run.CHECKPOINT).read_bytes() == b"hours of work"


@pytest.mark.parametrize(
    "share", ["some/set", "some/set=", "some/set=much", "some/set=0", "some/set=nan"]
)
def test_a_set_without_its_share_is_told(
    share: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = failing(capsys, "--set", share, "--out", tmp_path / "out", status=2)
    assert "PATH=SHARE" in said
    assert not (tmp_path / "out").exists()


def training(*arguments: object) -> None:
    with pytest.raises(SystemExit) as done:
        main(["train-reader", *map(str, arguments)])
    assert not done.value.code


def test_a_step_is_taken_measured_and_shipped_and_another_run_begins_from_it(
    tmp_path: Path,
    stored: Weights,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run, "SAMPLED", 1)
    news, out, second = write_folder(tmp_path / "news"), tmp_path / "out", tmp_path / "second"
    data = ["--news", news, "--set", f"{write_set(tmp_path / 'set')}=1", "--steps", 1]
    training(*data, "--validation", news, "--out", out)
    assert str(out) in capsys.readouterr().out
    line = json.loads((out / run.LOG).read_text("utf-8"))
    assert line["step"] == 1
    assert 0 <= line["twins auroc"] <= 1
    assert f'"twins auroc": {line["twins auroc"]}' in (out / CARD).read_text("utf-8")
    shipped = read(out / FILE, stored)
    assert "l11.fo.m" in shipped.floats
    moved = load_file(out / FILE)
    moved["head.b"] += 5
    save_file(moved, tmp_path / FILE, {"format": FORMAT, "encoder": SHA256})
    training(*data, "--start", tmp_path / FILE, "--out", second)
    begun = load_file(second / run.CHECKPOINT)["network.head.bias"]
    np.testing.assert_allclose(begun, shipped.floats["head.b"] + 5, atol=1e-3)
