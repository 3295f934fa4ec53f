"""A corpus of any size, mixed of real text and real vectors: the same every time.

A sentence is the beginning of one real sentence and the end of another, with other figures and with
names put together of two; a vector is the mixture of three real ones. What it does not know: the more
real text there is the more different words it has, this has more names only; and no question about
it makes sense.
"""

import random
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from pathlib import Path

import numpy as np

from index.articles import ArticleReader, find_files
from index.encoder import Encoder, Vectors
from index.errors import CorpusError

PASSAGES = range(10, 16)
"""Of an article."""
CHARACTERS = 370
"""Of a passage of such an article, as 700 of them are cut."""
PARAGRAPH, LONGEST = 4, 30
"""Sentences of a paragraph; characters of a title and of what a question takes from a sentence."""
BASE = 400
"""Real sentences whose vectors are mixed: seconds of encoding, millions of mixtures."""
WEIGHTS = np.array([1, 0.5, 0.25], np.float32)

_CLAUSE = re.compile(r"(?<=[、，])|(?<=, )")
_NAME = re.compile("(?P<kana>[ァ-ヴー]{3,})|(?P<han>[一-鿿]{4,})|(?P<latin>[A-Z][a-z]{2,})")
_ASKED = ("{}のはいつですか", "{}のは何ですか", "{}のは誰ですか", "What is known of {}?")


@dataclass(frozen=True, slots=True)
class Material:
    """Real sentences, each in its clauses, and what looks like a name in them, by script."""

    sentences: list[list[str]]
    names: dict[str, list[str]]


def read_material(path: Path) -> Material:
    """Read every article of a file or folder, as a build does.

    Raises:
        CorpusError: There is nothing that can be read.
    """
    sentences: list[str] = []
    with ArticleReader() as reader:
        for file in find_files(path)[0]:
            with suppress(CorpusError):  # a build names it
                article, places, _ = reader.read(file)
                sentences += [article.text[start:end] for *_, own in places for start, end in own]
    if not sentences:
        raise CorpusError(str(path), "読める記事がありません")
    names: dict[str, list[str]] = {}
    for found in (name for sentence in sentences for name in _NAME.finditer(sentence)):
        names.setdefault(str(found.lastgroup), []).append(found[0])
    return Material([_CLAUSE.split(sentence) for sentence in sentences], names)


def write_articles(material: Material, folder: Path, passages: int) -> int:
    """Write articles of about so many passages together; return how many articles."""
    folder.mkdir()
    written = number = 0
    while written < passages:
        own = min(random.Random(number).choice(PASSAGES), passages - written)
        write_article(material, folder, number, own)
        written, number = written + own, number + 1
    return number


def write_article(material: Material, folder: Path, number: int, passages: int) -> Path:
    """Write the article of a number, with a title, a publisher and a day; return where."""
    choose, path = random.Random(number), folder / f"{number:07d}.md"
    title = re.sub(r'[\\"\s]+', " ", _sentence(material, choose)[:LONGEST]).strip()
    day = date(2000, 1, 1) + timedelta(choose.randrange(9000))
    sentences = enumerate(_sentences(material, number, passages), 1)
    text = "".join(s if n % PARAGRAPH else f"{s}\n\n" for n, s in sentences)
    head = f'title: "{number} {title}"\npublisher: P{number % 9}\npublished: {day}'
    path.write_text(f"---\n{head}\n---\n{text}\n", encoding="utf-8")
    return path


def make_questions(material: Material, articles: int, count: int) -> list[str]:
    """Ask about sentences of the first passages of so many articles."""
    choose, questions = random.Random(count), []
    for _ in range(count):
        sentence = choose.choice(list(_sentences(material, choose.randrange(articles), 1)))
        form = choose.choice(_ASKED[:-1]) if re.search("[ぁ-ヿ]", sentence) else _ASKED[-1]
        questions.append(form.format(sentence.strip()[:LONGEST].rstrip("。、，,. ")))
    return questions


def _sentences(material: Material, number: int, passages: int) -> Iterator[str]:
    """Yield the sentences of an article, which begins alike however long it is."""
    choose, left = random.Random(f"text {number}"), passages * CHARACTERS
    while left > 0:
        sentence = _sentence(material, choose)
        yield sentence
        left -= len(sentence)


def _sentence(material: Material, choose: random.Random) -> str:
    def name(found: re.Match[str]) -> str:
        known = material.names.get(str(found.lastgroup), [found[0]])  # it may be a new one
        one, other = choose.choices(known, k=2)
        return one[: (len(one) + 1) // 2] + other[len(other) // 2 :]

    def figure(found: re.Match[str]) -> str:
        return str(choose.randrange(10 ** len(found[0]))).rjust(len(found[0]), "1")

    head, tail = choose.choices(material.sentences, k=2)
    mixed = "".join(head[: len(head) // 2] + tail[len(tail) // 2 :])
    mixed = re.sub("[0-9]+", figure, _NAME.sub(name, mixed)).strip()
    if mixed[-1:].isascii():  # an English sentence ends before a space
        return mixed.rstrip(".!?, ") + ". "
    return mixed if mixed.endswith(("。", "」", "）")) else f"{mixed}。"


class MixedEncoder:
    """An encoder whose document vectors are mixtures of real ones, chosen by the hash of the text.

    So a corpus is encoded in no time, and what is made of it the real encoder can search.
    """

    def __init__(self, encoder: Encoder, sentences: Sequence[str]) -> None:
        some = random.Random(0).sample(sentences, min(BASE, len(sentences)))
        self._base = encoder.encode_documents(some)
        self.fingerprint, self.dimensions = encoder.fingerprint, encoder.dimensions
        self.encode_queries = encoder.encode_queries

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Mix a vector for each text, always the same."""
        hashed = b"".join(blake2b(text.encode(), digest_size=12).digest() for text in texts)
        rows = np.frombuffer(hashed, np.uint32).reshape(-1, len(WEIGHTS)) % len(self._base)
        mixed = np.einsum("k,nkd->nd", WEIGHTS, self._base[rows])
        unit: Vectors = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
        return unit
