"""Articles with questions and claims, and for each the smallest edit of the article that turns its label.

A folder in newsqa's form holds ``articles*.jsonl`` (title, publisher, published, paragraphs: lists of
sentences, questions, each perhaps with a ``sibling``), and beside each of these, with the same ending, ``twins*.jsonl``,
``claims*.jsonl`` and ``claim-twins*.jsonl``, by title. A file ``newsqa.jsonl.gz`` holds the same in one
object an article, with ``twins``, ``claims`` and ``claim_twins``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from index.errors import CorpusError
from index.evaluate.lines import read_lines

Paragraphs = tuple[tuple[str, ...], ...]
UNSETTLED = ("unanswered", "not found")


@dataclass(frozen=True, slots=True)
class Variant:
    """An article as written or edited, for one question or claim.

    Attributes:
        paragraphs: Its sentences.
        label: Of a question ``answered`` or ``unanswered``; of a claim one of ``VERDICTS``.
        evidence: The sentences that answer or settle it, counted from 0 through the article.
        near: Those and, where nothing does, the sentences that come nearest.
        answer: Words of the evidence that answer; None where there are none such.
        written: False for an edited article.
        places: Where each sentence of the article as written, or what replaced it, stands.
    """

    paragraphs: Paragraphs
    label: str
    evidence: tuple[int, ...]
    near: tuple[int, ...]
    answer: str | None
    written: bool
    places: tuple[int, ...]

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
    """A question or claim, with its article as written and, where one was made, as edited.

    Attributes:
        text: As asked or claimed.
        language: ``ja``, ``en`` or ``zh``.
        kind: Of a question what it asks for, of a claim its verdict.
        variants: The article as written, then as edited.
        sibling: Another question, which differs in one thing and which the article as written does
            not answer, though the evidence comes near; None where none was written.
    """

    text: str
    language: str
    kind: str
    variants: tuple[Variant, ...]
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
    try:
        found = [_article(line) for line in _lines(folder)]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as exc:
        raise CorpusError(str(folder), f"newsqa の形ではありません（{exc!r}）") from exc
    if not found:
        raise CorpusError(str(folder), "記事がありません")
    return found


def _lines(folder: Path) -> Iterator[dict[str, Any]]:
    if folder.is_file():
        yield from read_lines(folder, "title")
        return
    files = sorted(folder.glob("articles*.jsonl"))
    if not files:
        raise CorpusError(str(folder), "articles*.jsonl がありません")
    for file in files:
        beside = {
            name: _by_title(file.with_name(file.name.replace("articles", kind)))
            for name, kind in (
                ("twins", "twins"),
                ("claims", "claims"),
                ("claim_twins", "claim-twins"),
            )
        }
        for line in read_lines(file, "title"):
            title = line["title"]
            found = {name: of[title] for name, of in beside.items() if title in of}
            yield line | {
                name: of["claims" if name == "claims" else "twins"] for name, of in found.items()
            }


def _by_title(file: Path) -> Mapping[str, dict[str, Any]]:
    return {line["title"]: line for line in read_lines(file, "title")} if file.exists() else {}


def _article(line: dict[str, Any]) -> NewsArticle:
    paragraphs = tuple(map(tuple, line["paragraphs"]))
    questions, claims = line["questions"], line.get("claims", [])
    return NewsArticle(
        line["title"],
        line.get("publisher", ""),
        line.get("published", ""),
        paragraphs,
        tuple(_items(paragraphs, questions, line.get("twins"))),
        tuple(_items(paragraphs, claims, line.get("claim_twins"))),
    )


def _items(
    paragraphs: Paragraphs,
    items: Sequence[dict[str, Any]],
    twins: Sequence[dict[str, Any] | None] | None,
) -> Iterator[Item]:
    own = tuple(range(sum(map(len, paragraphs))))
    for item, twin in zip(items, twins or [None] * len(items), strict=True):
        near = tuple(item["evidence"])
        variants = [_variant(paragraphs, _label(item), item, near, near, own)]
        if twin:
            new, places, changed = edit(paragraphs, twin["edits"])
            near = tuple(sorted({*changed, *(places[n] for n in near)}))
            settling = near if "verdict" in twin else changed
            label, behind = _label(item, twin), tuple(places.values())
            variants.append(_variant(new, label, twin, settling, near, behind, written=False))
        yield Item(
            item.get("question") or item["claim"],
            item["lang"],
            item.get("type") or item["verdict"],
            tuple(variants),
            item.get("sibling"),
        )


def _label(item: dict[str, Any], twin: dict[str, Any] | None = None) -> str:
    """The label of a question or claim, or what its twin makes of it."""
    if "verdict" in item:
        verdict: str = (twin or item)["verdict"]
        return verdict
    return "answered" if item["answerable"] != bool(twin) else "unanswered"


def _variant(
    paragraphs: Paragraphs,
    label: str,
    told: dict[str, Any],
    settling: tuple[int, ...],
    near: tuple[int, ...],
    behind: tuple[int, ...],
    *,
    written: bool = True,
) -> Variant:
    words = _words(told["answer"]) if label == "answered" else None
    evidence = () if label in UNSETTLED else settling
    return Variant(paragraphs, label, evidence, near, words, written, behind)


def _words(answer: str) -> str | None:
    """The first part of an answer; of one that says yes or no there are no words in the article."""
    first = answer.split("／")[0].strip()
    return None if first in ("はい", "いいえ") else first


def edit(
    paragraphs: Paragraphs, edits: Sequence[dict[str, Any]]
) -> tuple[Paragraphs, dict[int, int], tuple[int, ...]]:
    """Return an article with sentences replaced and inserted.

    Args:
        paragraphs: The article.
        edits: ``sentence`` (from 0), ``text`` and ``insert``: whether the text comes after that
            sentence instead of in its place.

    Returns:
        The new paragraphs, the new number of each old sentence, and the numbers of the new texts.
    """
    in_place = {e["sentence"]: e["text"] for e in edits if not e["insert"]}
    after: dict[int, list[str]] = {}
    for e in edits:
        if e["insert"]:
            after.setdefault(e["sentence"], []).append(e["text"])
    places: dict[int, int] = {}
    new: list[list[str]] = []
    changed: list[int] = []
    old = at = 0
    for paragraph in paragraphs:
        new.append([])
        for sentence in paragraph:
            places[old] = at
            inserted = after.get(old, [])
            new[-1] += [in_place.get(old, sentence), *inserted]
            changed += [at] * (old in in_place) + list(range(at + 1, at + 1 + len(inserted)))
            old, at = old + 1, at + 1 + len(inserted)
    return tuple(map(tuple, new)), places, tuple(changed)
