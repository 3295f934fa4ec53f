"""The shipped cross-encoder: unpacked whole beside the encoder, and noticed when damaged."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import FakeEncoder
from training import averages

from index.crossencoder import DEFAULT, CrossEncoder, Window, load, load_crossencoder
from index.crossencoder.load import GRAPH
from index.crossencoder.weights import Embeddings
from index.encoder import Encoder, load_encoder
from index.encoder.session import FOLDER
from index.encoder.weights import Weights
from index.errors import EncoderError
from index.reports import Progress
from index.settings import Settings
from index.training.network import FILE, Network, reaches, ship

QUESTION = "港の修理はいつ終わったか"
WINDOW = Window("港", ("港の防波堤は台風で崩れた。", "二年後の春に修理が終わった。"))


@pytest.fixture(scope="module")
def untrained(stored: Weights, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights as a run ships them before its first step: the encoder's own layers."""
    torch.manual_seed(1)
    network = Network(stored)
    folder = tmp_path_factory.mktemp("untrained")
    reach = reaches(network, Embeddings.of(stored), [list(range(5, 60))])
    ship(averages(network), reach, folder, {})
    return folder / FILE


@pytest.fixture(autouse=True)
def weights(untrained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "WEIGHTS", untrained)


@pytest.fixture(scope="module")
def cache(
    settings: Settings, real_encoder: Encoder, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A cache of its own, in which the default encoder is unpacked."""
    cache = tmp_path_factory.mktemp("cache")
    shutil.copytree(settings.cache / FOLDER, cache / FOLDER)
    return cache


def folder_in(cache: Path) -> Path:
    (folder,) = cache.glob("crossencoder-*")
    return folder


def answered(crossencoder: CrossEncoder) -> float:
    return crossencoder.read(QUESTION, [WINDOW])[0].answered


def test_it_reads_where_it_was_unpacked(cache: Path) -> None:
    crossencoder = load_crossencoder(DEFAULT, cache=cache)
    (found,) = crossencoder.read(QUESTION, [WINDOW])
    assert crossencoder.name == "trained"
    assert np.isfinite([found.answered, *found.sentences, *(found.verdict or ())]).all()
    assert len(found.sentences) == len(found.keys) == 2
    assert folder_in(cache).is_dir()


def test_it_is_unpacked_once(cache: Path) -> None:
    load_crossencoder(DEFAULT, cache=cache)
    told: list[Progress] = []
    load_crossencoder(DEFAULT, cache=cache, on_progress=told.append)
    assert told == []


def test_it_is_unpacked_beside_the_default_encoder_in_use(cache: Path, tmp_path: Path) -> None:
    encoder = load_encoder(None, cache=cache)
    crossencoder = load_crossencoder(DEFAULT, cache=tmp_path, encoder=encoder)
    assert list(tmp_path.iterdir()) == []
    assert answered(crossencoder) == answered(load_crossencoder(DEFAULT, cache=cache))


def test_beside_another_encoder_the_default_one_lends_its_tokenizer(cache: Path) -> None:
    crossencoder = load_crossencoder(DEFAULT, cache=cache, encoder=FakeEncoder())
    assert answered(crossencoder) == answered(load_crossencoder(DEFAULT, cache=cache))


def test_a_damaged_folder_is_made_again(cache: Path) -> None:
    expected = answered(load_crossencoder(DEFAULT, cache=cache))
    graph = folder_in(cache) / GRAPH
    graph.write_bytes(graph.read_bytes()[:-100])
    told: list[Progress] = []
    again = load_crossencoder(DEFAULT, cache=cache, on_progress=told.append)
    assert [(step.done, step.total) for step in told] == [(n, 3) for n in range(4)]
    assert answered(again) == expected


def test_fp32_stands_in_where_int8_is_off(
    cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    near = answered(load_crossencoder(DEFAULT, cache=cache))
    assert (folder_in(cache) / GRAPH).stat().st_size < 30_000_000
    assert "fp32" not in caplog.text
    shutil.rmtree(folder_in(cache))
    monkeypatch.setattr(load, "AGREEMENT", -1.0)
    exact = answered(load_crossencoder(DEFAULT, cache=cache))
    assert "fp32" in caplog.text
    assert (folder_in(cache) / GRAPH).stat().st_size > 80_000_000
    assert exact == pytest.approx(near, abs=0.2)
    shutil.rmtree(folder_in(cache))


def test_damaged_weights_are_named(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_crossencoder(DEFAULT, cache=cache)
    (tmp_path / FILE).write_bytes(b"half a file")
    monkeypatch.setattr(load, "WEIGHTS", tmp_path / FILE)
    before = list(cache.iterdir())
    with pytest.raises(EncoderError, match=rf"{FILE}: 読解モデル"):
        load_crossencoder(DEFAULT, cache=cache)
    assert list(cache.iterdir()) == before


def test_missing_weights_are_named(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "WEIGHTS", tmp_path / "none.safetensors")
    with pytest.raises(EncoderError, match=r"none\.safetensors: .*入れ直して"):
        load_crossencoder(DEFAULT, cache=cache)


def test_without_the_wheel_the_hub_s_model_stands_in(
    cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(load, "find", lambda: None)
    monkeypatch.setattr(load, "load_hub", asked.append)
    load_crossencoder(DEFAULT, cache=cache)
    assert asked == [load.FALLBACK]
    assert load.FALLBACK in caplog.text
