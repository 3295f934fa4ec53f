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
from index.records import Article, Passage, Sentence

Span = tuple[int, int]
Cut = list[tuple[Passage, tuple[Sentence, ...]]]


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
    """A question, its answer strings, and where the answer stands: window, sentence, characters.

    ``clause`` is, of a question made of a sentence, the part that answers with the words that tie
    it to the rest.
    """

    id: str
    text: str
    answers: tuple[str, ...]
    window: str
    sentence: int
    span: Span
    clause: Span | None = None


@dataclass(frozen=True, slots=True)
class Corpus:
    """What is trained on: the windows by id, and the questions."""

    windows: dict[str, Window]
    questions: tuple[Asked, ...]


def read_corpus(folder: Path) -> Corpus:
    """Read the folder.

    Raises:
        CorpusError: A file is missing or broken, or no question has its answer in a sentence.
    """
    articles = [*map(_article, read_lines(folder / "passages.jsonl.gz", "_id", "text"))]
    cuts = {article.id: cut(article) for article in articles}
    windows = {
        passage.id: Window(passage.id, article.title, tuple(s.text for s in sentences))
        for article in articles
        for passage, sentences in cuts[article.id]
    }
    file = folder / "questions.jsonl.gz"
    try:
        asked = [_asked(line, cuts) for line in read_lines(file, "_id", "text")]
    except (KeyError, TypeError) as exc:
        raise CorpusError(str(file), f"answers か spans のない質問があります（{exc}）。") from exc
    questions = tuple(question for question in asked if question)
    if not questions:
        raise CorpusError(str(file), "答えの位置のある質問がありません。")
    return Corpus(windows, questions)


def _article(line: dict[str, Any]) -> Article:
    text, title = line["text"], line.get("title") or None
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Article(line["_id"], title, (), None, None, None, None, line["_id"], text, digest)


def _asked(line: dict[str, Any], cuts: dict[str, Cut]) -> Asked | None:
    """Find the sentence that holds the marked answer."""
    for mark in line["spans"]:
        start, end = mark["start"], mark["start"] + len(mark["text"])
        for passage, sentences in cuts[mark["passage"]]:
            for at, s in enumerate(sentences):
                if s.start <= start and end <= s.end:
                    span = (start - s.start, end - s.start)
                    answers = tuple(line["answers"])
                    return Asked(line["_id"], line["text"], answers, passage.id, at, span)
    return None
