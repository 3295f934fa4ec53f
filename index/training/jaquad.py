"""Questions with a marked answer, over the passages that the product would make of the articles.

The folder is laid out as JaQuAD is here: passages.jsonl.gz (_id, title, text) and
questions.jsonl.gz (_id, text, answers, spans of passage, start and text). Every passage of the
data is cut by ``passages.cut``, so that training sees windows of whole sentences as questions do.

What it does not know: an answer that runs over the end of a sentence; its question is left out.

Source: So et al. 2022, https://arxiv.org/abs/2202.01764.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import CorpusError
from index.evaluate import read_lines
from index.passages import cut
from index.records import Article
from index.store import Part

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """The sentences of a passage, in order, and the title of its article."""

    id: str
    title: str | None
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole passage, a sentence a line."""
        return "\n".join(self.sentences)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its answer strings, and where the answer stands: window, sentence, characters."""

    id: str
    text: str
    answers: tuple[str, ...]
    window: str
    sentence: int
    span: Span


@dataclass(frozen=True, slots=True)
class Corpus:
    """What is trained on: articles as they are indexed, their windows by id, and the questions."""

    parts: tuple[Part, ...]
    windows: dict[str, Window]
    questions: tuple[Asked, ...]


def read_corpus(folder: Path) -> Corpus:
    """Read the folder.

    Raises:
        CorpusError: A file is missing or broken, or no question has its answer in a sentence.
    """
    lines = read_lines(folder / "passages.jsonl.gz", "_id", "text")
    parts = tuple(Part(a, tuple(cut(a))) for a in map(_article, lines))
    windows = {
        passage.id: Window(passage.id, part.article.title, tuple(s.text for s in sentences))
        for part in parts
        for passage, sentences in part.passages
    }
    of_article = {part.article.id: part for part in parts}
    asked = (
        _asked(line, of_article)
        for line in read_lines(folder / "questions.jsonl.gz", "_id", "text")
    )
    questions = tuple(question for question in asked if question)
    if not questions:
        raise CorpusError(str(folder), "答えの位置のある質問がありません。")
    return Corpus(parts, windows, questions)


def _article(line: dict[str, Any]) -> Article:
    text, title = line["text"], line.get("title") or None
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Article(line["_id"], title, (), None, None, None, None, line["_id"], text, digest)


def _asked(line: dict[str, Any], parts: dict[str, Part]) -> Asked | None:
    """Find the sentence that holds the marked answer."""
    for mark in line["spans"]:
        start, end = mark["start"], mark["start"] + len(mark["text"])
        for passage, sentences in parts[mark["passage"]].passages:
            for at, s in enumerate(sentences):
                if s.start <= start and end <= s.end:
                    span = (start - s.start, end - s.start)
                    answers = tuple(line["answers"])
                    return Asked(line["_id"], line["text"], answers, passage.id, at, span)
    return None
