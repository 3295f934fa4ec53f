"""What the cross-encoder learns from: newsqa with its twins, and sets of questions on encyclopaedias.

Other sets come in SQuAD's layout (``*.json.gz``: SQuAD 2.0, DRCD, CMRC 2018; of a folder with two
languages of the same ids, as XQuAD's, each question is asked of the other language's text) or
JaQuAD's (``passages.jsonl.gz``, ``questions.jsonl.gz``).
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index.errors import CorpusError
from index.evaluate import read_lines
from index.passages import cut
from index.records import Article

Span = tuple[int, int, int]
"""A sentence by its number, and where in it the answer begins and ends."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a set, and the sentences of the paragraph that it was written on.

    Attributes:
        id: That of the set.
        document: What groups paragraphs of one article.
        span: Where the answer stands; None where there is none.
        answers: Strings that answer.
    """

    id: str
    document: str
    question: str
    title: str
    sentences: tuple[str, ...]
    span: Span | None
    answers: tuple[str, ...]


def read_set(path: Path) -> list[Asked]:
    """Read a file or folder of a set.

    Raises:
        CorpusError: It is missing, broken or in neither layout.
    """
    if path.is_file():
        return _read(path, _squad)
    if (path / "passages.jsonl.gz").exists():
        return _read(path, _jaquad)
    files = sorted(path.glob("*.json.gz"))
    found = [_read(file, _squad) for file in files]
    if not files:
        raise CorpusError(str(path), "*.json.gz も passages.jsonl.gz もありません")
    if len(found) == 2 and {a.id for a in found[0]} == {a.id for a in found[1]}:
        return [*_across(*found), *_across(*found[::-1])]
    return [asked for each in found for asked in each]


def _read(path: Path, layout: Callable[[Path], Iterator[Asked]]) -> list[Asked]:
    try:
        return list(layout(path))
    except (
        OSError,
        EOFError,
        zlib.error,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
    ) as exc:
        raise CorpusError(str(path), f"訓練のデータとして読めません（{exc!r}）") from exc


def _across(asking: Sequence[Asked], asked: Sequence[Asked]) -> Iterator[Asked]:
    questions = {a.id: a.question for a in asking}
    return (replace(a, question=questions[a.id]) for a in asked)


def _squad(path: Path) -> Iterator[Asked]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        documents = json.load(file)["data"]
    for number, document in enumerate(documents):
        title = document.get("title", "").replace("_", " ")
        for paragraph in document["paragraphs"]:
            sentences = _sentences(paragraph["context"])
            for line in paragraph["qas"]:
                yield from _asked(line, f"{number} {title}", title, sentences)


def _asked(
    line: dict[str, Any], document: str, title: str, sentences: list[tuple[str, int]]
) -> Iterator[Asked]:
    texts = tuple(text for text, _ in sentences)
    answers = tuple(a["text"] for a in line["answers"])
    span = None
    if not line.get("is_impossible"):
        first = line["answers"][0]
        span = _place(sentences, first["answer_start"], first["text"])
        if span is None:
            return
    yield Asked(line["id"], document, line["question"].strip(), title, texts, span, answers)


def _jaquad(folder: Path) -> Iterator[Asked]:
    passages = {
        line["_id"]: line for line in read_lines(folder / "passages.jsonl.gz", "_id", "text")
    }
    sentences = {name: _sentences(line["text"]) for name, line in passages.items()}
    for line in read_lines(folder / "questions.jsonl.gz", "_id", "text"):
        first = line["spans"][0]
        own, title = sentences[first["passage"]], passages[first["passage"]]["title"]
        span = _place(own, first["start"], first["text"])
        if span:
            texts = tuple(text for text, _ in own)
            answers = tuple(line["answers"])
            yield Asked(line["_id"], title, line["text"], title, texts, span, answers)


def _sentences(text: str) -> list[tuple[str, int]]:
    article = Article("", None, (), None, None, None, None, "", text, "")
    return [(s.text, s.start) for _, sentences in cut(article) for s in sentences]


def _place(sentences: Sequence[tuple[str, int]], start: int, words: str) -> Span | None:
    for number, (text, at) in enumerate(sentences):
        if at <= start < at + len(text):
            return number, start - at, min(start - at + len(words), len(text))
    return None
