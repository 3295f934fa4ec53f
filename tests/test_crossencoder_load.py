"""The shipped reader: unpacked whole beside the encoder, noticed when damaged, off when not wanted."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import FakeEncoder
from training import averages

from index.crossreader import Embeddings, load_crossreader, unpack
from index.encoder import Encoder, load_encoder
from index.encoder.unpack import FOLDER
from index.encoder.weights import Weights
from index.errors import EncoderError
from index.records import Progress
from index.settings import Settings
from index.training.network import Network
from index.training.saving import FILE, reaches, ship

QUESTION = "港の修理はいつ終わったか"
TEXT = "港の防波堤は1968年の台風で崩れ、二年後の春に修理が終わった。"


@pytest.fixture(scope="module")
def untrained(stored: Weights, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights as a run ships them before its first step: the encoder's own layers."""
    torch.manual_seed(1)
    network = Network(stored, frozen=6)
    folder = tmp_path_factory.mktemp("untrained")
    reach = reaches(network, Embeddings.of(stored), [list(range(5, 60))])
    ship(averages(network), reach, folder, {})
    return folder / FILE


@pytest.fixture(autouse=True)
def weights(untrained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "WEIGHTS", untrained)


@pytest.fixture(scope="module")
def encoder(
    settings: Settings, real_encoder: Encoder, tmp_path_factory: pytest.TempPathFactory
) -> Encoder:
    """The default encoder in a cache of its own."""
    cache = tmp_path_factory.mktemp("cache")
    shutil.copytree(settings.cache / FOLDER, cache / FOLDER)
    return load_encoder(None, cache=cache)


def folder_of(encoder: Encoder) -> Path:
    (folder,) = encoder.graph.parent.parent.glob("reader-*")  # type: ignore[attr-defined]
    return folder


def test_it_reads_where_it_was_unpacked(encoder: Encoder) -> None:
    reader = load_crossreader("trained", encoder)
    assert reader is not None
    (found,) = reader.read(QUESTION, [("港", TEXT)])
    assert np.isfinite(found.odds)
    assert np.exp(found.starts).sum() == pytest.approx(1, abs=1e-3)
    assert found.located[-1][2] == len(TEXT)


def test_a_damaged_folder_is_made_again(encoder: Encoder) -> None:
    reader = load_crossreader("trained", encoder)
    assert reader is not None
    expected = reader.read(QUESTION, [(None, TEXT)])[0].odds
    graph = folder_of(encoder) / "reader.onnx"
    graph.write_bytes(graph.read_bytes()[:-100])
    told: list[Progress] = []
    again = load_crossreader("trained", encoder, told.append)
    assert again is not None
    assert [(step.done, step.total) for step in told] == [(n, 3) for n in range(4)]
    assert again.read(QUESTION, [(None, TEXT)])[0].odds == expected


def test_fp32_stands_in_where_int8_is_off(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    load_crossreader("trained", encoder)
    shutil.rmtree(folder_of(encoder))
    monkeypatch.setattr(unpack, "AGREEMENT", -1.0)
    load_crossreader("trained", encoder)
    assert "fp32" in caplog.text
    assert (folder_of(encoder) / "reader.onnx").stat().st_size > 80_000_000
    shutil.rmtree(folder_of(encoder))


def test_damaged_weights_are_named(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_crossreader("trained", encoder)
    (tmp_path / "reader.safetensors").write_bytes(b"half a file")
    monkeypatch.setattr(unpack, "WEIGHTS", tmp_path / "reader.safetensors")
    before = list(encoder.graph.parent.parent.iterdir())  # type: ignore[attr-defined]
    with pytest.raises(EncoderError, match=r"reader\.safetensors: 読解モデル"):
        load_crossreader("trained", encoder)
    assert list(encoder.graph.parent.parent.iterdir()) == before  # type: ignore[attr-defined]


def test_missing_weights_are_named(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "WEIGHTS", tmp_path / "none.safetensors")
    with pytest.raises(EncoderError, match=r"none\.safetensors: .*入れ直して"):
        load_crossreader("trained", encoder)


def test_it_is_off_where_it_is_not_wanted_or_does_not_fit(encoder: Encoder) -> None:
    assert load_crossreader("lexical", encoder) is None
    assert load_crossreader("trained", FakeEncoder()) is None
