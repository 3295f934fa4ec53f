"""Question sets: files of one JSON object a line, folders in BEIR layout and in newsqa's form.

A BEIR folder holds corpus.jsonl, queries.jsonl and qrels.tsv.

A folder in newsqa's form holds ``articles*.jsonl`` (title, publisher, published, paragraphs: lists of
sentences, questions, each perhaps with a ``sibling``), and beside each of these, with the same ending,
``twins*.jsonl``, ``claims*.jsonl`` and ``claim-twins*.jsonl``, by title: for each question and claim
the smallest edit of the article that turns its label. A file ``newsqa.jsonl.gz`` holds the same in
one object an article, with ``twins``, ``claims`` and ``claim_twins``.

The parts of a set, one to tune on and one to report on, are fixed by the article asked about. In a
BEIR folder the hash of its title decides, for all its documents and questions; a question about
articles of both parts belongs to neither, and one without an article goes by the hash of its text.
In a question set, whose articles everyone may read, the number in a question's id decides, odd to
tune and even to report; without one number, the hash of its text.

Source: Thakur et al. 2021, https://arxiv.org/abs/2104.08663.
"""

import csv
import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Literal, get_args

from index.errors import CorpusError
from index.text.characters import nfkc

PartName = Literal["tune", "report"]
PARTS: tuple[PartName, PartName] = get_args(PartName)
Paragraphs = tuple[tuple[str, ...], ...]
UNSETTLED = ("unanswered", "not found")
YES_NO = ("はい", "いいえ")


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
    return "".join(nfkc(text).casefold().split())


# newsqa.


@dataclass(frozen=True, slots=True)
class Variant:
    """An article as written or edited, for one question or claim; sentences are counted from 0."""

    paragraphs: Paragraphs
    label: str  # of a question "answered" or "unanswered"; of a claim one of VERDICTS
    evidence: tuple[int, ...]  # the sentences that answer or settle it
    near: tuple[int, ...]  # those and, where nothing does, the sentences that come nearest
    answer: str | None  # words of the evidence that answer, where there are such
    written: bool  # false for an edited article
    places: tuple[int, ...]  # where each sentence as written, or what replaced it, stands

    def behind(self, sentence: int) -> range:
        """Where a sentence of the article as written stands, with what was inserted behind it."""
        following = (*self.places, len(self.sentences))[sentence + 1]
        return range(self.places[sentence], following)

    @property
    def sentences(self) -> tuple[str, ...]:
        """All sentences of the article."""
        return tuple(chain.from_iterable(self.paragraphs))

    @property
    def settled(self) -> bool:
        """Whether the article answers the question, or says whether the claim is true."""
        return self.label not in UNSETTLED


@dataclass(frozen=True, slots=True)
class Item:
    """A question or claim.

    Its ``sibling`` is another question, which differs in one thing and which the article as written
    does not answer, though the evidence comes near.
    """

    text: str
    language: str  # "ja", "en" or "zh"
    kind: str  # of a question what it asks for, of a claim its verdict
    variants: tuple[Variant, ...]  # its article as written and, where that was made, as edited
    sibling: str | None = None


@dataclass(frozen=True, slots=True)
class NewsArticle:
    """An article with all that is asked and claimed of it."""

    title: str
    publisher: str
    published: str
    paragraphs: Paragraphs
    questions: tuple[Item, ...]
    claims: tuple[Item, ...]


def read_news(folder: Path) -> list[NewsArticle]:
    """Read a folder in newsqa's form, or a file ``newsqa.jsonl.gz``.

    Raises:
        CorpusError: A file is missing or broken, or there is no article.
    """
    lines = read_lines(folder, "title") if folder.is_file() else _joined(folder)
    try:
        found = [_article(line) for line in lines]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as exc:
        raise CorpusError(str(folder), f"newsqa の形ではありません（{exc!r}）") from exc
    if not found:
        raise CorpusError(str(folder), "記事がありません")
    return found


def _joined(folder: Path) -> Iterator[dict[str, Any]]:
    """Each article of a folder with what stands beside it, as in the one file."""
    files = sorted(folder.glob("articles*.jsonl"))
    if not files:
        raise CorpusError(str(folder), "articles*.jsonl がありません")
    for file in files:
        beside: dict[str, dict[str, Any]] = {}
        for kind, member in (("twins", "twins"), ("claims", "claims"), ("claim-twins", "twins")):
            other = file.with_name(file.name.replace("articles", kind))
            for line in read_lines(other, "title") if other.exists() else ():
                beside.setdefault(line["title"], {})[kind.replace("-", "_")] = line[member]
        for line in read_lines(file, "title"):
            yield line | beside.get(line["title"], {})


def _article(line: dict[str, Any]) -> NewsArticle:
    paragraphs = tuple(map(tuple, line["paragraphs"]))
    questions = _items(paragraphs, line["questions"], line.get("twins"))
    claims = _items(paragraphs, line.get("claims", []), line.get("claim_twins"))
    source = line.get("publisher", ""), line.get("published", "")
    return NewsArticle(line["title"], *source, paragraphs, tuple(questions), tuple(claims))


def _items(
    paragraphs: Paragraphs,
    items: Sequence[dict[str, Any]],
    twins: Sequence[dict[str, Any] | None] | None,
) -> Iterator[Item]:
    own = tuple(range(sum(map(len, paragraphs))))
    for item, twin in zip(items, twins or [None] * len(items), strict=True):
        near = tuple(item["evidence"])
        is_claim = "verdict" in item
        label = item["verdict"] if is_claim else _answered(item["answerable"])
        variants = [_variant(paragraphs, label, item, near, near, written=True, places=own)]
        if twin:
            new, places, changed = edit(paragraphs, twin["edits"])
            near = tuple(sorted({*changed, *(places[n] for n in near)}))
            label = twin["verdict"] if is_claim else _answered(not item["answerable"])
            settling, moved = near if is_claim else changed, tuple(places.values())
            variants.append(_variant(new, label, twin, settling, near, written=False, places=moved))
        text = item["claim"] if is_claim else item["question"]
        kind = item["verdict"] if is_claim else item["type"]
        yield Item(text, item["lang"], kind, tuple(variants), item.get("sibling"))


def _answered(answerable: bool) -> str:
    return "answered" if answerable else "unanswered"


def _variant(
    paragraphs: Paragraphs,
    label: str,
    told: dict[str, Any],
    settling: tuple[int, ...],
    near: tuple[int, ...],
    *,
    written: bool,
    places: tuple[int, ...],
) -> Variant:
    words = told["answer"].split("／")[0].strip() if label == "answered" else None
    answer = None if words in YES_NO else words  # of yes and no the article has no words
    evidence = () if label in UNSETTLED else settling
    return Variant(paragraphs, label, evidence, near, answer, written, places)


def edit(
    paragraphs: Paragraphs, edits: Sequence[dict[str, Any]]
) -> tuple[Paragraphs, dict[int, int], tuple[int, ...]]:
    """Return an article with sentences replaced and inserted.

    An edit is ``sentence`` (its number from 0), ``text`` and ``insert``: whether the text comes after
    that sentence instead of in its place.

    Returns:
        The new paragraphs, the new number of each old sentence, and the numbers of the new texts.
    """
    in_place = {e["sentence"]: e["text"] for e in edits if not e["insert"]}
    edited: list[list[str]] = []
    places: dict[int, int] = {}
    changed: list[int] = []
    at = 0
    for paragraph in paragraphs:
        edited.append([])
        for sentence in paragraph:
            number = len(places)
            inserted = [e["text"] for e in edits if e["insert"] and e["sentence"] == number]
            places[number] = at
            edited[-1] += [in_place.get(number, sentence), *inserted]
            changed += range(at + (number not in in_place), at + 1 + len(inserted))
            at += 1 + len(inserted)
    return tuple(map(tuple, edited)), places, tuple(changed)
