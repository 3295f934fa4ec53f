"""Question sets: files of one JSON object a line, folders in BEIR layout, and their two parts.

A BEIR folder holds corpus.jsonl, queries.jsonl and qrels.tsv.

The parts, one to tune on and one to report on, are fixed by the article asked about. In a BEIR
folder the hash of its title decides, for all its documents and questions; a question about articles
of both parts belongs to neither, and one without an article goes by the hash of its text. In a
question set, whose articles everyone may read, the number in a question's id decides, odd to tune
and even to report; without one number, the hash of its text.

Source: Thakur et al. 2021, https://arxiv.org/abs/2104.08663.
"""

import csv
import gzip
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from index.errors import CorpusError

PartName = Literal["tune", "report"]
PARTS: tuple[PartName, PartName] = get_args(PartName)


def read_lines(path: Path, *names: str) -> Iterator[dict[str, Any]]:
    """Read a file of one JSON object a line, blank lines left out.

    Args:
        path: The file; one that ends in .gz is unpacked.
        names: Members that every object has, each a string.

    Raises:
        CorpusError: The file cannot be read, or a line is not such an object; the line is named.
    """
    try:
        unpack = gzip.open if path.suffix == ".gz" else open
        with unpack(path, "rt", encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _object(path, number, line, names)
    except (OSError, EOFError, UnicodeDecodeError) as exc:
        raise CorpusError(str(path), f"読めません（{exc}）") from exc


def _object(path: Path, number: int, line: str, names: Sequence[str]) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise CorpusError(str(path), f"{number} 行目が JSON ではありません（{exc}）") from exc
    if not isinstance(value, dict):
        raise CorpusError(str(path), f"{number} 行目が JSON のオブジェクトではありません")
    for name in names:
        if not isinstance(value.get(name), str):
            raise CorpusError(str(path), f"{number} 行目に文字列の {name} がありません")
    return value


def part_of(text: str) -> PartName:
    """Return the part that a title or a question goes to: by the last bit of its SHA-256."""
    return PARTS[hashlib.sha256(text.encode()).digest()[-1] % 2]


def lies_in(part: PartName | None, titles: Iterable[str]) -> bool:
    """Whether a question about articles with these titles lies in a part; None is the whole."""
    return part is None or {part_of(title) for title in titles} == {part}


def is_asked_in(part: PartName | None, line: dict[str, Any]) -> bool:
    """Whether a line of a question set lies in a part; None is the whole."""
    number = re.fullmatch(r"\D*(\d+)\D*", str(line.get("id", "")))
    own = PARTS[1 - int(number[1]) % 2] if number else part_of(line["question"])
    return part in (None, own)


def read_queries(folder: Path, part: PartName | None = None) -> list[dict[str, Any]]:
    """Read a BEIR folder's questions with a relevant document, and put its ids in as ``gold``.

    Of a part only those all of whose relevant documents lie in it, by title or else by id.

    Raises:
        CorpusError: queries.jsonl, the qrels or, for a part, corpus.jsonl is missing or broken.
    """
    relevant = _read_qrels(folder)
    corpus = read_lines(folder / "corpus.jsonl", "_id", "text") if part else iter(())
    titles = {line["_id"]: line.get("title") or line["_id"] for line in corpus}
    return [
        line | {"gold": gold}
        for line in read_lines(folder / "queries.jsonl", "_id", "text")
        if (gold := relevant.get(line["_id"]))
        and lies_in(part, (titles.get(document, document) for document in gold))
    ]


def _read_qrels(folder: Path) -> dict[str, set[str]]:
    path = folder / "qrels.tsv"
    path = path if path.exists() else folder / "qrels" / "test.tsv"
    relevant: dict[str, set[str]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                if float(row["score"]) > 0:
                    relevant.setdefault(row["query-id"], set()).add(row["corpus-id"])
    except (OSError, KeyError, TypeError, ValueError) as exc:
        raise CorpusError(str(path), f"qrels を読めません（{exc}）") from exc
    return relevant


def holds(text: str, answers: Iterable[str]) -> bool:
    """Whether a text holds an answer string, widths and blanks aside."""
    folded = _fold(text)
    return any(_fold(answer) in folded for answer in answers)


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
