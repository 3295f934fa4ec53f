"""The graph against the network it was trained as, on random weights of two tiny layers."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from training import EMBEDDINGS, INNER, WEIGHTS, averages

from index.crossreader.graph import build
from index.crossreader.weights import ReaderWeights, read
from index.errors import EncoderError
from index.training.network import Network
from index.training.saving import FILE, reaches, ship


@pytest.fixture
def network() -> Network:
    torch.manual_seed(1)
    return Network(WEIGHTS, frozen=1)


@pytest.fixture
def shipped(network: Network, tmp_path: Path) -> ReaderWeights:
    sample = [[0, *range(20, 60), 2], [0, 5, 2]]
    ship(averages(network), reaches(network, EMBEDDINGS, sample), tmp_path, {})
    return read(tmp_path / FILE, WEIGHTS)


def logits(weights: ReaderWeights, precision: str, text: list[int]) -> np.ndarray:
    graph = build(weights, precision=precision)  # type: ignore[arg-type]
    session = onnxruntime.InferenceSession(graph.SerializeToString())
    return session.run(None, {"embedded": EMBEDDINGS.embed([text])[None]})[0][0]


@pytest.mark.parametrize(("precision", "near"), [("fp32", 0.02), ("int8", 0.1)])
def test_the_graph_computes_what_the_network_does(
    network: Network, shipped: ReaderWeights, precision: str, near: float
) -> None:
    text = [0, *range(20, 60), 2]
    with torch.no_grad():
        (expected,) = network(torch.from_numpy(EMBEDDINGS.embed([text])), [len(text)])
    found = logits(shipped, precision, text)
    assert found.shape == (len(text), 3)
    assert np.abs(found - expected.numpy()).max() < near * np.abs(expected.numpy()).max()


def test_a_file_of_another_make_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"nothing")
    with pytest.raises(EncoderError, match="読めません"):
        read(tmp_path / FILE, WEIGHTS)
    from safetensors.numpy import save_file

    save_file({"head.b": np.zeros(3, np.float32)}, tmp_path / FILE, {"format": "other"})
    with pytest.raises(EncoderError, match="読解モデルではありません"):
        read(tmp_path / FILE, WEIGHTS)


def test_a_channel_that_goes_far_leaves_room_for_the_others(
    network: Network, tmp_path: Path
) -> None:
    text = [0, *range(20, 60), 2]
    with torch.no_grad():
        network.get_parameter("l1.fi.weight")[3] *= 40
        (expected,) = network(torch.from_numpy(EMBEDDINGS.embed([text])), [len(text)])
    told = reaches(network, EMBEDDINGS, [text])
    assert told["l1.fo.m"].argmax() == 3
    assert {name: reach.shape for name, reach in told.items()} == {"l0.fo.m": (INNER,), "l1.fo.m": (INNER,)}  # fmt: skip
    away = []
    for known in (told, {}):
        ship(averages(network), known, tmp_path, {})
        found = logits(read(tmp_path / FILE, WEIGHTS), "int8", text)
        away.append(np.abs(found - expected.numpy()).mean())
    assert away[0] < away[1] / 2
