"""The reader's weights as they are shipped: what ``training.saving`` writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder.weights import SHA256
from index.errors import EncoderError

FORMAT = "tenkyo-reader-1"


@dataclass(frozen=True, slots=True, eq=False)
class ReaderWeights:
    """Layers in the place of the encoder's, and a head.

    Attributes:
        heads: Of attention; so for the other sizes of the architecture.
        floats: Tensors in float32: biases, norms, and ``head.w`` ``(3, hidden)`` with its bias.
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


def read(path: Path) -> ReaderWeights:
    """Read the file.

    Raises:
        EncoderError: It cannot be read, is of another make, or belongs to another encoder.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "np") as file:
            made = file.metadata() or {}
            tensors: dict[str, NDArray[Any]] = {n: file.get_tensor(n) for n in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as exc:
        raise EncoderError(f"{path}: 読解モデルのファイルを読めません（{exc}）。") from exc
    if made.get("format") != FORMAT or made.get("encoder") != SHA256:
        raise EncoderError(f"{path}: この版で使える読解モデルではありません。")
    integers = {name: t for name, t in tensors.items() if t.dtype == np.int8}
    scales = {name: tensors[f"{name[:-1]}s"] for name in integers}
    floats = {n: t for n, t in tensors.items() if n not in integers and not n.endswith(".s")}
    sizes = {name: int(made[name]) for name in ("layers", "heads", "positions")}
    return ReaderWeights(
        **sizes, epsilon=float(made["epsilon"]), floats=floats, integers=integers, scales=scales
    )
