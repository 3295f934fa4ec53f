"""The risk-coverage curve and the reliability diagram, side by side, in one PNG file.

Drawn with matplotlib, which the extra ``plot`` installs.
"""

import importlib
import logging
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import TenkyoError
from index.evaluate.figures import mixture
from index.evaluate.outcomes import Outcomes
from index.evaluate.selective import BINS, calibrate, risk_coverage

logger = logging.getLogger(__name__)

# What the systems and distributions bring along. matplotlib sees only the first face of a .ttc,
# which in Noto's is the Japanese one.
_FONTS = (
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Hiragino Sans",
    "Yu Gothic",
    "Meiryo",
    "IPAexGothic",
    "IPAGothic",
    "TakaoGothic",
    "VL Gothic",
    "MS Gothic",
    "Noto Serif CJK JP",
)
_BLUE, _GREY, _RED = "#1f5f8b", "#999999", "#b3412e"


def check_plot(path: Path) -> None:
    """Find out before the work whether a plot can be written there.

    Raises:
        TenkyoError: matplotlib is not installed, there is no such folder, or the name does not end
            in .png.
    """
    _load("matplotlib")
    if path.suffix.lower() != ".png":
        raise TenkyoError(f"{path}: 図のファイル名は .png で終わるようにしてください。")
    if not path.parent.is_dir():
        raise TenkyoError(f"{path.parent}: 図を置くフォルダーがありません。")


def plot_refusal(outcomes: Outcomes, path: Path) -> None:
    """Draw the outcomes of ``ask_in_kinds``.

    Raises:
        TenkyoError: As ``check_plot``, or the file cannot be written.
    """
    check_plot(path)
    font = japanese_font()
    labels = _JAPANESE if font else _ENGLISH
    if font is None:
        logger.warning(
            "日本語のフォントが見つからないため、図の文字は英語にします"
            "（Noto Sans CJK JP などを入れると日本語になります）。"
        )
    with _load("matplotlib").rc_context({"font.family": font} if font else {}):
        figure = _load("matplotlib.figure").Figure(figsize=(11, 5), layout="constrained")
        left, right = figure.subplots(1, 2)
        _draw_risk(left, outcomes, labels)
        _draw_reliability(right, outcomes, labels)
        try:
            figure.savefig(path, dpi=150, format="png")
        except OSError as exc:
            raise TenkyoError(f"{path}: 図を書けません（{exc.strerror}）。") from exc


def japanese_font() -> str | None:
    """Return a font that is installed and can write Japanese, if there is one."""
    manager = _load("matplotlib.font_manager").fontManager
    installed = {font.name for font in manager.ttflist}
    return next((name for name in _FONTS if name in installed), None)


_JAPANESE = {
    "risk title": "リスク・カバレッジ曲線",
    "coverage": "答えた割合（カバレッジ）",
    "risk": "答えたうちの誤りの割合（リスク）",
    "bar": "現在の閾値",
    "reliability title": "信頼度図",
    "confidence": "確信度",
    "right": "正しかった割合",
    "perfect": "完全な較正",
    "share": "質問の割合",
}
_ENGLISH = {
    "risk title": "Risk-coverage curve",
    "coverage": "Coverage",
    "risk": "Risk",
    "bar": "Threshold in use",
    "reliability title": "Reliability diagram",
    "confidence": "Confidence",
    "right": "Share that is right",
    "perfect": "Perfect calibration",
    "share": "Share of questions",
}


def _draw_risk(axes: Any, outcomes: Outcomes, labels: dict[str, str]) -> None:
    weights, wrong = mixture(outcomes), ~outcomes["right"]
    coverage, risk = risk_coverage(outcomes["confidence"], wrong, weights)
    axes.plot(coverage, risk, color=_BLUE)
    given = outcomes["answered"]
    if given.any():
        at = (
            weights[given].sum() / weights.sum(),
            np.average(wrong[given], weights=weights[given]),
        )
        axes.plot(*at, "o", color=_RED, label=labels["bar"])
        axes.legend(loc="upper left")
    axes.set(xlim=(0, 1), ylim=(0, 1), title=labels["risk title"])
    axes.set(xlabel=labels["coverage"], ylabel=labels["risk"])


def _draw_reliability(axes: Any, outcomes: Outcomes, labels: dict[str, str]) -> None:
    bins = calibrate(outcomes["confidence"], outcomes["right"], mixture(outcomes))
    middles = (np.arange(BINS) + 0.5) / BINS
    axes.bar(middles, bins.weight, width=0.9 / BINS, color=_GREY, alpha=0.4, label=labels["share"])
    axes.plot([0, 1], [0, 1], "--", color=_GREY, label=labels["perfect"])
    full = bins.weight > 0
    axes.plot(bins.confidence[full], bins.right[full], "o-", color=_BLUE, label=labels["right"])
    axes.set(xlim=(0, 1), ylim=(0, 1), title=labels["reliability title"])
    axes.set(xlabel=labels["confidence"], ylabel=labels["right"])
    axes.legend(loc="upper left")


def _load(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as exc:
        raise TenkyoError(
            "図を描くには matplotlib が必要です。`pip install 'tenkyo[plot]'` で入れてください。"
        ) from exc
