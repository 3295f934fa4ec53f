"""Unpack the reader once per user: its weights and the encoder's to a graph and a table of words."""

import hashlib
import logging
from pathlib import Path

import numpy as np

from index.crossreader.embedding import Embeddings
from index.crossreader.session import GRAPH, CrossReader
from index.crossreader.weights import read
from index.encoder import Encoder
from index.encoder.cached import make
from index.encoder.session import OnnxEncoder
from index.encoder.tokenizer import Tokenizer
from index.encoder.weights import find
from index.encoder.weights import read as read_base
from index.errors import EncoderError, cause
from index.records import OnProgress, Progress
from index.settings import ReaderName

WEIGHTS = Path(__file__).parent / "reader.safetensors"
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


def load_crossreader(
    name: ReaderName, encoder: Encoder, on_progress: OnProgress | None = None
) -> CrossReader | None:
    """Open the trained reader, unpacking it where it is missing or damaged.

    Args:
        name: That of the settings.
        encoder: The one it goes with; it is unpacked beside it, and they share the tokenizer.
        on_progress: Told of the unpacking.

    Returns:
        None where the settings want none, and where the encoder is not the default one.

    Raises:
        EncoderError: A file is missing or damaged, or the cache cannot be written.
    """
    base = find()
    if name != "trained" or base is None or not isinstance(encoder, OnnxEncoder):
        return None
    try:
        digest = hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()
    except OSError as exc:
        raise EncoderError(
            f"読解モデルのファイルを読めません（{cause(exc)}）。プログラムを入れ直してください。",
            at=WEIGHTS,
        ) from exc
    folder = encoder.graph.parent.parent / f"reader-{digest[:8]}-{VERSION}"
    report = on_progress or (lambda _: None)
    make(folder, lambda made: _write(base, made, encoder.tokenizer, report))
    return CrossReader(folder, encoder.tokenizer)


def _write(source: Path, folder: Path, tokenizer: Tokenizer, report: OnProgress) -> None:
    import onnx

    from index.crossreader.graph import build

    report(Progress("unpack", 0, 3))
    base = read_base(source)
    weights = read(WEIGHTS, base)
    Embeddings.of(base).save(folder)
    report(Progress("unpack", 1, 3))
    onnx.save(build(weights, precision="fp32"), folder / GRAPH)
    exact = _odds(CrossReader(folder, tokenizer))
    report(Progress("unpack", 2, 3))
    fp32 = (folder / GRAPH).rename(folder.parent / "fp32.onnx")
    onnx.save(build(weights, precision="int8"), folder / GRAPH)
    away = float(np.abs(_odds(CrossReader(folder, tokenizer)) - exact).max())
    if away > AGREEMENT:
        logger.warning(
            "この CPU では int8 の精度が足りないため（読解の対数オッズの差 %.2f）、fp32 で動かします。",
            away,
        )
        fp32.replace(folder / GRAPH)
    report(Progress("unpack", 3, 3))


def _odds(reader: CrossReader) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([reader.read(asked, [(None, text)])[0].odds for asked, text in SAMPLE])
