"""The graph against the network it was trained as, on random weights of two tiny layers."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from safetensors.numpy import save_file
from training import EMBEDDINGS, INNER, WEIGHTS, averages

from index.crossencoder.reading import COLUMNS
from index.crossencoder.weights import FORMAT, CrossEncoderWeights, build, read
from index.encoder.session import open_session
from index.encoder.weights import SHA256, Precision
from index.errors import EncoderError
from index.training.network import FILE, Network, reaches, ship

TEXT = [0, *range(20, 60), 2]


@pytest.fixture
def network() -> Network:
    torch.manual_seed(1)
    return Network(WEIGHTS)


@pytest.fixture
def shipped(network: Network, tmp_path: Path) -> CrossEncoderWeights:
    ship(averages(network), reaches(network, EMBEDDINGS, [TEXT, [0, 5, 2]]), tmp_path, {})
    return read(tmp_path / FILE, WEIGHTS)


def expected_of(network: Network) -> np.ndarray:
    with torch.no_grad():
        (rows,) = network(torch.from_numpy(EMBEDDINGS.embed([TEXT])), [len(TEXT)])
    return rows.numpy()


def logits(weights: CrossEncoderWeights, precision: Precision, folder: Path) -> np.ndarray:
    onnx.save(build(weights, precision=precision), folder / "graph.onnx")
    session = open_session(folder / "graph.onnx")
    return session.run(None, {"embedded": EMBEDDINGS.embed([TEXT])[None]})[0][0]


@pytest.mark.parametrize(("precision", "near"), [("fp32", 0.02), ("int8", 0.1)])
def test_the_graph_computes_what_the_network_does(
    network: Network,
    shipped: CrossEncoderWeights,
    precision: Precision,
    near: float,
    tmp_path: Path,
) -> None:
    expected = expected_of(network)
    found = logits(shipped, precision, tmp_path)
    assert found.shape == (len(TEXT), COLUMNS)
    assert np.abs(found - expected).max() < near * np.abs(expected).max()


def test_every_column_is_that_of_its_own_row_of_the_head(
    network: Network, shipped: CrossEncoderWeights, tmp_path: Path
) -> None:
    found, expected = logits(shipped, "fp32", tmp_path), expected_of(network)
    for column in range(COLUMNS):
        away = [np.abs(found[:, column] - expected[:, other]).max() for other in range(COLUMNS)]
        assert int(np.argmin(away)) == column


def test_a_file_of_another_make_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"nothing")
    with pytest.raises(EncoderError, match=rf"{FILE}: .*読めません"):
        read(tmp_path / FILE, WEIGHTS)
    bias = {"head.b": np.zeros(COLUMNS, np.float32)}
    for made in ({"format": "other", "encoder": SHA256}, {"format": FORMAT, "encoder": "other"}):
        save_file(bias, tmp_path / FILE, made)
        with pytest.raises(EncoderError, match=rf"{FILE}: .*読解モデルではありません"):
            read(tmp_path / FILE, WEIGHTS)


def test_a_channel_that_goes_far_leaves_room_for_the_others(
    network: Network, tmp_path: Path
) -> None:
    with torch.no_grad():
        network.get_parameter("l1.fi.weight")[3] *= 40
    expected = expected_of(network)
    told = reaches(network, EMBEDDINGS, [TEXT])
    assert told["l1.fo.m"].argmax() == 3
    assert {name: reach.shape for name, reach in told.items()} == {
        "l0.fo.m": (INNER,),
        "l1.fo.m": (INNER,),
    }
    away = []
    for known in (told, {}):
        ship(averages(network), known, tmp_path, {})
        found = logits(read(tmp_path / FILE, WEIGHTS), "int8", tmp_path)
        away.append(np.abs(found - expected).mean())
    assert away[0] < away[1] / 2
