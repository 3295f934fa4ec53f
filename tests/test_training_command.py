"""``tenkyo train-reader`` where it stops before the hours of work."""

import sys
from pathlib import Path

import pytest
from training import write_corpus

from index.cli import main


def failing(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    with pytest.raises(SystemExit) as done:
        main(["train-reader", *map(str, arguments)])
    assert done.value.code == 1
    return capsys.readouterr().err


def test_missing_data_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = failing(capsys, tmp_path / "none", "--out", tmp_path / "out")
    assert said.startswith(f"tenkyo: {tmp_path / 'none' / 'passages.jsonl.gz'}")
    assert not (tmp_path / "out").exists()


def test_a_run_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "checkpoint.safetensors").write_bytes(b"hours of work")
    assert "--resume" in failing(capsys, tmp_path, "--out", tmp_path)
    assert (tmp_path / "checkpoint.safetensors").read_bytes() == b"hours of work"


def test_without_wordfreq_the_way_to_install_it_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    write_corpus(
        tmp_path,
        [("p", "青沢運河", "運河は1923年に開通した。")],
        [("いつ開通したか", "p", "1923年")],
    )
    said = failing(capsys, tmp_path, "--out", tmp_path / "out")
    assert "pip install 'tenkyo[train]'" in said
    assert not (tmp_path / "out").exists()
