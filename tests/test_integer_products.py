"""Products of unsigned and signed bytes are exact on the machine at hand.

Where a processor lacks VNNI, two such products are added in sixteen bits, which do not hold them:
the whole model computed in int8 would quietly be off there. So a session is opened with
arithmetic that does not saturate.
"""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from index.encoder.graph import Graph
from index.encoder.session import open_session

INNER, OUTPUTS = 384, 96  # 384 products of at most 255 x 128 are whole numbers in a float32


def product(left: np.ndarray, right: np.ndarray, zero: int, path: Path) -> np.ndarray:
    """Multiply as the layers of the models do: scales of 1, and a point of the bytes that is nought."""
    graph = Graph()
    scale = graph.constant("scale", np.array(1.0, np.float32))
    scales = graph.constant("scales", np.ones(right.shape[1], np.float32))
    point = graph.constant("zero", np.array(zero, np.uint8))
    inputs = ["left", graph.constant("right", right), scale, scales, point]
    node = helper.make_node("MatMulIntegerToFloat", inputs, ["product"], domain="com.microsoft")
    graph.nodes.append(node)
    taken = helper.make_tensor_value_info("left", TensorProto.UINT8, ["rows", left.shape[1]])
    given = helper.make_tensor_value_info("product", TensorProto.FLOAT, ["rows", right.shape[1]])
    onnx.save(graph.model("product", taken, given), path)
    found: np.ndarray = open_session(path).run(None, {"left": left})[0]
    return found


def exact(left: np.ndarray, right: np.ndarray, zero: int) -> np.ndarray:
    return (left.astype(np.int32) - zero) @ right.astype(np.int32)


@pytest.mark.parametrize("zero", [0, 131, 255])
@pytest.mark.parametrize("rows", [1, 5, 64])
def test_any_bytes_are_multiplied_exactly(rows: int, zero: int, tmp_path: Path) -> None:
    random = np.random.default_rng(rows)
    left = random.integers(0, 256, (rows, INNER), np.uint8)
    right = random.integers(-128, 128, (INNER, OUTPUTS), np.int8)
    found = product(left, right, zero, tmp_path / "graph.onnx")
    np.testing.assert_array_equal(found, exact(left, right, zero))


@pytest.mark.parametrize("least", [-128, -127])
def test_the_greatest_bytes_are_multiplied_exactly(least: int, tmp_path: Path) -> None:
    left = np.full((4, INNER), 255, np.uint8)
    left[1, ::2] = 0
    left[2, 1::2] = 0
    left[3] = 128
    right = np.full((INNER, OUTPUTS), 127, np.int8)
    right[:, 1::3] = least
    right[::2, 2::3] = least
    found = product(left, right, 0, tmp_path / "graph.onnx")
    np.testing.assert_array_equal(found, exact(left, right, 0))
    assert np.abs(found).max() >= 255 * 127 * INNER
