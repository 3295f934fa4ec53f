"""Unpacking: whole or not there, noticed when damaged."""

import errno
import shutil
from pathlib import Path

import numpy as np
import pytest

from index.encoder import Encoder, load_encoder, session, weights
from index.errors import EncoderError
from index.reports import Progress
from index.settings import Settings


@pytest.fixture
def cache(tmp_path: Path, settings: Settings, real_encoder: Encoder) -> Path:
    """A cache of its own, with the unpacked model."""
    shutil.copytree(settings.cache / session.FOLDER, tmp_path / session.FOLDER)
    return tmp_path


def test_a_damaged_model_is_rebuilt(cache: Path, real_encoder: Encoder) -> None:
    graph = cache / session.FOLDER / "graph.onnx"
    graph.write_bytes(graph.read_bytes()[:-100])
    told: list[Progress] = []
    again = load_encoder(None, cache=cache, on_progress=told.append)
    assert [(step.done, step.total) for step in told] == [(n, 4) for n in range(5)]
    assert np.array_equal(again.encode_queries(["窯"]), real_encoder.encode_queries(["窯"]))
    assert [path.name for path in cache.iterdir()] == [session.FOLDER]


@pytest.mark.parametrize("name", ["graph.onnx", "pieces.txt", "scores.npy"])
def test_damage_is_noticed(cache: Path, name: str) -> None:
    folder = cache / session.FOLDER
    assert session.intact(folder)
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    assert not session.intact(folder)


@pytest.mark.parametrize("manifest", ["", "{}", "[1]", '{"files": {}}', '{"files": {"no": "x"}}'])
def test_a_broken_manifest_is_noticed(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    assert not session.intact(tmp_path)


def test_another_file_is_refused(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "e5-small-q4.bin"
    wrong.write_bytes(b"E5S1" + bytes(1000))
    monkeypatch.setattr(weights, "find", lambda: wrong)
    shutil.rmtree(cache / session.FOLDER)
    with pytest.raises(EncoderError, match=r"e5-small-q4\.bin.*壊れている"):
        load_encoder(None, cache=cache)
    assert list(cache.iterdir()) == [wrong]


@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()])
def test_an_interrupted_unpacking_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    def stop(step: Progress) -> None:
        if step.done == 2:
            raise failure

    with pytest.raises((EncoderError, KeyboardInterrupt)) as caught:
        load_encoder(None, cache=tmp_path / "cache", on_progress=stop)
    assert list((tmp_path / "cache").iterdir()) == []
    assert isinstance(caught.value, KeyboardInterrupt) or "空き容量" in str(caught.value)


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(EncoderError, match=r"cache: モデルを展開できません"):
        load_encoder(None, cache=tmp_path / "cache")


def test_the_second_of_two_processes_takes_the_first_one_s(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished = cache / session.FOLDER
    inode = finished.stat().st_ino
    intact, asked = session.intact, []

    def begun_before_the_first_ended(folder: Path) -> bool:
        asked.append(folder)
        return len(asked) > 1 and intact(folder)

    monkeypatch.setattr(session, "intact", begun_before_the_first_ended)
    session.make(finished, lambda made: (made / "graph.onnx").write_bytes(b"another"))
    assert len(asked) == 3
    assert finished.stat().st_ino == inode
    assert [path.name for path in cache.iterdir()] == [session.FOLDER]


def test_fp32_stands_in_where_int8_is_off(
    cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(session, "AGREEMENT", 1.1)
    shutil.rmtree(cache / session.FOLDER)
    encoder = load_encoder(None, cache=cache)
    assert "fp32" in caplog.text
    assert (cache / session.FOLDER / "graph.onnx").stat().st_size > 130_000_000
    assert np.linalg.norm(encoder.encode_queries(["窯"])) == pytest.approx(1, abs=1e-5)
