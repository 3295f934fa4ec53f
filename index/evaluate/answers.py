"""Answers on question sets.

A question with ``evidence`` can be answered; each of its regular expressions must match within
``WINDOW`` characters around one quote. One without must be refused.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.engine import Engine
from index.errors import CorpusError
from index.evaluate.beir import OnProgress
from index.evaluate.lines import read_lines
from index.records import Answer, Citation, Progress

WINDOW = 200
"""Characters on either side of a quote in which evidence counts."""


def measure_answers(
    file: Path, engine: Engine, *, on_progress: OnProgress | None = None
) -> dict[str, float | None]:
    """Ask a question set of the current index.

    Returns:
        Of the questions that can be answered, the share ``answered``; of those answered, the shares
        with evidence at the best-scored citation and at any, and whose text matches an ``answer``;
        of the others, the share ``refused``. None where there is no such question.

    Raises:
        CorpusError: The file is broken. StoreError: there is no usable index.
    """
    report = on_progress or (lambda _: None)
    lines = list(read_lines(file, "question"))
    _check_patterns(file, lines)
    outcomes: list[dict[str, float]] = []
    for done, line in enumerate(lines, 1):
        answer = engine.ask(line["question"], previous=line.get("previous"))
        outcomes.append(_outcome(line, answer, engine))
        report(Progress("ask", done, len(lines)))
    names = ("answered", "evidence@best", "evidence@cited", "answer match", "refused")
    figures = {name: _mean([o[name] for o in outcomes if name in o]) for name in names}
    return figures | {"questions": len(lines)}


def _check_patterns(file: Path, lines: Sequence[dict[str, Any]]) -> None:
    for line in lines:
        try:
            for pattern in (*line.get("evidence", ()), *line.get("answer", ())):
                re.compile(pattern)
        except (re.error, TypeError) as exc:
            raise CorpusError(
                str(file),
                f"{line['question']!r} の evidence か answer が正規表現ではありません（{exc}）",
            ) from exc


def _outcome(line: dict[str, Any], answer: Answer, engine: Engine) -> dict[str, float]:
    if "evidence" not in line:
        return {"refused": float(not answer.answered)}
    if not answer.answered:
        return {"answered": 0.0}
    best = max(answer.citations, key=lambda c: c.score)
    matches = [re.search(pattern, answer.text) for pattern in line.get("answer", [])]
    return {
        "answered": 1.0,
        "evidence@best": float(_holds(line["evidence"], best, engine)),
        "evidence@cited": float(any(_holds(line["evidence"], c, engine) for c in answer.citations)),
        "answer match": float(any(matches) or not matches),
    }


def _holds(evidence: Sequence[str], citation: Citation, engine: Engine) -> bool:
    article, _ = engine.cited(citation)
    around = article.text[max(citation.start - WINDOW, 0) : citation.end + WINDOW]
    return all(re.search(pattern, around) for pattern in evidence)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
