"""A corpus of any size, mixed of real text and real vectors: the same every time.

A sentence is the beginning of one real sentence and the end of another, with other figures and with
names put together of two; an article is 10 to 15 passages of them. A vector is the mixture of three
real ones. What it does not know: real text has more different words the more there is of it, this
has them only through its names; and what a question finds here is about nothing.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from pathlib import Path

import numpy as np

from index.articles import ArticleReader, find_files
from index.encoder import Encoder, Vectors
from index.errors import CorpusError

PASSAGES = 10, 15
"""Of an article, at least and at most."""
BASE = 400
"""Real sentences whose vectors are mixed: seconds of encoding, and many millions of mixtures."""
WEIGHTS = np.array([1, 0.5, 0.25], np.float32)
LONGEST = 30
"""Characters of a title, and of what a question takes from a sentence."""
CHARACTERS = 370
"""Of a passage of such an article, as it is cut: 700 passages were measured."""
PARAGRAPH = 4
"""Sentences."""
FIRST_DAY, DAYS = date(2000, 1, 1), 9000

_CLAUSE = re.compile(r"(?<=[、，])|(?<=, )")
_FIGURE = re.compile(r"[0-9]+")
_NAME = re.compile("(?P<kana>[ァ-ヴー]{3,})|(?P<han>[一-鿿]{4,})|(?P<latin>[A-Z][a-z]{2,})")
_JAPANESE = re.compile("[ぁ-ヿ]")
_ASKED = ("{}のはいつですか", "{}のは何ですか", "{}のは誰ですか", "{}理由は何ですか")
_ASKED_OTHERWISE = ("What is known of {}?", "When was it that {}?", "Who said that {}?")


@dataclass(frozen=True, slots=True)
class Material:
    """Real sentences, each in its clauses, and what is needed to mix more of the kind.

    Attributes:
        clauses: The clauses of each sentence.
        names: What looks like a name, by script.
    """

    clauses: tuple[tuple[str, ...], ...]
    names: dict[str, tuple[str, ...]]

    @property
    def sentences(self) -> list[str]:
        """The sentences, whole."""
        return ["".join(own) for own in self.clauses]


def read_material(path: Path) -> Material:
    """Read every article of a file or folder, as a build does.

    Raises:
        CorpusError: There is nothing that can be read.
    """
    sentences: list[str] = []
    with ArticleReader() as reader:
        for file in find_files(path)[0]:
            try:
                article, places = reader.read(file)
            except CorpusError:
                continue  # a build names it
            spans = (span for *_, own in places for span in own)
            sentences += [article.text[start:end] for start, end in spans]
    if not sentences:
        raise CorpusError(str(path), "読める記事がありません")
    names: dict[str, list[str]] = {"kana": [], "han": [], "latin": []}
    for sentence in sentences:
        for found in _NAME.finditer(sentence):
            names[str(found.lastgroup)].append(found[0])
    return Material(
        tuple(tuple(_CLAUSE.split(sentence)) for sentence in dict.fromkeys(sentences)),
        {script: tuple(dict.fromkeys(own)) for script, own in names.items()},
    )


def write_articles(material: Material, folder: Path, passages: int) -> int:
    """Write articles of about so many passages together; return how many articles."""
    folder.mkdir(parents=True)
    written = number = 0
    while written < passages:
        own = min(random.Random(number).randint(*PASSAGES), passages - written)
        write_article(material, folder / f"{number:07d}.md", number, own)
        written, number = written + own, number + 1
    return number


def write_article(material: Material, path: Path, number: int, passages: int) -> None:
    """Write the article of a number, with a title, a publisher and a day."""
    choose = random.Random(number)
    title = _plain(_sentence(material, choose)[:LONGEST])
    day = FIRST_DAY + timedelta(choose.randrange(DAYS))
    sentences = enumerate(_sentences(material, number, passages), 1)
    text = "".join(s if n % PARAGRAPH else f"{s}\n\n" for n, s in sentences)
    head = f'title: "{number} {title}"\npublisher: P{number % 9}\npublished: {day}'
    path.write_text(f"---\n{head}\n---\n{text}\n", encoding="utf-8")


def make_questions(material: Material, articles: int, count: int) -> list[str]:
    """Ask about sentences of the first articles of a corpus."""
    choose = random.Random(count)
    return [_question(material, choose, choose.randrange(articles)) for _ in range(count)]


def _question(material: Material, choose: random.Random, number: int) -> str:
    sentence = choose.choice(list(_sentences(material, number, 1)))
    about = sentence.strip()[:LONGEST].rstrip("。、，,. ")
    forms = _ASKED if _JAPANESE.search(sentence) else _ASKED_OTHERWISE
    return choose.choice(forms).format(about)


def _sentences(material: Material, number: int, passages: int) -> Iterator[str]:
    """Yield the sentences of an article; of more passages it begins alike."""
    choose, left = random.Random(f"text {number}"), passages * CHARACTERS
    while left > 0:
        sentence = _sentence(material, choose)
        yield sentence
        left -= len(sentence)


def _sentence(material: Material, choose: random.Random) -> str:
    head, tail = choose.choice(material.clauses), choose.choice(material.clauses)
    mixed = "".join(head[: len(head) // 2] + tail[len(tail) // 2 :])
    mixed = _NAME.sub(lambda name: _name(material, choose, name), mixed)
    mixed = _FIGURE.sub(lambda figure: _figure(choose, len(figure[0])), mixed)
    return mixed if mixed.endswith(("。", "」", "）")) else mixed.rstrip() + "。"


def _name(material: Material, choose: random.Random, name: re.Match[str]) -> str:
    one, other = (choose.choice(material.names[str(name.lastgroup)]) for _ in range(2))
    return one[: (len(one) + 1) // 2] + other[len(other) // 2 :]


def _figure(choose: random.Random, digits: int) -> str:
    return str(choose.randrange(10 ** (digits - 1), 10**digits))


def _plain(title: str) -> str:
    return re.sub(r'[\\"\s]+', " ", title).strip("。、 ")


class MixedEncoder:
    """An encoder whose document vectors are mixtures of real ones, by the hash of the text.

    So a corpus is encoded in no time, and questions by the real model.
    """

    def __init__(self, encoder: Encoder, sentences: Sequence[str]) -> None:
        self._encoder = encoder
        self._base = encoder.encode_documents(
            random.Random(0).sample(sentences, min(BASE, len(sentences)))
        )

    @property
    def fingerprint(self) -> str:
        """That of the real encoder, which can search what is made here."""
        return self._encoder.fingerprint

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return self._encoder.dimensions

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions, as the real encoder."""
        return self._encoder.encode_queries(texts)

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Mix a vector for each text, always the same."""
        hashed = b"".join(blake2b(text.encode(), digest_size=12).digest() for text in texts)
        rows = np.frombuffer(hashed, np.uint32).reshape(-1, len(WEIGHTS)) % len(self._base)
        mixed = np.einsum("k,nkd->nd", WEIGHTS, self._base[rows])
        unit: Vectors = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
        return unit.astype(np.float32)
