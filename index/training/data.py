"""What the cross-encoder learns from: newsqa with its twins, and sets of questions on encyclopaedias.

The sets come in SQuAD's layout (``*.json.gz``: SQuAD 2.0, DRCD, CMRC 2018; of a folder with two
languages of the same ids, as XQuAD's, each question is asked of the other language's text) or
JaQuAD's (``passages.jsonl.gz``, ``questions.jsonl.gz``).
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain
from pathlib import Path

import numpy as np

from index.encoder.session import OnnxEncoder
from index.errors import CorpusError
from index.evaluate import read_lines
from index.evaluate.sets import NewsArticle, Paragraphs
from index.passages import cut
from index.reports import OnProgress, Progress

TALK = Path(__file__).with_name("talk.tsv.gz")
"""What people type into such a chat, with kind and language; written for this project, CC0."""
NEAR = 6
"""Passages of other articles that may stand beside a question's own."""

Span = tuple[int, int, int]
"""A sentence by its number, and where in it the answer begins and ends."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a set, and the sentences of the paragraph that it was written on."""

    id: str
    document: str  # groups paragraphs of one article
    question: str
    title: str
    sentences: tuple[str, ...]
    span: Span | None  # where the answer stands; None where there is none
    answers: tuple[str, ...]  # strings that answer


@dataclass(frozen=True, slots=True)
class Shown:
    """A window before it is put into ids: the texts, and what is to be learnt of each sentence."""

    title: str
    sentences: Sequence[str]
    evidence: Sequence[float | None]
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that there is to learn from."""

    articles: Sequence[NewsArticle]
    near: Mapping[str, Sequence[Shown]]  # what find_near returns
    sets: Sequence[tuple[Sequence[Asked], float]]  # each with its share


def read_talk() -> list[tuple[str, str]]:
    """Return what people type, each with its kind: ``question``, or what asks nothing of any article."""
    with gzip.open(TALK, "rt", encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file]
    return [(kind, words) for kind, _, words in lines]


def find_near(
    articles: Sequence[NewsArticle], encoder: OnnxEncoder, report: OnProgress
) -> dict[str, list[Shown]]:
    """Return, of every question and claim, the passages of other articles that are nearest to it."""
    shown, owner = [], []
    for number, article in enumerate(articles):
        sentences = [*chain.from_iterable(article.paragraphs)]
        for own in passages(article.paragraphs):
            shown.append(Shown(article.title, [sentences[n] for n in own], [0.0] * len(own)))
            owner.append(number)
    report(Progress("encode", 0, 2))
    vectors = encoder.encode_documents(["\n".join((s.title, "".join(s.sentences))) for s in shown])
    report(Progress("encode", 1, 2))
    asked = [(i.text, n) for n, a in enumerate(articles) for i in (*a.questions, *a.claims)]
    found = encoder.encode_queries([text for text, _ in asked]) @ vectors.T
    near = {}
    for (text, number), row in zip(asked, found, strict=True):
        order = [int(at) for at in np.argsort(-row)[: 4 * NEAR] if owner[at] != number]
        near[text] = [shown[at] for at in order[:NEAR]]
    report(Progress("encode", 2, 2))
    return near


def passages(paragraphs: Paragraphs) -> list[list[int]]:
    """Return the passages into which the index cuts an article, as numbers of its sentences."""
    ends = [s + "\n" * (n == len(p) - 1) for p in paragraphs for n, s in enumerate(p)]
    starts = [*accumulate(map(len, ends), initial=0)][:-1]
    found = (
        [n for n, at in enumerate(starts) if start <= at < end]
        for _, start, end, _ in cut("".join(ends))
    )
    return [own for own in found if own]


def read_set(path: Path) -> list[Asked]:
    """Read a file or folder of a set.

    Raises:
        CorpusError: It is missing, broken or in neither layout.
    """
    if path.is_file():
        return _read(path, _squad)
    if (path / "passages.jsonl.gz").exists():
        return _read(path, _jaquad)
    found = [_read(file, _squad) for file in sorted(path.glob("*.json.gz"))]
    if not found:
        raise CorpusError(str(path), "*.json.gz も passages.jsonl.gz もありません")
    if len(found) == 2 and {a.id for a in found[0]} == {a.id for a in found[1]}:
        first, second = ({a.id: a.question for a in each} for each in found)
        crossed = [replace(a, question=first[a.id]) for a in found[1]]
        return crossed + [replace(a, question=second[a.id]) for a in found[0]]
    return [*chain.from_iterable(found)]


def _read(path: Path, layout: Callable[[Path], Iterator[Asked]]) -> list[Asked]:
    broken = (OSError, EOFError, zlib.error, ValueError, LookupError, TypeError, AttributeError)
    try:
        return list(layout(path))
    except broken as exc:
        raise CorpusError(str(path), f"訓練のデータとして読めません（{exc!r}）") from exc


def _squad(path: Path) -> Iterator[Asked]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        documents = json.load(file)["data"]
    for number, document in enumerate(documents):
        title = document.get("title", "").replace("_", " ")
        for paragraph in document["paragraphs"]:
            sentences = _sentences(paragraph["context"])
            texts = tuple(text for text, _ in sentences)
            for line in paragraph["qas"]:
                answers = tuple(a["text"] for a in line["answers"])
                span = None
                if not line.get("is_impossible"):
                    first = line["answers"][0]
                    span = _place(sentences, first["answer_start"], first["text"])
                    if span is None:
                        continue
                own, question = f"{number} {title}", line["question"].strip()
                yield Asked(line["id"], own, question, title, texts, span, answers)


def _jaquad(folder: Path) -> Iterator[Asked]:
    lines = read_lines(folder / "passages.jsonl.gz", "_id", "text")
    passages = {line["_id"]: (line["title"], _sentences(line["text"])) for line in lines}
    for line in read_lines(folder / "questions.jsonl.gz", "_id", "text"):
        first = line["spans"][0]
        title, sentences = passages[first["passage"]]
        if span := _place(sentences, first["start"], first["text"]):
            texts, answers = tuple(text for text, _ in sentences), tuple(line["answers"])
            yield Asked(line["_id"], title, line["text"], title, texts, span, answers)


def _sentences(text: str) -> list[tuple[str, int]]:
    """The sentences of a paragraph, each with where it begins."""
    return [(text[a:b], a) for *_, spans in cut(text) for a, b in spans]


def _place(sentences: Sequence[tuple[str, int]], start: int, words: str) -> Span | None:
    for number, (text, at) in enumerate(sentences):
        if at <= start < at + len(text):
            return number, start - at, min(start - at + len(words), len(text))
    return None
