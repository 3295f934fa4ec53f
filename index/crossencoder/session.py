"""The shipped cross-encoder at work: ONNX Runtime, one window a run, one worker thread a core."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.crossencoder.embedding import Embeddings
from index.crossencoder.layout import lay
from index.crossencoder.reading import (
    ANSWERED,
    END,
    EVIDENCE,
    START,
    SUPPORTED,
    Key,
    Reading,
    Window,
    best_span,
)
from index.encoder.session import cores, open_session
from index.encoder.tokenizer import Tokenizer

GRAPH = "crossencoder.onnx"
KEPT = 4096
"""Sentences whose tokens are kept: those of some 600 passages."""

Located = Sequence[tuple[int, int, int]]
"""A text's token ids, each with where it begins and ends in the text; see ``Tokenizer.locate``."""
Logits = NDArray[np.float32]


class OnnxCrossEncoder:
    """Reads each window alone, so that a reading never depends on the windows beside it."""

    name = "trained"

    def __init__(self, folder: Path, tokenizer: Tokenizer) -> None:
        """Open what ``load`` wrote."""
        self._session = open_session(folder / GRAPH)
        self._embeddings = Embeddings.open(folder)
        self._locate = lru_cache(KEPT)(tokenizer.locate)

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """See ``CrossEncoder.read``; in parallel where there are cores."""
        if len(windows) == 1:
            return [self._read(question, windows[0])]
        return list(self._workers.map(lambda window: self._read(question, window), windows))

    def logits(self, question: str, window: Window) -> tuple[Logits, tuple[tuple[int, int], ...]]:
        """Return the logits of each token, ``(tokens, COLUMNS)``, and the places of the sentences."""
        texts = (question, window.title or "", *window.sentences)
        ids = [[piece for piece, _, _ in self._locate(text)] for text in texts]
        laid = lay(ids[0], ids[1], ids[2:])
        embedded = self._embeddings.embed([laid.ids])[None]
        return self._session.run(None, {"embedded": embedded})[0][0], laid.sentences

    def _read(self, question: str, window: Window) -> Reading:
        logits, places = self.logits(question, window)
        unread = len(window.sentences) - len(places)
        evidence = [
            float(np.logaddexp.reduce(logits[start : end + 1, EVIDENCE])) for start, end in places
        ]
        verdict = logits[0, SUPPORTED:] - np.logaddexp.reduce(logits[0, SUPPORTED:])
        return Reading(
            float(logits[0, ANSWERED]),
            (*evidence, *[min(evidence, default=0.0)] * unread),
            (*self._keys(window, logits, places), *[None] * unread),
            (float(verdict[0]), float(verdict[1]), float(verdict[2])),
        )

    def _keys(
        self, window: Window, logits: Logits, places: Sequence[tuple[int, int]]
    ) -> list[Key | None]:
        """The likeliest answer in each sentence, as sure as it is likely among all of the window."""
        if not places:
            return []
        spans = logits[places[0][0] :, : END + 1]
        logs = logits[:, : END + 1] - np.logaddexp.reduce(spans, axis=0)
        return [
            self._key(sentence, logs[start:end])
            for sentence, (start, end) in zip(window.sentences, places, strict=False)
        ]

    def _key(self, sentence: str, logs: Logits) -> Key | None:
        located = self._locate(sentence)[: len(logs)]
        wide = [n for n, (_, a, b) in enumerate(located) if a < b]  # not the mark of a space
        if not wide:
            return None
        logs = logs[wide]
        first, last = best_span(logs[:, START], logs[:, END])
        sure = float(logs[first, START] + logs[last, END]) / 2
        return Key(located[wide[first]][1], located[wide[last]][2], sure)

    @cached_property
    def _workers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(cores(), thread_name_prefix="crossencoder")
