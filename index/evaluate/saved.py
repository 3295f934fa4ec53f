"""Runs kept in a file, so that a later one over the same questions can be compared with them.

The file is one JSON object: ``schema``; ``subject``, what was measured; ``outcomes``, for each
column its values.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from index.errors import CorpusError, TenkyoError
from index.evaluate.outcomes import OUTCOMES, Run, table
from index.evaluate.parts import PartName

SCHEMA = 1
"""Of the file; one with another number is not read."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured over which questions; runs of one subject can be compared.

    Attributes:
        measure: A key of ``OUTCOMES``.
        questions: SHA-256 of the question set, or of the files of a BEIR folder.
        part: The part asked; None for the whole.
        sample: The limit on questions asked; None for none.
    """

    measure: str
    questions: str
    part: PartName | None = None
    sample: int | None = None


_OTHERWISE = {
    "measure": "別の測定（{}）の記録です。同じ命令で保存したものを指定してください",
    "questions": "別の質問集の記録です（質問や正解が少しでも変わると比べられません）",
    "part": "--part が違います（記録は {}）。揃えてください",
    "sample": "--sample が違います（記録は {}）。揃えてください",
}


def digest(path: Path) -> str:
    """Return the SHA-256 of a question set, or of the files of a BEIR folder that are measured.

    Raises:
        CorpusError: A file cannot be read.
    """
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
    """Save a run.

    Raises:
        TenkyoError: The file cannot be written.
    """
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
        _check_subject(path, Subject(**kept["subject"]), subject)
        return Run(subject.measure, table(_columns(kept["outcomes"], subject)))
    except OSError as exc:
        raise CorpusError(str(path), f"読めません（{exc.strerror}）") from exc
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as exc:
        raise CorpusError(
            str(path), "測定の記録ではないか、壊れています。`--save` で作り直してください"
        ) from exc


def _check_subject(path: Path, kept: Subject, subject: Subject) -> None:
    for name, reason in _OTHERWISE.items():
        if (was := getattr(kept, name)) != getattr(subject, name):
            raise CorpusError(str(path), reason.format("なし" if was is None else was))


def _columns(kept: dict[str, list[Any]], subject: Subject) -> dict[str, list[Any]]:
    """Return the columns in order, each value of the type it is noted with.

    Raises:
        LookupError: A column is missing. TypeError: a value has another type.
        ValueError: The columns are empty or of unequal length.
    """
    columns = {f.name: kept[f.name] for f in fields(OUTCOMES[subject.measure])}
    if len(kept) != len(columns) or len({len(column) for column in columns.values()}) != 1:
        raise ValueError("columns")
    if not columns["id"]:
        raise ValueError("no rows")
    for f in fields(OUTCOMES[subject.measure]):
        if any(type(value) is not f.type for value in columns[f.name]):
            raise TypeError(f.name)
    return columns
