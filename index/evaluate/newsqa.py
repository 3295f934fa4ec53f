"""Articles with questions and claims, and for each the smallest edit of the article that turns its label.

A folder in newsqa's form holds ``articles*.jsonl`` (title, publisher, published, paragraphs: lists of
sentences, questions, each perhaps with a ``sibling``), and beside each of these, with the same ending,
``twins*.jsonl``, ``claims*.jsonl`` and ``claim-twins*.jsonl``, by title. A file ``newsqa.jsonl.gz``
holds the same in one object an article, with ``twins``, ``claims`` and ``claim_twins``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from index.errors import CorpusError
from index.evaluate.sets import read_lines

Paragraphs = tuple[tuple[str, ...], ...]
UNSETTLED = ("unanswered", "not found")
YES_NO = ("はい", "いいえ")


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
