"""What the cross-encoder is made of: shipped weights, the encoder's embeddings, an ONNX graph."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.crossencoder.reading import COLUMNS
from index.encoder import Vectors
from index.encoder.weights import SHA256, Layers, Precision, Weights, values
from index.errors import EncoderError

FORMAT = "tenkyo-crossencoder-1"


@dataclass(frozen=True, slots=True, eq=False)
class CrossEncoderWeights(Layers):
    """Layers of BERT of the encoder's sizes, and a head.

    ``floats`` holds biases, norms, ``head.w`` ``(COLUMNS, hidden)`` with its bias, and of every layer
    ``fo.m``, how far its inner values go, ``(inner,)``.

    Attributes:
        integers: Matrices ``(outputs, inputs) int8``.
        scales: Of each row of a matrix, float32.
    """

    integers: Mapping[str, NDArray[np.int8]]
    scales: Mapping[str, NDArray[np.float32]]

    def dense(self, name: str) -> NDArray[np.float32]:
        """Return a matrix, ``(outputs, inputs)``."""
        rows: NDArray[np.float32] = self.integers[name] * self.scales[name][:, None]
        return rows


def read(path: Path, base: Weights) -> CrossEncoderWeights:
    """Read a file as the training ships it.

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
    sizes = base.hidden, base.layers, base.heads, base.positions, base.epsilon
    return CrossEncoderWeights(*sizes, floats, integers, scales)


@dataclass(frozen=True, slots=True, eq=False)
class Embeddings:
    """What a token id and its place in the text become; the encoder's own, which are not trained.

    Looked up outside the graph, so that the table of words, the greater part of the encoder, is read
    from disk a few rows at a time and never held in memory.

    Attributes:
        words: Of each token id, ``(ids, hidden / 32)`` blocks of Q4_0.
        places: Of each place, with the type of the text, ``(positions, hidden) float32``.
        scale, shift: Of the norm, ``(hidden,) float32``.
        epsilon: What keeps the norm from dividing by nought.
    """

    words: NDArray[np.void]
    places: NDArray[np.float32]
    scale: NDArray[np.float32]
    shift: NDArray[np.float32]
    epsilon: float

    @classmethod
    def of(cls, weights: Weights) -> "Embeddings":
        """Take them out of the encoder's weights."""
        floats, hidden = weights.floats, weights.hidden
        places = floats["emb.pos"].reshape(-1, hidden) + floats["emb.type"][:hidden]
        return cls(weights.words, places, floats["emb.ln.w"], floats["emb.ln.b"], weights.epsilon)

    @classmethod
    def open(cls, folder: Path) -> "Embeddings":
        """Open what ``save`` wrote. Raises OSError and ValueError."""
        words: NDArray[np.void] = np.load(folder / "words.npy", mmap_mode="r")
        with np.load(folder / "places.npz") as rest:
            return cls(words, rest["places"], rest["scale"], rest["shift"], float(rest["epsilon"]))

    def save(self, folder: Path) -> None:
        """Write them into a folder."""
        np.save(folder / "words.npy", self.words)
        places, scale, shift, epsilon = (
            self.places,
            self.scale,
            self.shift,
            np.float64(self.epsilon),
        )
        np.savez(folder / "places.npz", places=places, scale=scale, shift=shift, epsilon=epsilon)

    def embed(self, texts: Sequence[Sequence[int]]) -> Vectors:
        """Return the embeddings of texts in token ids one after the other, ``(tokens, hidden)``."""
        ids = np.concatenate([np.asarray(text) for text in texts])
        places = np.concatenate([np.arange(len(text)) for text in texts])
        state = values(self.words[ids].ravel()).reshape(len(ids), -1) + self.places[places]
        state -= state.mean(axis=1, keepdims=True)
        state /= np.sqrt(state.var(axis=1, keepdims=True) + self.epsilon)
        embedded: Vectors = state * self.scale + self.shift
        return embedded


def build(weights: CrossEncoderWeights, *, precision: Precision) -> Any:
    """Return the layers and the head as an ``onnx.ModelProto``.

    Embeddings ``(1, tokens, hidden)`` in, logits ``(1, tokens, COLUMNS)`` out.
    """
    from onnx import TensorProto, helper

    from index.encoder.graph import Bert

    graph = Bert(weights, precision, "embedded")
    state = graph.layers("embedded")
    head = graph.constant("head.w", weights.floats["head.w"].T)
    rows = graph.node("MatMul", [state, head])
    bias = graph.constant("head.b", weights.floats["head.b"])
    graph.nodes.append(helper.make_node("Add", [rows, bias], ["logits"]))
    shape = [1, "tokens", weights.hidden]
    embedded = helper.make_tensor_value_info("embedded", TensorProto.FLOAT, shape)
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, "tokens", COLUMNS])
    return graph.model("crossencoder", embedded, logits)
