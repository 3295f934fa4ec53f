"""The cross-encoder's weights as they are shipped: what ``training.network.ship`` writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder.weights import SHA256, Weights
from index.errors import EncoderError

FORMAT = "tenkyo-crossencoder-1"


@dataclass(frozen=True, slots=True, eq=False)
class CrossEncoderWeights:
    """Layers of BERT of the encoder's sizes, and a head.

    Attributes:
        floats: Tensors in float32: biases, norms, ``head.w`` ``(COLUMNS, hidden)`` with its bias,
            and of every layer ``fo.m``, how far its inner values go, ``(inner,)``.
        integers: Matrices ``(outputs, inputs) int8``.
        scales: Of each row of a matrix, float32.
    """

    layers: int
    heads: int
    positions: int
    epsilon: float
    floats: Mapping[str, NDArray[np.float32]]
    integers: Mapping[str, NDArray[np.int8]]
    scales: Mapping[str, NDArray[np.float32]]

    def dense(self, name: str) -> NDArray[np.float32]:
        """Return a matrix as ``(outputs, inputs) float32``."""
        rows: NDArray[np.float32] = self.integers[name] * self.scales[name][:, None]
        return rows


def read(path: Path, base: Weights) -> CrossEncoderWeights:
    """Read the file.

    Args:
        path: The file.
        base: The encoder's weights, whose sizes and embeddings it was trained with.

    Raises:
        EncoderError: It cannot be read, is of another make, or belongs to another encoder.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "np") as file:
            made = file.metadata() or {}
            tensors: dict[str, NDArray[Any]] = {n: file.get_tensor(n) for n in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as exc:
        raise EncoderError(f"読解モデルのファイルを読めません（{exc}）。", at=path) from exc
    if made.get("format") != FORMAT or made.get("encoder") != SHA256:
        raise EncoderError("この版で使える読解モデルではありません。", at=path)
    integers = {name: t for name, t in tensors.items() if t.dtype == np.int8}
    scales = {name: tensors[f"{name[:-1]}s"] for name in integers}
    floats = {n: t for n, t in tensors.items() if n not in integers and not n.endswith(".s")}
    sizes = base.layers, base.heads, base.positions, base.epsilon
    return CrossEncoderWeights(*sizes, floats, integers, scales)
