"""Any reranker that sentence-transformers loads as a CrossEncoder, by name or folder.

Its one logit stands for the log-odds that a window answers; a sentence is scored together with its
neighbours. It tells neither key words nor verdicts, and its confidence is as good as its logits
are calibrated.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.crossencoder.reading import Reading, Window
from index.encoder.hub import reachable
from index.errors import EncoderError, cause


class HubCrossEncoder:
    """A CrossEncoder of sentence-transformers with one label."""

    def __init__(self, name: str, model: Any) -> None:
        self.name = name
        self._model = model

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """See ``CrossEncoder.read``."""
        texts = [text for window in windows for text in _texts(window)]
        scores = self._model.predict([(question, text) for text in texts], **_quiet()).tolist()
        readings, at = [], 0
        for window in windows:
            end = at + 1 + len(window.sentences)
            sentences = tuple(map(float, scores[at + 1 : end]))
            readings.append(Reading(float(scores[at]), sentences, (None,) * len(sentences)))
            at = end
        return readings


def _texts(window: Window) -> list[str]:
    """The window whole, with its title, then each sentence with the ones beside it."""
    spaced = [s + " " * s[-1:].isascii() for s in window.sentences]
    around = ["".join(spaced[max(at - 1, 0) : at + 2]).strip() for at in range(len(spaced))]
    return ["\n".join(filter(None, (window.title, "".join(spaced).strip()))), *around]


def _quiet() -> dict[str, Any]:
    from torch import nn

    return {"activation_fn": nn.Identity(), "show_progress_bar": False}


def load(name: str) -> HubCrossEncoder:
    """Open a CrossEncoder by name or folder; code that it may bring is not run.

    Raises:
        EncoderError: It is missing, out of reach, or has more than one label.
    """
    try:
        model = _model(name)
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


def _model(name: str) -> Any:
    from sentence_transformers import CrossEncoder  # seconds, hundreds of megabytes

    try:
        return CrossEncoder(name, device="cpu", trust_remote_code=False, local_files_only=True)
    except Exception:
        # The hub's own client tries for most of a minute before it gives up.
        if Path(name).is_dir() or not reachable():
            raise
    return CrossEncoder(name, device="cpu", trust_remote_code=False)
