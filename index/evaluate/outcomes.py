"""What became of each question asked, as a table and in a file that a later run is compared with.

The file is one JSON object: ``schema``; ``subject``, what was measured; ``outcomes``, for each
column its values.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, astuple, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import CorpusError, TenkyoError
from index.evaluate.sets import PartName

AS_ASKED, PASSAGE, SENTENCE = "as asked", "passage withheld", "sentence withheld"
OFF_TOPIC = "off topic"
KINDS = (AS_ASKED, PASSAGE, SENTENCE, OFF_TOPIC)
"""Of the questions of ``RefusalOutcome``; only the first can be answered."""
SCHEMA = 1
"""Of the file; one with another number is not read."""

Outcomes = NDArray[np.void]
"""A table of outcomes of one class: a row a question, a column an attribute."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question asked."""

    id: str  # names the question; those made of one question share it
    kind: str
    seconds: float  # from the question to what was measured


@dataclass(frozen=True, slots=True)
class RankingOutcome(Outcome):
    """How the documents are ranked."""

    success: float  # at 1; what follows at 10
    recall: float
    mrr: float
    ndcg: float


@dataclass(frozen=True, slots=True)
class AnswerOutcome(Outcome):
    """A question of a question set."""

    answerable: bool  # whether the articles hold an answer
    answered: bool  # false for a refusal
    confidence: float
    cited: int = 0
    best: bool = False  # whether the evidence stands around the best-scored citation
    right: bool = False  # around any of them
    match: bool = False  # whether the text matches an answer
    form: bool = False  # whether it is graded as its form is
    passed: bool = False  # whether all holds that its line says


@dataclass(frozen=True, slots=True)
class RefusalOutcome(Outcome):
    """A question of one of ``KINDS``; ``seconds`` leave retrieving out."""

    answered: bool
    confidence: float
    cited: int  # sentences cited, or that would be were it answered
    best: bool  # whether the best-scored of them holds an answer
    right: bool  # any of them


@dataclass(frozen=True, slots=True)
class NewsOutcome(Outcome):
    """A question asked of all articles, its own as written or after the edit that turns its label."""

    written: bool  # whether its article stands as written
    answerable: bool  # whether its article answers it
    answered: bool
    confidence: float
    cited: int
    best: bool  # whether the best-scored citation holds a sentence of the evidence
    every: bool  # whether the citations together hold all of it
    key: bool  # whether the words pointed out in the best one hold the answer or stand in it


@dataclass(frozen=True, slots=True)
class ClaimOutcome(Outcome):
    """A claim judged against all articles."""

    written: bool
    verdict: str  # the right one
    judged: str  # what the reader says


OUTCOMES: dict[str, type[Outcome]] = {
    "retrieval": RankingOutcome,
    "answers": AnswerOutcome,
    "refusal": RefusalOutcome,
    "news": NewsOutcome,
    "claims": ClaimOutcome,
}
"""What each measure notes."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """The outcomes of one measuring, and ``facts`` that concern no single question."""

    measure: str
    outcomes: Outcomes
    facts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured over which questions; runs of one subject can be compared."""

    measure: str  # a key of OUTCOMES
    questions: str  # what digest returns
    part: PartName | None = None  # None for the whole
    sample: int | None = None  # the limit on questions asked


def tabulate(rows: Iterable[Outcome]) -> Outcomes:
    """Make a table of outcomes of one class, of which there is at least one."""
    rows = list(rows)
    names = [column.name for column in fields(rows[0])]
    return _table(dict(zip(names, zip(*map(astuple, rows), strict=True), strict=True)))


def _table(columns: Mapping[str, Iterable[Any]]) -> Outcomes:
    """Make a table of columns of one length; texts may have any length."""
    arrays = {name: np.array(list(column)) for name, column in columns.items()}
    dtypes = [(name, array.dtype) for name, array in arrays.items()]
    return np.array(list(zip(*arrays.values(), strict=True)), dtypes)


def digest(path: Path) -> str:
    """Return the SHA-256 of a question set, or of the files of a BEIR folder that are measured. Raises CorpusError."""
    total = hashlib.sha256()
    try:
        for file in sorted(path.rglob("*")) if path.is_dir() else (path,):
            if file.suffix in (".jsonl", ".tsv") or file == path:
                name = str(file.relative_to(path)) if file != path else ""
                total.update(name.encode() + hashlib.sha256(file.read_bytes()).digest())
    except OSError as exc:
        raise CorpusError(str(path), f"読めません（{exc.strerror}）") from exc
    return total.hexdigest()


def check_save(path: Path) -> None:
    """Find out before the work whether a run can be saved there.

    Raises:
        TenkyoError: There is no such folder, or it does not let the file be written.
    """
    if not path.parent.is_dir():
        raise TenkyoError(f"{path.parent}: 記録を置くフォルダーがありません。")
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise TenkyoError(f"{path}: ここには記録を書けません。別のファイル名にしてください。")


def save_run(path: Path, subject: Subject, run: Run) -> None:
    """Save a run. Raises TenkyoError where the file cannot be written."""
    outcomes = {name: run.outcomes[name].tolist() for name in run.outcomes.dtype.names or ()}
    kept = {"schema": SCHEMA, "subject": asdict(subject), "outcomes": outcomes}
    try:
        path.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
    except OSError as exc:
        raise TenkyoError(f"{path}: 記録を書けません（{exc.strerror}）。") from exc


def load_run(path: Path, subject: Subject) -> Run:
    """Load a run to compare one of this subject with.

    Raises:
        CorpusError: The file cannot be read, is broken, or of another subject.
    """
    try:
        kept = json.loads(path.read_text("utf-8"))
        if kept["schema"] != SCHEMA:
            raise CorpusError(str(path), "別の版の記録です。`--save` で作り直してください")
        if other := _difference(Subject(**kept["subject"]), subject):
            raise CorpusError(str(path), other)
        return Run(subject.measure, _checked(kept["outcomes"], OUTCOMES[subject.measure]))
    except OSError as exc:
        raise CorpusError(str(path), f"読めません（{exc.strerror}）") from exc
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as exc:
        raise CorpusError(
            str(path), "測定の記録ではないか、壊れています。`--save` で作り直してください"
        ) from exc


def _difference(kept: Subject, subject: Subject) -> str | None:
    reasons = {
        "measure": "別の測定（{}）の記録です。同じ命令で保存したものを指定してください",
        "questions": "別の質問集の記録です（質問や正解が少しでも変わると比べられません）",
        "part": "--part が違います（記録は {}）。揃えてください",
        "sample": "--sample が違います（記録は {}）。揃えてください",
    }
    for name, reason in reasons.items():
        if (was := getattr(kept, name)) != getattr(subject, name):
            return reason.format("なし" if was is None else was)
    return None


def _checked(kept: dict[str, list[Any]], row: type[Outcome]) -> Outcomes:
    """Return the table, each value of which has the type that it was noted with.

    Raises:
        LookupError: A column is missing. TypeError: a value has another type.
        ValueError: There is another column, no row, or columns are of unequal length.
    """
    columns = {f.name: kept[f.name] for f in fields(row)}
    if len(kept) != len(columns) or not columns["id"]:
        raise ValueError("columns or rows")
    for f in fields(row):
        if any(type(value) is not f.type for value in columns[f.name]):
            raise TypeError(f.name)
    return _table(columns)
