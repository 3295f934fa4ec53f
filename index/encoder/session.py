"""The default encoder at work: ONNX Runtime, one text a run, one worker thread a core.

One session, single-threaded, is shared by the workers: the fastest arrangement measured, without
padding, and the vector of a text never depends on the texts beside it. Imports neither torch nor
sentence_transformers, so that a first question does not wait for them.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from index.encoder.protocol import Vectors
from index.encoder.tokenizer import Tokenizer

QUERY, DOCUMENT = "query: ", "passage: "  # Source: the model card of intfloat/multilingual-e5-small


class OnnxEncoder:
    """multilingual-e5-small on ONNX Runtime. Texts beyond 512 tokens are cut at their end."""

    def __init__(self, graph: Path, tokenizer: Tokenizer, *, fingerprint: str) -> None:
        self.graph = graph
        self._session = open_session(graph)
        self.tokenizer = tokenizer
        self.fingerprint = fingerprint

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
        rows = (
            map(self._vector, texts) if len(texts) == 1 else self._workers.map(self._vector, texts)
        )
        return np.concatenate([np.empty((0, self.dimensions), np.float32), *rows])

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
