"""Answers on question sets.

A question with ``evidence`` can be answered; each of its regular expressions must match within
``WINDOW`` characters around one quote. One without must be refused.
"""

import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.engine import Engine
from index.errors import CorpusError
from index.evaluate.lines import read_lines
from index.evaluate.outcomes import AnswerOutcome, Run, tabulate
from index.evaluate.parts import PartName, is_asked_in
from index.records import Answer, Citation, OnProgress, Progress

WINDOW = 200
"""Characters on either side of a quote in which evidence counts."""


def ask_questions(
    file: Path,
    engine: Engine,
    *,
    part: PartName | None = None,
    on_progress: OnProgress | None = None,
) -> Run:
    """Ask a question set, or a part of it, of the current index.

    The kind of a question that can be answered is its ``lang``, of another its ``type``.

    Raises:
        CorpusError: The file is broken or has no question. StoreError: there is no usable index.
    """
    report = on_progress or (lambda _: None)
    lines = list(read_lines(file, "question"))
    _check_patterns(file, lines)
    asked = [
        {"id": f"line {number}"} | line
        for number, line in enumerate(lines, 1)
        if is_asked_in(part, line)
    ]
    if not asked:
        raise CorpusError(str(file), "質問がありません")
    outcomes = []
    for done, line in enumerate(asked, 1):
        outcomes.append(_ask(line, engine))
        report(Progress("ask", done, len(asked)))
    return Run("answers", tabulate(outcomes))


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


def _ask(line: dict[str, Any], engine: Engine) -> AnswerOutcome:
    started = time.perf_counter()
    answer = engine.ask(line["question"], previous=line.get("previous"))
    seconds = time.perf_counter() - started
    answerable = "evidence" in line
    kind = f"answerable {line.get('lang', '')}".strip() if answerable else line.get("type")
    return AnswerOutcome(
        str(line["id"]),
        str(kind or "unanswerable"),
        seconds,
        answerable,
        answer.answered,
        answer.confidence,
        len(answer.citations),
        **(_judge(line, answer, engine) if answerable and answer.answered else {}),
    )


def _judge(line: dict[str, Any], answer: Answer, engine: Engine) -> dict[str, bool]:
    """Say of an answer whether its citations hold the evidence and its text an answer."""
    cited = sorted(answer.citations, key=lambda c: -c.score)
    held = [_holds(line["evidence"], citation, engine) for citation in cited]
    wanted = line.get("answer", ())
    return {
        "best": held[:1] == [True],
        "right": any(held),
        "match": not wanted or any(re.search(pattern, answer.text) for pattern in wanted),
    }


def _holds(evidence: Sequence[str], citation: Citation, engine: Engine) -> bool:
    article, _ = engine.cited(citation)
    around = article.text[max(citation.start - WINDOW, 0) : citation.end + WINDOW]
    return all(re.search(pattern, around) for pattern in evidence)
