"""The reader at work: ONNX Runtime, one passage a run, one worker thread a core."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.crossreader.embedding import Embeddings
from index.crossreader.layout import Located, lay
from index.crossreader.spans import END, HOLDS, START, best_span
from index.encoder.session import cores, open_session
from index.encoder.tokenizer import Tokenizer

GRAPH = "reader.onnx"


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the model makes of a question and a passage.

    Attributes:
        odds: The log-odds that the passage holds the answer.
        starts: Of each token read, how likely the answer begins with it: log-probability among
            those tokens.
        ends: The same of its end.
        located: The tokens read, with their place in the text.
    """

    odds: float
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]
    located: Located

    def share(self, start: int, end: int) -> float:
        """Return the log-probability that the answer stands in ``text[start:end]``, if anywhere."""
        inside = self._inside(start, end)
        if inside.start == inside.stop:
            return LEAST
        starts = np.logaddexp.reduce(self.starts[inside])
        ends = np.logaddexp.reduce(self.ends[inside])
        return max(float(starts + ends) / 2, LEAST)

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the likeliest answer in ``text[start:end]`` by its place in the text, if any."""
        inside = self._inside(start, end)
        if inside.start == inside.stop:
            return None
        first, last = best_span(self.starts[inside], self.ends[inside])
        tokens = self.located[inside]
        return tokens[first][1], tokens[last][2]

    def _inside(self, start: int, end: int) -> slice:
        """The tokens that begin in a part of the text; those that have no width are left out at its ends."""
        at = [n for n, (_, a, b) in enumerate(self.located) if start <= a and b <= end and a < b]
        return slice(at[0], at[-1] + 1) if at else slice(0, 0)


LEAST = -12.0
"""Log-probability that none is taken to be below."""


class CrossReader:
    """Reads a question and passages, each pair alone."""

    def __init__(self, folder: Path, tokenizer: Tokenizer) -> None:
        """Open what ``unpack`` wrote."""
        self._session = open_session(folder / GRAPH)
        self._embeddings = Embeddings.open(folder)
        self._tokenizer = tokenizer

    def read(self, question: str, passages: Sequence[tuple[str | None, str]]) -> list[Reading]:
        """Read passages, given with their title, for a question; in parallel where there are cores."""
        ids = [piece for piece, _, _ in self._tokenizer.locate(question)]
        if len(passages) == 1:
            return [self._read(ids, *passages[0])]
        return list(self._workers.map(lambda passage: self._read(ids, *passage), passages))

    def _read(self, question: list[int], title: str | None, text: str) -> Reading:
        located = self._tokenizer.locate(text)
        of_title = [piece for piece, _, _ in self._tokenizer.locate(title or "")]
        laid = lay(question, of_title, [piece for piece, _, _ in located])
        embedded = self._embeddings.embed([laid.ids])[None]
        logits = self._session.run(None, {"embedded": embedded})[0][0]
        rows = logits[slice(*laid.passage)]
        logs = rows - np.logaddexp.reduce(rows, axis=0)
        odds = float(logits[0, HOLDS])
        return Reading(odds, logs[:, START], logs[:, END], located[: len(rows)])

    @cached_property
    def _workers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(cores(), thread_name_prefix="reader")
