"""The questions of a question set, asked of the current index.

A question with ``evidence`` can be answered; each of
its regular expressions must match within ``WINDOW`` characters around one quote. One without must
be refused. One with a ``form`` passes when all holds that its line says, in regular expressions: a
``share`` of ``cited`` each match some quote, none of ``never`` a quote or the text, all of ``says`` the text,
and ``verdict`` is the answer's; one to ``refuse`` must be refused, or be told that nothing answers clearly, with some of ``near`` in the text.
"""

import re
import time
from pathlib import Path
from typing import Any

from index.engine import Engine
from index.errors import CorpusError
from index.evaluate.outcomes import AnswerOutcome, Run, tabulate
from index.evaluate.sets import PartName, is_asked_in, read_lines
from index.records import Answer
from index.reports import OnProgress, Progress

WINDOW = 200
"""Characters on either side of a quote in which evidence counts."""
PATTERNS = ("evidence", "answer", "cited", "never", "says", "near")


def ask_questions(
    file: Path,
    engine: Engine,
    *,
    part: PartName | None = None,
    corpus: str = "seeds",
    on_progress: OnProgress | None = None,
) -> Run:
    """Ask a question set, or a part of it, of the current index; of questions that name a corpus those of this.

    The kind of a question with a form is that, of another that can be answered its ``lang``, else its ``type``.

    Raises:
        CorpusError: The file is broken or has no question. StoreError: there is no usable index.
    """
    report = on_progress or (lambda _: None)
    lines = [{"id": f"line {n}"} | line for n, line in enumerate(read_lines(file, "question"), 1)]
    lines = [line for line in lines if line.get("corpus", "seeds") == corpus]
    for line in lines:
        try:
            for pattern in (pattern for name in PATTERNS for pattern in line.get(name) or ()):
                re.compile(pattern)
        except (re.error, TypeError) as exc:
            names = "、".join(PATTERNS)
            reason = f"{line['question']!r} の {names} のどれかが正規表現ではありません（{exc}）"
            raise CorpusError(str(file), reason) from exc
    asked = [line for line in lines if is_asked_in(part, line)]
    if not asked:
        raise CorpusError(str(file), "質問がありません")
    outcomes = []
    for done, line in enumerate(asked, 1):
        outcomes.append(_ask(line, engine))
        report(Progress("ask", done, len(asked)))
    return Run("answers", tabulate(outcomes))


def _ask(line: dict[str, Any], engine: Engine) -> AnswerOutcome:
    started = time.perf_counter()
    answer = engine.ask(line["question"], previous=line.get("previous"))
    seconds = time.perf_counter() - started
    told = answer.answered, answer.confidence, len(answer.citations)
    name = str(line["id"])
    if form := line.get("form"):
        own = f"{form} {line.get('lang', '')}".strip()
        right = _passes(line, answer)
        return AnswerOutcome(
            name, own, seconds, not line.get("refuse"), *told, form=True, passed=right
        )
    answerable = "evidence" in line
    kind = f"answerable {line.get('lang', '')}".strip() if answerable else line.get("type")
    judged = _judge(line, answer, engine) if answerable and answer.answered else ()
    return AnswerOutcome(name, str(kind or "unanswerable"), seconds, answerable, *told, *judged)


def _passes(line: dict[str, Any], answer: Answer) -> bool:
    """Whether all holds that a line says of its answer."""
    quotes = [citation.quote for citation in answer.citations]
    told = [answer.text, *quotes]
    if any(re.search(pattern, text) for pattern in line.get("never", ()) for text in told):
        return False
    if line.get("refuse"):
        near = line.get("near")
        refused = not answer.answered or answer.verdict == "unclear"
        return refused and (not near or any(re.search(pattern, answer.text) for pattern in near))
    cited = [any(re.search(p, quote) for quote in quotes) for p in line.get("cited", ())]
    enough = sum(cited) >= line.get("share", 1) * len(cited) - 1e-9
    said = all(re.search(pattern, answer.text) for pattern in line.get("says", ()))
    verdict = None if answer.verdict == "unclear" else answer.verdict
    return answer.answered and enough and said and line.get("verdict") == verdict


def _judge(line: dict[str, Any], answer: Answer, engine: Engine) -> tuple[bool, bool, bool]:
    """Whether the best citation of an answer holds the evidence, any does, and its text an answer."""
    held = []
    for citation in sorted(answer.citations, key=lambda c: -c.score):
        text = engine.cited(citation)[0].text
        around = text[max(citation.start - WINDOW, 0) : citation.end + WINDOW]
        held.append(all(re.search(pattern, around) for pattern in line["evidence"]))
    wanted = line.get("answer", ())
    match = not wanted or any(re.search(pattern, answer.text) for pattern in wanted)
    return held[:1] == [True], any(held), match
